"""Groups of many labels are kept as long as nothing changes, and never longer."""

from typing import Any

import pytest
from django.core.cache import cache

from annotation.models import Campaign, CampaignItem
from annotation.reports import Question, agreement_document, remembered
from judging.models import Dataset
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
