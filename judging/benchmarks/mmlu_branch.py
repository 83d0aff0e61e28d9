"""MMLU-Branch: questions with choices that were made from the documents of a taxonomy."""

from pathlib import Path

from judging.benchmarks.base import Benchmark, NoQuestions, Questions, Stage


def questions(path: Path, part: str) -> Questions:
    """A file of such questions, or all of a folder (`mmlubench_<task>.jsonl`)."""
    files = [path] if path.is_file() else sorted(path.rglob("mmlubench_*.jsonl"))
    if not files:
        raise NoQuestions(f"{path} holds no questions: expected files mmlubench_<task>.jsonl.")
    return Questions(files=files)


MMLU_BRANCH = Benchmark(
    name="mmlu_branch",
    title="MMLU-Branch",
    about="Questions with choices made from the documents of a taxonomy.",
    stages=(Stage.CHOICES,),
    questions=questions,
    grouped_by="subject",
    scale=(0.0, 1.0),
)
