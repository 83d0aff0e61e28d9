"""A refusal is met where it can be mended, and on a phone what is read is not covered by what is pressed."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotation.core.design import Design
from annotation.core.rules import CampaignRules
from annotation.core.words import Terms
from annotation.models import Assignment, Campaign
from tests import factories
from tests.annotation.review_help import make_review, press
from tests.browser.conftest import SignIn, start
from tests.conftest import logged_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 400, "height": 800}


@pytest.fixture
def annotator(transactional_db: None) -> User:
    return factories.make_user("annotator-1", role="annotator")


def not_now(page: Page) -> None:
    page.locator(".review-skip summary").click()
    page.get_by_role("button", name="Skip", exact=True).click()


def test_a_refused_skip_leads_to_the_reason_it_wants(annotator: User, sign_in: SignIn) -> None:
    make_review(("annotator-1",), design=Design(rules=CampaignRules(comment_on_skip=True)))
    page = sign_in(annotator)
    start(page)
    not_now(page)
    expect(page.locator(".review-problem")).to_contain_text("Say why you skip it.")
    expect(page.locator("#skip_reason")).to_be_focused()
    page.keyboard.type("not my field")
    page.get_by_role("button", name="Skip", exact=True).click()
    expect(page.locator("#review-title")).to_contain_text("Item 2")
    assert Assignment.objects.get(queue_rank=1).skip_reason == "not my field"


def test_any_other_refusal_is_read_first_and_keys_still_decide(annotator: User, sign_in: SignIn) -> None:
    dataset = factories.make_dataset()
    run = factories.make_run(dataset)
    for item in factories.make_items(dataset, 2):
        factories.make_judgment(run, item, "clean")
    rules = CampaignRules(comment_on_override=True)
    make_review(("annotator-1",), dataset=dataset, run=run, terms=Terms(blind_judge=False), design=Design(rules=rules))
    page = sign_in(annotator)
    start(page)
    page.keyboard.press("b")
    expect(page.locator(".review-problem")).to_be_focused()
    page.keyboard.press("g")
    expect(page.locator("#review-title")).to_contain_text("Item 2")


@pytest.fixture
def disputed(annotator: User) -> Campaign:
    factories.make_user("annotator-2", role="annotator")
    dataset = factories.make_dataset()
    factories.make_item(dataset, "Question? " * 200, "Answer. " * 200)
    made = make_review(dataset=dataset)
    for name, verdict in (("annotator-1", "clean"), ("annotator-2", "wrong")):
        press(logged_in(User.objects.get(username=name)), made, verdict=verdict)
    return made


def test_a_lead_reads_the_whole_item_on_a_phone(lead: User, disputed: Campaign, sign_in: SignIn) -> None:
    page = sign_in(lead, viewport=PHONE)
    page.goto(reverse("adjudication_next", args=[disputed.pk]))
    buttons = page.locator(".lead-buttons")
    expect(buttons).to_be_in_viewport()
    box = buttons.bounding_box()
    assert box is not None
    assert box["height"] < PHONE["height"] * 0.15
    expect(page.get_by_label("Reason")).not_to_be_in_viewport()
    page.get_by_label("Reason").scroll_into_view_if_needed()
    reason = page.get_by_label("Reason").bounding_box()
    assert reason is not None
    assert reason["y"] + reason["height"] <= box["y"]
    page.get_by_role("button", name="bad").click()
    expect(page.locator("main")).to_contain_text("Everything here is decided")


WAITING = """() => {
  const path = "/review/1/99/";
  const entry = { id: "1", kind: "step", url: `${path}submit/`, path, title: "Item 99", fields: [] };
  const user = document.getElementById("review-connection").dataset.user;
  localStorage.setItem(`evalsite-waiting-${user}`, JSON.stringify([entry]));
}"""


def test_what_waited_and_was_refused_is_told_on_any_page_and_forgotten(annotator: User, sign_in: SignIn) -> None:
    make_review(("annotator-1",))
    page = sign_in(annotator)
    page.goto(reverse("agreement_own"))
    bar = page.locator("#review-connection")
    expect(bar).to_be_hidden()
    page.evaluate(WAITING)
    page.reload()
    expect(bar).to_contain_text("Item 99: This place is no longer yours, or the page is too old.")
    expect(bar.get_by_role("button", name="Send now")).to_be_hidden()
    bar.get_by_role("button", name="Forget it").click()
    expect(bar).to_be_hidden()
    page.reload()
    expect(bar).to_be_hidden()


def test_what_others_said_comes_with_my_own_word(annotator: User, sign_in: SignIn) -> None:
    other = factories.make_user("annotator-2", role="annotator")
    campaign = make_review(("annotator-1", "annotator-2"))
    press(logged_in(other), campaign, 1, "wrong", comment="the sum is off")
    page = sign_in(annotator)
    start(page)
    expect(page.locator("#review")).not_to_contain_text("the sum is off")
    page.keyboard.press("g")
    expect(page.locator("#review-title")).to_contain_text("Item 2")
    page.keyboard.press("ArrowLeft")
    others = page.locator(".review-others")
    expect(others).to_contain_text("Person A")
    expect(others).to_contain_text("bad")
    expect(others).to_contain_text("the sum is off")
    page.keyboard.press("Control+z")
    expect(page.locator("#review-title")).to_contain_text("Item 1")
    expect(page.locator(".review-others")).to_have_count(0)
