"""The keys of campaigns with scores, several criteria and pairs, and those that every campaign has."""

import re
from importlib.resources import files
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotation.models import Assignment, Campaign, Label
from tests import factories
from tests.annotation.review_help import make_review, place
from tests.annotation.test_labels_of_criteria import make_pairs, make_scored
from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
ONE_TO_TEN = [{"name": "", "scale": {"low": 1, "high": 10}, "direction": "higher", "clean_if": 7}]


@pytest.fixture
def user(transactional_db: None) -> User:
    return factories.make_user("annotator-1", role="annotator")


def window(sign_in: SignIn, user: User, campaign: Campaign, **options: Any) -> Page:
    page = sign_in(user, **options)
    page.goto(reverse("review_next", args=[campaign.pk]))
    return page


@pytest.fixture
def scored(user: User, sign_in: SignIn) -> Page:
    return window(sign_in, user, make_scored(people=("annotator-1",)))


@pytest.fixture
def pairs(user: User, sign_in: SignIn) -> Page:
    campaign = make_review(("annotator-1",), dataset=make_pairs())
    # The sides were drawn by numbers that depend on what ran before.
    Assignment.objects.update(swapped=Q(queue_rank=2))
    return window(sign_in, user, campaign)


@pytest.fixture
def verdicts(user: User, sign_in: SignIn) -> Page:
    return window(sign_in, user, make_review(("annotator-1",)))


def at(page: Page, rank: int) -> None:
    """Wait until an item is on the screen."""
    expect(page.locator("#review-title")).to_contain_text(f"Item {rank} ")


def values() -> list[tuple[str, str]]:
    return list(Label.objects.current().order_by("pk").values_list("criterion", "value"))


def marked(page: Page, field: str) -> None:
    """Wait until keys answer this criterion."""
    expect(page.locator(f'[data-field="{field}"]')).to_have_class(re.compile("current"))


def test_digits_answer_one_criterion_after_the_other(scored: Page) -> None:
    marked(scored, "value-1")
    scored.keyboard.press("4")
    marked(scored, "value-2")
    scored.keyboard.press("2")
    at(scored, 1)
    assert not Label.objects.exists()
    scored.keyboard.press("Control+Enter")
    at(scored, 2)
    assert values() == [("accuracy", "4"), ("fluency", "2")]


def test_arrows_go_between_criteria_and_a_key_answers_the_marked_one(scored: Page) -> None:
    scored.keyboard.press("4")
    scored.keyboard.press("3")
    scored.keyboard.press("ArrowUp")
    marked(scored, "value-1")
    scored.keyboard.press("5")
    scored.keyboard.press("ArrowDown")
    marked(scored, "value-2")
    scored.keyboard.press("u")
    scored.keyboard.press("Control+Enter")
    at(scored, 2)
    assert values() == [("accuracy", "5"), ("fluency", "undefined")]


def test_after_the_last_answer_it_goes_on_where_that_is_switched_on(scored: Page) -> None:
    scored.get_by_label("Submit and go on after the last answer").check()
    scored.keyboard.press("4")
    scored.keyboard.press("2")
    at(scored, 2)
    expect(scored.get_by_label("Submit and go on after the last answer")).to_be_checked()
    scored.reload()
    expect(scored.get_by_label("Submit and go on after the last answer")).to_be_checked()


def test_what_is_missing_is_said_and_nothing_is_lost(scored: Page) -> None:
    scored.keyboard.press("4")
    scored.keyboard.press("Control+Enter")
    expect(scored.locator(".review-problem")).to_contain_text("fluency: Not answered yet")
    expect(scored.locator("input[name=value-1][value='4']")).to_be_checked()
    assert not Label.objects.exists()


def test_answers_without_submitting_are_a_draft(scored: Page) -> None:
    scored.keyboard.press("4")
    scored.keyboard.press("ArrowRight")
    at(scored, 2)
    scored.keyboard.press("ArrowLeft")
    at(scored, 1)
    expect(scored.locator("input[name=value-1][value='4']")).to_be_checked()
    marked(scored, "value-2")
    assert not Label.objects.exists()


def test_undo_puts_the_answers_back(scored: Page) -> None:
    for key in ("4", "2", "Control+Enter"):
        scored.keyboard.press(key)
    at(scored, 2)
    scored.keyboard.press("Control+z")
    at(scored, 1)
    expect(scored.locator("input[name=value-1][value='4']")).to_be_checked()
    expect(scored.locator("input[name=value-2][value='2']")).to_be_checked()
    assert set(Label.objects.values_list("ended_by", flat=True)) == {"undone"}


def test_zero_is_ten_and_one_press_is_the_decision(user: User, sign_in: SignIn) -> None:
    page = window(sign_in, user, make_scored(ONE_TO_TEN, people=("annotator-1",)))
    page.keyboard.press("0")
    at(page, 2)
    page.get_by_label("Submit and go on with one press").uncheck()
    page.keyboard.press("7")
    expect(page.locator("input[name=value-1][value='7']")).to_be_checked()
    at(page, 2)
    page.keyboard.press("Control+Enter")
    at(page, 3)
    assert values() == [("", "10"), ("", "7")]


def test_a_b_and_e_decide_pairs_as_they_are_shown(pairs: Page) -> None:
    for rank, key in enumerate("aae", 1):
        at(pairs, rank)
        pairs.keyboard.press(key)
    expect(pairs.get_by_role("heading", name="All done")).to_be_visible()
    assert values() == [("", "A"), ("", "B"), ("", "tie")]


def test_a_number_is_typed_and_enter_submits_it(user: User, sign_in: SignIn) -> None:
    scale = [{"name": "", "scale": {"low": 0, "high": 1}, "direction": "higher", "clean_if": 0.5}]
    page = window(sign_in, user, make_scored(scale, people=("annotator-1",)))
    page.locator("input[type=number][name=value-1]").fill("0.25")
    page.keyboard.press("Enter")
    at(page, 2)
    page.keyboard.press("u")
    at(page, 3)
    assert values() == [("", "0.25"), ("", "undefined")]


def test_enter_in_a_field_is_no_verdict(verdicts: Page) -> None:
    verdicts.get_by_label("Number of errors").fill("2")
    verdicts.keyboard.press("Enter")
    verdicts.locator(".review-skip summary").click()
    verdicts.get_by_label("Why you skip it").fill("later")
    verdicts.keyboard.press("Enter")
    verdicts.wait_for_load_state("networkidle")
    at(verdicts, 1)
    assert not Label.objects.exists()


def test_control_s_keeps_the_draft_at_once_while_typing(verdicts: Page) -> None:
    verdicts.get_by_label("Comment").fill("half")
    verdicts.keyboard.press("Control+s")
    expect(verdicts.locator(".review-status")).to_contain_text("Draft saved at")
    assert place(Campaign.objects.get()).draft["comment"] == "half"


def test_control_enter_gives_the_standing_verdict_again(verdicts: Page) -> None:
    verdicts.keyboard.press("g")
    at(verdicts, 2)
    verdicts.keyboard.press("ArrowLeft")
    at(verdicts, 1)
    verdicts.get_by_label("Comment").fill("on second thoughts")
    verdicts.keyboard.press("Control+Enter")
    at(verdicts, 2)
    assert Label.objects.current().get().comment == "on second thoughts"


def test_the_sheet_shows_the_keys_of_this_kind_and_no_key_works_behind_it(pairs: Page) -> None:
    pairs.keyboard.press("?")
    sheet = pairs.locator("#review-help")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("answer A or answer B is better")
    expect(sheet.get_by_text("good: store it and go to the next open item")).to_be_hidden()
    pairs.keyboard.press("a")
    at(pairs, 1)
    assert not Label.objects.exists()
    pairs.keyboard.press("?")
    expect(sheet).to_be_hidden()


def test_a_key_held_down_decides_one_pair(pairs: Page) -> None:
    for _ in range(4):
        pairs.keyboard.down("a")
    pairs.keyboard.up("a")
    at(pairs, 2)
    pairs.wait_for_load_state("networkidle")
    assert Label.objects.count() == 1


def test_the_mouse_does_what_the_keys_do(scored: Page) -> None:
    scored.locator("label", has=scored.locator("input[name=value-1][value='4']")).click()
    marked(scored, "value-2")
    scored.locator("label", has=scored.locator("input[name=value-2][value='2']")).click()
    scored.get_by_role("button", name="Submit").click()
    at(scored, 2)
    assert values() == [("accuracy", "4"), ("fluency", "2")]


def test_without_a_script_the_form_does_the_same(user: User, sign_in: SignIn) -> None:
    page = window(sign_in, user, make_scored(people=("annotator-1",)), java_script_enabled=False)
    page.locator("input[name=value-1][value='4']").check(force=True)
    page.locator("input[name=value-2][value='undefined']").check(force=True)
    page.get_by_role("button", name="Submit").click()
    at(page, 2)
    assert values() == [("accuracy", "4"), ("fluency", "undefined")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["scores", "sides", "number"])
def test_the_form_is_accessible_and_fits_a_phone(user: User, sign_in: SignIn, kind: str, scheme: str) -> None:
    if kind == "sides":
        campaign = make_review(("annotator-1",), dataset=make_pairs())
    else:
        scale = [{"name": "share", "scale": {"low": 0, "high": 1}, "clean_if": 0.5}]
        campaign = make_scored(scale if kind == "number" else None, people=("annotator-1",))
    Campaign.objects.update(rules={"error_types": ["fact", "日本語が不自然"]})
    page = window(sign_in, user, campaign, color_scheme=scheme, viewport={"width": 400, "height": 800})
    page.locator(".review-skip summary").click()
    page.locator("[data-go-on]").uncheck()
    page.locator(".review-criterion input").last.check(force=True)
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("go_on", [True, False])
def test_on_a_phone_what_is_pressed_stays_at_the_thumb(user: User, sign_in: SignIn, go_on: bool) -> None:
    campaign = make_review(("annotator-1",), dataset=make_pairs())
    page = window(sign_in, user, campaign, viewport={"width": 400, "height": 800})
    page.locator("[data-go-on]").set_checked(go_on)
    shown = page.locator(".review-asked" if go_on else ".review-submit")
    expect(shown).to_be_in_viewport()
    box = shown.bounding_box()
    assert box is not None
    assert round(box["y"] + box["height"]) == 800


def test_control_enter_without_a_verdict_says_which_keys_decide(verdicts: Page) -> None:
    verdicts.get_by_label("Comment").fill("looks odd")
    verdicts.keyboard.press("Control+Enter")
    expect(verdicts.locator(".review-verdicts.asked")).to_be_visible()
    verdicts.keyboard.press("b")
    at(verdicts, 2)
    assert (Label.objects.get().verdict, Label.objects.get().comment) == ("wrong", "looks odd")


def test_a_star_is_put_on_by_its_key_beside_what_is_typed(verdicts: Page) -> None:
    star = verdicts.locator(".review-star button")
    verdicts.locator("[name=comment]").fill("not sure")
    verdicts.keyboard.press("Escape")
    verdicts.keyboard.press("s")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(verdicts.locator(".review-places [aria-current] .review-star-mark")).to_have_count(1)
    expect(verdicts.locator("[name=comment]")).to_have_value("not sure")
    verdicts.keyboard.press("g")
    at(verdicts, 2)
    expect(verdicts.locator(".review-star-mark")).to_have_count(1)
    verdicts.goto(verdicts.url.split("/2/")[0] + "/?show=starred")
    at(verdicts, 1)
    verdicts.keyboard.press("s")
    expect(star).to_have_attribute("aria-pressed", "false")
    expect(verdicts.locator(".review-star-mark")).to_have_count(0)
    assert not Assignment.objects.filter(starred=True).exists()
