"""Writing Japanese: while an input method composes, its keys decide nothing and leave nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import CDPSession, Page, expect

from annotation.models import GoldLabel, Label
from judging.core.verdicts import PersonVerdict
from tests import factories
from tests.annotation.review_help import make_review, place
from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UNCERTAIN = "にほんご"
CHOSEN = "日本語"
PROCESS = 229
"""The code of every key that an input method takes for itself."""


@pytest.fixture
def user(transactional_db: None) -> User:
    return factories.make_user("annotator-1", role="annotator")


def taken_key(keyboard: CDPSession, code: str, **fields: Any) -> None:
    """A key as the browser tells it while an input method is switched on."""
    key = {"key": "Process", "code": code, "windowsVirtualKeyCode": PROCESS} | fields
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})


def compose(page: Page, *, control: int = 2) -> CDPSession:
    """Begin to write a word, and press what ends it, what leaves it, and what would decide without it."""
    keyboard = page.context.new_cdp_session(page)
    at = len(UNCERTAIN)
    keyboard.send("Input.imeSetComposition", {"text": UNCERTAIN, "selectionStart": at, "selectionEnd": at})
    taken_key(keyboard, "Enter", key="Enter")
    taken_key(keyboard, "Enter", key="Enter", modifiers=control)
    taken_key(keyboard, "Escape", key="Escape")
    taken_key(keyboard, "KeyG")
    return keyboard


def test_a_word_is_composed_in_the_comment_and_nothing_is_decided(user: User, sign_in: SignIn) -> None:
    campaign = make_review(("annotator-1",))
    page = sign_in(user)
    page.goto(reverse("review_next", args=[campaign.pk]))
    comment = page.get_by_label("Comment")
    comment.focus()
    keyboard = compose(page)
    expect(comment).to_be_focused()
    keyboard.send("Input.insertText", {"text": CHOSEN})
    expect(comment).to_have_value(CHOSEN)
    expect(page.locator("#review-title")).to_contain_text("Item 1 ")
    assert not Label.objects.exists()
    # The word is there: from here on the keys are the page's again, with the input method still switched on.
    page.keyboard.press("Escape")
    expect(comment).not_to_be_focused()
    taken_key(keyboard, "KeyG")
    expect(page.locator("#review-title")).to_contain_text("Item 2 ")
    label = Label.objects.get()
    assert (label.verdict, label.comment) == (PersonVerdict.CLEAN, CHOSEN)


def test_a_word_is_composed_in_the_reason_of_a_decision_and_nothing_is_decided(
    user: User, sign_in: SignIn, lead: User
) -> None:
    campaign = make_review(("annotator-1",), items=2)
    item = place(campaign).campaign_item.item
    factories.make_label(campaign, item, place(campaign).annotator, "clean", flags=["bad_question"])
    page = sign_in(lead)
    page.goto(reverse("adjudication_item", args=[campaign.pk, item.position]))
    reason = page.get_by_label("Reason")
    reason.focus()
    keyboard = compose(page)
    expect(reason).to_be_focused()
    keyboard.send("Input.insertText", {"text": CHOSEN})
    expect(reason).to_have_value(CHOSEN)
    assert not GoldLabel.objects.exists()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        taken_key(keyboard, "KeyG")
    gold = GoldLabel.objects.get()
    assert (gold.verdict, gold.comment) == (PersonVerdict.CLEAN, CHOSEN)
