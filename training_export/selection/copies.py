"""Near-copies and documents of a selection's items, found in one reading of their questions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from django.db.models import Max, QuerySet
from numpy.typing import NDArray

from judging.models import Item
from training_export.core.grouping import Copies, Numbers, Places, places_of
from training_export.core.near_copies import NearCopies, TextsOf, hash64, same_values
from training_export.core.sides import place_of, plain
from training_export.core.writers import TrainingOptions
from training_export.core.writers.base import DROP
from training_export.selection.choosing import Selection
from training_export.selection.columns import DECODE, as_text, decoded, plain_rows

CHUNK = 2000
# Keys of a file that name the document an item is about.
DOCUMENT = ("document", "document_id", "doc_id", "qna_file", "source_document")
Row = tuple[int, str, str, str]
Placed = tuple["QuerySet[Item]", Sequence[int]]


def copies_of(selection: Selection, options: TrainingOptions) -> Copies | None:
    """What a split and the search for near-copies need; None where neither was asked."""
    if not options.split and not options.near_copies:
        return None
    items = selection.items()
    last = last_position(items)
    copies = Copies(drop=options.near_copies == DROP)
    if options.split:
        copies.places, copies.groups = split_places(items, last)
    if options.near_copies:
        copies.rows = row_groups(items, last)
    return copies


def split_places(items: "QuerySet[Item]", last: int) -> tuple[Places, Mapping[str, int]]:
    """The place in the split of each item's group, by position: near-copies and one document's items share it."""
    finder, positions, own, documents = NearCopies(), [], [], []
    for position, turns, context, extra in item_texts(items):
        question = question_of(turns)
        finder.add([question])
        positions.append(position)
        own.append(place_of(question))
        documents.append(document_of(context, extra, position))
    groups = finder.groups(texts_by(items, positions, question_of), joined=[same_values(np.array(documents, "u8"))])
    places = np.zeros(last + 1, dtype=np.uint32)
    places[positions] = places_of(np.array(own, dtype=np.uint32), groups)
    sizes = np.bincount(groups) if len(groups) else np.zeros(0, np.int64)
    told = {"items": len(positions), "groups": int((sizes > 0).sum()), "largest": int(sizes.max(initial=0))}
    return places, told


def row_groups(items: "QuerySet[Item]", last: int) -> Numbers:
    """By position: which items are near-copies of one another, question and answer together."""
    finder, positions = NearCopies(), []
    for position, turns, _context, _extra in item_texts(items):
        finder.add([whole_of(turns)])
        positions.append(position)
    found = np.zeros(last + 1, dtype=np.int64)
    found[positions] = finder.groups(texts_by(items, positions, whole_of))
    return found


def leaked(selection: Selection) -> NDArray[np.bool_] | None:
    """By position: whether an item's question is a near copy of one in the dataset it must not repeat."""
    if selection.leakage_against is None:
        return None
    benchmark, items = selection.items(of=selection.leakage_against), selection.items()
    finder, theirs, ours = NearCopies(), [], []
    for position, turns, _context, _extra in item_texts(benchmark):
        finder.add([question_of(turns)])
        theirs.append(position)
    for position, turns, _context, _extra in item_texts(items):
        finder.add([question_of(turns)])
        ours.append(position)
    groups = finder.groups(texts_of_both((benchmark, theirs), (items, ours)))
    known = np.unique(groups[: len(theirs)])
    found = np.zeros(last_position(items) + 1, dtype=bool)
    found[ours] = np.isin(groups[len(theirs) :], known)
    return found


def texts_of_both(first: Placed, second: Placed) -> TextsOf:
    """Questions by number, where the second dataset's are numbered behind the first's."""
    one, two = (texts_by(items, positions, question_of) for items, positions in (first, second))
    border = len(first[1])

    def texts(numbers: Sequence[int]) -> dict[int, str]:
        behind = two([number - border for number in numbers if number >= border])
        before = one([number for number in numbers if number < border])
        return {**before, **{number + border: text for number, text in behind.items()}}

    return texts


def texts_by(items: "QuerySet[Item]", positions: Sequence[int], text_of: Callable[[str], str]) -> TextsOf:
    """The texts of items by their number in `positions`, read once more where they are compared."""

    def texts(numbers: Sequence[int]) -> dict[int, str]:
        wanted = {positions[number]: number for number in numbers}
        if not wanted:
            return {}
        rows = items.filter(position__in=list(wanted)).values_list("position", as_text("turns"))
        return {wanted[position]: text_of(turns) for position, turns in plain_rows(rows, size=CHUNK)}

    return texts


def item_texts(items: "QuerySet[Item]") -> Iterator[Row]:
    """Position, turns, context and unknown keys of every item, as they are stored."""
    rows = items.order_by("position")
    return rows.values_list("position", as_text("turns"), "context", as_text("extra")).iterator(chunk_size=CHUNK)


def last_position(items: "QuerySet[Item]") -> int:
    """The highest position."""
    return int(items.aggregate(last=Max("position"))["last"] or 0)


def question_of(turns: str) -> str:
    """All questions of an item, or of a text without one its answers."""
    read = DECODE(turns)[0]
    return " ".join([turn["question"] for turn in read]).strip() or " ".join([turn["answer"] for turn in read])


def whole_of(turns: str) -> str:
    """Questions and answers of an item."""
    return " ".join(chain.from_iterable((turn["question"], turn["answer"]) for turn in DECODE(turns)[0]))


def document_of(context: str, extra: str, position: int) -> int:
    """64 bits that are the same for items about one document; an item about none is alone."""
    if context.strip():
        return hash64(plain(context))
    if any(f'"{name}"' in extra for name in DOCUMENT):
        kept = decoded(extra)
        if named := next((str(kept[name]) for name in DOCUMENT if kept.get(name) not in (None, "")), ""):
            return hash64(f"document {named}")
    return hash64(f"alone {position}")
