"""An empty database becomes one with a run that nobody has begun: python -m tests.judging.prepare_run ITEMS."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from judging.actions.judges import judge_for  # noqa: E402
from judging.actions.runs import RunScope, open_run  # noqa: E402
from judging.core.builtin import JUDGES  # noqa: E402
from tests.factories import make_dataset, make_item  # noqa: E402

call_command("migrate", verbosity=0)
dataset = make_dataset()
for number in range(1, int(sys.argv[1]) + 1):
    reference = "something else" if number % 4 == 0 else f"Answer {number}"
    make_item(dataset, f"Question {number}?", f"Answer {number}", reference, position=number)
open_run(judge_for(JUDGES["reference"]), dataset, scope=RunScope())
