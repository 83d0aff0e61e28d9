"""A disagreement becomes a gold label with the keyboard alone; a log is opened, decided and saved in the browser."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from annotation.actions.log_folders import files_of, open_log
from annotation.models import Campaign, GoldLabel
from judging.models import Dataset
from tests import factories
from tests.browser.conftest import SignIn
from tests.browser.test_flow import at, dataset, review
from tests.mdk_logs import judge_entry, write

__all__ = ["dataset"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_two_people_disagree_on_becomes_a_gold_label_by_keyboard(sign_in: SignIn, dataset: Dataset) -> None:
    ann, bob = (sign_in(User.objects.get(username=name)) for name in ("ann", "bob"))
    review(ann, "ggbggbggbg")
    review(bob, "ggbgbbggbg")
    lead = sign_in(factories.make_user("lead-1", role="lead"))
    campaign = Campaign.objects.get(dataset=dataset)
    lead.goto(reverse("adjudication_next", args=[campaign.pk]))
    expect(lead.locator("h1")).to_have_text("Adjudicate item 5")
    expect(lead.locator("main")).not_to_contain_text("ann")
    lead.keyboard.press("g")
    lead.keyboard.press("Control+Enter")
    expect(lead.locator("main")).to_contain_text("Everything here is decided")
    gold = GoldLabel.objects.get()
    assert (gold.item.position, gold.verdict, gold.item_revision, gold.by.username) == (5, "clean", 1, "lead-1")  # type: ignore[union-attr]


def test_a_log_is_opened_decided_and_saved(sign_in: SignIn, tmp_path: Path, transactional_db: None) -> None:
    ann = factories.make_user("ann", role="annotator")
    write(tmp_path / "experiment_log.json", [judge_entry(number) for number in (1, 2, 3)])
    files, folder = files_of(tmp_path)
    opened = open_log(files, annotator="ann", dataset="pumps", folder=folder)
    page = sign_in(ann)
    page.goto(reverse("review_item", args=[opened.campaign.pk, opened.start]))
    page.keyboard.press("g")
    at(page, 2)
    page.get_by_label("Number of errors").fill("3")
    page.get_by_role("button", name="Save the log").click()
    expect(page.locator(".review-saved")).to_contain_text("experiment_log_manual_")
    expect(page.locator(".review-saved")).to_contain_text("{clean,wrong,invalid}.jsonl")
    at(page, 2)
    page.keyboard.press("ArrowRight")
    at(page, 3)
    log = json.loads(next(tmp_path.glob("experiment_log_manual_*.json")).read_text())
    assert [entry["num_error"] for entry in log] == [0, 3, None]
