import pytest

from annotation.core.assignment import Order, check_places, share_out, share_out_each
from annotation.models import Campaign


def test_the_table_knows_every_order() -> None:
    assert {order.value for order in Order} == set(Campaign.Order.values)


def test_everybody_gets_everything_when_every_label_is_wanted() -> None:
    assert share_out(3, ["a", "b"], 2, seed=0) == [("a", "b")] * 3


@pytest.mark.parametrize(("people", "labels"), [(3, 1), (3, 2), (4, 2), (5, 3), (7, 2)])
def test_shares_are_balanced_and_nobody_gets_an_item_twice(people: int, labels: int) -> None:
    names = [f"p{n}" for n in range(people)]
    shares = share_out(101, names, labels, seed=3)
    loads = [sum(name in share for share in shares) for name in names]
    assert all(len(set(share)) == labels for share in shares)
    assert max(loads) - min(loads) <= 1


def test_every_pair_of_people_meets() -> None:
    pairs = {frozenset(share) for share in share_out(60, ["a", "b", "c", "d"], 2, seed=1)}
    assert len(pairs) == 6


def test_shares_even_out_the_loads_they_start_with() -> None:
    shares = share_out(4, ["a", "b"], 1, seed=0, loads={"a": 4, "b": 0})
    assert shares == [("b",)] * 4


@pytest.mark.parametrize(
    ("annotators", "labels", "words"),
    [
        ([], 1, "at least one annotator"),
        (["a", "b", "a"], 2, "a is named twice"),
        (["a"], 0, "1 or more"),
        (["a", "b"], 3, "at least 3 annotators, and there are 2"),
    ],
)
def test_places_that_cannot_be_filled_are_refused_in_words(annotators: list[str], labels: int, words: str) -> None:
    assert words in check_places(annotators, labels)


def test_places_that_can_be_filled_are_fine() -> None:
    assert check_places(["a", "b"], 2) == ""


def test_items_may_want_different_numbers_of_labels() -> None:
    shares = share_out_each([1, 2, 1, 2], ["a", "b", "c"], seed=1)
    assert [len(share) for share in shares] == [1, 2, 1, 2]
    assert sorted(sum(name in share for share in shares) for name in "abc") == [2, 2, 2]
