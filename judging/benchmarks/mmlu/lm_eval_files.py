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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question with what a model made of it; no likelihoods where it has no answer."""

    number: int
    subject: str
    question: str
    choices: Sequence[str]
    gold: str
    loglikelihoods: Sequence[float]
    right: bool


def task_of(subject: str) -> str:
    """The name of a subject's task."""
    return f"{GROUP}_{subject}"


def results_document(
    scores: Sequence[SubjectScore], *, model: str, recipe: Mapping[str, Any], date: float, model_args: str = ""
) -> dict[str, Any]:
    """results_<date>.json: each subject, and all of them weighed by their size as lm-eval's group does."""
    names = {score.subject: task_of(score.subject) for score in scores}
    whole = accuracy(scores)
    return {
        "results": {
            GROUP: group_row(whole),
            **{
                names[score.subject]: {"alias": score.subject, METRIC: score.accuracy, STDERR: score.stderr}
                for score in scores
            },
        },
        "group_subtasks": {GROUP: list(names.values())},
        "versions": dict.fromkeys(names.values(), 1.0),
        "n-shot": dict.fromkeys(names.values(), recipe.get("shots")),
        "higher_is_better": {name: {"acc": True} for name in [GROUP, *names.values()]},
        "n-samples": {
            names[score.subject]: {"original": score.n + score.unscored, "effective": score.n} for score in scores
        },
        "config": {"model": model, "model_args": model_args, "recipe": dict(recipe)},
        "git_hash": None,
        "date": date,
        "chat_template": None,
        "system_instruction": recipe.get("system") or None,
        "lm_eval_version": recipe.get("lm_eval"),
    }


def group_row(whole: Accuracy) -> dict[str, Any]:
    """The row of the group: by question, and by subject under a name of its own."""
    return {"alias": GROUP, METRIC: whole.micro, STDERR: whole.micro_stderr, "acc_macro": whole.macro}


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
        "metrics": ["acc"],
        "doc_hash": sha256(json.dumps(doc, ensure_ascii=False).encode()).hexdigest(),
        "target_hash": sha256(str(answer).encode()).hexdigest(),
        "acc": float(sample.right) if sample.loglikelihoods else None,
    }


def best(values: Sequence[float]) -> int:
    """The place of the highest, the first of equals; -1 of none."""
    return max(range(len(values)), key=lambda place: (values[place], -place)) if values else -1
