"""The page of tuning without a mouse: a lead confirms on the test part, edits a rubric, saves it, decides a draft."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from annotation.actions.tuning import draft_rubric
from annotation.models import RubricDraft, TestLook
from judging.models import Run
from tests.annotation.test_tuning import Site
from tests.browser.conftest import SignIn

FARTHEST = 80
NAME = "() => (document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"


@pytest.fixture
def site(transactional_db: None) -> Site:
    return Site()


def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press Tab until something of this name has the focus."""
    for _ in range(FARTHEST):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if name in page.evaluate(NAME):
            return
    pytest.fail(f"{name} is out of reach of the keyboard")


def test_the_test_part_is_confirmed_by_keyboard_and_the_look_is_counted(
    site: Site, sign_in: SignIn, lead: User
) -> None:
    page = sign_in(lead)
    page.goto(f"/agreement/{site.dataset.pk}/tune/?run={site.run.pk}")
    expect(page.get_by_text("It was looked at 0 times.")).to_be_visible()
    tab_to(page, "Confirm on the test part")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It was looked at 1 time.")).to_be_visible()
    # The numbers that were asked for are there: nothing offers to ask for them a second time.
    expect(page.get_by_role("button", name="Confirm on the test part")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("It was looked at 1 time.")).to_be_visible()
    look = TestLook.objects.get()
    assert (look.by, list(look.judges.all())) == (lead, [site.judge])


def test_a_rubric_is_edited_and_saved_by_keyboard(site: Site, sign_in: SignIn, lead: User) -> None:
    page = sign_in(lead)
    page.goto(f"/agreement/{site.dataset.pk}/tune/?run={site.run.pk}")
    at: Any = page.locator("#rubric textarea").first
    name = page.evaluate("() => document.querySelector('#rubric textarea').labels[0].textContent.trim()")
    tab_to(page, name)
    expect(at).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type("Be strict about units.")
    expect(page.locator("#unsaved")).not_to_be_empty()
    tab_to(page, "Save as a new version and judge")
    page.keyboard.press("Enter")
    expect(page.get_by_text("was saved, and judges the items to tune on.")).to_be_visible()
    run = Run.objects.order_by("-pk")[0]
    assert str(run.judge) == f"{site.judge.name} v2"
    assert "Be strict about units." in str(run.judge.rubric.prompts)


def test_a_draft_is_declined_by_keyboard(site: Site, sign_in: SignIn, lead: User) -> None:
    draft_rubric(site.dataset, site.judge, site.prompts(), by=lead, proposed_by="a model")
    page = sign_in(lead)
    page.goto(f"/agreement/{site.dataset.pk}/tune/?run={site.run.pk}")
    tab_to(page, "Decline")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Decline")).to_have_count(0)
    assert RubricDraft.objects.get().state == RubricDraft.State.DECLINED
