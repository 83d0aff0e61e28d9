"""An empty database becomes one with runs that nobody has begun: python -m tests.judging.prepare_gpu_runs MODEL ITEMS.

Two runs of the same judge over the same items, so that each can be compared with the other.
"""

import sys
from dataclasses import replace

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from judging.actions.judges import judge_for  # noqa: E402
from judging.actions.runs import RunScope, open_run  # noqa: E402
from judging.core.builtin import JUDGES  # noqa: E402
from tests.factories import make_dataset, make_items  # noqa: E402

_, MODEL, ITEMS = sys.argv
PROMPT = {"": {"user": "{{ question }} {{ answer }}"}}

call_command("migrate", verbosity=0)
dataset = make_dataset()
make_items(dataset, int(ITEMS))
base = JUDGES["verdict"]
rubric = replace(base.rubric, name="short", prompts=PROMPT)
sampling = {"temperature": 0, "max_tokens": 16}
judge = judge_for(replace(base, name="j", engine="vllm_offline", model=MODEL, rubric=rubric, sampling=sampling))
for seed in (0, 1):
    open_run(judge, dataset, scope=RunScope(seed=seed))
