"""An empty database becomes one with a benchmark that nobody has begun: python -m tests.judging.prepare_benchmark N."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from judging.actions.benchmarks import Graders, Wish, grading_judge, open_benchmark  # noqa: E402
from judging.actions.candidates import Candidate  # noqa: E402
from judging.actions.judges import JudgeChoice  # noqa: E402
from judging.benchmarks import BENCHMARKS  # noqa: E402
from tests.factories import make_dataset, make_item  # noqa: E402

call_command("migrate", verbosity=0)
dataset = make_dataset()
for number in range(1, int(sys.argv[1]) + 1):
    make_item(dataset, f"Question {number}?", "", f"Answer {number}", position=number, answer_state="missing")
benchmark = BENCHMARKS["rubric"]
judge = grading_judge(benchmark, Graders(choice=JudgeChoice(name="scripted")))
candidates = [Candidate(engine="scripted", model=name) for name in ("m1", "m2")]
open_benchmark(benchmark, dataset, Wish(candidates=candidates, judge=judge))
