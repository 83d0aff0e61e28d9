"""What `run_benchmark` offers for branches of a taxonomy: two of them examined and compared."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from judging.actions.runs import RunRefused
from judging.benchmarks.mt_bench_branch import HEAD, MT_BENCH_BRANCH, repository_of
from judging.models import BenchmarkRun
from judging.reports.benchmark_comparisons import Side
from judging.reports.branch_comparisons import BranchComparison, NotComparable, compare_sides
from judging.reports.branch_text import branch_lines

DOCUMENT, TEXT = "branches.json", "branches.txt"
Options = Mapping[str, Any]


def add_branch_options(parser: ArgumentParser) -> None:
    """Options on branches."""
    branches = parser.add_argument_group("branches of a taxonomy (mt_bench_branch)")
    branches.add_argument("--branch", default="", metavar="B", help="the branch, tag or commit of --data (HEAD)")
    branches.add_argument("--base-branch", default="", metavar="B", help="examine this one too, and compare the two")
    branches.add_argument("--base-model", default="", metavar="M", help="who is examined on it (the same model)")
    branches.add_argument("--band", type=float, default=0.0, help="a change of a file's mean up to this is none (0)")
    branches.add_argument("--compat", action="store_true", help="the comparison as InstructLab prints it")


def branch_options(options: Options) -> list[dict[str, Any]]:
    """The options of each examination: the base's first, where there is one; RunRefused for what makes no sense."""
    if not options["branch"] and not options["base_branch"]:
        return [dict(options)]
    if options["benchmark"] != MT_BENCH_BRANCH.name:
        raise RunRefused(f"Only {MT_BENCH_BRANCH.name} has branches: leave out --branch and --base-branch.")
    if not options["data"]:
        raise RunRefused("Of which taxonomy are the branches? Name its git repository: --data REPOSITORY.")
    repository, named = repository_of(options["data"])
    new = {**options, "data": f"{repository}@{options['branch'] or named or HEAD}"}
    if not options["base_branch"]:
        return [new]
    base = {**options, "data": f"{repository}@{options['base_branch']}"}
    base["model"] = [options["base_model"]] if options["base_model"] else options["model"]
    return [each | part_of(options, name) for name, each in (("base", base), ("new", new))]


def part_of(options: Options, name: str) -> dict[str, Any]:
    """Where the results of one of two examinations are written, if anywhere."""
    return {"output": options["output"] / name if options["output"] else None}


def branch_comparisons(opened: Sequence[BenchmarkRun], options: Options) -> list[BranchComparison]:
    """Each model of the new branch against the base's: the one that was named, or itself. None without a base."""
    if not options["base_branch"]:
        return []
    base, new = opened
    single = len(base.candidates) == 1
    try:
        return [
            compare_sides(Side(base, 0 if single else place), Side(new, place), band=options["band"])
            for place in range(len(new.candidates))
        ]
    except NotComparable as error:
        raise RunRefused(str(error)) from error


def branch_texts(found: Sequence[BranchComparison], *, compat: bool) -> Iterator[str]:
    """The comparisons as text: ours, or InstructLab's (`compat`)."""
    for each in found:
        try:
            text = each.as_text() if compat else "\n".join(branch_lines(each))
        except NotComparable as error:
            raise RunRefused(str(error)) from error
        yield text


def write_branches(found: Sequence[BranchComparison], folder: Path) -> None:
    """The comparisons as files: one document, and InstructLab's report of each."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {"branches": [each.as_json() for each in found]}
    (folder / DOCUMENT).write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / TEXT).write_text("\n".join(branch_texts(found, compat=True)), encoding="utf-8")
