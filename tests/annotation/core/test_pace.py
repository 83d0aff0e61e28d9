from datetime import UTC, datetime, timedelta

import pytest

from annotation.core.pace import Pace, pace_of

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)


def at(*minutes: float) -> list[datetime]:
    return [NOON + timedelta(minutes=minute) for minute in minutes]


def test_one_a_minute_is_sixty_an_hour() -> None:
    pace = pace_of(at(0, 1, 2, 3, 4), [40, 50, 60], NOON + timedelta(hours=1))
    assert pace.per_hour == pytest.approx(60)
    assert pace.seconds == 50
    assert pace.last == NOON + timedelta(minutes=4)


def test_a_break_is_no_work() -> None:
    # Four gaps of a minute, and one of an hour that does not count.
    assert pace_of(at(0, 1, 2, 62, 63, 64), [], NOON).per_hour == pytest.approx(60)


def test_the_order_of_decisions_does_not_matter() -> None:
    assert pace_of(at(3, 1, 0, 2), [], NOON) == pace_of(at(0, 1, 2, 3), [], NOON)


@pytest.mark.parametrize("minutes", [(), (0,), (0, 1, 2)])
def test_too_few_decisions_say_nothing_of_the_speed(minutes: tuple[float, ...]) -> None:
    pace = pace_of(at(*minutes), [1.0], NOON)
    assert pace.per_hour is None
    assert pace.seconds is None


def test_decisions_of_one_moment_have_no_speed() -> None:
    assert pace_of(at(0, 0, 0, 0, 0), [], NOON).per_hour is None


def test_days_are_counted_from_the_first_decision_of_the_last_week() -> None:
    times = [NOON - timedelta(days=days) for days in (30, 2, 1, 1, 0)]
    assert pace_of(times, [], NOON).per_day == pytest.approx(2)


def test_the_first_day_counts_as_a_whole_one() -> None:
    assert pace_of(at(-3, -2, -1, 0), [], NOON).per_day == pytest.approx(4)


def test_who_rested_for_a_week_has_no_rate() -> None:
    pace = pace_of([NOON - timedelta(days=8)], [], NOON)
    assert pace.per_day is None
    assert pace.finish(10, NOON) is None


def test_the_end_follows_from_the_rate() -> None:
    pace = Pace(per_day=5, per_hour=4)
    assert pace.finish(10, NOON) == NOON + timedelta(days=2)
    assert pace.hours(10) == pytest.approx(2.5)


@pytest.mark.parametrize("left", [0, 10**9])
def test_no_end_is_foretold_where_nothing_is_left_or_nobody_will_see_it(left: int) -> None:
    assert Pace(per_day=5).finish(left, NOON) is None
