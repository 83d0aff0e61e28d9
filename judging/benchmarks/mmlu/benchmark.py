"""MMLU: questions with four choices from 57 subjects, scored by which letter a model finds likeliest."""

from pathlib import Path

from judging.benchmarks.base import Benchmark, NoQuestions, Questions, Stage

DEV = "dev"
PARTS = ("test", "val")


def questions(path: Path, part: str) -> Questions:
    """The solved questions (dev) and those of one part, subject by subject: folders dev, test and val, or one folder
    with all files, or one file."""
    if path.is_file():
        return Questions(files=[path])
    asked = files_of(path, part)
    if not asked:
        raise NoQuestions(
            f"{path} holds no questions of MMLU: expected {part}/<subject>_{part}.csv beside dev/<subject>_dev.csv, "
            "as Hendrycks' data.tar unpacks."
        )
    return Questions(files=[*files_of(path, DEV), *asked], format="mmlu")


def files_of(folder: Path, part: str) -> list[Path]:
    """The tables of one part, by subject."""
    inner = folder / part
    return sorted((inner if inner.is_dir() else folder).glob(f"*_{part}.csv"))


MMLU = Benchmark(
    name="mmlu",
    title="MMLU",
    about="Questions with four choices from 57 subjects; the likeliest letter counts.",
    stages=(Stage.CHOICES,),
    questions=questions,
    grouped_by="subject",
    scale=(0.0, 1.0),
    parts=PARTS,
)
