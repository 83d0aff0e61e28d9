"""MT-Bench: 80 questions of two turns in eight categories, graded from 1 to 10 turn by turn."""

from pathlib import Path

from judging.benchmarks.base import Benchmark, NoQuestions, Questions, Stage

QUESTIONS = "question.jsonl"
REFERENCES = "reference_answer"
PUBLISHED = "gpt-4.jsonl"
"""The references that were published with the questions."""


def questions(path: Path, part: str) -> Questions:
    """The questions with their references: a folder as FastChat has it, or the file alone."""
    file = path if path.is_file() else path / QUESTIONS
    if not file.is_file():
        raise NoQuestions(f"{path} holds no {QUESTIONS}; the references belong beside it in {REFERENCES}/.")
    return Questions(files=[file, *references(file.parent)])


def references(folder: Path) -> list[Path]:
    """The file of references, where there is one."""
    found = sorted((folder / REFERENCES).glob("*.jsonl"))
    published = [file for file in found if file.name == PUBLISHED]
    if len(found) > 1 and not published:
        names = ", ".join(file.name for file in found)
        raise NoQuestions(f"{folder / REFERENCES} holds several sets of references ({names}): leave one.")
    return published or found


MT_BENCH = Benchmark(
    name="mt_bench",
    title="MT-Bench",
    about="Two-turn questions in eight categories, graded from 1 to 10.",
    stages=(Stage.ANSWERS, Stage.JUDGING),
    questions=questions,
    prompts=True,
    turns=(1, 2),
)
