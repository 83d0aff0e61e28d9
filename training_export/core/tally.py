"""Writing records and counting what became of them."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from judging.core.verdicts import PersonVerdict, Verdict
from training_export.core.records import (
    UNREVIEWED,
    Destination,
    Leakage,
    LeftOut,
    Origin,
    PeopleWord,
    Record,
    Rule,
    Source,
    destination,
)
from training_export.core.writers import Writer, WrittenFile

MOST_KNOWN = 10_000
TELL_EVERY = 20_000
VERDICTS = frozenset(Verdict)


def nobody(_done: int) -> None:
    """Nobody waits for progress."""


@dataclass(slots=True)
class Tally:
    """How many items went where, and whose word sent them there."""

    destinations: Counter[Destination] = field(default_factory=Counter)
    origins: Counter[Origin] = field(default_factory=Counter)
    undefined: int = 0
    corrected: int = 0
    leaked: int | None = None
    checks: Mapping[str, Any] = field(default_factory=dict)

    def add(self, where: Destination, people: PeopleWord, items: int = 1) -> None:
        """Count items of one destination and one word of people's."""
        self.destinations[where] += items
        if where in VERDICTS:
            self.origins[people.origin] += items
            if people.verdict is PersonVerdict.UNDEFINED:
                self.undefined += items
            if people.correction:
                self.corrected += items

    @property
    def written(self) -> int:
        """Items in one of the three verdict files."""
        return sum(self.destinations[verdict] for verdict in Verdict)

    def as_json(self, source: Source) -> dict[str, Any]:
        """The counts of the manifest; the origins only where people's verdict decided."""
        counts: dict[str, Any] = {"items": sum(self.destinations.values())}
        counts |= {verdict.value: self.destinations[verdict] for verdict in Verdict}
        counts["left_out"] = {why.value: n for why in LeftOut if (n := self.destinations[why])}
        if source != Source.JUDGE:
            counts |= {"undefined": self.undefined, "corrected": self.corrected}
            counts["verdict_from"] = {origin.value: self.origins[origin] for origin in (Origin.GOLD, Origin.MAJORITY)}
        if source == Source.GOLD_THEN_JUDGE:
            counts["verdict_from"]["judge"] = self.origins[Origin.UNREVIEWED]
        if self.leaked is not None:
            counts["leaked"] = self.leaked
        return counts


def write_records(
    records: Iterable[Record],
    writer: Writer,
    rule: Rule,
    *,
    leakage: Leakage | None = None,
    told: Callable[[int], None] = nobody,
) -> tuple[Tally, list[WrittenFile]]:
    """Send every record to its file, one at a time, and close the files whatever happens.

    Where the judge decides, its files hold the text it judged: no word of people's goes into them. `told` hears now
    and then how many records are done.
    """
    sorter = Sorter(rule, leakage)
    try:
        with no_collecting():
            place, write = sorter.place, writer.write
            for done, record in enumerate(records if rule.source != Source.JUDGE else map(without_people, records)):
                write(record, place(record))
                if done % TELL_EVERY == 0:
                    told(done)
            sorter.count_known()
    finally:
        files = writer.close()
    sorter.tally.checks = writer.checks()
    return sorter.tally, files


@dataclass(slots=True)
class Known:
    """What a set of words comes to, and how many items have it. The words are kept alive: they are told by identity."""

    where: Destination
    people: PeopleWord
    judge: object
    items: int = 0


class Sorter:
    """Finds and counts destinations. Most records share their words with many others: those are decided once."""

    def __init__(self, rule: Rule, leakage: Leakage | None = None) -> None:
        self.tally = Tally()
        self._rule = rule
        self._by_category = rule.gate is not None
        self._leakage = leakage
        self.tally.leaked = None if leakage is None else 0
        self._known: dict[tuple[int, int, bool, str], Known] = {}

    def place(self, record: Record) -> Destination:
        """Where the record goes."""
        people = record.people
        if people.correction or self._leakage:
            where = self._unless_leaked(record, destination(record, self._rule))
            self.tally.add(where, people)
            return where
        category = record.category if self._by_category else ""
        mark = (id(people), id(record.judge), record.one_answer, category)
        known = self._known.get(mark)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self.count_known()
            known = self._known[mark] = Known(destination(record, self._rule), people, record.judge)
        known.items += 1
        return known.where

    def count_known(self) -> None:
        """Add up what was only noted, and forget it."""
        for known in self._known.values():
            self.tally.add(known.where, known.people, known.items)
        self._known.clear()

    def _unless_leaked(self, record: Record, where: Destination) -> Destination:
        if not self._leakage or where not in VERDICTS or not self._leakage.positions[record.position]:
            return where
        self.tally.leaked = (self.tally.leaked or 0) + 1
        return LeftOut.LEAKED if self._leakage.exclude else where


@contextmanager
def no_collecting() -> Iterator[None]:
    """Leave the search for circles of dead objects aside: rows make none, and looking for them costs a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def without_people(record: Record) -> Record:
    """The record as the judge saw it."""
    return record if record.people is UNREVIEWED else replace(record, people=UNREVIEWED)
