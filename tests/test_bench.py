"""The measurement of a run's own time can be run by one command, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_the_measurement_prints_its_table(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.judge_throughput", "--parts", "reply,memory"]
    command += ["--items", "40", "--memory-items", "40,80"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    printed = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    rows = [line.split("|")[1].strip() for line in printed.splitlines() if line.startswith("| ")]
    assert rows == ["what", "---", "40 replies, verdict-ja", "40 replies, ja-1-5", "40 items", "80 items"]
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_files_in_and_out_are_measured_and_leave_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.import_export", "--items", "200", "--formats", "qa_jsonl"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    printed = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    rows = [line.split("|")[1:3] for line in printed.splitlines() if line.startswith("| 200 ")]
    assert [what.strip() for _items, what in rows[1:4]] == ["read", "dump", "qa_jsonl"]
    assert len(rows) > 10
    assert not list(tmp_path.iterdir())
