"""A judge that says other words than people cannot be compared with them: that is no agreement of 0."""

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Campaign
from annotation.reports import agreement_document
from judging.models import Dataset
from tests import factories

pytestmark = pytest.mark.django_db
WHY = "judge and people have no value in common"


def labelled(words: list[tuple[str, str]]) -> tuple[Dataset, Campaign]:
    """A dataset whose items two people gave these values."""
    dataset = factories.make_dataset()
    campaign = factories.make_campaign(dataset)
    people = [factories.make_annotator(name) for name in ("anna", "ben")]
    for item, values in zip(factories.make_items(dataset, len(words)), words, strict=True):
        for person, value in zip(people, values, strict=True):
            score = float(value) if value.isdigit() else None
            factories.make_label(campaign, item, person, "", value=value, score=score)
    return dataset, campaign


def judged(dataset: Dataset, values: list[str]) -> None:
    run = factories.make_run(dataset)
    for item, value in zip(dataset.items.order_by("position"), values, strict=True):
        verdict = value if value in {"clean", "wrong"} else "clean"
        factories.make_judgment(run, item, verdict, value=value)


SCORES = [("7", "8"), ("3", "3"), ("10", "9"), ("2", "5")]


def test_verdicts_beside_scores_are_not_compared() -> None:
    dataset, _ = labelled(SCORES)
    judged(dataset, ["clean", "wrong", "clean", "wrong"])
    (judge,) = agreement_document(dataset)["judges"]
    for figures in (judge["judge_random_human"], judge["difference"]):
        assert figures["percent_agreement"]["value"] is None
        assert figures["percent_agreement"]["reason"] == WHY
    for name in ("percent_agreement", "cohen_kappa", "pearson", "mae"):
        assert judge["judge_human"][name]["value"] is None, name
        assert judge["judge_human"][name]["reason"] == WHY


def test_the_headline_says_that_they_cannot_be_compared(lead_client: Client) -> None:
    dataset, _ = labelled(SCORES)
    judged(dataset, ["clean", "wrong", "clean", "wrong"])
    page = lead_client.get(reverse("agreement_report", args=[dataset.pk])).content.decode()
    assert f"cannot be compared with people yet: {WHY}." in page
    assert "0.0 %" not in page.split("</section>")[0]
    lead_client.cookies["django_language"] = "ja"
    page = lead_client.get(reverse("agreement_report", args=[dataset.pk])).content.decode()
    assert "判定モデルと人に共通の値がありません" in page


def test_names_of_no_one_list_are_not_compared() -> None:
    dataset, _ = labelled([("red", "blue"), ("red", "red")])
    judged(dataset, ["cat", "dog"])
    (judge,) = agreement_document(dataset)["judges"]
    assert judge["judge_random_human"]["percent_agreement"]["reason"] == WHY


def test_other_numbers_are_compared_as_numbers() -> None:
    dataset, _ = labelled([("7", "8"), ("9", "9")])
    judged(dataset, ["1", "2"])
    (judge,) = agreement_document(dataset)["judges"]
    assert judge["judge_random_human"]["percent_agreement"]["value"] is not None


def test_one_shared_word_is_enough() -> None:
    dataset, _ = labelled([("red", "blue"), ("red", "red")])
    judged(dataset, ["blue", "dog"])
    (judge,) = agreement_document(dataset)["judges"]
    assert judge["judge_random_human"]["percent_agreement"]["value"] is not None
