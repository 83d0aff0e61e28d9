"""MT-Bench-Branch: the examples of a taxonomy's skills, answered and graded against their own answers."""

from pathlib import Path

from judging.benchmarks.base import Benchmark, NoQuestions, Questions, Stage

LEFT_OUT = {"knowledge", "docs", "scripts"}


def questions(path: Path, part: str) -> Questions:
    """Every qna.yaml of a taxonomy's skills, or one file."""
    if path.is_file():
        return Questions(files=[path])
    found = sorted(path.rglob("qna.yaml"))
    files = [file for file in found if not hidden(file.relative_to(path).parts[0])]
    if not files:
        raise NoQuestions(f"{path} holds no skills: expected qna.yaml files, as a taxonomy has them.")
    return Questions(files=files)


def hidden(name: str) -> bool:
    """Whether a folder of a taxonomy has no skills."""
    return name in LEFT_OUT or name.startswith(".")


MT_BENCH_BRANCH = Benchmark(
    name="mt_bench_branch",
    title="MT-Bench-Branch",
    about="The examples of a taxonomy's skills, graded against their own answers.",
    stages=(Stage.ANSWERS, Stage.JUDGING),
    questions=questions,
    prompts=True,
)
