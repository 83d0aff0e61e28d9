"""The server is killed while somebody reviews: a real server, a real browser, and every decision stored once."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from evalsite.services import die_with_parent, web_answers
from tests.browser.conftest import PATIENCE
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
# One more than a page has with the items ahead, and one to go on with.
ITEMS, HERE = 22, 21
UNTIL_SENT = 40_000


FILL = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "evalsite.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createsuperuser", interactive=False, username="ann", email="ann@example.org", verbosity=0)
call_command("import_dataset", sys.argv[1], "--name", "sums", "--json")
call_command("assign_items", "first", "--dataset", "sums", "--annotators", "ann", "--labels-per-item", "1", "--json")
"""


def own_group() -> None:
    """Its workers are killed with it, and all of them with the tests."""
    os.setsid()
    die_with_parent()


class Site:
    """An installation of its own, whose web server can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        names = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
        self.environment = {name: value for name, value in os.environ.items() if name not in names}
        self.environment |= {"EVALSITE_DATA_DIR": str(folder), "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def fill(self, source: Path) -> None:
        """A database with one person and a queue of theirs."""
        command = [sys.executable, "-c", FILL, str(source)]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """As `manage.py serve` starts it, in a process group of its own."""
        command = [sys.executable, "-m", "gunicorn", "evalsite.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "error"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, preexec_fn=own_group)
        while not web_answers(self.port):
            assert self.process.poll() is None, "the web server ended"

    def kill(self) -> None:
        """Without a warning: what was not stored is gone."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def labels(self) -> list[tuple[int, str]]:
        """The current labels, by position of the item."""
        query = """select item.position, label.verdict from annotation_label label
                   join judging_item item on item.id = label.item_id where label.ended_at is null order by 1"""
        with sqlite3.connect(self.folder / "evalsite.sqlite3") as database:
            return list(database.execute(query))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder to copy: making one takes longer than a test."""
    folder = tmp_path_factory.mktemp("filled")
    rows = [{"id": str(n), "question": f"第{n}問：{n} + 1 は？", "answer": str(n + 1)} for n in range(1, ITEMS + 1)]
    (folder / "sums.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    Site(folder / "data").fill(folder / "sums.jsonl")
    return folder / "data"


@pytest.fixture
def site(tmp_path: Path, filled: Path) -> Iterator[Site]:
    made = Site(Path(shutil.copytree(filled, tmp_path / "data")))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def window(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=site.address, viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/login/?next=/review/")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Review")).to_be_visible()
    page.close()
    yield context
    context.close()


def begin(window: BrowserContext) -> Page:
    """The first open item, with the next ones in the page."""
    page = window.new_page()
    page.goto("/review/")
    with page.expect_response(lambda response: "/ahead/" in response.url) as ahead:
        page.get_by_role("link", name="Start").or_(page.get_by_role("link", name="Continue")).click()
    ahead.value.finished()
    return page


def at(page: Page, rank: int) -> None:
    expect(page.locator("#review-title")).to_contain_text(f"Item {rank}")


def test_ten_decisions_without_a_server_are_ten_labels_after_the_tab_was_closed(
    site: Site, window: BrowserContext
) -> None:
    page = begin(window)
    at(page, 1)
    site.kill()
    for rank in range(1, 11):
        at(page, rank)
        page.keyboard.press("b" if rank % 3 == 0 else "g")
    at(page, 11)
    expect(page.locator("#review-connection")).to_contain_text("10 decisions wait for the connection.")
    page.close()
    assert site.labels() == []

    site.start()
    page = window.new_page()
    page.goto("/review/")
    expect(page.locator("#review-connection")).to_be_hidden(timeout=UNTIL_SENT)
    assert site.labels() == [(n, "wrong" if n % 3 == 0 else "clean") for n in range(1, 11)]
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_text(f"10 of {ITEMS} done, {ITEMS - 10} open")).to_be_visible()


def test_the_tab_that_stayed_open_goes_on_where_it_is(site: Site, window: BrowserContext) -> None:
    page = begin(window)
    page.keyboard.press("g")
    at(page, 2)
    site.kill()
    page.keyboard.press("b")
    at(page, 3)
    page.get_by_label("Comment").fill("typed while the server was away")
    expect(page.locator(".review-status")).to_contain_text("Kept in this browser")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    at(page, 4)
    page.keyboard.press("ArrowLeft")
    at(page, 3)
    expect(page.get_by_label("Comment")).to_have_value("typed while the server was away")
    page.keyboard.press("Escape")
    site.start()
    expect(page.locator("#review-connection")).to_be_hidden(timeout=UNTIL_SENT)
    assert site.labels() == [(1, "clean"), (2, "wrong")]
    expect(page.locator(".review-rail")).to_contain_text(f"2 of {ITEMS} done")
    expect(page.get_by_label("Comment")).to_have_value("typed while the server was away")
    page.locator(".review-text").focus()
    page.keyboard.press("g")
    at(page, 4)
    assert site.labels() == [(1, "clean"), (2, "wrong"), (3, "clean")]


def test_a_decision_that_waits_is_undone_before_it_is_sent(site: Site, window: BrowserContext) -> None:
    page = begin(window)
    site.kill()
    page.get_by_label("Comment").fill("hasty")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    at(page, 2)
    expect(page.locator(".review-toast")).to_contain_text("Item 1 is kept in this browser.")
    page.keyboard.press("Control+z")
    at(page, 1)
    expect(page.get_by_label("Comment")).to_have_value("hasty")
    page.keyboard.press("g")
    at(page, 2)
    site.start()
    expect(page.locator("#review-connection")).to_be_hidden(timeout=UNTIL_SENT)
    assert site.labels() == [(1, "clean")]


def test_where_nothing_more_is_here_the_page_says_so_and_goes_on_by_itself(site: Site, window: BrowserContext) -> None:
    page = begin(window)
    site.kill()
    for rank in range(1, HERE + 1):
        at(page, rank)
        page.keyboard.press("g")
    expect(page.get_by_role("heading", name="Waiting for the connection")).to_be_visible()
    expect(page.locator("#review-connection")).to_contain_text(f"{HERE} decisions wait")
    site.start()
    expect(page.locator("#review-title")).to_contain_text(f"Item {HERE + 1}", timeout=UNTIL_SENT)
    assert len(site.labels()) == HERE


def test_a_tab_opened_without_a_server_loses_nothing_and_any_page_sends_what_waits(
    site: Site, window: BrowserContext
) -> None:
    page = begin(window)
    site.kill()
    page.keyboard.press("b")
    at(page, 2)
    page.get_by_label("Comment").fill("half a sentence")
    expect(page.locator(".review-status")).to_contain_text("Kept in this browser")
    page.close()
    page = window.new_page()
    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        page.goto("/review/")

    site.start()
    page.goto("/exports/")
    expect(page.locator("#review-connection")).to_be_hidden(timeout=UNTIL_SENT)
    assert site.labels() == [(1, "wrong")]
    page.goto("/review/")
    page.get_by_role("link", name="Continue").click()
    at(page, 2)
    expect(page.get_by_label("Comment")).to_have_value("half a sentence")
