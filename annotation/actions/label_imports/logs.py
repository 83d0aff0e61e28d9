"""Verdicts that people left in a file -> labels under a name.

A label table of another shape is one more reader that yields rows with a `person`; how rows find their items and how
labels are stored stays as it is here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from annotation.actions.counts import recount
from annotation.core.matching import FileRow, KnownItem, Matches, match_rows
from annotation.models import Annotator, Campaign, Label
from judging.actions.imports import FileProblem, ImportRefused, InputFile, KeyedRow, Source, keyed_rows, source_of
from judging.core.items import PersonWord
from judging.models import Dataset

CAMPAIGN = "imported"
MAX_NAME = 150
NO_ITEM = "The dataset has no item with this question and answer; its verdict was left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelImport:
    """What became of a file's verdicts. `unmatched`: rows whose item the dataset does not have."""

    dataset: str
    annotator: str
    campaign: str
    labels: int = 0
    new: int = 0
    unchanged: int = 0
    changed: int = 0
    corrections: int = 0
    unmatched: tuple[FileProblem, ...] = ()
    problems: tuple[FileProblem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form that commands print."""
        return {
            "dataset": self.dataset,
            "annotator": self.annotator,
            "campaign": self.campaign,
            "labels": self.labels,
            "new": self.new,
            "unchanged": self.unchanged,
            "changed": self.changed,
            "corrections": self.corrections,
            "unmatched": [problem.as_json() for problem in self.unmatched],
            "problems": [problem.as_json() for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Word:
    """What the file says a person said of an item."""

    item: KnownItem
    person: PersonWord
    correction: dict[str, str] | None

    def says(self, label: Label) -> bool:
        """Whether a label says the same."""
        said = (label.verdict, label.error_count, label.score, label.comment, label.correction or None)
        word = self.person
        return said == (word.verdict.value, word.error_count, word.score, word.comment, self.correction)


@dataclass(slots=True)
class _FileContent:
    rows: list[FileRow] = field(default_factory=list)
    persons: dict[int, PersonWord] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)


def import_labels(dataset: Dataset, file: InputFile, *, annotator: str) -> LabelImport:
    """Take the verdicts of a file as labels of this person. With problems nothing is stored; see `problems`."""
    check_annotator(annotator)
    outcome = LabelImport(dataset=dataset.name, annotator=annotator, campaign=CAMPAIGN)
    source = source_of(file, "")
    if isinstance(source, FileProblem):
        return _with(outcome, problems=[source])
    found = words_of(dataset, source)
    if found.problems:
        return _with(outcome, problems=found.problems)
    if not found.persons:
        raise ImportRefused(f"{file.name} holds no verdicts of people. Import it with import_dataset.")
    words, unmatched = found.words, found.unmatched
    if not words:
        raise ImportRefused(f"No row of {file.name} belongs to an item of {dataset.name!r}. Name the dataset it is of.")
    counts = _store(dataset, annotator, words)
    corrections = sum(word.correction is not None for word in words)
    return _with(outcome, unmatched=unmatched, labels=len(words), corrections=corrections, **counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWords:
    """The words in a file about items of a dataset; with problems there is nothing else. `persons`: words in all."""

    words: tuple[Word, ...] = ()
    unmatched: tuple[FileProblem, ...] = ()
    problems: tuple[FileProblem, ...] = ()
    persons: int = 0


def words_of(dataset: Dataset, source: Source) -> FileWords:
    """Find the items that a file's verdicts are about; nothing is stored."""
    content = _read(source)
    if content.problems:
        return FileWords(problems=tuple(content.problems))
    items = known_items(dataset)
    matches = match_rows(content.rows, items, places(dataset, items, len(content.rows)))
    return FileWords(
        words=tuple(_words(content, matches)),
        unmatched=tuple(_unmatched(source.file, content, matches)),
        persons=len(content.persons),
    )


def _with(outcome: LabelImport, **values: Any) -> LabelImport:
    known = {name: getattr(outcome, name) for name in ("dataset", "annotator", "campaign")}
    for name in ("problems", "unmatched"):
        values[name] = tuple(values.get(name, ()))
    return LabelImport(**known, **values)


def check_annotator(name: str) -> None:
    """ImportRefused where a name is none."""
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise ImportRefused(f"The name of an annotator has 1 to {MAX_NAME} printable characters. Choose another.")


def _read(source: Source) -> _FileContent:
    content = _FileContent()
    for place, keyed in enumerate(keyed_rows([source])):
        if isinstance(keyed, FileProblem):
            content.problems.append(keyed)
            continue
        content.rows.append(file_row(place, keyed))
        if keyed.row.person is not None:
            content.persons[place] = keyed.row.person
    return content


def file_row(place: int, keyed: KeyedRow) -> FileRow:
    """What of a row says which item it is about."""
    turn = keyed.row.turns[0]
    return FileRow(
        place=place,
        line=keyed.row.line,
        key=keyed.key,
        question=turn.question,
        answer=turn.answer,
        context=keyed.row.context,
    )


def known_items(dataset: Dataset) -> list[KnownItem]:
    """The items of a dataset in their order."""
    columns = ("pk", "position", "revision", "key", "turns", "context")
    return [
        KnownItem(
            pk=values["pk"],
            position=values["position"],
            revision=values["revision"],
            key=values["key"],
            question=values["turns"][0]["question"],
            answer=values["turns"][0]["answer"],
            context=values["context"],
        )
        for values in dataset.items.order_by("position").values(*columns).iterator(chunk_size=2000)
    ]


def places(dataset: Dataset, items: list[KnownItem], rows: int) -> list[KnownItem]:
    """The items where a file of this many rows stood: the whole dataset, or one file of it."""
    if len(items) == rows:
        return items
    firsts = [file.header.get("first_position") for file in dataset.files.filter(rows=rows)]
    return items[firsts[0] - 1 : firsts[0] - 1 + rows] if len(firsts) == 1 and firsts[0] else []


def _words(content: _FileContent, matches: Matches) -> list[Word]:
    found = []
    for row in content.rows:
        item = matches.get(row.place)
        if item is not None and row.place in content.persons:
            found.append(Word(item, content.persons[row.place], _correction(row, item)))
    return found


def _correction(row: FileRow, item: KnownItem) -> dict[str, str] | None:
    """The texts that the person changed. A passage on one side only was not shown to them, or not kept: no change."""
    texts = {"question": (row.question, item.question), "answer": (row.answer, item.answer)}
    if row.context and item.context:
        texts["context"] = (row.context, item.context)
    return {name: theirs for name, (theirs, ours) in texts.items() if theirs != ours} or None


def _unmatched(file: InputFile, content: _FileContent, matches: Matches) -> list[FileProblem]:
    return [
        FileProblem(file.name, row.line, NO_ITEM)
        for row in content.rows
        if row.place in content.persons and row.place not in matches
    ]


@transaction.atomic
def _store(dataset: Dataset, name: str, words: Sequence[Word]) -> dict[str, int]:
    """End the labels that now say something else, and add what is new."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    campaign = imported_campaign(dataset)
    annotator, _ = Annotator.objects.get_or_create(name=name, source="")
    current = {label.item_id: label for label in campaign.labels.current().filter(annotator=annotator, criterion="")}
    fresh = [word for word in words if word.item.pk not in current]
    changed = [word for word in words if word.item.pk in current and not word.says(current[word.item.pk])]
    supersede(current[word.item.pk] for word in changed)
    Label.objects.bulk_create([_label(campaign, annotator, word) for word in [*fresh, *changed]], batch_size=1000)
    recount(campaign, [word.item.pk for word in [*fresh, *changed]])
    return {"new": len(fresh), "changed": len(changed), "unchanged": len(words) - len(fresh) - len(changed)}


def imported_campaign(dataset: Dataset) -> Campaign:
    """The one campaign of the dataset in which all imported labels meet."""
    defaults = {"kind": Campaign.Kind.IMPORTED, "labels_per_item": 1}
    campaign, _ = Campaign.objects.get_or_create(dataset=dataset, name=CAMPAIGN, defaults=defaults)
    if campaign.kind != Campaign.Kind.IMPORTED:
        raise ImportRefused(
            f"{dataset.name!r} has a review campaign named {CAMPAIGN!r}, the name imported labels need. Rename it."
        )
    return campaign


def supersede(labels: Iterable[Label]) -> None:
    """End labels that newer ones replace."""
    now = timezone.now()
    ended = list(labels)
    for label in ended:
        label.ended_at, label.ended_by = now, Label.EndedBy.SUPERSEDED
    Label.objects.bulk_update(ended, ["ended_at", "ended_by"], batch_size=500)


def _label(campaign: Campaign, annotator: Annotator, word: Word) -> Label:
    return Label(
        campaign=campaign,
        item_id=word.item.pk,
        annotator=annotator,
        item_revision=word.item.revision,
        value=word.person.verdict.value,
        verdict=word.person.verdict.value,
        score=word.person.score,
        error_count=word.person.error_count,
        comment=word.person.comment,
        correction=word.correction,
        client_key=uuid4().hex,
        at=timezone.now(),
    )
