"""Reading items with the words on them, a chunk at a time: no row of the database outlives its chunk.

Only words on the text that leaves count: a label or judgment of an earlier revision says nothing about this one.
A lead's decision is kept with the revision it made, so it always counts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.db.models import F, QuerySet, Value
from django.utils.translation import gettext as _

from judging.core.verdicts import PersonVerdict, Verdict
from judging.models import Item, Judgment, Reply
from training_export.core.people import resolve_gold
from training_export.core.records import UNREVIEWED, JudgeWord, LabelWord, Need, PeopleWord, Record, Source
from training_export.selection.choosing import ExportProblem, Selection
from training_export.selection.columns import DECODE, as_text, decoded, of_items, plain_chunks, plain_rows
from training_export.selection.labelled import label_words, labelled, said_in
from training_export.selection.raters import judged_parts, label_rows
from training_export.selection.stored import Quoted, StoredJson, layout, plain, turn_json, turns_of
from training_export.selection.votes import VoteReader

CHUNK = 2000
ANSWER = Item.Kind.ANSWER.value
NOTHING, CONTEXT = Value(""), F("context")
NO_EXTRA: Mapping[str, Any] = MappingProxyType({})


def records(
    selection: Selection,
    *,
    needs: Collection[Need] = (),
    by_question: bool = False,
    many_turns: bool = False,
    by_verdict: bool = True,
    json_without: Collection[str] | None = None,
) -> Iterator[Record]:
    """Every item of the dataset with the words on it, in order of import, or with the answers to one question together.

    What `needs` does not name is empty in the records, except what decides where they go. With `many_turns` a
    conversation is one answer. `json_without`: the keys that may not be in what is known as JSON alone; None where
    nobody asks for JSON.
    """
    reader = ChunkReader(
        selection=selection,
        criteria=criteria_of(selection, by_verdict=by_verdict),
        needs=frozenset(needs),
        many_turns=many_turns,
        json=None if json_without is None else StoredJson(frozenset(json_without)),
    )
    order = ("question_key", "position") if by_question else ("position",)
    items = item_rows(selection, reader.needs, context=Quoted("context") if reader.json else CONTEXT)
    items = items.order_by(*order)
    for chunk in plain_chunks(items, size=CHUNK):
        yield from reader.records(chunk)


def item_rows(
    selection: Selection, needs: Collection[Need], *, context: Any = CONTEXT
) -> "QuerySet[Any, tuple[Any, ...]]":
    """The columns of an item that a record is made from; '' for those that nobody needs. `context`: in which form."""
    shown = Need.CONTEXT in needs
    rows: QuerySet[Any, tuple[Any, ...]] = selection.items().values_list(
        *("pk", "revision", "key", "position", "kind", as_text("turns"), "category", "model"),
        context if shown else NOTHING,
        F("criteria") if shown else NOTHING,
        as_text("turns_b") if Need.PAIRS in needs else NOTHING,
        F("model_b") if Need.PAIRS in needs else NOTHING,
        as_text("extra") if Need.EXTRA in needs else NOTHING,
    )
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """The criterion that decides, for the judge and for people."""

    judge: str
    people: str


def criteria_of(selection: Selection, *, by_verdict: bool = True) -> Criteria:
    """The criterion asked for; else the overall verdict; else the only criterion there is. Several are refused.

    Not `by_verdict`, each judgment is written by itself, and none of the judge's criteria needs to decide.
    """
    judged = Judgment.objects.filter(run=selection.run) if selection.run else Judgment.objects.none()
    judges = set(judged.order_by().values_list("criterion", flat=True).distinct())
    people = set(selection.all_labels().order_by().values_list("criterion", flat=True).distinct())
    if selection.criterion:
        check_criterion(selection.criterion, judges | people)
        return Criteria(judge=selection.criterion, people=selection.criterion)
    if not by_verdict:
        # Words on turns are shown, turn by turn, and none of them decides.
        people = {name for name in people if not name.startswith("turn_")}
    return Criteria(
        judge=only_criterion(judges, _("the judge's run")) if by_verdict else "",
        people=only_criterion(people, _("the campaign")),
    )


def check_criterion(name: str, known: Collection[str]) -> None:
    """Refuse a criterion on which nobody said a word."""
    if name not in known:
        raise ExportProblem(
            _("Nobody has a word on criterion “{name}”. There are: {known}.").format(
                name=name, known=", ".join(sorted(filter(None, known))) or _("none")
            )
        )


def only_criterion(found: Collection[str], owner: str) -> str:
    """The criterion without a name, which is the overall one, or the only one."""
    if "" in found or not found:
        return ""
    if len(found) > 1:
        raise ExportProblem(
            _(
                "There are several criteria ({names}) and no overall verdict in {owner}: say which one decides "
                "(--criterion)."
            ).format(names=", ".join(sorted(found)), owner=owner)
        )
    return next(iter(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkReader:
    """Turns chunks of item rows into records, with one query per kind of word."""

    selection: Selection
    criteria: Criteria
    needs: frozenset[Need]
    many_turns: bool
    json: StoredJson | None = None

    def records(self, rows: Sequence[Sequence[Any]]) -> Iterator[Record]:
        """The records of rows of `item_rows`."""
        revisions = {row[0]: row[1] for row in rows}
        people = self.people(revisions) if self.selection.source != Source.JUDGE else {}
        judge = self.judgments(revisions) if self.wants_judge else {}
        replies = self.replies(rows) if Need.REPLIES in self.needs else {}
        labels = label_rows(self.selection, revisions) if Need.LABELS in self.needs else {}
        preferred = self.preferred(rows) if Need.PAIRS in self.needs else {}
        judged = judged_parts(self.selection, revisions) if Need.JUDGED in self.needs else {}
        shown = replies or labels or preferred or judged
        many_turns, stored, form = self.many_turns, self.json, layout()
        for pk, _rev, key, position, kind, text, category, model, context, criteria, text_b, model_b, extra in rows:
            said = people.get(pk, UNREVIEWED)
            found = turn_json(text, form)
            json = stored.of(found, context, extra) if stored is not None and not said.correction else None
            turns = turns_of(text, found)
            record = Record(
                key=key,
                position=position,
                turns=turns,
                context=context if stored is None or not context else "" if json is not None else plain(context),
                criteria=criteria,
                category=category,
                model=model,
                extra=DECODE(extra)[0] if json is None and extra and extra != "{}" else NO_EXTRA,
                one_answer=kind == ANSWER and (many_turns or len(turns) == 1),
                judge=judge.get(pk),
                people=said,
                turns_b=turns_of(text_b, turn_json(text_b, form)) if text_b else (),
                model_b=model_b,
                json=json,
            )
            if shown:
                record.replies = replies.get(pk, ())
                record.labels = labels.get(pk, ())
                record.preferred = preferred.get(pk, "")
                record.judged = judged.get(pk, ())
            yield record

    @property
    def wants_judge(self) -> bool:
        """Whether the judge decides, or the format shows its word."""
        decides = self.selection.source in {Source.JUDGE, Source.GOLD_THEN_JUDGE}
        return self.selection.run is not None and (decides or Need.JUDGE in self.needs)

    def people(self, revisions: Mapping[int, int]) -> dict[int, PeopleWord]:
        """What people's labels and a lead's decisions come to, by item."""
        found = labelled(self.selection.labels().filter(criterion=self.criteria.people), revisions)
        if self.selection.source == Source.HUMAN:
            return found.words
        return found.words | self.gold(revisions, found.codes)

    def gold(self, revisions: Mapping[int, int], codes: Mapping[int, str]) -> dict[int, PeopleWord]:
        """What a lead decided, by item. `codes`: of the labels on it."""
        rows = of_items(self.selection.gold_labels().filter(criterion=self.criteria.people), revisions)
        return {
            item: resolve_gold(PersonVerdict(verdict), decoded(correction), words_on(item, revisions, codes))
            for item, verdict, correction in rows.values_list("item_id", "verdict", as_text("correction"))
            if item in revisions
        }

    def judgments(self, revisions: Mapping[int, int]) -> Mapping[int, JudgeWord]:
        """What the judge made of each item."""
        run = Judgment.objects.filter(run=self.selection.run, criterion=self.criteria.judge)
        rows = of_items(run, revisions).order_by()
        fields = ("item_id", "item_revision", "verdict", "score", "reason")
        return {
            item: judge_word(verdict, score, reason)
            for item, revision, verdict, score, reason in plain_rows(rows.values_list(*fields), size=CHUNK)
            if revisions.get(item) == revision
        }

    def preferred(self, rows: Sequence[Sequence[Any]]) -> Mapping[int, str]:
        """The better answer of each pair."""
        pairs = {row[0]: row[1] for row in rows if row[-3]}
        return VoteReader(self.selection).preferred(pairs) if pairs else {}

    def replies(self, rows: Sequence[Sequence[Any]]) -> Mapping[int, tuple[str, ...]]:
        """The last attempt of every part and sample, in mdk's order: all samples of a part, then the next part."""
        items = [row[0] for row in rows if not brings_output(row[-1])]
        if not self.selection.run or not items:
            return {}
        found: dict[int, dict[tuple[str, int], str]] = defaultdict(dict)
        replies = of_items(Reply.objects.filter(run=self.selection.run), items).order_by("part", "sample", "attempt")
        for item, part, sample, text in plain_rows(
            replies.values_list("item_id", "part", "sample", "text"), size=CHUNK
        ):
            found[item][part, sample] = text
        return {item: tuple(said.values()) for item, said in found.items()}


def words_on(item: int, revisions: Mapping[int, int], codes: Mapping[int, str]) -> list[LabelWord]:
    """The labels on the text of an item that leaves."""
    return label_words(said_in(codes[item], revisions[item])) if item in codes else []


@lru_cache(maxsize=4096)
def judge_word(verdict: str, score: float | None, reason: str) -> JudgeWord:
    """A judgment as core knows it; many items have the same."""
    return JudgeWord(verdict=Verdict(verdict) if verdict else None, score=score, reason=reason)


def brings_output(extra: str) -> bool:
    """Whether an item's own log had the judge's replies."""
    kept = decoded(extra).get("mdk") if '"mdk"' in extra else None
    return isinstance(kept, dict) and "output" in kept
