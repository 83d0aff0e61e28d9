"""Questions with a reference or with criteria of their own, answered and graded from 1 to 5 by a rubric."""

from pathlib import Path

from judging.benchmarks.base import Benchmark, NoQuestions, Questions, Stage, one_file

TABLE = "elyza_tasks_100.csv"


def elyza_questions(path: Path, part: str) -> Questions:
    """The published table. Its `output` is the model answer to compare with."""
    file = path / TABLE if path.is_dir() else path
    if not file.is_file():
        raise NoQuestions(f"{path} is no table of ELYZA-tasks-100: expected columns input, output and eval_aspect.")
    return Questions(files=[file])


ELYZA_TASKS_100 = Benchmark(
    name="elyza_tasks_100",
    title="ELYZA-tasks-100",
    about="100 tasks in Japanese, each with what to look at; graded from 1 to 5.",
    stages=(Stage.ANSWERS, Stage.JUDGING),
    questions=elyza_questions,
    scale=(1.0, 5.0),
    judge="ja-1-5-ref",
)

RUBRIC = Benchmark(
    name="rubric",
    title="Rubric set",
    about="Your own questions with references, graded by the rubric of a judge.",
    stages=(Stage.ANSWERS, Stage.JUDGING),
    questions=one_file,
    scale=(1.0, 5.0),
)
