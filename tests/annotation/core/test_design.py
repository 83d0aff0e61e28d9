import pytest

from annotation.core.assignment import Order
from annotation.core.design import (
    Design,
    Facts,
    chance_of_either,
    equal_parts,
    interleaved,
    overlap,
    plan,
)
from annotation.core.rules import CampaignRules, Skipped, skip_rule

ITEMS = list(range(1, 101))
STRATA = {item: "small" if item <= 10 else "large" for item in ITEMS}
FACTS = Facts(items=ITEMS, strata=STRATA, doubt={7: (1.0,), 3: (0.5,), 9: (0.75,)})


def taken(design: Design, order: Order, seed: int = 1) -> list[int]:
    return [one.item for one in plan(FACTS, design, order=order, seed=seed)]


def test_a_whole_dataset_is_certain_to_be_in() -> None:
    for order in (Order.SEQUENTIAL, Order.RANDOM, Order.STRATIFIED):
        made = plan(FACTS, Design(), order=order, seed=1)
        assert {(one.how, one.probability) for one in made} == {("all", 1.0)}
        assert sorted(one.item for one in made) == ITEMS


def test_a_whole_dataset_with_the_doubtful_first_says_so() -> None:
    made = plan(FACTS, Design(), order=Order.JUDGE_HUMAN, seed=1)
    assert [one.item for one in made][:3] == [7, 9, 3]
    assert {(one.how, one.probability) for one in made} == {("disagreement", 1.0)}


def test_a_random_sample_has_the_chance_of_a_draw() -> None:
    made = plan(FACTS, Design(sample=20), order=Order.RANDOM, seed=1)
    assert len({one.item for one in made}) == 20
    assert {(one.how, one.probability) for one in made} == {("random", 0.2)}


def test_a_sample_can_be_read_in_file_order() -> None:
    assert taken(Design(sample=20), Order.SEQUENTIAL) == sorted(taken(Design(sample=20), Order.SEQUENTIAL))


def test_the_same_seed_takes_the_same_items_and_another_does_not() -> None:
    assert taken(Design(sample=20), Order.RANDOM, seed=4) == taken(Design(sample=20), Order.RANDOM, seed=4)
    assert taken(Design(sample=20), Order.RANDOM, seed=4) != taken(Design(sample=20), Order.RANDOM, seed=5)


def test_a_stratified_sample_has_the_chance_of_its_stratum() -> None:
    made = plan(FACTS, Design(sample=20, stratify_by="category"), order=Order.STRATIFIED, seed=1)
    assert {(one.how, one.stratum, one.probability) for one in made} == {
        ("stratified", "small", 1.0),
        ("stratified", "large", 10 / 90),
    }
    assert len(made) == 20


def test_the_first_of_an_order_are_no_sample() -> None:
    made = plan(FACTS, Design(limit=3), order=Order.SEQUENTIAL, seed=1)
    assert [(one.item, one.how, one.probability) for one in made] == [(n, "hand", None) for n in (1, 2, 3)]
    made = plan(FACTS, Design(limit=2), order=Order.LOWEST_MARGIN, seed=1)
    assert [(one.item, one.how, one.probability) for one in made] == [(n, "disagreement", None) for n in (7, 9)]


def test_the_first_of_a_random_order_are_a_sample() -> None:
    made = plan(FACTS, Design(limit=10), order=Order.RANDOM, seed=1)
    assert {(one.how, one.probability) for one in made} == {("random", 0.1)}


def test_a_sample_in_order_of_doubt_stays_a_sample() -> None:
    made = plan(FACTS, Design(sample=50), order=Order.JUDGE_JUDGE, seed=1)
    assert {(one.how, one.probability) for one in made} == {("random", 0.5)}


def test_a_sample_of_more_than_there_is_is_everything() -> None:
    assert {one.how for one in plan(FACTS, Design(sample=500), order=Order.RANDOM, seed=1)} == {"all"}


def test_how_often_an_item_is_drawn_is_its_stored_chance() -> None:
    drawn = sum(50 in taken(Design(sample=30, stratify_by="category"), Order.SEQUENTIAL, seed) for seed in range(600))
    assert drawn / 600 == pytest.approx(20 / 90, abs=0.05)


@pytest.mark.parametrize(
    ("sizes", "n", "parts"),
    [
        ({"a": 10, "b": 10}, 6, {"a": 3, "b": 3}),
        ({"a": 10, "b": 10}, 5, {"a": 3, "b": 2}),
        ({"a": 1, "b": 10}, 6, {"a": 1, "b": 5}),
        ({"a": 1, "b": 2}, 9, {"a": 1, "b": 2}),
        ({"a": 5, "b": 5, "c": 5}, 2, {"a": 1, "b": 1, "c": 0}),
        ({}, 3, {}),
    ],
)
def test_strata_get_equal_parts_as_far_as_they_go(sizes: dict[str, int], n: int, parts: dict[str, int]) -> None:
    assert equal_parts(sizes, n) == parts


def test_strata_take_turns() -> None:
    assert interleaved([1, 2, 3, 4, 5], {1: "a", 2: "a", 3: "a", 4: "b", 5: "b"}) == [1, 4, 2, 5, 3]


def test_overlap_is_a_share_that_the_seed_draws() -> None:
    assert sorted(overlap(10, 0.3, 2, seed=1)) == [1] * 7 + [2] * 3
    assert overlap(50, 0.3, 2, seed=1) != overlap(50, 0.3, 2, seed=2)
    assert overlap(4, 1.0, 3, seed=1) == [3, 3, 3, 3]


def test_two_random_draws_are_one_larger_one() -> None:
    assert chance_of_either(20 / 100, 30 / 80) == pytest.approx(50 / 100)


@pytest.mark.parametrize(
    ("design", "order", "words"),
    [
        (Design(sample=1, limit=1), Order.RANDOM, "sample or for a limit"),
        (Design(sample=0), Order.RANDOM, "1 or more"),
        (Design(share=0), Order.RANDOM, "above 0"),
        (Design(stratify_by="colour"), Order.RANDOM, "not by colour"),
        (Design(), Order.STRATIFIED, "divide by"),
        (Design(), Order.JUDGE_JUDGE, "second one"),
        (Design(group="people"), Order.RANDOM, "pulled"),
        (Design(hold_seconds=1), Order.RANDOM, "30 seconds"),
        (Design(rules=CampaignRules(extra_below=2)), Order.RANDOM, "at most 1"),
        (Design(rules=CampaignRules(known_share=0.9)), Order.RANDOM, "between 0 and 0.5"),
    ],
)
def test_a_design_that_cannot_be_says_why(design: Design, order: Order, words: str) -> None:
    assert words in design.problem(order)


def test_a_plain_design_has_no_problem() -> None:
    assert Design().problem(Order.SEQUENTIAL) == ""


def test_rules_are_read_as_they_were_written() -> None:
    rules = CampaignRules(annotators=("a", "b"), extra_below=0.5, drawn={"": 0.25})
    assert rules.as_json() == {"annotators": ["a", "b"], "extra_below": 0.5, "drawn": {"": 0.25}}
    assert CampaignRules.from_json(rules.as_json()) == rules
    assert CampaignRules.from_json({"something": "else"}) == CampaignRules()


def test_skipped_items_go_to_others_where_they_are_pulled() -> None:
    assert skip_rule(CampaignRules(), pulled=True) == Skipped.OTHERS
    assert skip_rule(CampaignRules(), pulled=False) == Skipped.IGNORE
    assert skip_rule(CampaignRules(skipped="me"), pulled=True) == Skipped.ME
