"""Candidates examined by a benchmark: planned as a whole, then run by run."""

from judging.actions.benchmarks.fetching import fetch_questions, published_folder
from judging.actions.benchmarks.files import write_results
from judging.actions.benchmarks.parity import Comparing, parity_lines, parity_with_lm_eval
from judging.actions.benchmarks.plans import STAGES, Graders, Wish, grading_judge, named_benchmark, open_benchmark
from judging.actions.benchmarks.predictions import import_from, import_predictions
from judging.actions.benchmarks.questions import questions_of
from judging.actions.benchmarks.recipes import RecipeWish, recipe_for
from judging.actions.benchmarks.stages import (
    advance,
    cancel_benchmark,
    go_on,
    resume_benchmark,
    resume_benchmarks,
    run_is_over,
)

__all__ = [
    "STAGES",
    "Comparing",
    "Graders",
    "RecipeWish",
    "Wish",
    "advance",
    "cancel_benchmark",
    "fetch_questions",
    "go_on",
    "grading_judge",
    "import_from",
    "import_predictions",
    "named_benchmark",
    "open_benchmark",
    "parity_lines",
    "parity_with_lm_eval",
    "published_folder",
    "questions_of",
    "recipe_for",
    "resume_benchmark",
    "resume_benchmarks",
    "run_is_over",
    "write_results",
]
