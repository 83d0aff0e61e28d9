"""How fast somebody works, from when they decided and how long each decision took; breaks are no work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

BREAK = timedelta(minutes=20)
FEWEST = 3
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
MOST_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What is known of somebody's speed; None where they decided too little to tell."""

    last: datetime | None = None
    per_hour: float | None = None
    seconds: float | None = None
    per_day: float | None = None

    def finish(self, left: int, now: datetime) -> datetime | None:
        """When so many decisions are made at the rate of the last days."""
        if not left or not self.per_day:
            return None
        days = left / self.per_day
        return now + timedelta(days=days) if days < MOST_DAYS else None

    def hours(self, left: int) -> float | None:
        """Hours of work in so many decisions."""
        return left / self.per_hour if self.per_hour else None


def pace_of(times: Sequence[datetime], seconds: Sequence[float], now: datetime) -> Pace:
    """The speed that the latest decisions show, in any order. `seconds`: from opening to deciding, where known."""
    made = sorted(times)
    if not made:
        return Pace()
    return Pace(
        last=made[-1],
        per_hour=_per_hour(made),
        seconds=median(seconds) if len(seconds) >= FEWEST else None,
        per_day=_per_day(made, now),
    )


def _per_hour(made: Sequence[datetime]) -> float | None:
    """Decisions per hour of work: a gap longer than a break is none."""
    gaps = [later - earlier for earlier, later in pairwise(made)]
    worked = [gap for gap in gaps if gap <= BREAK]
    spent = sum(worked, timedelta()).total_seconds()
    return len(worked) / spent * 3600 if len(worked) >= FEWEST and spent else None


def _per_day(made: Sequence[datetime], now: datetime) -> float | None:
    """Decisions a day over the last week, or since they began where that is less; a day at least."""
    lately = [at for at in made if now - at <= WEEK]
    if not lately:
        return None
    return len(lately) / max(1.0, (now - lately[0]) / DAY)
