"""What models come to in results of promptfoo: the mean of the machine's scores, and of those that people corrected.

A result counts with the score that a person gave it, else with the machine's. A call that failed was graded by nobody
and counts as the 0 that promptfoo gives it; how many there are is said beside.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from judging.core.items import ImportedJudgment, ItemRow, PersonWord
from judging.core.verdicts import PersonVerdict, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """One result: what the machine gave it and what a person gave it, None where they gave nothing."""

    provider: str
    machine: float | None = None
    person: float | None = None
    failed: bool = False


@dataclass(slots=True)
class ProviderScore:
    """The results of one provider. Percentages are None where no result has a score."""

    provider: str
    results: int = 0
    corrected: int = 0
    failed: int = 0
    _machine: list[float] = field(default_factory=list)
    _shown: list[float] = field(default_factory=list)

    def add(self, graded: Graded) -> None:
        """Count a result."""
        self.results += 1
        self.corrected += graded.person is not None
        self.failed += graded.failed
        if graded.machine is not None:
            self._machine.append(graded.machine)
        if graded.person is not None:
            self._shown.append(graded.person)
        elif graded.machine is not None:
            self._shown.append(graded.machine)

    @property
    def machine_percent(self) -> float | None:
        """The machine alone."""
        return mean_percent(self._machine)

    @property
    def percent(self) -> float | None:
        """With people's corrections."""
        return mean_percent(self._shown)


def mean_percent(scores: list[float]) -> float | None:
    """Of a hundred; None without scores."""
    return 100 * sum(scores) / len(scores) if scores else None


def by_provider(results: Iterable[Graded]) -> list[ProviderScore]:
    """One score per provider, in the order in which they come."""
    found: dict[str, ProviderScore] = {}
    for graded in results:
        found.setdefault(graded.provider, ProviderScore(graded.provider)).add(graded)
    return list(found.values())


def graded_rows(rows: Iterable[ItemRow]) -> Iterator[Graded]:
    """Results as a reader of promptfoo's files gives them."""
    for row in rows:
        judgment = row.judgment
        failed = judgment is not None and is_failed(judgment)
        machine = 0.0 if failed else judgment.score if judgment else None
        yield Graded(provider=row.model, machine=machine, person=score_of(row.person), failed=failed)


def is_failed(judgment: ImportedJudgment) -> bool:
    """Whether there was no answer to grade."""
    return judgment.score is None and judgment.reason == Reason.NO_ANSWER


def score_of(person: PersonWord | None) -> float | None:
    """A person's score; of a verdict alone, 1 for a pass and 0 for a failure."""
    if person is None:
        return None
    return share_of(person.verdict, person.score)


def share_of(verdict: str, score: float | None) -> float | None:
    """The score that a person's word comes to; None where they could not tell."""
    if score is not None:
        return score
    return {PersonVerdict.CLEAN: 1.0, PersonVerdict.WRONG: 0.0}.get(PersonVerdict(verdict)) if verdict else None
