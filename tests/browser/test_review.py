"""Two people at the review page, with the keyboard."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotation.models import Assignment, Campaign, CampaignItem, Label
from tests import factories
from tests.annotation.review_help import make_review, place
from tests.browser.conftest import SignIn, start

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None) -> tuple[User, User]:
    return factories.make_user("annotator-1", role="annotator"), factories.make_user("annotator-2", role="annotator")


@pytest.fixture
def campaign(people: tuple[User, User]) -> Campaign:
    return make_review(items=10)


@pytest.fixture
def page(sign_in: SignIn, people: tuple[User, User], campaign: Campaign) -> Page:
    window = sign_in(people[0])
    window.goto(reverse("review_next", args=[campaign.pk]))
    return window


def at(page: Page, rank: int) -> None:
    """Wait until an item is on the screen."""
    expect(page.locator("#review-title")).to_contain_text(f"Item {rank} ")


def press(page: Page, keys: str) -> None:
    """Press verdict keys, each for the item that follows the one before."""
    for key in keys:
        title = page.locator("#review-title").inner_text()
        page.keyboard.press(key)
        expect(page.locator("#review-title, .review-end h1").first).not_to_have_text(title)


def verdicts_of(name: str) -> list[str]:
    labels = Label.objects.current().filter(annotator__name=name).order_by("item__position")
    return list(labels.values_list("verdict", flat=True))


def test_two_people_review_ten_items_with_the_keyboard(
    sign_in: SignIn, people: tuple[User, User], campaign: Campaign
) -> None:
    names = {"g": "clean", "u": "undefined", "b": "wrong"}
    for user, keys in zip(people, ("ggbuggbbug", "gbbuggbgug"), strict=True):
        page = sign_in(user)
        start(page)
        press(page, keys)
        expect(page.get_by_role("heading", name="All done")).to_be_visible()
        assert verdicts_of(user.username) == [names[key] for key in keys]
    assert Label.objects.count() == 20


def test_a_press_is_stored_before_the_next_item_shows(page: Page, campaign: Campaign) -> None:
    page.keyboard.press("b")
    at(page, 2)
    assert verdicts_of("annotator-1") == ["wrong"]
    assert page.url.endswith(reverse("review_item", args=[campaign.pk, 2]))
    expect(page.locator(".review-toast")).to_contain_text("Item 1: bad, stored.")


def test_the_label_holds_what_was_typed(page: Page) -> None:
    page.get_by_label("Comment").fill("少し不自然です。")
    page.get_by_label("Number of errors").fill("2")
    page.locator("details summary", has_text="Correct").nth(1).click()
    page.locator("#answer").fill("Answer 1, better.")
    page.get_by_role("button", name="Bad").click()
    at(page, 2)
    label = Label.objects.get()
    assert (label.comment, label.error_count) == ("少し不自然です。", 2)
    assert label.correction == {"answer": "Answer 1, better."}


def test_typing_does_not_press_keys(page: Page) -> None:
    page.get_by_label("Comment").press_sequentially("big bug?")
    at(page, 1)
    assert not Label.objects.exists()
    expect(page.locator("#review-help")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    at(page, 2)
    assert Label.objects.get().comment == "big bug?"


def test_the_queue_beside_the_item_counts_along(page: Page) -> None:
    places = page.locator(".review-places a")
    there = places.count()
    press(page, "gb")
    at(page, 3)
    expect(page.locator(".review-progress p")).to_contain_text("2 of 10 done")
    expect(page.locator(".review-counts")).to_contain_text("good 1")
    expect(page.locator(".review-counts")).to_contain_text("bad 1")
    assert [places.nth(n).get_attribute("class") for n in range(4)] == ["clean", "wrong", "pending", "pending"]
    expect(page.locator('.review-places [aria-current="step"] .place')).to_have_text("3")
    assert places.count() == there


def test_a_drawn_item_joins_the_queue_beside_it(sign_in: SignIn, people: tuple[User, User], campaign: Campaign) -> None:
    Assignment.objects.all().delete()
    CampaignItem.objects.update(taken=0)
    Campaign.objects.update(distribution="pulled", rules={"annotators": [user.username for user in people]})
    page = sign_in(people[0])
    page.goto(reverse("review_next", args=[campaign.pk]))
    page.wait_for_load_state("networkidle")
    press(page, "gbg")
    at(page, 4)
    expect(page.locator(".review-progress p")).to_contain_text("3 done, 1 open")
    assert page.locator(".review-places .place").all_inner_texts() == ["1", "2", "3", "4"]


def test_a_key_held_down_decides_one_item(page: Page) -> None:
    for _ in range(4):
        page.keyboard.down("g")
    page.keyboard.up("g")
    at(page, 2)
    page.wait_for_load_state("networkidle")
    assert Label.objects.count() == 1


def test_a_draft_survives_a_reload(page: Page) -> None:
    page.get_by_label("Comment").fill("half a thought")
    expect(page.locator(".review-status")).to_contain_text("Draft saved at")
    page.reload()
    expect(page.get_by_label("Comment")).to_have_value("half a thought")
    expect(page.locator(".review-status")).to_contain_text("Draft from")


def test_a_reload_in_the_middle_of_a_word_loses_nothing(page: Page) -> None:
    page.get_by_label("Comment").press_sequentially("not yet sa")
    page.reload()
    expect(page.get_by_label("Comment")).to_have_value("not yet sa")
    page.get_by_label("Comment").press_sequentially("ved")
    expect(page.locator(".review-status")).to_contain_text("Draft saved at")
    expect(page.locator(".review-problem")).to_be_hidden()


def test_arrows_move_and_keep_the_draft(page: Page, campaign: Campaign) -> None:
    page.get_by_label("Comment").fill("later")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    at(page, 2)
    assert (place(campaign, 1).state, place(campaign, 1).draft["comment"]) == ("draft", "later")
    page.keyboard.press("ArrowLeft")
    at(page, 1)
    expect(page.get_by_label("Comment")).to_have_value("later")
    assert not Label.objects.exists()


def test_undo_takes_back_the_last_decision_and_the_one_before(page: Page) -> None:
    page.get_by_label("Comment").fill("hasty")
    page.keyboard.press("Escape")
    press(page, "gb")
    at(page, 3)
    page.keyboard.press("Control+z")
    at(page, 2)
    page.keyboard.press("Control+z")
    at(page, 1)
    expect(page.get_by_label("Comment")).to_have_value("hasty")
    expect(page.locator(".review-status")).to_contain_text("was good")
    assert set(Label.objects.values_list("ended_by", flat=True)) == {"undone"}


def test_undo_in_the_toast(page: Page) -> None:
    press(page, "g")
    page.locator(".review-toast").get_by_role("button", name="Undo").click()
    at(page, 1)
    assert verdicts_of("annotator-1") == []


def test_a_number_leads_to_its_item_and_a_wrong_one_says_so(page: Page, campaign: Campaign) -> None:
    page.get_by_label("Comment").fill("kept")
    number = page.get_by_label("Go to")
    number.fill("99")
    number.press("Enter")
    expect(page.locator("#jump-problem")).to_have_text("There is no such item: your queue has the numbers 1 to 10.")
    expect(page.get_by_label("Comment")).to_have_value("kept")
    number.fill("7")
    number.press("Enter")
    at(page, 7)
    assert place(campaign, 1).draft["comment"] == "kept"


def test_help_shows_the_keys_and_takes_them(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#review-help")).to_be_visible()
    page.keyboard.press("g")
    assert not Label.objects.exists()
    page.keyboard.press("Escape")
    expect(page.locator("#review-help")).to_be_hidden()
    at(page, 1)


def test_going_back_shows_my_label_and_changes_it(page: Page) -> None:
    press(page, "g")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".review-head")).to_contain_text("You said good")
    press(page, "b")
    assert verdicts_of("annotator-1") == ["wrong"]


def test_the_browsers_back_button_goes_back_one_item(page: Page) -> None:
    press(page, "g")
    page.go_back()
    at(page, 1)
    page.go_forward()
    at(page, 2)


def test_a_decision_that_got_no_answer_waits_and_is_sent_by_itself(page: Page) -> None:
    page.route("**/submit/", lambda route: route.abort())
    page.get_by_label("Comment").fill("precious")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.locator("#review-connection")).to_contain_text("1 decision waits for the connection.")
    assert not Label.objects.exists()
    page.unroute("**/submit/")
    expect(page.locator("#review-connection")).to_be_hidden()
    at(page, 2)
    assert Label.objects.get().comment == "precious"


def test_an_answer_that_got_lost_makes_no_second_label(page: Page) -> None:
    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/submit/", lose)
    page.keyboard.press("g")
    expect(page.locator("#review-connection")).to_be_visible()
    page.unroute("**/submit/")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#review-connection")).to_be_hidden()
    at(page, 2)
    assert Label.objects.count() == 1


def test_two_tabs_do_not_overwrite_each_other(page: Page, campaign: Campaign) -> None:
    second = page.context.new_page()
    second.goto(reverse("review_item", args=[campaign.pk, 1]))
    page.get_by_label("Comment").fill("first tab")
    expect(page.locator(".review-status")).to_contain_text("Draft saved at")
    second.get_by_label("Comment").fill("second tab")
    expect(second.locator(".review-problem")).to_contain_text("another tab")
    expect(second.get_by_label("Comment")).to_have_value("second tab")
    second.keyboard.press("Escape")
    second.keyboard.press("g")
    expect(second.locator(".review-problem")).to_contain_text("another tab")
    assert not Label.objects.exists()
    assert place(campaign, 1).draft["comment"] == "first tab"


def test_works_without_a_script(sign_in: SignIn, people: tuple[User, User], campaign: Campaign) -> None:
    page = sign_in(people[0], java_script_enabled=False)
    page.goto(reverse("review_next", args=[campaign.pk]))
    page.get_by_label("Comment").fill("by hand")
    page.get_by_role("button", name="Undefined").click()
    at(page, 2)
    page.get_by_role("button", name="Undo").click()
    at(page, 1)
    expect(page.get_by_label("Comment")).to_have_value("by hand")
    page.get_by_role("button", name="Next").click()
    at(page, 2)
    assert Assignment.objects.filter(state="draft").count() == 1


def test_text_and_form_are_on_the_screen_together(page: Page) -> None:
    for name in ("Good", "Undefined", "Bad"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport()
    expect(page.get_by_label("Comment")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_runs_off_the_side(sign_in: SignIn, people: tuple[User, User], campaign: Campaign, width: int) -> None:
    page = sign_in(people[0], viewport={"width": width, "height": 800})
    for address in ("/review/", reverse("review_item", args=[campaign.pk, 1])):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
