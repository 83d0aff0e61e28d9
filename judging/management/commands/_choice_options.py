"""Options of `run_benchmark` for questions with choices, and its comparison with lm-eval."""

import json
from argparse import ArgumentTypeError, _ArgumentGroup
from pathlib import Path
from typing import Any

from judging.actions.benchmarks import (
    Comparing,
    RecipeWish,
    parity_lines,
    parity_with_lm_eval,
    questions_of,
    recipe_for,
)
from judging.actions.candidates import Candidate
from judging.benchmarks import Benchmark
from judging.benchmarks.mmlu.recipe import Continued, Truncation

LM_EVAL = "lm_eval"
PARITY = "parity.json"
SAMPLE = 100


def whole(text: str) -> int:
    """A number of things, none included."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no whole number from 0")
    return int(text)


def add_choice_arguments(group: _ArgumentGroup) -> None:
    """The options."""
    group.add_argument("--shots", type=whole, help="solved questions before each (5; of MMLU-Branch 0)")
    group.add_argument(
        "--continued", choices=[str(each) for each in Continued], help="what is weighed (what the task says)"
    )
    group.add_argument("--chat", action="store_true", help="as a chat, with the model's template")
    group.add_argument("--lm-eval-version", default="", help="the version of lm-eval that is emulated")
    group.add_argument("--truncation", choices=[str(each) for each in Truncation], help="for prompts too long")
    group.add_argument("--parity", choices=[LM_EVAL], default="", help="compare our choices with its, and no more")
    group.add_argument("--parity-questions", type=whole, default=SAMPLE, metavar="N", help=f"drawn ({SAMPLE})")
    group.add_argument("--parity-dtype", default="float32", metavar="D", help="precision of both (float32)")
    group.add_argument("--lm-eval", default="", metavar="PROGRAM", help="where it is (lm-eval)")


def recipe_wish(options: dict[str, Any]) -> RecipeWish:
    """How questions with choices are to be put, as far as the options say it."""
    return RecipeWish(
        lm_eval=options["lm_eval_version"],
        shots=options["shots"],
        chat=options["chat"],
        system=options["system"],
        truncation=options["truncation"] or "",
        continued=options["continued"] or "",
    )


def parity(benchmark: Benchmark, data: str, candidates: list[Candidate], options: dict[str, Any]) -> str:
    """What is printed of a comparison with lm-eval; it is written too where somebody said so."""
    dataset = questions_of(benchmark, data, part=options["part"])
    recipe = recipe_for(benchmark, dataset, recipe_wish(options), data=data)
    comparing = Comparing(
        questions=options["parity_questions"],
        seed=options["seed"],
        dtype=options["parity_dtype"],
        program=options["lm_eval"],
    )
    reports = [parity_with_lm_eval(benchmark, dataset, each, recipe, comparing) for each in candidates]
    document = {
        "version": 1,
        "benchmark": benchmark.name,
        "dataset": dataset.name,
        "parity": LM_EVAL,
        "models": [report.as_json() for report in reports],
    }
    told = json.dumps(document, ensure_ascii=False)
    if options["output"]:
        folder: Path = options["output"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PARITY).write_text(told + "\n", encoding="utf-8")
    return told if options["json"] else "\n".join(line for report in reports for line in parity_lines(report))
