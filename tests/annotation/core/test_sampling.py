import numpy as np
import pytest

from annotation.core.agreement import cohen_kappa
from annotation.core.intervals import Undefined, Value
from annotation.core.sampling import (
    chosen,
    label_budget,
    labels_for_kappa,
    labels_for_share,
    labels_for_strata,
    labels_for_wilson,
    neyman_parts,
    selection_probabilities,
    stratified_share,
    weighted_agreement,
    weighted_kappa,
    weighted_table,
)


@pytest.mark.parametrize(
    ("share", "labels"), [(0.5, 385), (0.6, 369), (0.7, 323), (0.8, 246), (0.85, 196), (0.9, 139), (0.95, 73)]
)
def test_labels_for_five_points(share: float, labels: int) -> None:
    assert labels_for_share(share, 0.05) == labels


@pytest.mark.parametrize(("share", "labels"), [(0.5, 1068), (0.8, 683), (0.9, 385)])
def test_labels_for_three_points(share: float, labels: int) -> None:
    assert labels_for_share(share, 0.03) == labels


@pytest.mark.parametrize(("share", "labels"), [(0.5, 381), (0.8, 245), (0.9, 141), (0.95, 83)])
def test_labels_by_wilsons_width(share: float, labels: int) -> None:
    assert labels_for_wilson(share, 0.05) == labels


@pytest.mark.parametrize(
    ("prevalence", "narrow", "wide"), [(0.5, 554, 139), (0.3, 717, 180), (0.1, 1994, 499), (0.05, 3100, 775)]
)
def test_labels_for_kappa_at_nine_tenths_agreement(prevalence: float, narrow: int, wide: int) -> None:
    assert (labels_for_kappa(0.9, prevalence, 0.05), labels_for_kappa(0.9, prevalence, 0.1)) == (narrow, wide)


def test_few_items_need_fewer_labels_and_never_more_than_there_are() -> None:
    assert labels_for_share(0.5, 0.05, population=500) == 218
    assert labels_for_share(0.5, 0.001, population=100) == 100


def test_strata_of_like_spread_save_nothing_and_unlike_ones_do() -> None:
    assert labels_for_strata([0.5, 0.5], [0.8, 0.8], 0.05) == labels_for_share(0.8, 0.05)
    assert labels_for_strata([0.8, 0.2], [0.95, 0.5], 0.05) < labels_for_share(0.86, 0.05)
    assert neyman_parts([0.5, 0.5], [0.5, 0.5], 100) == [50, 50]
    assert neyman_parts([0.5, 0.5], [1.0, 0.5], 100) == [2, 100]


def test_a_budget_counts_the_labels_that_are_there() -> None:
    found = label_budget(0.8, there=200, population=10**9, strata=([0.8, 0.2], [0.9, 0.5]))
    assert (found.random, found.stratified) == (46, 0)


def test_equal_probabilities_give_the_plain_figures() -> None:
    table = np.array([[40, 9], [6, 45]])
    first, second = (np.repeat(axis.ravel(), table.ravel()) for axis in np.indices((2, 2)))
    items = chosen(first, second, np.full(100, 0.01))
    agreement, kappa, plain = weighted_agreement(items), weighted_kappa(items, 2), cohen_kappa(table)
    assert isinstance(agreement, Value)
    assert isinstance(kappa, Value)
    assert isinstance(plain, Value)
    assert (agreement.value, kappa.value) == (pytest.approx(0.85), pytest.approx(plain.value))
    assert (kappa.low, kappa.high) == (pytest.approx(plain.low, abs=2e-3), pytest.approx(plain.high, abs=2e-3))
    assert weighted_table(items, 2) == pytest.approx(table * 100)
    assert items.kish == pytest.approx(100)


def test_items_picked_by_hand_or_undecided_stay_out() -> None:
    items = chosen([0, 0, 1, -1], [0, 1, 1, 0], [0.5, np.nan, 0.5, 0.5])
    assert len(items.first) == 2
    none = weighted_agreement(chosen([0], [0], [np.nan]))
    assert none == Undefined("no item was chosen with a known probability")


def test_one_value_alone_has_no_kappa() -> None:
    assert isinstance(weighted_kappa(chosen([0, 0], [0, 0], [0.5, 0.5]), 2), Undefined)


def population(draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two raters who agree on .952, and a doubt that is high where they do not."""
    first = (draw.random(20_000) < 0.4).astype(np.int64)
    clash = draw.random(20_000) < 0.048
    doubt = np.clip(np.where(clash, draw.beta(4, 3, 20_000), draw.beta(1, 6, 20_000)), 0.02, 1)
    return first, np.where(clash, 1 - first, first), doubt


def test_weights_mend_a_sample_of_doubtful_items() -> None:
    draw = np.random.default_rng(7)
    first, second, doubt = population(draw)
    truth, chances = float((first == second).mean()), selection_probabilities(doubt, 300)
    inside, plain = 0, []
    for _ in range(300):
        taken = draw.random(len(first)) < chances
        estimate = weighted_agreement(chosen(first[taken], second[taken], chances[taken]))
        assert isinstance(estimate, Value)
        inside += estimate.low <= truth <= estimate.high
        plain.append((first[taken] == second[taken]).mean())
    assert 0.90 <= inside / 300 <= 0.98
    assert np.mean(plain) < truth - 0.05


def test_strata_weigh_by_their_size() -> None:
    draw = np.random.default_rng(5)
    first, second, doubt = population(draw)
    truth, strata, inside = float((first == second).mean()), (doubt > 0.3).astype(int), 0
    for _ in range(300):
        sizes, agreeing = [], []
        for stratum in (0, 1):
            members = np.flatnonzero(strata == stratum)
            taken = draw.choice(members, 150, replace=False)
            sizes.append(len(members))
            agreeing.append(int((first[taken] == second[taken]).sum()))
        estimate = stratified_share(sizes, [150, 150], agreeing)
        assert isinstance(estimate, Value)
        inside += estimate.low <= truth <= estimate.high
    assert 0.90 <= inside / 300 <= 0.99


def test_a_stratum_with_one_label_is_refused() -> None:
    assert stratified_share([100, 50], [10, 1], [9, 1]) == Undefined(
        "stratum 2 has one labelled item, which says nothing of how its items differ"
    )


def test_chances_of_being_chosen_add_up_and_none_exceeds_one() -> None:
    chances = selection_probabilities([0.0, 0.0, 0.1, 100.0, 0.0, 0.0], 3)
    assert chances.sum() == pytest.approx(3)
    assert (chances > 0).all()
    assert (chances <= 1).all()
    assert selection_probabilities([0.5, 0.5], 5).tolist() == [1, 1]
