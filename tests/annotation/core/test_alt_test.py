from math import sqrt

import numpy as np
import pytest
from scipy import stats

from annotation.core.aggregation import Votes
from annotation.core.alt_test import (
    POSITIONAL,
    AltTest,
    AltTestOptions,
    alternative_annotator_test,
    benjamini_yekutieli,
)
from annotation.core.intervals import Undefined, Value


def votes(table: np.ndarray, categories: int = 2) -> Votes:
    """One row per item, one column per annotator; -1 is no label."""
    items, people = np.nonzero(table >= 0)
    return Votes(items, people, table[items, people], categories)


def simulated(seed: int, n: int = 120, people: tuple[float, ...] = (0.8, 0.8, 0.8), judge: float = 0.9) -> tuple:
    draw = np.random.default_rng(seed)
    real = (draw.random(n) < 0.5).astype(np.int64)
    table = np.column_stack([np.where(draw.random(n) < share, real, 1 - real) for share in people])
    return table, np.where(draw.random(n) < judge, real, 1 - real)


def run(table: np.ndarray, judge: np.ndarray, categories: int = 2, **options: object) -> AltTest:
    names = [f"p{at}" for at in range(table.shape[1])]
    return alternative_annotator_test(
        votes(table, categories),
        judge,
        names,
        options=AltTestOptions(**options),  # type: ignore[arg-type]
    )


def step_by_step(table: np.ndarray, judge: np.ndarray, epsilon: float, values: list[float] | None) -> tuple:
    """The procedure as it is written down, one label at a time."""

    def score(said: int, others: list[int]) -> float:
        if values is None:
            return sum(said == other for other in others) / len(others)
        return -sqrt(sum((values[said] - values[other]) ** 2 for other in others) / len(others))

    rows = []
    for person in range(table.shape[1]):
        wins, losses = [], []
        for item in range(len(table)):
            others = [int(x) for at, x in enumerate(table[item]) if at != person and x >= 0]
            if table[item, person] < 0 or judge[item] < 0 or not others:
                continue
            mine, its = score(int(table[item, person]), others), score(int(judge[item]), others)
            wins.append(its >= mine - 1e-12)
            losses.append(mine >= its - 1e-12)
        apart = np.array(losses, dtype=float) - np.array(wins, dtype=float)
        rows.append((np.mean(wins), stats.ttest_1samp(apart, epsilon, alternative="less").pvalue))
    adjusted = stats.false_discovery_control([p for _, p in rows], method="by")
    return np.mean(adjusted <= 0.05), np.mean([share for share, _ in rows]), [p for _, p in rows]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("values", [None, [1.0, 2.0, 3.0, 4.0, 5.0]])
def test_it_is_the_procedure_step_by_step(seed: int, values: list[float] | None) -> None:
    draw = np.random.default_rng(seed)
    if values is None:
        table, judge = simulated(seed, people=(0.9, 0.7, 0.8, 0.6), judge=0.8)
    else:
        table = draw.integers(0, 5, (150, 4))
        judge = np.clip(np.round(table.mean(axis=1)).astype(np.int64), 0, 4)
    table = np.where(draw.random(table.shape) < 0.2, -1, table)
    judge = np.where(draw.random(len(judge)) < 0.1, -1, judge)
    omega, rho, p = step_by_step(table, judge, 0.15, values)
    found = run(table, judge, 5 if values else 2, values=values or ())
    assert isinstance(found.omega, Value)
    assert isinstance(found.rho, Value)
    assert (found.omega.value, found.rho.value) == (pytest.approx(omega), pytest.approx(rho))
    assert [row.p for row in found.per_annotator] == [pytest.approx(value) for value in p]
    assert found.passed == (omega >= 0.5)


def test_a_good_judge_passes_and_a_guessing_one_does_not() -> None:
    table, judge = simulated(0)
    assert run(table, judge).passed
    assert not run(table, np.random.default_rng(0).integers(0, 2, len(judge))).passed


def test_epsilon_is_what_the_judge_is_let_off() -> None:
    table, judge = simulated(2, judge=0.75)
    p = [[row.p for row in run(table, judge, epsilon=epsilon).per_annotator] for epsilon in (0.0, 0.2)]
    assert all(strict > lenient for strict, lenient in zip(*p, strict=True))


def test_few_items_are_tested_by_signed_ranks() -> None:
    table, judge = simulated(1, n=20)
    assert {row.test for row in run(table, judge).per_annotator} == {"wilcoxon"}
    assert {row.test for row in run(*simulated(1, n=30)).per_annotator} == {"t"}


def test_a_judge_that_always_wins_has_p_of_zero() -> None:
    table = np.tile([[0, 0, 0, 1]], (40, 1))
    found = run(table, np.zeros(40, dtype=np.int64))
    assert [row.p for row in found.per_annotator] == [0.0] * 4
    assert found.passed


def test_columns_without_people_are_refused() -> None:
    table, judge = simulated(0)
    found = alternative_annotator_test(votes(table), judge, ["1", "2", "3"], positional=True)
    assert (found.omega, found.passed) == (Undefined(POSITIONAL), None)


@pytest.mark.parametrize(("n", "people"), [(120, 2), (9, 4)])
def test_too_few_people_or_items_are_refused_with_the_number_there_is(n: int, people: int) -> None:
    table, judge = simulated(0, n=n, people=(0.8,) * people)
    found = run(table, judge)
    assert isinstance(found.rho, Undefined)
    assert f"there are {0 if n < 10 else 2}" in found.rho.reason


def test_the_order_of_people_does_not_matter() -> None:
    table, judge = simulated(3, people=(0.9, 0.6, 0.7, 0.8))
    one, other = run(table, judge), run(table[:, ::-1], judge)
    assert one.rho.as_json() == pytest.approx(other.rho.as_json())
    assert one.omega == other.omega


@pytest.mark.parametrize("seed", range(20))
def test_false_discoveries_are_held_as_scipy_holds_them(seed: int) -> None:
    p = np.random.default_rng(seed).random(12) ** 4
    assert benjamini_yekutieli(list(p), 0.05) == list(stats.false_discovery_control(p, method="by") <= 0.05)
