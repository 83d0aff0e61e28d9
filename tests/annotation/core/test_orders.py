"""Words whose order is known, and those whose order is not."""

import pytest

from annotation.core.agreement import Level, Measure, gwet_ac2, krippendorff_alpha, order_of, weighted_kappa
from annotation.core.counts import patterns_of_pairs
from annotation.core.intervals import Undefined
from tests.annotation.core.published import COHEN_1968

KNOWN, UNKNOWN = ("low", "medium", "high"), ("apple", "banana", "cherry")
NO_ORDER = Undefined("the order of these words is not known: import them with --scale")


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ({"high", "low", "medium"}, ("low", "medium", "high")),
        ({"Strongly agree", "disagree", "Agree", "neutral"}, ("disagree", "neutral", "Agree", "Strongly agree")),
        ({"very_good", "fair", "excellent"}, ("fair", "very_good", "excellent")),
        ({"高", "低"}, ("低", "高")),
        ({"apple", "pear"}, None),
        ({"low", "pear"}, None),
        (set(), None),
    ],
)
def test_words_of_a_known_scale_come_in_its_order(values: set[str], order: tuple[str, ...] | None) -> None:
    assert order_of(values) == order


def test_known_words_are_read_as_their_ranks() -> None:
    found = patterns_of_pairs(COHEN_1968)
    named, numbered = Measure(Level.ORDINAL, names=KNOWN), Measure(Level.ORDINAL, (1.0, 2.0, 3.0))
    for statistic in (krippendorff_alpha, gwet_ac2):
        assert statistic(found, named) == statistic(found, numbered)
    assert weighted_kappa(COHEN_1968, named) == weighted_kappa(COHEN_1968, numbered)


def test_words_without_an_order_have_no_ordinal_figure() -> None:
    found = patterns_of_pairs(COHEN_1968)
    measure = Measure(Level.ORDINAL, names=UNKNOWN)
    assert krippendorff_alpha(found, measure) == gwet_ac2(found, measure) == NO_ORDER
    assert weighted_kappa(COHEN_1968, Measure(names=UNKNOWN)) == NO_ORDER
    assert (measure.weights(3) == Measure().weights(3)).all()
    # Of two words one is the other's opposite, whichever comes first.
    assert weighted_kappa([[4, 1], [2, 5]], Measure(names=("no", "apple"))) == weighted_kappa([[4, 1], [2, 5]])


@pytest.mark.parametrize("level", [Level.INTERVAL, Level.RATIO])
def test_words_are_no_distances(level: Level) -> None:
    found = patterns_of_pairs(COHEN_1968)
    measure = Measure(level, names=KNOWN)
    assert krippendorff_alpha(found, measure) == gwet_ac2(found, measure) == Undefined("the labels are no numbers")
