"""The dataset with a benchmark's questions: one that is there, or files that are imported once."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from django.contrib.auth.models import User
from django.utils.translation import gettext

from judging.actions.imports import ImportRefused, InputFile, import_files
from judging.actions.imports.rows import checksum
from judging.actions.mt_bench_branch import open_branch
from judging.actions.runs import RunRefused
from judging.benchmarks import Benchmark, NoQuestions, Questions
from judging.benchmarks.mt_bench.taxonomy_git import TaxonomyRefused
from judging.benchmarks.mt_bench_branch import MT_BENCH_BRANCH, repository_of
from judging.core.readers import FileRefused
from judging.models import BenchmarkRun, Dataset

DIGEST = 8
"""Characters of the files' checksum in the name of their dataset."""


def questions_of(benchmark: Benchmark, data: str, *, part: str = "", by: User | None = None) -> Dataset:
    """The questions that somebody names: a dataset, files (imported unless these very ones were), '' for those that
    this benchmark asked last. RunRefused where there are none."""
    part = chosen_part(benchmark, part)
    if not data:
        return asked_last(benchmark, part)
    named: Dataset | None = Dataset.objects.ready().filter(name=data).first()
    if named is not None:
        return named
    if benchmark is MT_BENCH_BRANCH:
        return branch_questions(data, by)
    path = Path(data)
    if not path.exists():
        raise RunRefused(
            gettext("There is neither a dataset nor a file or folder %(data)s: say where the questions are.")
            % {"data": repr(data)}
        )
    try:
        found = benchmark.questions(path, part)
        return imported(benchmark, found, part, by)
    except (NoQuestions, ImportRefused) as error:
        raise RunRefused(str(error)) from error
    except FileRefused as error:
        raise RunRefused(error.message) from error


def branch_questions(data: str, by: User | None) -> Dataset:
    """The questions of a taxonomy's branch, `REPOSITORY@BRANCH`; of its HEAD where no branch is named."""
    try:
        return open_branch(*repository_of(data), by=by)[0]
    except TaxonomyRefused as error:
        raise RunRefused(str(error)) from error


def chosen_part(benchmark: Benchmark, part: str) -> str:
    """The part that is asked; the first of the benchmark's where none is named."""
    if part and part not in benchmark.parts:
        known = f"Parts: {', '.join(benchmark.parts)}." if benchmark.parts else "It has no parts."
        raise RunRefused(
            gettext("%(benchmark)s has no part %(part)s. %(known)s")
            % {"benchmark": benchmark.title, "part": repr(part), "known": known}
        )
    return part or next(iter(benchmark.parts), "")


def asked_last(benchmark: Benchmark, part: str) -> Dataset:
    """The questions of the newest run of a benchmark."""
    runs = BenchmarkRun.objects.filter(benchmark=benchmark.name, dataset__state=Dataset.State.READY)
    if benchmark.parts:
        runs = runs.filter(options__part=part)
    newest = runs.select_related("dataset").first()
    if newest is None:
        raise RunRefused(
            gettext(
                "Where are the questions of %(benchmark)s? Name a file, a folder or a dataset: --data PATH. "
                "Later runs remember it."
            )
            % {"benchmark": benchmark.title}
        )
    dataset: Dataset = newest.dataset
    return dataset


def imported(benchmark: Benchmark, found: Questions, part: str, by: User | None) -> Dataset:
    """The dataset of these files as they are now; unchanged files are read only once."""
    name = " ".join(word for word in (benchmark.name, part, digest(found.files)) if word)
    there: Dataset | None = Dataset.objects.ready().filter(name=name).first()
    if there is not None:
        return there
    files = [InputFile(path) for path in found.files]
    plan = import_files(name, files, format_name=found.format, columns=found.columns or None, by=by)
    if not plan.is_acceptable:
        more = f" and {len(plan.problems) - 1} more" if len(plan.problems) > 1 else ""
        raise RunRefused(
            gettext("The questions cannot be read. %(what)s%(more)s") % {"what": plan.problems[0], "more": more}
        )
    made: Dataset = Dataset.objects.get(name=name)
    return made


def digest(files: Sequence[Path]) -> str:
    """One number for the names and contents of files, in their order."""
    said = "\n".join(f"{path.name} {checksum(path)}" for path in files)
    return sha256(said.encode()).hexdigest()[:DIGEST]
