"""A table of labels and judgments -> items where they are new, labels of people, runs of judges.

The same table again changes nothing; a changed value ends the old label, and a changed judgment is the newer one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from annotation.actions.label_imports.items import TableItems
from annotation.actions.label_imports.judged import TableRuns
from annotation.actions.label_imports.labels import TableLabels
from annotation.actions.label_imports.logs import CAMPAIGN
from annotation.core.label_tables import HUMAN, FileRefused, LabelRows, Said, TableOptions, read_labels
from annotation.core.pairwise import VOTES
from judging.actions.imports import FileProblem, ImportRefused, InputFile
from judging.actions.imports.rows import checksum, in_utf8

NO_ITEM = "The dataset has no such item; its labels were left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class TableImport:
    """What became of a table. `hints`: how it was read, where it can be read otherwise. `unmatched`: the first rows of
    items that the dataset does not have."""

    dataset: str
    campaign: str = CAMPAIGN
    made: bool = False
    items: int = 0
    new_items: int = 0
    raters: tuple[str, ...] = ()
    positional: bool = False
    criteria: tuple[str, ...] = ()
    labels: dict[str, int] = field(default_factory=dict)
    judgments: dict[str, int] = field(default_factory=dict)
    runs: tuple[int, ...] = ()
    hints: tuple[str, ...] = ()
    unmatched: tuple[FileProblem, ...] = ()
    problems: tuple[FileProblem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form that commands print."""
        return {
            "dataset": self.dataset,
            "made": self.made,
            "campaign": self.campaign,
            "items": self.items,
            "new_items": self.new_items,
            "raters": list(self.raters),
            "identity": "positional" if self.positional else "known",
            "criteria": list(self.criteria),
            "labels": sum(self.labels.values()),
            **{kind: self.labels.get(kind, 0) for kind in ("new", "unchanged", "changed")},
            "judgments": {"total": sum(self.judgments.values())}
            | {kind: self.judgments.get(kind, 0) for kind in ("new", "unchanged", "changed")},
            "runs": list(self.runs),
            "hints": list(self.hints),
            "unmatched": [problem.as_json() for problem in self.unmatched],
            "problems": [problem.as_json() for problem in self.problems],
        }


def import_label_table(dataset: str, file: InputFile, *, options: TableOptions, by: User | None = None) -> TableImport:
    """Take every label and judgment of a table; the dataset of this name is made when it is new.

    With problems nothing is stored. ImportRefused where the table has nothing to do with the dataset.
    """
    try:
        with in_utf8(file) as path:
            rows = read_labels(path, options)
        sha256 = checksum(file.path)
    except FileRefused as refusal:
        return TableImport(dataset=dataset, problems=(FileProblem(file.name, refusal.line, refusal.message, True),))
    said, clashes = _without_repeats(rows)
    problems = [FileProblem(file.name, found.line, found.message) for found in rows.problems] + [
        FileProblem(file.name, line, message) for line, message in clashes
    ]
    if problems:
        return TableImport(dataset=dataset, problems=tuple(problems))
    return _store(dataset, file, rows, said, by=by, sha256=sha256)


def _without_repeats(rows: LabelRows) -> tuple[list[Said], list[tuple[int, str]]]:
    """The newest word of every person on every item, and all words of judges: those are runs. With clashes."""
    people: dict[tuple[str, ...], Said] = {}
    judges: list[Said] = []
    clashes: list[tuple[int, str]] = []
    for said in rows:
        if said.rater_type != HUMAN:
            judges.append(said)
            continue
        place = (said.item, said.model, said.rater, said.criterion)
        earlier = people.setdefault(place, said)
        if earlier is said:
            continue
        if said.time and earlier.time:
            people[place] = max(earlier, said, key=lambda found: found.time)
        elif earlier.value != said.value:
            clashes.append((said.line, _clash(earlier, said)))
    return [*people.values(), *judges], clashes


def _clash(earlier: Said, said: Said) -> str:
    return (
        f"{said.rater!r} said {earlier.value!r} of item {said.item!r} in line {earlier.line} and {said.value!r} here. "
        "Keep one of the two, or say when each was given in a column time."
    )


@transaction.atomic
def _store(
    name: str, file: InputFile, rows: LabelRows, said: list[Said], *, by: User | None, sha256: str
) -> TableImport:
    items = TableItems.of(name, file, by=by, sha256=sha256)
    scales = chain.from_iterable(rows.declared.values())
    votes = all(value in VOTES for value in chain(scales, (found.value for found in said)) if value)
    if votes:
        said = [items.turned_round(found) for found in said]
    items.add(said, are_pairs=votes)
    placed = [(found, items.place_of(found)) for found in said]
    known = [(found, place) for found, place in placed if place is not None]
    if not known:
        raise ImportRefused(f"No row of {file.name} belongs to an item of {name!r}. Name the dataset it is of.")
    source = file.path.name if rows.positional else ""
    people = TableLabels(items.dataset, source=source, scales=rows.declared, named=rows.named())
    labels = people.store((one, place) for one, place in known if one.rater_type == HUMAN)
    runs = TableRuns(items.dataset, by, named=rows.named())
    judgments = runs.store((one, place) for one, place in known if one.rater_type != HUMAN)
    return TableImport(
        dataset=name,
        made=items.made,
        items=len({place.pk for _, place in known}),
        new_items=items.new,
        raters=tuple(sorted({one.rater for one in said})),
        positional=rows.positional,
        criteria=tuple(sorted({one.criterion for one in said})),
        labels=dict(labels),
        judgments=dict(judgments),
        runs=runs.numbers,
        hints=tuple(rows.hints),
        unmatched=tuple(_unmatched(file, (one for one, place in placed if place is None))),
    )


def _unmatched(file: InputFile, said: Iterable[Said]) -> Iterator[FileProblem]:
    seen: Counter[str] = Counter()
    for found in said:
        seen[found.item] += 1
        if seen[found.item] == 1:
            yield FileProblem(file.name, found.line, NO_ITEM)
