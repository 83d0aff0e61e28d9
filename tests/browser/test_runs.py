"""Judges are tried and runs are watched in a real browser, wide and narrow, light and dark."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from judging.actions.judges import judge_for, rubric_for
from judging.actions.runs import RunScope, open_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES, RUBRICS
from judging.models import Item, Judge, Rubric, Run
from tests.factories import make_dataset, make_item

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 400, "height": 800}
WIDE = {"width": 1280, "height": 800}
JAPANESE = replace(JUDGES["ja-1-5"], name="和文の採点", engine="scripted")
Window = Callable[..., Page]


@pytest.fixture
def judge(lead: User) -> Judge:
    return judge_for(JAPANESE)


@pytest.fixture
def run(judge: Judge) -> Run:
    dataset = make_dataset("日本語の問い")
    for number in range(1, 41):
        state = Item.AnswerState.MISSING if number % 9 == 0 else Item.AnswerState.GIVEN
        make_item(dataset, f"第{number}問：富士山の高さは？", "三千七百七十六メートルです。" * 5, answer_state=state)
    run = open_run(judge, dataset, scope=RunScope())
    work_run(run.pk, claimer="w")
    return run


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_judge_is_tried_without_leaving_the_page(sign_in: Window, lead: User, judge: Judge) -> None:
    page = sign_in(lead)
    page.goto(judge.get_absolute_url())
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", name="Raw reply")).to_be_visible()
    page.get_by_text("Exact prompt").click()
    expect(page.get_by_text("オーストラリアの首都はどこですか。")).to_be_visible()
    expect(page.get_by_text("The judgment that a run would store")).to_be_visible()


def test_saving_a_judge_goes_on_to_its_trial(sign_in: Window, lead: User, judge: Judge) -> None:
    page = sign_in(lead)
    page.goto(reverse("admin:judging_judge_change", args=[judge.pk]))
    page.get_by_role("button", name="Save and try").click()
    expect(page.get_by_role("heading", name="Raw reply")).to_be_visible()


def test_a_template_is_edited_in_its_text_area(sign_in: Window, lead: User) -> None:
    rubric = rubric_for(RUBRICS["verdict_ja"])
    page = sign_in(lead)
    page.goto(reverse("admin:judging_rubric_change", args=[rubric.pk]))
    area = page.locator("textarea[name='template::user']")
    area.fill("質問：{{ question }}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("lacks {{ answer }}")).to_be_visible()
    area.fill("質問：{{ question }}\n回答：{{ answer }}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert Rubric.objects.get().prompts[""]["user"] == "質問：{{ question }}\n回答：{{ answer }}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_pages_fit_their_window(sign_in: Window, lead: User, run: Run, viewport: dict, scheme: str) -> None:
    page = sign_in(lead, viewport=viewport, color_scheme=scheme)
    tried = f"{run.judge.get_absolute_url()}?now=1"
    start = f"{reverse('run_start')}?dataset={run.dataset_id}&limit=1"
    for address in (run.get_absolute_url(), reverse("run_list"), start, tried):
        page.goto(address)
        if address == tried:
            expect(page.get_by_role("heading", name="Raw reply")).to_be_visible()
            page.get_by_text("Exact prompt").click()
        assert fits(page), address
