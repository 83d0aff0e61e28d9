"""Several people's words made one gold set in a folder."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from judging.core.verdicts import Verdict
from training_export.core.manifest import STAMP
from training_export.core.merging import Conflict, Merged, Resolve, Word, merge
from training_export.core.records import Source
from training_export.core.writers.base import WriterOptions
from training_export.core.writers.mdk_gold import GoldWriter
from training_export.core.writers.tables import CsvTable
from training_export.selection import ExportProblem
from training_export.selection.words_of_people import people_files, words_of_campaign, words_of_files

VERDICT_OF = {"clean": Verdict.CLEAN, "wrong": Verdict.WRONG}


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeSource:
    """What is merged: files and folders, campaigns as DATASET/CAMPAIGN, and files whose verdicts settle conflicts."""

    paths: Sequence[Path] = ()
    campaigns: Sequence[str] = ()
    adjudicated: Sequence[Path] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOutcome:
    """The set that was written, and where."""

    merged: Merged
    files: tuple[Path, ...]

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**self.merged.as_json(), "files": [str(path) for path in self.files]}


def merge_labels(
    source: MergeSource, folder: Path, *, basename: str = "", resolve: Resolve = Resolve.MAJORITY
) -> MergeOutcome:
    """Merge and write mdk's four files, and the conflicts where there are any. Nothing is overwritten."""
    check_basename(basename)
    merged = merge(words_of(source), resolve)
    if not merged.records:
        raise ExportProblem(_("Nobody decided on any item in what was named: there is nothing to merge."))
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".merge-") as scratch:
        written = write_merged(merged, Path(scratch), basename)
        return MergeOutcome(merged=merged, files=tuple(take_place(written, folder)))


def words_of(source: MergeSource) -> Iterator[Word]:
    """The words of all sources, in their order."""
    for path in (*source.paths, *source.adjudicated):
        if not path.exists():
            raise ExportProblem(_("There is no file or folder {path}.").format(path=path))
    campaigns = chain.from_iterable(words_of_campaign(name) for name in source.campaigns)
    decided = (replace(word, final=True) for word in words_of_files(people_files(source.adjudicated)))
    return chain(words_of_files(people_files(source.paths)), campaigns, decided)


def write_merged(merged: Merged, folder: Path, basename: str) -> list[Path]:
    """The files of a merge."""
    options = WriterOptions(source=Source.GOLD, stamp=timezone.localtime().strftime(STAMP))
    writer = GoldWriter(folder, options, basename=basename)
    for record in merged.records:
        writer.write(record, VERDICT_OF[str(record.people.verdict)])
    names = [file.name for file in writer.close()]
    middle = f"_{basename}" if basename else ""
    if merged.conflicts:
        names.append(write_conflicts(merged.conflicts, folder / f"dataset{middle}_conflicts.csv"))
    return [folder / name for name in names]


def write_conflicts(conflicts: Sequence[Conflict], path: Path) -> str:
    """A line per item on which people differ."""
    table = CsvTable(path, ("question", "answer", "said", "verdict", "by"), bom=True)
    for conflict in conflicts:
        said = json.dumps(dict(conflict.said), ensure_ascii=False)
        table.add((conflict.question, conflict.answer, said, conflict.verdict, conflict.by))
    return table.close().name


def take_place(written: Sequence[Path], folder: Path) -> list[Path]:
    """Move finished files to where they belong, unless one of them is there already."""
    targets = [folder / path.name for path in written]
    there = ", ".join(target.name for target in targets if target.exists())
    if there:
        raise ExportProblem(
            _("{folder} has {files} already and nothing is overwritten: choose another --output or --basename.").format(
                folder=folder, files=there
            )
        )
    for path, target in zip(written, targets, strict=True):
        path.rename(target)
    return targets


def check_basename(basename: str) -> None:
    """A name of files leads nowhere else."""
    if Path(basename).name != basename:
        raise ExportProblem(_("“{name}” is no name of a file: write one without slashes.").format(name=basename))
