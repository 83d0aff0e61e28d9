"""The hold of an item that was drawn, as its annotator sees it run down."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from annotation.core.design import Design
from tests.annotation.review_help import make_review
from tests.browser.conftest import SignIn, start

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_minutes_of_a_hold_run_down(annotator: User, sign_in: SignIn) -> None:
    make_review(("annotator-1",), design=Design(distribution="pulled", hold_seconds=1800))
    page = sign_in(annotator)
    page.clock.install()
    start(page)
    left = page.locator(".review-minutes")
    expect(left).to_have_text("30 minutes left")
    page.clock.fast_forward("20:00")
    expect(left).to_have_text("10 minutes left")
    page.clock.fast_forward("08:30")
    expect(left).to_have_text("2 minutes left")
    expect(page.locator(".review-hold.soon")).to_be_visible()
    page.clock.fast_forward("01:00")
    expect(left).to_have_text("less than a minute left")
    page.clock.fast_forward("01:00")
    expect(left).to_be_hidden()
    expect(page.get_by_text("Your hold has ended")).to_be_visible()
