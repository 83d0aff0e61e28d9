"""An examination as lm-evaluation-harness leaves one: results_<date>.json and samples_<task>_<date>.jsonl."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from string import ascii_uppercase
from typing import Any

from judging.benchmarks.mmlu.scores import Accuracy, SubjectScore, accuracy

GROUP = "mmlu"
METRIC, STDERR = "acc,none", "acc_stderr,none"
NORMED, NORMED_STDERR = "acc_norm,none", "acc_norm_stderr,none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question with what a model made of it; no likelihoods where nobody kept them. `right`: None where there is no
    answer; `right_per_character`: None where no texts were weighed."""

    number: int
    subject: str
    question: str
    choices: Sequence[str]
    gold: str
    loglikelihoods: Sequence[float]
    right: bool | None
    right_per_character: bool | None = None


def task_of(subject: str) -> str:
    """The name of a subject's task."""
    return f"{GROUP}_{subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A model, how it was asked and when; `per_character`: what it came to where texts are weighed by their length."""

    model: str
    recipe: Mapping[str, Any]
    date: float
    model_args: str = ""
    per_character: Sequence[SubjectScore] = ()


def results_document(scores: Sequence[SubjectScore], examined: Examined) -> dict[str, Any]:
    """results_<date>.json: each subject, and all of them weighed by their size as lm-eval's group does."""
    names, recipe = {score.subject: task_of(score.subject) for score in scores}, examined.recipe
    normed = {score.subject: normed_row(score) for score in examined.per_character}
    rows = {
        names[score.subject]: {
            "alias": score.subject, METRIC: score.accuracy, STDERR: score.stderr, **normed.get(score.subject, {})
        }
        for score in scores
    }  # fmt: skip
    return {
        "results": {GROUP: group_row(accuracy(scores), accuracy(examined.per_character)), **rows},
        "group_subtasks": {GROUP: list(names.values())},
        "versions": dict.fromkeys(names.values(), 1.0),
        "n-shot": dict.fromkeys(names.values(), recipe.get("shots")),
        "higher_is_better": {name: dict.fromkeys(metrics(normed), True) for name in [GROUP, *names.values()]},
        "n-samples": {
            names[score.subject]: {"original": score.n + score.unscored, "effective": score.n} for score in scores
        },
        "config": {"model": examined.model, "model_args": examined.model_args, "recipe": dict(recipe)},
        "git_hash": None,
        "date": examined.date,
        "chat_template": None,
        "system_instruction": recipe.get("system") or None,
        "lm_eval_version": recipe.get("lm_eval"),
    }


def metrics(per_character: object) -> list[str]:
    """What is told of a question."""
    return ["acc", "acc_norm"] if per_character else ["acc"]


def normed_row(score: SubjectScore) -> dict[str, float | None]:
    """A subject where texts are weighed by their length."""
    return {NORMED: score.accuracy, NORMED_STDERR: score.stderr}


def group_row(whole: Accuracy, normed: Accuracy) -> dict[str, Any]:
    """The row of the group: by question, and by subject under a name of its own."""
    row = {"alias": GROUP, METRIC: whole.micro, STDERR: whole.micro_stderr, "acc_macro": whole.macro}
    return row | ({NORMED: normed.micro, NORMED_STDERR: normed.micro_stderr} if normed.n else {})


def sample_row(sample: Sample) -> dict[str, Any]:
    """One line of samples_<task>_<date>.jsonl."""
    answer = ascii_uppercase.find(sample.gold) if sample.gold else None
    doc = {
        "question": sample.question,
        "subject": sample.subject,
        "choices": list(sample.choices),
        "answer": answer,
    }
    replies = [[value, place == best(sample.loglikelihoods)] for place, value in enumerate(sample.loglikelihoods)]
    return {
        "doc_id": sample.number,
        "doc": doc,
        "target": "" if answer is None else str(answer),
        "resps": [[reply] for reply in replies],
        "filtered_resps": replies,
        "filter": "none",
        "metrics": metrics(sample.right_per_character is not None),
        "doc_hash": sha256(json.dumps(doc, ensure_ascii=False).encode()).hexdigest(),
        "target_hash": sha256(str(answer).encode()).hexdigest(),
        "acc": None if sample.right is None else float(sample.right),
        **({} if sample.right_per_character is None else {"acc_norm": float(sample.right_per_character)}),
    }


def best(values: Sequence[float]) -> int:
    """The place of the highest, the first of equals; -1 of none."""
    return max(range(len(values)), key=lambda place: (values[place], -place)) if values else -1
