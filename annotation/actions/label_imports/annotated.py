"""Files of annotation tools -> labels of everybody who said something in them, under the names that stand there.

The same file again changes nothing; what a person changed ends their old label.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from django.db import transaction

from annotation.actions.counts import recount
from annotation.actions.label_imports.labels import moment
from annotation.actions.label_imports.logs import (
    NO_ITEM,
    check_annotator,
    file_row,
    imported_campaign,
    known_items,
    places,
    supersede,
)
from annotation.actions.label_imports.tables import TableImport
from annotation.core.annotated import settled
from annotation.core.label_rows import MAX_NAME, MAX_VALUE
from annotation.core.matching import FileRow, KnownItem, match_rows
from annotation.core.tables import is_number
from annotation.models import Annotator, Campaign, Label
from judging.actions.imports import FileProblem, ImportRefused, InputFile, Source, keyed_rows, source_of
from judging.actions.imports.rows import in_utf8
from judging.core.items import ItemRow, NamedWord
from judging.core.readers import FileRefused, detect_format, read_rows
from judging.core.verdicts import PersonVerdict
from judging.models import Dataset

LOOKED_AT = 200
ANNOTATED = {"label_studio", "argilla"}
MAY_HOLD = {"pairs"}
"""Formats of which some files have a vote on every pair."""
VERDICTS = {verdict.value for verdict in PersonVerdict}
TEXTS = "What was written under {names} is free text and no label; it stays with the items."


class Placed(NamedTuple):
    """A word with the item it is about."""

    item: KnownItem
    word: NamedWord


@dataclass(slots=True)
class _Content:
    """What a file holds. `words`: of rows, by their place."""

    rows: list[FileRow] = field(default_factory=list)
    words: list[tuple[int, NamedWord]] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


def holds_words(file: InputFile) -> bool:
    """Whether the file is one in which people said things under their names."""
    try:
        with in_utf8(file) as path:
            form = detect_format(path)
            return form in ANNOTATED or (form in MAY_HOLD and _any_words(path, form))
    except FileRefused:
        return False


def _any_words(path: Path, form: str) -> bool:
    """Whether one of the first rows brings the word of a person."""
    return any(isinstance(row, ItemRow) and row.words for row in islice(read_rows(path, form), LOOKED_AT))


def import_annotations(dataset: Dataset, file: InputFile, *, annotator: str = "") -> TableImport:
    """Take every word of the file. `annotator` is who said what nobody's name stands at, or everything, where the file
    is of one person. With problems nothing is stored; see `problems`."""
    if annotator:
        check_annotator(annotator)
    source = source_of(file, "")
    if isinstance(source, FileProblem):
        return TableImport(dataset=dataset.name, problems=(source,))
    content = _read(source)
    if content.problems:
        return TableImport(dataset=dataset.name, problems=tuple(content.problems))
    if not content.words:
        raise ImportRefused(f"{file.name} holds no words of people. Import it with import_dataset.")
    found = settled(_named([word for _, word in content.words], annotator))
    if not found.words:
        raise ImportRefused(f"{file.name} holds free texts of people and no labels. {_of_texts(found.texts)}")
    kept = [place for place, word in content.words if word.criterion not in found.texts]
    items = known_items(dataset)
    matches = match_rows(content.rows, items, places(dataset, items, len(content.rows)))
    pairs = zip(kept, found.words, strict=True)
    placed = [Placed(matches[place], word) for place, word in pairs if place in matches]
    if not placed:
        raise ImportRefused(f"No row of {file.name} belongs to an item of {dataset.name!r}. Name the dataset it is of.")
    missing = dict.fromkeys(place for place in kept if place not in matches)
    return replace(
        _store(dataset, _newest(placed)),
        hints=(_of_texts(found.texts),) if found.texts else (),
        unmatched=tuple(FileProblem(file.name, content.rows[place].line, NO_ITEM) for place in missing),
    )


def _of_texts(names: Sequence[str]) -> str:
    return TEXTS.format(names=", ".join(repr(name) for name in names))


def _read(source: Source) -> _Content:
    content = _Content()
    for place, keyed in enumerate(keyed_rows([source])):
        if isinstance(keyed, FileProblem):
            content.problems.append(keyed)
            continue
        content.rows.append(file_row(place, keyed))
        content.words += [(place, word) for word in keyed.row.words]
        too_long = next((word for word in keyed.row.words if len(word.criterion) > MAX_VALUE), None)
        if too_long is not None:
            message = f"The name of what was asked is longer than {MAX_VALUE} characters. Shorten it."
            content.problems.append(FileProblem(source.file.name, keyed.row.line, message))
    return content


def _named(words: Sequence[NamedWord], annotator: str) -> list[NamedWord]:
    """Every word with a name."""
    names = {word.by for word in words}
    if annotator and len(names) == 1:
        return [replace(word, by=annotator) for word in words]
    if "" in names and not annotator:
        raise ImportRefused("The file does not say who said everything in it. Name the person with --annotator.")
    return [replace(word, by=(word.by or annotator)[:MAX_NAME]) for word in words]


def _newest(placed: Iterable[Placed]) -> list[Placed]:
    """The last word of every person on an item and a criterion."""
    found: dict[tuple[int, str, str], Placed] = {}
    for one in placed:
        place = (one.item.pk, one.word.by, one.word.criterion)
        earlier = found.get(place)
        if earlier is None or earlier.word.at <= one.word.at:
            found[place] = one
    return list(found.values())


@transaction.atomic
def _store(dataset: Dataset, placed: Sequence[Placed]) -> TableImport:
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    campaign = imported_campaign(dataset)
    by_criterion: dict[str, list[Placed]] = defaultdict(list)
    for one in placed:
        by_criterion[one.word.criterion].append(one)
    names = sorted({one.word.by for one in placed})
    people = {name: Annotator.objects.get_or_create(name=name, source="")[0] for name in names}
    counts: Counter[str] = Counter()
    for criterion, words in by_criterion.items():
        counts += _store_criterion(campaign, criterion, words, people)
    return TableImport(
        dataset=dataset.name,
        items=len({one.item.pk for one in placed}),
        raters=tuple(names),
        criteria=tuple(sorted(by_criterion)),
        labels=dict(counts),
    )


def _store_criterion(
    campaign: Campaign, criterion: str, placed: Sequence[Placed], people: dict[str, Annotator]
) -> Counter[str]:
    """Add what is new and end what now says something else."""
    current = {
        (label.item_id, label.annotator_id): label
        for label in campaign.labels.current().filter(criterion=criterion).iterator(chunk_size=5000)
    }
    is_verdict = VERDICTS.issuperset(one.word.value for one in placed)
    fresh, ended = [], []
    for item, word in placed:
        made = _label(campaign, people[word.by], item, word, is_verdict=is_verdict)
        known = current.get((made.item_id, made.annotator_id))
        if known is not None and _said(known) == _said(made):
            continue
        if known is not None:
            ended.append(known)
        fresh.append(made)
    supersede(ended)
    Label.objects.bulk_create(fresh, batch_size=1000)
    recount(campaign, {label.item_id for label in fresh}, criterion)
    new = len(fresh) - len(ended)
    return Counter({"new": new, "changed": len(ended), "unchanged": len(placed) - len(fresh)})


def _said(label: Label) -> tuple[object, ...]:
    return label.value, label.comment, label.correction or None


def _label(campaign: Campaign, annotator: Annotator, item: KnownItem, word: NamedWord, *, is_verdict: bool) -> Label:
    return Label(
        campaign=campaign,
        item_id=item.pk,
        annotator=annotator,
        criterion=word.criterion,
        item_revision=item.revision,
        value=word.value,
        score=float(word.value) if is_number(word.value) else None,
        verdict=word.value if is_verdict or word.value == PersonVerdict.UNDEFINED else "",
        comment=word.comment,
        correction=dict(word.correction) or None,
        client_key=uuid4().hex,
        at=moment(word.at),
        seconds=word.seconds if word.seconds is not None and word.seconds >= 0 else None,
    )
