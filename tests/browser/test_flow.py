"""Two people review in the browser with the keyboard, and a lead sees the matrix change."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page, expect

from judging.models import Dataset
from tests import factories
from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WRONG = {3, 6, 9}


@pytest.fixture
def dataset(transactional_db: None, tmp_path: Path) -> Dataset:
    """Ten judged items, three of them wrong, in the queues of two people."""
    rows = [
        {"id": str(n), "question": f"{n} + 1 = ?", "answer": str(n + 1 + (n in WRONG)), "reference": str(n + 1)}
        for n in range(1, 11)
    ]
    source = tmp_path / "sums.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for name in ("ann", "bob"):
        factories.make_user(name, role="annotator")
    call_command("import_dataset", str(source), "--name", "sums", "--json")
    call_command("run_judge", "sums", "--judge", "reference", "--inline", "--json")
    call_command("assign_items", "first", "--dataset", "sums", "--annotators", "ann,bob", "--json")
    return Dataset.objects.get(name="sums")


def review(page: Page, keys: str) -> None:
    """Go through the queue, one key an item."""
    page.goto("/review/")
    page.get_by_role("link", name="Start").click()
    page.wait_for_load_state()
    for rank, key in enumerate(keys, start=1):
        expect(page.locator("#review-title")).to_contain_text(f"Item {rank} ")
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="All done")).to_be_visible()


def matrix(page: Page) -> list[list[str]]:
    """Judge's clean, wrong, invalid x people's clean, wrong, unknown, as the page shows them."""
    rows = page.locator("table.matrix tbody tr")
    return [
        [cell.inner_text().split()[0] for cell in rows.nth(row).locator("td").all()[:3]] for row in range(rows.count())
    ][:3]


def test_the_matrix_changes_as_people_review(sign_in: SignIn, dataset: Dataset) -> None:
    lead = sign_in(factories.make_user("lead-1", role="lead"))
    lead.goto(f"/agreement/{dataset.pk}/")
    assert matrix(lead) == [["0", "0", "7"], ["0", "0", "3"], ["0", "0", "0"]]

    review(sign_in(User.objects.get(username="ann")), "ggbggbggbg")
    lead.reload()
    assert matrix(lead) == [["7", "0", "0"], ["0", "3", "0"], ["0", "0", "0"]]

    review(sign_in(User.objects.get(username="bob")), "ggbggbggug")
    lead.reload()
    assert matrix(lead) == [["7", "0", "0"], ["0", "2", "1"], ["0", "0", "0"]]
