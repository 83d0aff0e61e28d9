"""The same questions by lm-evaluation-harness, and every difference: a check that our figures are theirs.

lm-eval runs as a program of its own, from wherever it is installed; nothing of it is imported. It gets the questions as
files, and a task for each subject that says what its own tasks `mmlu_*` say.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from judging.benchmarks.mmlu.prompts import Question, header
from judging.benchmarks.mmlu.recipe import Continued, Recipe
from judging.benchmarks.mmlu.scores import chosen

PREFIX = "evalsite_mmlu_"
LETTERS = Recipe()
Likelihoods = Mapping[tuple[str, int], Sequence[float]]
"""By subject and place of the question in it, from 0."""


class ParityFailed(RuntimeError):
    """lm-eval could not be run; the message says what it said."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Questions of a subject and the solved ones before them."""

    subject: str
    questions: Sequence[Question]
    shots: Sequence[Question]


@dataclass(frozen=True, slots=True)
class Difference:
    """A question on which the two choose differently, with the margin of each."""

    subject: str
    place: int
    ours: str
    theirs: str
    our_margin: float
    their_margin: float


@dataclass(frozen=True, slots=True)
class Parity:
    """`same` of `n` choices are equal; `largest`: the largest difference between two margins, in log-likelihood."""

    n: int
    same: int
    largest: float
    differences: tuple[Difference, ...]


def compare(ours: Likelihoods, theirs: Likelihoods) -> Parity:
    """Question by question. Likelihoods count relative to the first text's: what all texts share may be left out."""
    if missing := sorted(set(ours) ^ set(theirs)):
        subject, place = missing[0]
        raise ParityFailed(f"Question {place + 1} of {subject} was scored by only one of the two.")
    differences, largest = [], 0.0
    for (subject, place), values in sorted(ours.items()):
        other = theirs[subject, place]
        relative = [(value - values[0]) - (them - other[0]) for value, them in zip(values, other, strict=True)]
        largest = max(largest, *map(abs, relative))
        mine, them_chosen = chosen(values), chosen(other)
        if mine.place != them_chosen.place:
            letters = ascii_uppercase[mine.place], ascii_uppercase[them_chosen.place]
            differences.append(Difference(subject, place, *letters, mine.margin, them_chosen.margin))
    return Parity(len(ours), len(ours) - len(differences), largest, tuple(differences))


def write_tasks(samples: Sequence[Sample], folder: Path, recipe: Recipe = LETTERS) -> list[str]:
    """Files of questions and tasks; the names of the tasks."""
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples:
        files = {"test": sample.questions, "dev": sample.shots}
        for part, questions in files.items():
            lines = [json.dumps(entry(question), ensure_ascii=False) for question in questions]
            (folder / f"{slug(sample.subject)}_{part}.jsonl").write_text(
                "".join(f"{line}\n" for line in lines), "utf-8"
            )
        # JSON is YAML too.
        task = json.dumps(task_of(sample, folder, recipe), ensure_ascii=False, indent=1)
        (folder / f"{task_name(sample)}.yaml").write_text(task, "utf-8")
    return [task_name(sample) for sample in samples]


def task_name(sample: Sample) -> str:
    """The name of a sample's task."""
    return f"{PREFIX}{slug(sample.subject)}"


def slug(subject: str) -> str:
    """A subject as part of the name of a file and of a task."""
    return re.sub(r"[^\w-]", "_", subject) or "all"


def entry(question: Question) -> dict[str, Any]:
    """A question as lm-eval's data has it."""
    return {"question": question.text, "choices": list(question.choices), "answer": max(question.gold, 0)}


def task_of(sample: Sample, folder: Path, recipe: Recipe = LETTERS) -> dict[str, Any]:
    """The task of a subject, as lm-eval's own are written; splits without questions are left out."""
    count = len((*sample.questions, *sample.shots)[0].choices)
    letters = ascii_uppercase[:count]
    lines = [
        "{{question.strip()}}",
        *(f"{letter}. {{{{choices[{n}]}}}}" for n, letter in enumerate(letters)),
        "Answer:",
    ]
    parts = ["test", *(["dev"] if sample.shots else [])]
    shown = {"fewshot_split": "dev", "fewshot_config": {"sampler": "first_n"}} if sample.shots else {}
    return {
        "task": task_name(sample),
        "dataset_path": "json",
        "dataset_kwargs": {
            "data_files": {part: str(folder / f"{slug(sample.subject)}_{part}.jsonl") for part in parts}
        },
        "test_split": "test",
        **shown,
        "output_type": "multiple_choice",
        "description": header(sample.subject) if recipe.headed else "",
        "doc_to_text": "\n".join(lines),
        "doc_to_choice": "choices" if recipe.continued is Continued.TEXTS else list(letters),
        "doc_to_target": "answer",
        "metric_list": [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}],
        "metadata": {"version": 1.0},
    }


def lm_eval_likelihoods(
    samples: Sequence[Sample], recipe: Recipe, folder: Path, *, model: str, arguments: str = "dtype=float32",
    command: str = "lm-eval",
) -> dict[tuple[str, int], list[float]]:  # fmt: skip
    """What lm-eval makes of these questions, with its transformers backend. `command` may be several words."""
    tasks = write_tasks(samples, folder / "tasks", recipe)
    words = [*shlex.split(command), "run", "--model", "hf", "--model_args", f"pretrained={model},{arguments}"]
    words += ["--include_path", str(folder / "tasks"), "--tasks", *tasks, "--num_fewshot", str(recipe.shots)]
    words += ["--batch_size", "16", "--log_samples", "--output_path", str(folder / "out")]
    if recipe.chat:
        words += ["--apply_chat_template", "--fewshot_as_multiturn", str(recipe.multiturn)]
    if recipe.system:
        words += ["--system_instruction", recipe.system]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ParityFailed(f"{words[0]} cannot be started ({error.strerror}): install lm_eval, or name it.") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
        raise ParityFailed(f"lm-eval ended with {done.returncode}: {said[:400]}")
    return {
        (sample.subject, place): values
        for sample in samples
        for place, values in enumerate(logged(folder / "out", task_name(sample)))
    }


def logged(folder: Path, task: str) -> list[list[float]]:
    """The log-likelihoods of a task's samples, in the order of its questions."""
    files = sorted(folder.rglob(f"samples_{task}_2*.jsonl"))
    if not files:
        raise ParityFailed(f"lm-eval wrote no samples of {task} below {folder}.")
    rows = [json.loads(line) for line in files[-1].read_text("utf-8").split("\n") if line]
    rows.sort(key=lambda row: int(row["doc_id"]))
    return [[float(first_number(reply)) for reply in row["filtered_resps"]] for row in rows]


def lm_eval_version(folder: Path) -> str:
    """The version of lm-eval that wrote the results of this folder; '' where it does not say."""
    files = sorted((folder / "out").rglob("results_*.json"))
    said = json.loads(files[-1].read_text("utf-8")).get("lm_eval_version") if files else None
    return str(said or "")


def first_number(reply: Any) -> Any:
    """A log-likelihood, which stands first in a pair, in a list or not."""
    while isinstance(reply, list):
        reply = reply[0]
    return reply
