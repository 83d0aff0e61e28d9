"""Writing records and counting what became of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from judging.core.verdicts import PersonVerdict, Verdict
from training_export.core.records import (
    UNREVIEWED,
    Destination,
    LeftOut,
    Origin,
    PeopleWord,
    Record,
    Rule,
    Source,
    destination,
)
from training_export.core.writers import Writer, WrittenFile


@dataclass(slots=True)
class Tally:
    """How many items went where, and whose word sent them there."""

    destinations: Counter[Destination] = field(default_factory=Counter)
    origins: Counter[Origin] = field(default_factory=Counter)
    undefined: int = 0
    corrected: int = 0
    checks: Mapping[str, Any] = field(default_factory=dict)

    def add(self, where: Destination, people: PeopleWord, items: int = 1) -> None:
        """Count items of one destination and one word of people's."""
        self.destinations[where] += items
        if isinstance(where, Verdict):
            self.origins[people.origin] += items
            self.undefined += items * (people.verdict == PersonVerdict.UNDEFINED)
            self.corrected += items * bool(people.correction)

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
        return counts


def write_records(records: Iterable[Record], writer: Writer, rule: Rule) -> tuple[Tally, list[WrittenFile]]:
    """Send every record to its file, one at a time, and close the files whatever happens.

    Where the judge decides, its files hold the text it judged: no word of people's goes into them.
    """
    tally = Tally()
    try:
        for record in records if rule.source != Source.JUDGE else map(without_people, records):
            where = destination(record, rule)
            writer.write(record, where)
            tally.add(where, record.people)
    finally:
        files = writer.close()
    tally.checks = writer.checks()
    return tally, files


def without_people(record: Record) -> Record:
    """The record as the judge saw it."""
    return record if record.people is UNREVIEWED else replace(record, people=UNREVIEWED)
