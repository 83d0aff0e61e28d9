"""A real Chromium, and people who are logged in to it."""

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import logged_in

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)

SignIn = Callable[..., Page]
ITEM_PAGE = re.compile(r"/review/\d+/\d+/$")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine; without one, the tests of pages are skipped."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine: the tests in a browser are left out (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def sign_in(chromium: Browser, live_server: Any, transactional_db: None) -> Iterator[SignIn]:
    """Give a person their own browser window. A page that raises in its script fails the test."""
    contexts, errors = [], []

    def open_window(user: User, **options: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "timezone_id": "Asia/Tokyo"} | options
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        session = logged_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not errors, errors


def start(page: Page) -> None:
    """Open one's queue, and wait until the scripts of its first item listen: a press before that goes nowhere."""
    page.goto("/review/")
    page.get_by_role("link", name="Start").click()
    page.wait_for_url(ITEM_PAGE)
