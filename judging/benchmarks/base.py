"""What a benchmark is, before anybody is examined: where its questions are, its stages, how its figures are grouped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Stage(StrEnum):
    """What the runs of a benchmark do, in this order: all candidates choose; or all answer, then all are judged, one by
    one or in pairs."""

    CHOICES = "choices"
    ANSWERS = "answers"
    JUDGING = "judging"
    PAIRS = "pairs"


class NoQuestions(ValueError):
    """A path that holds no questions of a benchmark, as a sentence that says what it should hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Files with questions, in the order in which they are asked, and how they are read.

    `format`: '' is found by content; `columns`: what the columns of a table are, where they have other names.
    """

    files: Sequence[Path]
    format: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """`questions`: the files of a path; its second argument is the part that is asked (test, val), '' where it has no
    parts. `grouped_by`: what an item's category is there. `scale`: lowest and highest score. `judge`: the one that
    grades where none is named; '' where one has to be. `prompts`: whether judges are made from a file of prompts, and
    `turns` those that they grade.
    """

    name: str
    title: str
    about: str
    stages: tuple[Stage, ...]
    questions: Callable[[Path, str], Questions]
    grouped_by: str = "category"
    scale: tuple[float, float] = (1.0, 10.0)
    judge: str = ""
    prompts: bool = False
    turns: tuple[int, ...] = (1,)
    parts: tuple[str, ...] = ()

    @property
    def is_graded(self) -> bool:
        """Whether a judge grades answers."""
        return Stage.JUDGING in self.stages


def one_file(path: Path, part: str) -> Questions:
    """A benchmark whose questions are a file of any format."""
    if not path.is_file():
        raise NoQuestions(f"{path} is no file. Name the file with the questions, or a dataset that has them.")
    return Questions(files=[path])
