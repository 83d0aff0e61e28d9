"""Figures of trust from the database: who counts, on which text, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from annotation.models import Annotator, Campaign, CampaignItem
from annotation.reports import PANELS, Question, agreement_document
from judging.models import Item
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def reviewed(items: int = 40, *, identity: str = "known", values: tuple[str, str] = ("clean", "wrong")) -> tuple:
    """Three people right in .8, a judge right in .9."""
    draw, dataset = np.random.default_rng(0), factories.make_dataset()
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset)
    people = [factories.make_annotator(name, identity=identity, source="t") for name in ("ann", "bob", "cy")]
    plain = values == ("clean", "wrong")
    for number, item in enumerate(factories.make_items(dataset, items)):
        real = int(draw.random() < 0.5)
        for person in people:
            said = values[real if draw.random() < 0.8 else 1 - real]
            at = MONDAY + timedelta(days=number)
            factories.make_label(
                campaign, item, person, said if plain else "", value=said, at=at, seconds=10.0 + number
            )
        judged = values[real if draw.random() < 0.9 else 1 - real]
        factories.make_judgment(run, item, judged if plain else "", value=judged)
    return campaign, run


def report(campaign: Campaign, *panels: str, at_most: int = 50_000) -> dict[str, Any]:
    question = Question(panels=panels, at_most=at_most) if panels else Question(at_most=at_most)
    return agreement_document(campaign.dataset, question=question)


@pytest.mark.parametrize("values", [("clean", "wrong"), ("2", "5")])
def test_a_judge_is_tested_against_each_person_on_any_scale(values: tuple[str, str]) -> None:
    campaign, _ = reviewed(values=values)
    (judge,) = report(campaign, "people")["judges"]
    found = judge["alt_test"]
    assert [(row["annotator"], row["n"]) for row in found["per_annotator"]] == [("ann", 40), ("bob", 40), ("cy", 40)]
    assert found["rho"]["value"] > 0.7
    assert (found["epsilon"], found["reason"]) == (0.15, None)
    assert judge["difference"]["percent_agreement"]["n"] == 40


def test_what_a_judge_said_of_another_text_is_not_compared() -> None:
    campaign, run = reviewed()
    run.judgments.update(item_revision=2)
    (judge,) = report(campaign, "people")["judges"]
    assert judge["alt_test"]["omega"]["value"] is None
    assert judge["difference"]["reason"] == "no judged item with two labels or more"


def test_columns_of_a_table_are_no_people() -> None:
    campaign, _ = reviewed(identity=Annotator.Identity.POSITIONAL)
    found = report(campaign, "people")
    reason = "the raters are columns of a table, not known people"
    assert found["judges"][0]["alt_test"]["reason"] == reason
    assert {row["agreement_with_others"]["reason"] for row in found["annotators"]} == {reason}
    assert [row["weeks"] for row in found["annotators"]] == [[], [], []]
    assert (found["pairs"], found["matrix"], found["aggregation"]) == ([], None, None)


def test_only_the_newest_labelled_text_speaks_and_undecided_labels_are_counted_apart() -> None:
    dataset = factories.make_dataset()
    campaign, item = factories.make_campaign(dataset), factories.make_item(dataset)
    ann, bob, cy = (factories.make_annotator(name) for name in ("ann", "bob", "cy"))
    factories.make_label(campaign, item, ann, "wrong", item_revision=1)
    factories.make_label(campaign, item, bob, "clean", item_revision=2)
    factories.make_label(campaign, item, cy, "undefined", item_revision=2)
    found = report(campaign, "people")
    unknown = {row["annotator"]: (row["labels"], row["unknown"]["value"]) for row in found["annotators"]}
    assert unknown == {"bob": (1, 0.0), "cy": (1, 1.0), "ann": (0, None)}
    assert found["aggregation"]["majority"] == {"clean": 1, "wrong": 0}


def test_annotators_have_figures_weeks_gold_and_known_items() -> None:
    campaign, _ = reviewed()
    first = campaign.dataset.items.get(position=1)
    CampaignItem.objects.create(campaign=campaign, item=first, rank=1, how="check", known_value="clean")
    found = report(campaign, "people")
    assert [(row["labels"], row["median_seconds"]) for row in found["annotators"]] == [(40, 29.5)] * 3
    ann = found["annotators"][0]
    assert [(week["week"], week["n"]) for week in ann["weeks"][:2]] == [("2026-W02", 7), ("2026-W03", 7)]
    assert (ann["known_items"]["n"], ann["gold_accuracy"]["reason"]) == (1, "no label on an item with a gold label")
    assert ann["last_at"] == "2026-02-13T00:00:00+00:00"
    assert ann["rankable"] is True
    assert 0.5 < ann["dawid_skene_accuracy"] < 1
    assert ann["alarms"] == sum(week["alarm"] for week in ann["weeks"])


def test_every_rater_stands_beside_every_other_with_the_judges_last() -> None:
    campaign, run = reviewed()
    found = report(campaign, "people")
    matrix = found["matrix"]
    assert [(rater["name"], rater["kind"], rater["run"]) for rater in matrix["raters"]][:3] == [
        (name, "person", None) for name in ("ann", "bob", "cy")
    ]
    assert (matrix["raters"][3]["kind"], matrix["raters"][3]["run"]) == ("judge", run.pk)
    assert sorted(matrix["order"][:3]) == [0, 1, 2]
    assert matrix["order"][3] == 3
    assert matrix["n"] == [[40] * 4] * 4
    for pair in found["pairs"]:
        first, second = (["ann", "bob", "cy"].index(pair[side]) for side in ("first", "second"))
        assert matrix["agreement"][first][second] == pytest.approx(pair["percent_agreement"]["value"])
        assert matrix["kappa"][first][second] == pytest.approx(pair["cohen_kappa"]["value"])


def test_what_labels_resolve_to_stands_beside_the_majority() -> None:
    found = report(reviewed()[0], "people")["aggregation"]
    assert found["items"] == found["same"] + found["different"] + found["undecided_by_majority"] == 40
    assert sum(found["dawid_skene"].values()) == 40
    assert sum(found["prevalence"].values()) == pytest.approx(1)


def test_the_corrected_score_and_the_budget_come_from_kept_counts() -> None:
    (judge,) = agreement_document(reviewed()[0].dataset, question=Question(panels=()))["judges"]
    score, budget = judge["corrected_score"], judge["budget"]
    assert (score["n"], score["method"]) == (40, "post_stratified")
    assert score["raw"]["n"] == 40
    assert score["ppi_plus"] == {"value": None, "reason": "every judged item has people's verdict"}
    assert (budget["there"], budget["half_width"], budget["reason"]) == (40, 0.05, None)
    assert judge["alt_test"]["reason"] == "the panel of people was not asked for"


def test_scores_without_a_verdict_are_not_corrected() -> None:
    (judge,) = report(reviewed(values=("2", "5"))[0])["judges"]
    assert judge["corrected_score"]["reason"] == "labels on this scale mean no verdict"
    assert judge["budget"]["reason"] == "no item decided by both"
    assert judge["calibration"] is None


def queue(campaign: Campaign, chances: list[float | None]) -> None:
    """The campaign's items, each with its chance of having been chosen."""
    for rank, (item, chance) in enumerate(zip(campaign.dataset.items.all(), chances, strict=True), start=1):
        how = "hand" if chance is None else "random"
        CampaignItem.objects.create(campaign=campaign, item=item, rank=rank, probability=chance, how=how)


def test_items_weigh_by_their_chance_and_those_picked_by_hand_stay_out() -> None:
    campaign, _ = reviewed(items=20)
    queue(campaign, [0.1] * 8 + [0.5] * 8 + [None] * 4)
    found = report(campaign)
    weighted = found["judges"][0]["weighted"]
    assert (weighted["items"], weighted["without_probability"]) == (16, 4)
    assert weighted["effective_items"] == pytest.approx((8 * 10 + 8 * 2) ** 2 / (8 * 100 + 8 * 4))
    assert weighted["agreement"]["method"] == "design_weighted"
    assert found["scope"]["chosen"] == {"hand": 4, "random": 16}
    assert (found["scope"]["without_probability"], found["scope"]["weighted"]) == (4, True)


def test_a_campaign_that_chose_nothing_has_no_weights() -> None:
    assert report(reviewed()[0])["judges"][0]["weighted"] is None


def test_kinds_of_items_are_compared() -> None:
    campaign, _ = reviewed(items=80)
    for item in campaign.dataset.items.all():
        item.category, item.model = ("maths", "a") if item.position % 2 else ("prose", "b")
        item.save()
    (judge,) = report(campaign, "slices")["judges"]
    rows = [(row["by"], row["value"], row["items"]) for row in judge["slices"]]
    assert set(rows) == {("category", "maths", 40), ("category", "prose", 40), ("model", "a", 40), ("model", "b", 40)}
    one = judge["slices"][0]
    assert one["gap"]["value"] == pytest.approx(one["agreement"]["value"] - one["rest"]["value"])


def test_models_have_their_own_corrected_scores() -> None:
    campaign, _ = reviewed(items=60)
    Item.objects.filter(dataset=campaign.dataset, position__lte=30).update(model="a")
    Item.objects.filter(dataset=campaign.dataset, position__gt=30).update(model="b")
    rows = report(campaign, "scores")["judges"][0]["corrected_score"]["models"]
    assert sorted((row["model"], row["items"], row["labelled"]) for row in rows) == [("a", 30, 30), ("b", 30, 30)]
    assert rows[0]["corrected"]["value"] >= rows[1]["corrected"]["value"]


def test_shares_of_votes_are_calibrated() -> None:
    campaign, run = reviewed(items=60)
    for judgment in run.judgments.all():
        judgment.detail = {"flip_rate": 0.2 if judgment.item.position % 3 else 0.4}
        judgment.save()
    found = report(campaign, "calibration")["judges"][0]["calibration"]
    assert [vote["share"] for vote in found["votes"]] == [0.2, 0.4, 0.6, 0.8]
    assert sum(vote["n"] for vote in found["votes"]) == found["brier"]["n"]
    assert found["calibrated"]["method"] == "platt"


def test_one_reply_an_item_cannot_be_calibrated() -> None:
    found = report(reviewed()[0], "calibration")["judges"][0]["calibration"]
    assert (found["bins"], found["reason"]) == ([], "every item was judged by one reply")


def test_disagreements_are_listed_by_kind() -> None:
    campaign, _ = reviewed(items=60)
    found = report(campaign, "disagreements")
    mine = found["judges"][0]["disagreements"]
    cells = found["judges"][0]["confusion"]
    assert mine["clean_to_wrong"] == cells["clean"]["wrong"]
    assert mine["wrong_to_clean"] == cells["wrong"]["clean"]
    assert {row["kind"] for row in mine["items"]} <= {"clean_to_wrong", "wrong_to_clean"}
    for row in mine["items"]:
        assert (row["judge"], row["people"]) == tuple(row["kind"].split("_to_"))
    split = found["disagreements"]
    assert split["total"] == sum(1 for row in split["items"] if row["entropy"] > 0)
    assert sum(split["items"][0]["posterior"].values()) == pytest.approx(1)


def test_what_sways_a_judge() -> None:
    campaign, _ = reviewed(items=60)
    found = report(campaign, "bias")["judges"][0]["bias"]
    assert found["order"]["reason"] == "no pair was judged in both orders"
    assert found["self_preference"]["reason"] == "the judge's own model is not known"
    assert found["length"]["low"] < 0 < found["length"]["high"]


def test_panels_with_too_much_to_read_are_named() -> None:
    found = report(reviewed()[0], at_most=10)
    assert found["left_out"].keys() == set(PANELS)
    assert found["left_out"]["people"].startswith("it needs every label")
    assert found["left_out"]["slices"].startswith("it needs every judged item")
    assert found["judges"][0]["difference"]["value"] is not None


def test_the_gate_names_what_a_judge_passes() -> None:
    gate = report(reviewed()[0])["judges"][0]["gate"]
    checks = {check["name"]: check["passed"] for check in gate["checks"]}
    assert checks["invalid_rate"] is True
    assert checks["consistency"] is None
    assert gate["passed"] == all(passed for passed in checks.values() if passed is not None)


def test_the_headline_repeats_the_figures_below() -> None:
    found = report(reviewed()[0])
    (judge,) = found["judges"]
    headline = found["headline"]
    assert headline["judge_agreement"] == judge["judge_random_human"]["percent_agreement"]
    assert headline["difference"] == judge["difference"]["percent_agreement"]
    assert headline["cards"]["human_alpha"] == found["human_human"]["krippendorff_alpha"]
    assert headline["alt_test"]["passed"] == judge["alt_test"]["passed"]


def test_how_sure_people_are_adds_up() -> None:
    found = report(reviewed()[0])
    shares = [found["reliability"][kind]["value"] for kind in ("unanimous", "majority", "split")]
    assert sum(shares) == pytest.approx(1)
    by_certainty = found["judges"][0]["judge_random_human"]["by_certainty"]
    assert sum(row["items"] for row in by_certainty) == 40
    assert sum(row["labels"] for row in found["reliability"]["prevalence"]) == 120


def test_count_tables_hold_what_the_numbers_are_made_of() -> None:
    found = report(reviewed()[0])
    tables = found["tables"]
    assert sum(row[-1] for row in tables["patterns"]["rows"]) == 40
    assert sum(row[-1] for row in tables["judge_patterns"]["rows"]) == 40
    assert sum(row[-1] for row in tables["judge_human"]["rows"]) == 40
    assert sum(row[-1] for row in tables["pairs"]["rows"]) == 3 * 40
    assert all(len(table["columns"]) == len(row) for table in tables.values() for row in table["rows"])
