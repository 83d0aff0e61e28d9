"""Files come in through a real browser: a wrong one, one in another encoding, and a good one that a worker stores."""

import json
import resource
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from annotation.actions import uploads
from annotation.models import Upload
from judging.models import Dataset
from tests import factories
from tests.browser.conftest import SignIn

pytestmark = pytest.mark.browser
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
VIOLATIONS = "async () => (await axe.run()).violations.map(found => `${found.id}: ${found.nodes[0].html}`)"
GOOD = '{"question": "首都は?", "answer": "東京"}\n{"question": "2+2?", "answer": "4"}\n'
CP932 = "尋ねたこと,返ったもの\n" + "日本で一番高い山の名前は何ですか,富士山です\n" * 3


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def user(transactional_db: None) -> User:
    return factories.make_user("lead-u", role="lead")


def send(page: Page, name: str, content: bytes) -> None:
    page.goto("/datasets/import/")
    page.set_input_files("#files", {"name": name, "mimeType": "text/plain", "buffer": content})
    page.get_by_role("button", name="Look at the files").click()


def is_accessible(page: Page) -> None:
    page.evaluate(AXE)
    assert page.evaluate(VIOLATIONS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_good_file_is_sent_confirmed_and_stored(user: User, sign_in: SignIn) -> None:
    page = sign_in(user)
    page.goto("/datasets/import/")
    page.set_input_files("#files", {"name": "答え.jsonl", "mimeType": "text/plain", "buffer": GOOD.encode()})
    expect(page.get_by_label("Dataset")).to_have_value("答え")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Look at the files").press("Enter")
    expect(page.get_by_text("首都は?")).to_be_visible()
    assert not Dataset.objects.exists()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The files wait for a worker that stores them.")).to_be_visible()
    uploads.work_upload(Upload.objects.get().pk)
    expect(page.get_by_role("link", name="Open 答え")).to_be_visible()
    page.get_by_role("link", name="Open 答え").click()
    expect(page.get_by_role("heading", name="答え")).to_be_visible()
    assert Dataset.objects.get().items.count() == 2


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.slow
def test_a_file_of_200_megabytes_is_sent_with_progress_and_in_little_memory(
    user: User, sign_in: SignIn, tmp_path: Path
) -> None:
    rows, path = 20_000, tmp_path / "large.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for number in range(rows):
            out.write(json.dumps({"question": f"Q{number}?", "answer": f"{number} " * 1500 + "x" * 2000}) + "\n")
    assert path.stat().st_size > 180e6
    page, before = sign_in(user), peak_mb()
    page.goto("/datasets/import/")
    page.evaluate(
        "() => document.addEventListener('htmx:xhr:progress', event =>"
        " sessionStorage.setItem('most', (event.detail.loaded / event.detail.total).toFixed(2)))"
    )
    page.set_input_files("#files", path)
    page.get_by_role("button", name="Look at the files").click()
    expect(page.get_by_text("The files wait for a worker that reads them.")).to_be_visible(timeout=120_000)
    sent = peak_mb() - before
    assert page.evaluate("sessionStorage.getItem('most')") == "1.00"
    uploads.work_upload(Upload.objects.get().pk)
    page.reload()
    expect(page.get_by_text("Q0?")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The files wait for a worker that stores them.")).to_be_visible()
    uploads.work_upload(Upload.objects.get().pk)
    assert Dataset.objects.get().items.count() == rows
    assert sent < 100


def test_a_wrong_file_is_named_and_an_empty_one_is_not_taken(user: User, sign_in: SignIn) -> None:
    page = sign_in(user)
    send(page, "photo.png", b"\x89PNG\r\n\x1a\n" + bytes(500))
    expect(page.get_by_text("photo.png").first).to_be_visible()
    expect(page.get_by_text("Nothing can be stored like this.")).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_have_count(0)
    send(page, "empty.csv", b"")
    expect(page.get_by_role("alert")).to_contain_text("empty.csv is empty")


def test_columns_of_a_shift_jis_table_are_named(user: User, sign_in: SignIn) -> None:
    page = sign_in(user)
    send(page, "表.csv", CP932.encode("cp932"))
    expect(page.get_by_label("Encoding")).to_have_value("cp932")
    page.get_by_label("Question", exact=True).select_option("尋ねたこと")
    page.get_by_label("Answer", exact=True).select_option("返ったもの")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("富士山です").first).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible()


def test_files_are_dropped(user: User, sign_in: SignIn) -> None:
    page = sign_in(user)
    page.goto("/datasets/import/")
    handle = page.evaluate_handle(
        "text => { const data = new DataTransfer(); data.items.add(new File([text], 'd.jsonl')); return data; }", GOOD
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": handle})
    expect(page.locator("[data-files]")).to_contain_text("d.jsonl")
    page.get_by_role("button", name="Look at the files").click()
    expect(page.get_by_text("首都は?")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_pages_are_accessible_and_fit(user: User, sign_in: SignIn, width: int, scheme: Any) -> None:
    page = sign_in(user, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for address in ("/datasets/imports/", "/datasets/import/"):
        page.goto(address)
        is_accessible(page)
    send(page, "表.csv", CP932.encode("cp932"))
    expect(page.get_by_text("Nothing can be stored like this.")).to_be_visible()
    is_accessible(page)
    send(page, "a.jsonl", GOOD.encode())
    expect(page.get_by_text("首都は?")).to_be_visible()
    is_accessible(page)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The files wait for a worker")).to_be_visible()
    is_accessible(page)
