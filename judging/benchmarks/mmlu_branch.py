"""MMLU-Branch: questions with choices that were made from the documents of a taxonomy.

Files are those of instructlab-sdg as they are: `mmlubench_<task>.jsonl`, and `<task>_task.yaml` beside it, which says
for lm-eval what is weighed: the texts of the choices, or their letters.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judging.benchmarks.base import Benchmark, NoQuestions, Questions, Stage
from judging.benchmarks.mmlu.recipe import Continued
from judging.core.readers.branch_tasks import PREFIX
from judging.core.readers.files import FileRefused
from judging.core.readers.yaml_file import load_yaml

TASKS = (".yaml", ".yml")
LIMIT = 1_000_000
LETTERED = "".join(rf"\n{letter}. {{{{choices[{place}]}}}}" for place, letter in enumerate("ABCD"))
WRITTEN = rf"{{{{question.strip()}}}}{LETTERED}\nAnswer:"
"""How a task puts its question, which is how we do."""

OF_TEXTS = ("choices", "{{choices}}", "{{[choices[0],choices[1],choices[2],choices[3]]}}")
OF_LETTERS = ("['A','B','C','D']", '["A","B","C","D"]')


@dataclass(frozen=True, slots=True)
class Task:
    """The file of a task, and what is weighed; None where nothing says it."""

    file: Path
    continued: Continued | None = None


def questions(path: Path, part: str) -> Questions:
    """The questions of a task, of a file, or of all tasks and files of a folder. Empty files hold none."""
    files = [task.file for task in tasks_of(path) if task.file.stat().st_size]
    if not files:
        raise NoQuestions(
            f"{path} holds no questions: expected files {PREFIX}<task>.jsonl, or tasks <task>_task.yaml that name them."
        )
    return Questions(files=list(dict.fromkeys(files)), format="choices")


def declared(path: Path) -> Continued | None:
    """What the tasks of a path weigh; None where no task says it. NoQuestions where they do not agree."""
    said = {task.continued for task in tasks_of(path) if task.continued}
    if len(said) > 1:
        raise NoQuestions(
            f"Some tasks of {path} weigh letters and others the texts of the choices. Name the one that is wanted: "
            "--continued letters or --continued texts."
        )
    return next(iter(said), None)


def tasks_of(path: Path) -> list[Task]:
    """The tasks that a path means, and files without a task behind them."""
    if path.is_file() and path.suffix in TASKS:
        return [task_of(path, whole(path))]
    if path.is_file():
        return [next((task for task in tasks_in(path.parent, recursive=False) if same(task.file, path)), Task(path))]
    tasks = list(tasks_in(path, recursive=True))
    named = {task.file.resolve() for task in tasks}
    alone = [file for file in sorted(path.rglob(f"{PREFIX}*.jsonl")) if file.resolve() not in named]
    return [*tasks, *(Task(file) for file in alone)]


def same(one: Path, other: Path) -> bool:
    """Whether two paths are one file."""
    return one.resolve() == other.resolve()


def tasks_in(folder: Path, *, recursive: bool) -> Iterator[Task]:
    """Every task of a folder; other YAML files are none."""
    for path in sorted(folder.rglob("*") if recursive else folder.iterdir()):
        if path.suffix in TASKS and path.is_file():
            said = whole(path)
            if "task" in said and "dataset_kwargs" in said:
                yield task_of(path, said)


def whole(path: Path) -> Mapping[str, Any]:
    """What a task says, with what it includes; nothing where the file holds no names."""
    try:
        said = load_yaml(path, LIMIT)
    except FileRefused as error:
        raise NoQuestions(f"{path.name}, line {error.line}: {error.message}") from error
    if not isinstance(said, dict):
        return {}
    included = said.get("include")
    if not isinstance(included, str):
        return said
    other = path.parent / included
    if other.resolve() == path.resolve() or not other.is_file():
        raise NoQuestions(f"{path.name} includes {included!r}, which is not beside it. Put it there.")
    return {**whole(other), **said}


def task_of(path: Path, said: Mapping[str, Any]) -> Task:
    """A task with its file. NoQuestions where it is no task that we put as it says."""
    named = (said.get("dataset_kwargs") or {}).get("data_files") or {}
    test = named.get("test") if isinstance(named, dict) else named
    if not isinstance(test, str):
        raise NoQuestions(f"{path.name} names no file of questions under dataset_kwargs, data_files, test.")
    # The path is that of the machine where the task was made.
    places = (Path(test), path.parent / test, path.parent / Path(test).name)
    found = next((file for file in places if file.is_file()), None)
    if found is None:
        raise NoQuestions(f"{path.name} names {test}, which is neither there nor beside it. Put the file beside it.")
    refuse_other_prompts(path, said)
    return Task(found, weighed(path, said.get("doc_to_choice")))


def refuse_other_prompts(path: Path, said: Mapping[str, Any]) -> None:
    """Raise NoQuestions where a task puts its questions otherwise than we would."""
    text = said.get("doc_to_text")
    if text is not None and squeezed(text) != squeezed(WRITTEN):
        raise NoQuestions(
            f"{path.name} puts its questions in a way of its own (doc_to_text). Those are put that end with "
            "'A. ...', 'B. ...', 'C. ...', 'D. ...' and 'Answer:'; name the file of questions instead to ask them so."
        )
    if said.get("description"):
        raise NoQuestions(
            f"{path.name} puts a text before its questions (description), which is not done here. Leave it out, or "
            "name the file of questions instead."
        )


def weighed(path: Path, said: Any) -> Continued | None:
    """What `doc_to_choice` says is weighed."""
    if said is None:
        return None
    if squeezed(said) in OF_TEXTS:
        return Continued.TEXTS
    if squeezed(said) in OF_LETTERS:
        return Continued.LETTERS
    raise NoQuestions(
        f"{path.name} weighs {str(said)[:60]!r} (doc_to_choice). Write the letters A to D, or the texts of the choices."
    )


def squeezed(said: Any) -> str:
    """A template without the spaces that mean nothing in it."""
    return "".join(str(said).replace("\n", "\\n").split())


MMLU_BRANCH = Benchmark(
    name="mmlu_branch",
    title="MMLU-Branch",
    about="Questions with choices made from the documents of a taxonomy.",
    stages=(Stage.CHOICES,),
    questions=questions,
    grouped_by="subject",
    scale=(0.0, 1.0),
)
