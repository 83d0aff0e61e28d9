"""MT-Bench-Branch: the examples of a taxonomy's skills, answered and graded by their own answers."""

from pathlib import Path

from judging.benchmarks.base import Benchmark, NoQuestions, Questions, Stage

HEAD = "HEAD"
FILE = "qna_file"
"""What says in an item's `extra` which file of the taxonomy asks it; the figures are by file."""


def questions(path: Path, part: str) -> Questions:
    """Its questions are in a git repository, not in files of a folder."""
    raise NoQuestions(f"{path} is no branch of a taxonomy: name its git repository, REPOSITORY or REPOSITORY@BRANCH.")


def repository_of(data: str) -> tuple[Path, str]:
    """The repository and the branch of `REPOSITORY@BRANCH`; a folder that has an @ in its name is a folder."""
    folder, _, branch = data.rpartition("@")
    if not folder or Path(data).exists():
        return Path(data), HEAD
    return Path(folder), branch


MT_BENCH_BRANCH = Benchmark(
    name="mt_bench_branch",
    title="MT-Bench-Branch",
    about="The examples of a taxonomy's skills, graded against their own answers.",
    stages=(Stage.ANSWERS, Stage.JUDGING),
    questions=questions,
    grouped_by=FILE,
    prompts=True,
)
