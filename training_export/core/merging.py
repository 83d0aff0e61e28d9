"""Several people's verdicts on the same items made one gold set, with what they do not agree on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from judging.core.items import Turn
from judging.core.verdicts import PersonVerdict
from training_export.core.people import common_correction, common_error_count, resolve_labels
from training_export.core.records import LabelWord, Origin, PeopleWord, Record

DECIDED = (PersonVerdict.CLEAN, PersonVerdict.WRONG)


class Resolve(StrEnum):
    """What becomes of items on which people differ, where no lead decided: the majority stands, or they stay out."""

    MAJORITY = "majority"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One person's verdict on one item. `turn` is the text as it was before anybody corrected it; a lead's decision
    is `final`."""

    rater: str
    turn: Turn
    context: str
    label: LabelWord
    final: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    replies: tuple[str, ...] = ()

    @property
    def item(self) -> tuple[str, str, str]:
        """What makes two words be about one item: passage, question and answer, white space at the ends aside."""
        return self.context.strip(), self.turn.question.strip(), self.turn.answer.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An item on which people differ, what each said, and what it came to ('': left out)."""

    question: str
    answer: str
    said: Mapping[str, str]
    verdict: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The gold set, and what of the words is not in it."""

    records: tuple[Record, ...]
    conflicts: tuple[Conflict, ...]
    raters: Mapping[str, tuple[int, int]]
    undefined: int
    repeated: int

    @property
    def good(self) -> int:
        """Clean items."""
        return sum(record.people.verdict == PersonVerdict.CLEAN for record in self.records)

    @property
    def bad(self) -> int:
        """Wrong items."""
        return len(self.records) - self.good

    @property
    def left_out(self) -> int:
        """Items that nobody decided."""
        return sum(not conflict.verdict for conflict in self.conflicts)

    def table(self) -> str:
        """mdk's table of what each person decided, and the line of what the set holds."""
        rows = [f"|{name}|{good}|{bad}|" for name, (good, bad) in self.raters.items()]
        total = f"good:{self.good}, bad:{self.bad}, total:{len(self.records)}"
        return "\n".join(["|dataset|good|bad|", "|---|---|---|", *rows, total])

    def as_json(self) -> dict[str, Any]:
        """The counts."""
        return {
            "good": self.good,
            "bad": self.bad,
            "total": len(self.records),
            "datasets": {name: {"good": good, "bad": bad} for name, (good, bad) in self.raters.items()},
            "conflicts": len(self.conflicts),
            "left_out": self.left_out,
            "undefined": self.undefined,
            "repeated": self.repeated,
        }


def merge(words: Iterable[Word], resolve: Resolve = Resolve.MAJORITY) -> Merged:
    """One record per item that people decided, in the order in which the items came.

    Of one person's words on an item the last one counts; an undefined word decides nothing.
    """
    items: dict[tuple[str, str, str], dict[tuple[str, bool], Word]] = {}
    repeated = 0
    for word in words:
        said = items.setdefault(word.item, {})
        repeated += (word.rater, word.final) in said
        said[word.rater, word.final] = word
    raters: dict[str, tuple[int, int]] = {}
    records, conflicts, undefined = [], [], 0
    for number, said in enumerate(items.values(), 1):
        found = list(said.values())
        count_raters(raters, found)
        people = resolved(found, resolve)
        if differ(found):
            conflicts.append(conflict_of(found, people))
        if people.verdict in DECIDED:
            records.append(record_of(number, found, people))
        elif not differ(found):
            undefined += 1
    return Merged(
        records=tuple(records),
        conflicts=tuple(conflicts),
        raters=raters,
        undefined=undefined,
        repeated=repeated,
    )


def count_raters(raters: dict[str, tuple[int, int]], said: Sequence[Word]) -> None:
    """Add one item's words to what each person decided."""
    for word in said:
        good, bad = raters.get(word.rater, (0, 0))
        verdict = word.label.verdict
        raters[word.rater] = (good + (verdict == PersonVerdict.CLEAN), bad + (verdict == PersonVerdict.WRONG))


def differ(said: Sequence[Word]) -> bool:
    """Whether the decided words on an item are not the same."""
    return len({word.label.verdict for word in said if word.label.verdict in DECIDED}) > 1


def resolved(said: Sequence[Word], resolve: Resolve) -> PeopleWord:
    """What the words come to: a lead's decision, else the majority of those who decided."""
    labels = [word.label for word in said if word.label.verdict in DECIDED]
    final = [word for word in said if word.final and word.label.verdict in DECIDED]
    if final:
        agreeing = [label for label in labels if label.verdict == final[-1].label.verdict]
        return PeopleWord(
            origin=Origin.GOLD,
            verdict=final[-1].label.verdict,
            error_count=common_error_count(agreeing),
            correction=final[-1].label.correction
            or common_correction([label.correction for label in agreeing if label.correction]),
        )
    if differ(said) and resolve == Resolve.NOBODY:
        return PeopleWord(origin=Origin.TIE)
    return resolve_labels(labels)


def conflict_of(said: Sequence[Word], people: PeopleWord) -> Conflict:
    """The item with everybody's verdict."""
    turn = said[0].turn
    return Conflict(
        question=turn.question,
        answer=turn.answer,
        said={word.rater: word.label.verdict.value for word in said},
        verdict=people.verdict.value if people.verdict else "",
        by=people.origin.value if people.verdict else "",
    )


def record_of(number: int, said: Sequence[Word], people: PeopleWord) -> Record:
    """The item with what people came to."""
    first = said[0]
    return Record(
        key=f"item-{number}",
        position=number,
        turns=(first.turn,),
        context=first.context,
        extra=first.extra,
        people=people,
        replies=first.replies,
    )
