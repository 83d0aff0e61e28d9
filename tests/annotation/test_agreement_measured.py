"""Labels nearly each of which has its own value: figures of numbers, at any size that is read at all."""

import json
import re
from html import unescape
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from scipy import stats

from annotation.actions.counts import recount
from annotation.models import Annotator, Campaign, Label
from annotation.reports import Question, agreement_document, remembered
from annotation.views import agreement as pages
from annotation.views import agreement_asked
from judging.models import Dataset, Item
from tests import factories

pytestmark = pytest.mark.django_db
ITEMS = 60


def say(campaign: Campaign, item: Item, person: Annotator, value: str) -> None:
    """A label, not counted yet: the fixture counts all at once."""
    key = f"{item.pk}-{person.pk}"
    Label.objects.create(campaign=campaign, item=item, annotator=person, value=value, client_key=key, at=timezone.now())


@pytest.fixture
def measured() -> Dataset:
    """Three people and a judge who measured sixty items."""
    dataset = factories.make_dataset()
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset)
    generator = np.random.default_rng(3)
    truth = generator.normal(50, 10, ITEMS)
    items = factories.make_items(dataset, ITEMS)
    people = [factories.make_annotator(name) for name in ("anna", "ben", "carl")]
    for item, value in zip(items, truth, strict=True):
        for person in people:
            say(campaign, item, person, f"{value + generator.normal(0, 5):.4f}")
        score = round(float(value + generator.normal(2, 5)), 4)
        factories.make_judgment(run, item, verdict="", value=f"{score}", score=score)
    recount(campaign, [item.pk for item in items])
    cache.clear()
    return dataset


@pytest.fixture
def of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a page read ten labels at most, and a hundred were many."""
    monkeypatch.setattr(remembered, "LEAST", 100)
    monkeypatch.setattr("annotation.reports.agreement.MOST_READ", 10)
    for module in (pages, agreement_asked):
        monkeypatch.setattr(module, "MOST_READ", 10)


def report(dataset: Dataset, **asked: Any) -> Any:
    return agreement_document(dataset, question=Question(**asked))


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(unescape(strip_tags(response.content.decode().replace("<", " <"))).split())


def test_people_and_judges_are_compared_as_numbers(measured: Dataset) -> None:
    found = report(measured)
    labels = (
        Label.objects.filter(campaign__dataset=measured).order_by("item", "annotator").values_list("value", flat=True)
    )
    people = np.array([float(value) for value in labels]).reshape(ITEMS, 3)
    judge = np.array([float(row.score) for row in measured.runs.get().judgments.order_by("item")])
    beside = found["judges"][0]["judge_human"]
    assert beside["pearson"]["value"] == pytest.approx(stats.pearsonr(judge, people.mean(axis=1)).statistic)
    assert beside["bias"]["value"] == pytest.approx((judge - people.mean(axis=1)).mean())
    apart = [abs(people[:, one] - people[:, other]).mean() for one, other in ((0, 1), (0, 2), (1, 2))]
    assert found["human_human"]["mae"]["value"] == pytest.approx(np.mean(apart))
    assert found["counts"]["labels"] == 3 * ITEMS
    assert {row["labels"] for row in found["annotators"]} == {ITEMS}
    assert found["annotators"][0]["agreement_with_others"]["reason"] == "nearly every label has its own value"


def test_labels_without_a_number_are_left_out_of_the_numbers(measured: Dataset) -> None:
    before = report(measured)["judges"][0]["judge_human"]["pearson"]
    campaign, item = Campaign.objects.get(), measured.items.order_by("pk")[0]
    say(campaign, item, factories.make_annotator("dora"), "undefined")
    assert report(measured)["judges"][0]["judge_human"]["pearson"] == before


@pytest.mark.usefixtures("of_many")
def test_a_kept_report_says_what_a_fresh_one_says(measured: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = {}
    with monkeypatch.context() as patched:
        patched.setattr(remembered, "LEAST", 10**9)
        fresh = report(measured)
    assert report(measured) == fresh
    assert report(measured) == fresh


@pytest.mark.usefixtures("of_many")
def test_the_first_screen_gets_its_figures_from_the_panel(measured: Dataset, lead_client: Client) -> None:
    page = reverse("agreement_report", args=[measured.pk])
    known = report(measured, panels=())["human_human"]["krippendorff_alpha"]
    assert known["reason"].startswith("it needs every label")
    assert "correlation of" not in text(lead_client.get(page))
    panel = lead_client.get(reverse("agreement_panel", args=[measured.pk, "people"]))
    swapped = re.findall(r'<section id="(\w+)" hx-swap-oob="true"', panel.content.decode())
    assert {"reliability", "headline", "judges"} <= set(swapped)
    assert "correlation of" in text(panel)
    assert "correlation of" in text(lead_client.get(page))
    whole = json.loads(lead_client.get(reverse("agreement_json", args=[measured.pk])).content)
    assert report(measured, panels=())["human_human"] == whole["human_human"]


@pytest.mark.usefixtures("of_many")
def test_a_new_label_makes_them_anew(measured: Dataset, lead_client: Client) -> None:
    page = reverse("agreement_report", args=[measured.pk])
    lead_client.get(reverse("agreement_panel", args=[measured.pk, "people"]))
    campaign, item = Campaign.objects.get(), measured.items.order_by("pk")[0]
    say(campaign, item, factories.make_annotator("dora"), "12.5")
    assert "correlation of" not in text(lead_client.get(page))


def test_a_judge_that_measured_twice_is_beside_itself(measured: Dataset) -> None:
    first = measured.runs.get()
    again = factories.make_run(measured, judge=first.judge)
    for row in first.judgments.all():
        factories.make_judgment(again, row.item, verdict="", value=row.value, score=row.score)
    (found, _) = report(measured)["judges"]
    assert found["self_consistency"]["percent_agreement"]["value"] == 1
    assert found["self_consistency"]["krippendorff_alpha"]["value"] == 1
