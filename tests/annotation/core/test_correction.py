import numpy as np
import pytest

from annotation.core.correction import (
    Calibration,
    post_stratified,
    prediction_powered,
    rogan_gladen,
    strata_of,
)
from annotation.core.intervals import Statistic, Undefined, Value


def found(statistic: Statistic) -> Value:
    assert isinstance(statistic, Value)
    return statistic


def test_rogan_gladen_as_published() -> None:
    known = Calibration(clean=200, clean_called_clean=180, wrong=200, wrong_called_wrong=140)
    score = found(rogan_gladen(400, 1000, known))
    assert (score.value, score.low, score.high) == pytest.approx((0.1667, 0.0564, 0.2627), abs=5e-5)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (Calibration(clean=0, clean_called_clean=0, wrong=9, wrong_called_wrong=9), "no clean items"),
        (Calibration(clean=9, clean_called_clean=9, wrong=0, wrong_called_wrong=0), "no wrong items"),
        (Calibration(clean=50, clean_called_clean=30, wrong=50, wrong_called_wrong=30), "no better than guessing"),
    ],
)
def test_a_judge_that_tells_nothing_corrects_nothing(known: Calibration, reason: str) -> None:
    refused = rogan_gladen(400, 1000, known)
    assert isinstance(refused, Undefined)
    assert reason in refused.reason


def test_post_stratification_worked_by_hand() -> None:
    score = found(post_stratified([800, 200], [39, 19], [35, 4]))
    assert score.value == pytest.approx(0.8 * 35.5 / 40 + 0.2 * 4.5 / 20)
    a, b = 35.5 / 40, 4.5 / 20
    variance = 0.64 * a * (1 - a) / 39 + 0.04 * b * (1 - b) / 19
    variance += (0.8 * (a - score.value) ** 2 + 0.2 * (b - score.value) ** 2) / 1000
    assert score.high - score.value == pytest.approx(1.959964 * variance**0.5, rel=1e-6)
    assert score.n == 58


def test_a_small_stratum_without_labels_widens_and_a_large_one_refuses() -> None:
    with_labels = found(post_stratified([800, 180, 20], [40, 20, 5], [35, 4, 2]))
    without = found(post_stratified([800, 180, 20], [40, 20, 0], [35, 4, 0]))
    assert without.high - without.low > with_labels.high - with_labels.low
    refused = post_stratified([500, 300, 200], [40, 20, 0], [35, 4, 0])
    assert refused == Undefined("people looked at no item that the judge called invalid, 20% of all")


@pytest.mark.parametrize("nothing", [([0, 0], [0, 0], [0, 0]), ([9, 9], [0, 0], [0, 0])])
def test_nothing_judged_or_labelled_has_a_reason(nothing: tuple) -> None:
    assert isinstance(post_stratified(*nothing), Undefined)


def simulated(draw: np.random.Generator, share: float, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truth, judge (sensitivity .9, specificity .7) and which items are labelled."""
    truth = draw.random(5000) < share
    judge = np.where(truth, draw.random(5000) < 0.9, draw.random(5000) < 0.3)
    labelled = np.zeros(5000, dtype=bool)
    labelled[draw.choice(5000, n, replace=False)] = True
    return truth.astype(float), judge.astype(float), labelled


@pytest.mark.parametrize("kind", ["post_stratified", "ppi", "ppi_plus"])
def test_the_intervals_cover_the_true_share(kind: str) -> None:
    draw, inside, raw_off = np.random.default_rng(3), 0, []
    for _ in range(300):
        truth, judge, labelled = simulated(draw, 0.8, 200)
        if kind == "post_stratified":
            words = [judge == 1, judge == 0]
            score = post_stratified(
                [int(word.sum()) for word in words],
                [int((word & labelled).sum()) for word in words],
                [int((word & labelled & (truth == 1)).sum()) for word in words],
            )
        else:
            score = prediction_powered(truth[labelled], judge[labelled], judge[~labelled], tuned=kind == "ppi_plus")
        inside += found(score).low <= 0.8 <= found(score).high
        raw_off.append(judge.mean() - 0.8)
    assert 0.92 <= inside / 300 <= 0.98
    assert abs(np.mean(raw_off)) < 0.03


def test_a_judge_whose_word_never_differs_adds_nothing_to_the_labels() -> None:
    human = np.array([1.0, 0, 1, 1])
    score = found(prediction_powered(human, np.ones(4), np.ones(50)))
    assert score.value == pytest.approx(0.75)


def test_strata_count_what_was_judged_labelled_and_clean() -> None:
    judged, labelled, clean = strata_of(np.array([0, 0, 1, 2]), np.array([0, 4, 1, 0]), np.array([5, 7, 3, 2]))
    assert (judged.tolist(), labelled.tolist(), clean.tolist()) == ([12, 3, 2], [5, 3, 2], [5, 0, 2])
