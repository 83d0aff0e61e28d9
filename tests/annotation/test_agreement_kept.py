"""Groups of many labels are kept as long as nothing changes, and never longer."""

from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from annotation.actions.flags import decide_flag
from annotation.models import Annotator, Campaign, CampaignItem, GoldLabel
from annotation.reports import PANELS, Question, agreement_document, panel_document, remembered
from annotation.reports.which import Which
from judging.models import Dataset, Item, Run
from tests import factories

pytestmark = pytest.mark.django_db
CORE = Question(panels=())


@pytest.fixture(autouse=True)
def of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every campaign had many labels."""
    monkeypatch.setattr(remembered, "LEAST", 0)
    cache.clear()


def made() -> tuple[Dataset, Campaign, list[Any]]:
    dataset = factories.make_dataset()
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset)
    items = factories.make_items(dataset, 6)
    for item in items:
        factories.make_judgment(run, item)
    anna, ben = factories.make_annotator("anna"), factories.make_annotator("ben")
    for item in items[:4]:
        factories.make_label(campaign, item, anna, "clean")
        factories.make_label(campaign, item, ben, "wrong")
    return dataset, campaign, items


def confusion(dataset: Dataset) -> Any:
    return agreement_document(dataset, question=CORE)["judges"][0]["confusion"]


def test_the_second_report_says_the_same() -> None:
    dataset, _, _ = made()
    first = agreement_document(dataset, question=CORE)
    assert len(cache._cache) >= 2  # type: ignore[attr-defined]
    assert agreement_document(dataset, question=CORE) == first


def test_a_label_a_change_and_a_decision_are_seen_at_once() -> None:
    dataset, campaign, items = made()
    assert confusion(dataset)["clean"] == {"clean": 0, "wrong": 0, "unknown": 6}
    carl = factories.make_annotator("carl")
    factories.make_label(campaign, items[0], carl, "clean")
    assert confusion(dataset)["clean"]["clean"] == 1
    factories.make_label(campaign, items[5], carl, "wrong")
    assert confusion(dataset)["clean"] == {"clean": 1, "wrong": 1, "unknown": 4}
    assert {row["annotator"] for row in agreement_document(dataset, question=CORE)["annotators"]} == {
        "anna", "ben", "carl",
    }  # fmt: skip


def test_items_on_which_raters_disagree_come_with_a_warning() -> None:
    dataset, campaign, items = made()
    rows = [
        CampaignItem(campaign=campaign, item=item, rank=rank, how="disagreement") for rank, item in enumerate(items)
    ]
    CampaignItem.objects.bulk_create(rows)
    (note,) = [note for note in agreement_document(dataset, question=CORE)["notes"] if "hardest" in note]
    assert "2 items are still to be reviewed" in note
    CampaignItem.objects.update(probability=None)
    assert any("picked because raters disagree" in note for note in agreement_document(dataset, question=CORE)["notes"])


def test_labels_of_nobody_have_no_such_warning() -> None:
    dataset, _, _ = made()
    assert not any("disagree on" in note for note in agreement_document(dataset, question=CORE)["notes"])


def panel(dataset: Dataset, name: str, **asked: Any) -> Any:
    found, _ = panel_document(
        dataset,
        campaign=Campaign.objects.get(dataset=dataset),
        runs=list(Run.objects.filter(dataset=dataset)),
        question=Question(panels=(name,), **asked),
    )
    return found


def plain(dataset: Dataset, name: str, monkeypatch: pytest.MonkeyPatch, **asked: Any) -> Any:
    with monkeypatch.context() as patched:
        patched.setattr(remembered, "LEAST", 10**9)
        return panel(dataset, name, **asked)


@pytest.mark.parametrize("name", PANELS)
def test_a_kept_panel_says_what_a_fresh_one_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, _, _ = made()
    fresh = plain(dataset, name, monkeypatch)
    assert panel(dataset, name) == fresh
    assert panel(dataset, name) == fresh


def test_a_panel_is_kept(django_assert_max_num_queries: Any) -> None:
    dataset, _, _ = made()
    panel(dataset, "people")
    with django_assert_max_num_queries(22):
        panel(dataset, "people")


def rename(dataset: Dataset, campaign: Campaign, items: list[Item]) -> None:
    Annotator.objects.filter(name="ben").update(name="benjamin")


def relabel(dataset: Dataset, campaign: Campaign, items: list[Item]) -> None:
    factories.make_label(campaign, items[5], factories.make_annotator("carl"), "wrong")


def decide(dataset: Dataset, campaign: Campaign, items: list[Item]) -> None:
    GoldLabel.objects.create(
        campaign=campaign, item=items[0], value="wrong", verdict="wrong", method="adjudicated", at=timezone.now()
    )


def draw(dataset: Dataset, campaign: Campaign, items: list[Item]) -> None:
    rows = [CampaignItem(campaign=campaign, item=item, rank=at, probability=0.5) for at, item in enumerate(items)]
    CampaignItem.objects.bulk_create(rows)


def check(dataset: Dataset, campaign: Campaign, items: list[Item]) -> None:
    CampaignItem.objects.create(campaign=campaign, item=items[1], rank=9, known_value="clean", how="check")


@pytest.mark.parametrize("change", [rename, relabel, decide, draw, check])
def test_a_change_is_on_every_panel_at_once(change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, campaign, items = made()
    before = {name: panel(dataset, name) for name in PANELS}
    change(dataset, campaign, items)
    after = {name: panel(dataset, name) for name in PANELS}
    assert after != before
    assert after == {name: plain(dataset, name, monkeypatch) for name in PANELS}


def test_a_flag_is_seen_by_what_leaves_flagged_items_out() -> None:
    dataset, campaign, items = made()
    which = Which(without_flagged=True)
    assert panel(dataset, "people", which=which)["counts"]["items"] == 6
    decide_flag(campaign, items[0], is_bad=True, comment="", by=None)
    assert panel(dataset, "people", which=which)["counts"]["items"] == 5
    decide_flag(campaign, items[0], is_bad=False, comment="", by=None)
    assert panel(dataset, "people", which=which)["counts"]["items"] == 6


def test_another_run_of_the_judge_is_seen() -> None:
    dataset, _, items = made()
    assert agreement_document(dataset, question=CORE)["judges"][0]["self_consistency"]["runs"] == 1
    judge = Run.objects.get(dataset=dataset).judge
    again = factories.make_run(dataset, judge=judge)
    for item in items:
        factories.make_judgment(again, item, "wrong")
    found = agreement_document(dataset, question=CORE)["judges"]
    assert [judge["self_consistency"]["runs"] for judge in found] == [2, 2]
    assert found[0]["self_consistency"]["flip_rate"]["value"] == 1
