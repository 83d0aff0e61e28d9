"""The review pages with everything on them: accessible, wide and narrow, light and dark, by keyboard, in Japanese."""

from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotation.actions.campaigns import add_guideline
from annotation.actions.labels import submit_label
from annotation.models import Assignment, Campaign, Label
from tests import factories
from tests.annotation.review_help import make_review, place, view_of, word
from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 400, "height": 800}
MARKDOWN = """# 見出し

**富士山**の高さは[三千七百七十六メートル](https://example.org/fuji)です。

| 山 | 高さ |
|---|---|
| 富士山 | 3776 m |
| 北岳 | 3193 m |

```python
print("富士山")
```
"""


@pytest.fixture
def people(transactional_db: None) -> tuple[User, User]:
    return factories.make_user("annotator-1", role="annotator"), factories.make_user("annotator-2", role="annotator")


@pytest.fixture
def campaign(people: tuple[User, User]) -> Campaign:
    """Markdown, a judge beside, a guideline; the first item decided, the second a draft, the third skipped."""
    dataset = factories.make_dataset("富士山")
    for n in range(1, 9):
        item = factories.make_item(
            dataset,
            f"第{n}問：富士山の高さは？",
            MARKDOWN,
            "3776メートル",
            context="地理の教科書より。",
            category="地理",
        )
    run = factories.make_run(dataset)
    for item in dataset.items.all():
        factories.make_judgment(run, item, "clean")
    made = make_review(dataset=dataset, run=run)
    add_guideline(made, "## 基準\n\n- **事実**が正しいか\n- 単位があるか")
    submit_label(place(made, 1), word("clean", comment="よい。"), view=view_of(place(made, 1)))
    Assignment.objects.filter(pk=place(made, 2).pk).update(
        state="draft", draft={"comment": "途中", "answer": "直した答え。"}
    )
    Assignment.objects.filter(pk=place(made, 3).pk).update(state="skipped", skip_reason="専門外")
    return made


@pytest.fixture
def page(sign_in: SignIn, people: tuple[User, User], campaign: Campaign) -> Page:
    return sign_in(people[0])


def at(page: Page, rank: int) -> None:
    expect(page.locator("#review-title")).to_contain_text(f"Item {rank} ")


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds on the page as it stands."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_review_page_is_accessible_and_fits(
    sign_in: SignIn, people: tuple[User, User], campaign: Campaign, viewport: dict[str, int], scheme: str
) -> None:
    page = sign_in(people[0], viewport=viewport, color_scheme=scheme)
    addresses = ["/review/", *(reverse("review_item", args=[campaign.pk, rank]) for rank in (1, 2, 3, 4))]
    addresses += [reverse("review_done", args=[campaign.pk]) + "?show=flagged"]
    for address in addresses:
        page.goto(address)
        for panel in page.locator("main details:not([open]) > summary").all():
            if panel.is_visible():
                panel.click()
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address


def test_the_undo_on_a_phone_is_as_high_as_its_words(page: Page, campaign: Campaign) -> None:
    page.set_viewport_size(PHONE)
    page.goto(reverse("review_item", args=[campaign.pk, 4]))
    page.keyboard.press("b")
    toast = page.locator(".review-toast")
    expect(toast).to_be_visible()
    box = toast.bounding_box()
    assert box is not None
    assert box["height"] < 100


def test_help_toast_and_connection_are_accessible(page: Page, campaign: Campaign) -> None:
    page.goto(reverse("review_item", args=[campaign.pk, 4]))
    page.keyboard.press("?")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.locator(".review-toast")).to_be_visible()
    assert violations(page) == []
    page.route("**/submit/", lambda route: route.abort())
    at(page, 5)
    page.keyboard.press("b")
    expect(page.locator("#review-connection")).to_be_visible()
    assert violations(page) == []
    page.unroute("**/submit/")
    expect(page.locator("#review-connection")).to_be_hidden()


def test_markdown_is_shown_rendered_or_plain_as_the_reader_chose(page: Page, campaign: Campaign) -> None:
    page.goto(reverse("review_item", args=[campaign.pk, 4]))
    answer = page.locator(".review-correctable").nth(1)
    expect(answer.get_by_role("cell", name="3193 m")).to_be_visible()
    page.get_by_role("button", name="Plain text").click()
    expect(answer.locator(".text-plain")).to_be_visible()
    expect(answer.get_by_role("cell", name="3193 m")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    at(page, 5)
    page.reload()
    expect(answer.locator(".text-plain")).to_be_visible()
    page.get_by_role("button", name="Rendered").click()
    expect(answer.get_by_role("cell", name="3193 m")).to_be_visible()


def test_a_correction_shows_what_it_changes(page: Page, campaign: Campaign) -> None:
    page.goto(reverse("review_item", args=[campaign.pk, 4]))
    page.locator("summary", has_text="Correct").first.click()
    area = page.locator("#question")
    expect(area).to_be_focused()
    area.fill("第4問：富士山の標高は？")
    diff = page.get_by_role("group", name="What your correction changes").first
    expect(diff.locator("del")).to_contain_text("さ")
    expect(diff.locator("ins")).to_contain_text("標")
    area.fill("第4問：富士山の高さは？")
    expect(diff).to_be_hidden()


def test_a_press_sends_the_texts_that_were_corrected_and_no_others(page: Page, campaign: Campaign) -> None:
    page.goto(reverse("review_item", args=[campaign.pk, 4]))
    page.locator("summary", has_text="Correct").first.click()
    page.locator("#question").fill("第4問：富士山の標高は？")
    with page.expect_request("**/submit/") as sent:
        page.get_by_role("button", name="Bad b").click()
    assert sorted({"question", "answer", "context"} & set(parse_qs(sent.value.post_data or ""))) == ["question"]
    at(page, 5)
    label = Label.objects.get(campaign=campaign, item__position=4)
    assert label.correction == {"question": "第4問：富士山の標高は？"}


def test_a_correction_that_is_taken_back_is_none(page: Page, campaign: Campaign) -> None:
    page.goto(reverse("review_item", args=[campaign.pk, 2]))
    expect(page.locator("#answer")).to_have_value("直した答え。")
    page.locator("#answer").fill(MARKDOWN)
    page.get_by_role("button", name="Good g").click()
    at(page, 4)
    assert Label.objects.get(campaign=campaign, item__position=2).correction is None


def test_the_whole_way_by_keyboard_in_japanese(page: Page, campaign: Campaign) -> None:
    page.goto("/review/")
    page.get_by_role("link", name="Continue").focus()
    page.keyboard.press("Enter")
    at(page, 2)
    expect(page.get_by_label("Comment")).to_have_value("途中")
    page.get_by_label("Comment").focus()
    page.keyboard.press("End")
    page.keyboard.insert_text("、やはり正しい。")
    page.keyboard.press("Escape")
    expect(page.locator(".review-text")).to_be_focused()
    page.keyboard.press("g")
    at(page, 4)
    expect(page.locator(".review-text")).to_be_focused()
    expect(page.locator("#review-live")).to_contain_text("Item 4")
    page.keyboard.press("u")
    at(page, 5)
    page.keyboard.press("Control+z")
    at(page, 4)
    page.keyboard.press("b")
    at(page, 5)
    said = Label.objects.current().filter(annotator__name="annotator-1").order_by("item__position")
    assert [(label.item.position, label.verdict) for label in said] == [(1, "clean"), (2, "clean"), (4, "wrong")]
    assert said[1].comment == "途中、やはり正しい。"
    assert said[1].correction == {"answer": "直した答え。"}


def test_skip_later_and_open_again(page: Page, campaign: Campaign) -> None:
    page.goto(reverse("review_item", args=[campaign.pk, 4]))
    page.locator(".review-skip summary").click()
    page.get_by_label("Why you skip it").fill("分からない")
    page.get_by_role("button", name="Skip", exact=True).click()
    at(page, 5)
    page.locator(".review-skip summary").click()
    page.get_by_role("button", name="To the end of my queue").click()
    at(page, 6)
    assert (place(campaign, 4).state, place(campaign, 4).skip_reason) == ("skipped", "分からない")
    assert place(campaign, 5).lap == 1
    page.goto(reverse("review_item", args=[campaign.pk, 4]))
    page.get_by_role("button", name="Open it again").click()
    expect(page.locator(".review-head .skipped")).to_have_count(0)
    assert place(campaign, 4).state == "pending"


def test_a_filter_stays_while_one_goes_on_and_says_what_it_hides(page: Page, campaign: Campaign) -> None:
    page.goto(reverse("review_next", args=[campaign.pk]))
    page.locator(".review-filter summary").click()
    page.get_by_label("Show", exact=True).select_option("draft")
    page.get_by_label("Show", exact=True).press("Enter")
    page.locator(".review-filter").get_by_role("button", name="Show").click()
    expect(page.locator(".review-places a")).to_have_count(1)
    assert page.url.endswith("/2/?show=draft")
    page.locator(".review-text").focus()
    page.keyboard.press("g")
    expect(page.get_by_role("heading", name="Nothing left")).to_be_visible()
    expect(page.locator(".review-text")).to_contain_text("The filter hides 5 items that still want your decision.")
    page.get_by_role("link", name="Show all").last.click()
    at(page, 4)


def test_a_guideline_that_changed_says_so_until_the_next_decision(page: Page, campaign: Campaign) -> None:
    add_guideline(campaign, "## 新しい基準")
    page.goto(reverse("review_item", args=[campaign.pk, 4]))
    expect(page.locator(".review-guideline")).to_contain_text("your last label followed version 1")
    expect(page.get_by_role("heading", name="新しい基準")).to_be_visible()
    page.locator(".review-text").focus()
    page.keyboard.press("g")
    at(page, 5)
    expect(page.locator(".review-guideline")).not_to_contain_text("your last label")


def test_the_judge_is_revealed_after_the_decision(page: Page, campaign: Campaign) -> None:
    page.goto(reverse("review_item", args=[campaign.pk, 4]))
    expect(page.locator(".review-judge")).to_have_count(0)
    page.keyboard.press("b")
    at(page, 5)
    page.keyboard.press("ArrowLeft")
    at(page, 4)
    expect(page.locator(".review-judge")).to_contain_text("good")
