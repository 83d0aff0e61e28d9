"""Reading items with the words on them, a chunk at a time: no row of the database outlives its chunk.

Only words on the text that leaves count: a label or judgment of an earlier revision says nothing about this one.
A lead's decision is kept with the revision it made, so it always counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from judging.core.items import Turn
from judging.core.verdicts import PersonVerdict, Verdict
from judging.models import Item, Judgment, Reply, Run
from training_export.core.people import resolve_gold, resolve_labels
from training_export.core.records import JudgeWord, LabelWord, PeopleWord, Record
from training_export.selection.choosing import ExportProblem, Selection

CHUNK = 2000
ITEM_FIELDS = (
    *("pk", "revision", "key", "position", "kind"),
    *("turns", "context", "criteria", "category", "model", "extra"),
)
T = TypeVar("T")


def records(selection: Selection, *, replies_of: Run | None = None) -> Iterator[Record]:
    """Every item of the dataset in order, with the words on it, and the replies of a run where a format wants them."""
    reader = ChunkReader(selection=selection, criteria=criteria_of(selection), replies_of=replies_of)
    items = Item.objects.filter(dataset=selection.dataset).order_by("position").values_list(*ITEM_FIELDS)
    for chunk in chunks(items.iterator(chunk_size=CHUNK)):
        yield from reader.records(chunk)


def chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    """Lists of at most CHUNK rows."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """The criterion that decides, for the judge and for people."""

    judge: str
    people: str


def criteria_of(selection: Selection) -> Criteria:
    """Where there is no overall verdict, the only criterion decides."""
    judged = Judgment.objects.filter(run=selection.run).values_list("criterion", flat=True).distinct()
    labelled = selection.labels().values_list("criterion", flat=True).order_by().distinct()
    return Criteria(
        judge=only_criterion(judged.order_by(), _("the judge's run")) if selection.run else "",
        people=only_criterion(labelled, _("the campaign")),
    )


def only_criterion(names: Iterable[str], owner: str) -> str:
    """The criterion without a name, which is the overall one, or the only one."""
    found = set(names)
    if "" in found or not found:
        return ""
    if len(found) > 1:
        raise ExportProblem(
            _("There are several criteria ({names}) and no overall verdict in {owner}: none can decide alone.").format(
                names=", ".join(sorted(found)), owner=owner
            )
        )
    return found.pop()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkReader:
    """Turns chunks of item rows into records, with one query per kind of word."""

    selection: Selection
    criteria: Criteria
    replies_of: Run | None

    def records(self, rows: Sequence[Sequence[Any]]) -> Iterator[Record]:
        """The records of rows of ITEM_FIELDS."""
        revisions = {row[0]: row[1] for row in rows}
        labels = self.labels(revisions)
        people = {pk: resolve_labels(words) for pk, words in labels.items()} | self.gold(revisions, labels)
        judge = self.judgments(revisions)
        replies = self.replies([row[0] for row in rows if not brings_output(row[-1])])
        for row in rows:
            pk = row[0]
            yield record_of(
                row,
                judge=judge.get(pk),
                replies=tuple(replies.get(pk, {}).values()),
                people=people.get(pk, PeopleWord()),
                labels=tuple(labels.get(pk, ())),
            )

    def labels(self, revisions: Mapping[int, int]) -> Mapping[int, list[LabelWord]]:
        """Current labels by item, in the order in which they were given."""
        rows = self.selection.labels().filter(criterion=self.criteria.people, item_id__in=list(revisions))
        found: dict[int, list[LabelWord]] = defaultdict(list)
        fields = ("item_id", "item_revision", "annotator__name", "verdict", "error_count", "correction", "comment")
        for item, revision, annotator, verdict, errors, correction, comment in rows.order_by("pk").values_list(*fields):
            if revision == revisions[item]:
                found[item].append(
                    LabelWord(
                        annotator=annotator,
                        verdict=PersonVerdict(verdict),
                        error_count=errors,
                        correction=correction or {},
                        comment=comment,
                    )
                )
        return found

    def gold(self, revisions: Mapping[int, int], labels: Mapping[int, Sequence[LabelWord]]) -> dict[int, PeopleWord]:
        """What a lead decided, by item."""
        rows = self.selection.gold_labels().filter(criterion=self.criteria.people, item_id__in=list(revisions))
        return {
            item: resolve_gold(PersonVerdict(verdict), correction or {}, labels.get(item, ()))
            for item, verdict, correction in rows.values_list("item_id", "verdict", "correction")
        }

    def judgments(self, revisions: Mapping[int, int]) -> Mapping[int, JudgeWord]:
        """What the judge made of each item."""
        rows = Judgment.objects.filter(
            run=self.selection.run, criterion=self.criteria.judge, item_id__in=list(revisions)
        ).order_by()
        return {
            item: JudgeWord(verdict=Verdict(verdict) if verdict else None, score=score, reason=reason)
            for item, revision, verdict, score, reason in rows.values_list(
                "item_id", "item_revision", "verdict", "score", "reason"
            )
            if revision == revisions[item]
        }

    def replies(self, items: Sequence[int]) -> Mapping[int, Mapping[tuple[str, int], str]]:
        """The last attempt of every part and sample, in mdk's order: all samples of a part, then the next part."""
        found: dict[int, dict[tuple[str, int], str]] = defaultdict(dict)
        if self.replies_of is None or not items:
            return found
        rows = Reply.objects.filter(run=self.replies_of, item_id__in=items).order_by("part", "sample", "attempt")
        for item, part, sample, text in rows.values_list("item_id", "part", "sample", "text"):
            found[item][part, sample] = text
        return found


def brings_output(extra: Mapping[str, Any]) -> bool:
    """Whether an item's own log had the judge's replies."""
    kept = extra.get("mdk")
    return isinstance(kept, dict) and "output" in kept


def record_of(
    row: Sequence[Any],
    *,
    judge: JudgeWord | None,
    replies: tuple[str, ...],
    people: PeopleWord,
    labels: tuple[LabelWord, ...],
) -> Record:
    """One row of ITEM_FIELDS as a record."""
    _pk, _revision, key, position, kind, turns, context, criteria, category, model, extra = row
    return Record(
        key=key,
        position=position,
        turns=tuple(Turn(**turn) for turn in turns),
        context=context,
        criteria=criteria,
        category=category,
        model=model,
        extra=extra,
        one_answer=kind == Item.Kind.ANSWER and len(turns) == 1,
        judge=judge,
        replies=replies,
        people=people,
        labels=labels,
    )
