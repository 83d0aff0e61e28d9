import numpy as np
import pytest

from annotation.core.calibration import calibrated, calibration_map, reliability
from annotation.core.intervals import Undefined, Value


def overconfident(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Votes of five samples that err together: 5 of 5 are right in .81 only."""
    draw, chance = np.random.default_rng(seed), np.array([0.05, 0.13, 0.26, 0.41, 0.62, 0.81])
    votes = draw.choice(6, n, p=[0.45, 0.1, 0.07, 0.07, 0.1, 0.21])
    return votes / 5, (draw.random(n) < chance[votes]).astype(np.int64)


def test_each_share_of_votes_is_a_bin_with_wilsons_bars() -> None:
    found = reliability(np.array([0.2] * 10 + [1.0] * 5), np.array([1] * 2 + [0] * 8 + [1] * 5))
    assert [(each.predicted, each.n) for each in found.bins] == [(pytest.approx(0.2), 10), (1.0, 5)]
    assert [each.observed.method for each in found.bins if isinstance(each.observed, Value)] == ["wilson"] * 2
    assert isinstance(found.brier, Value)
    assert found.brier.value == pytest.approx((2 * 0.64 + 8 * 0.04) / 15)
    assert found.expected_error == pytest.approx(0)


def test_scores_between_votes_fall_into_ten_bins() -> None:
    shares = np.linspace(0, 1, 101)
    assert len(reliability(shares, (shares > 0.5).astype(np.int64)).bins) == 10


def test_nothing_to_calibrate_has_a_reason() -> None:
    found = reliability(np.empty(0), np.empty(0, dtype=np.int64))
    assert isinstance(found.brier, Undefined)
    assert (found.expected_error, found.bins) == (None, ())


@pytest.mark.parametrize(("n", "kind"), [(60, "platt"), (300, "isotonic")])
def test_a_fit_on_the_other_items_mends_overconfidence(n: int, kind: str) -> None:
    before, after = [], []
    for seed in range(10):
        shares, human = overconfident(n, seed)
        found = calibrated(shares, human)
        assert not isinstance(found, Undefined)
        assert found[1] == kind
        before.append(reliability(shares, human).brier)
        after.append(reliability(found[0], human).brier)
    assert np.mean([each.value for each in after if isinstance(each, Value)]) < np.mean(
        [each.value for each in before if isinstance(each, Value)]
    )


def test_the_map_rises_with_the_votes_and_is_never_certain() -> None:
    shares, human = overconfident(1000)
    found = calibration_map(shares, human, np.arange(6) / 5)
    assert not isinstance(found, Undefined)
    assert (np.diff(found) >= 0).all()
    assert 0 < found[0] < found[-1] < 1
    assert found[-1] == pytest.approx(0.81, abs=0.06)


@pytest.mark.parametrize(("n", "ones"), [(10, 5), (50, 0), (50, 2)])
def test_too_few_or_one_sided_items_are_not_fitted(n: int, ones: int) -> None:
    human = np.array([1] * ones + [0] * (n - ones))
    assert isinstance(calibrated(np.linspace(0, 1, n), human), Undefined)
