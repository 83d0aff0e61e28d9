"""Two people review in the browser with the keyboard, and a lead sees the matrix change."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotation.models import Campaign, Label
from judging.models import Dataset
from tests import factories
from tests.browser.conftest import SignIn, start

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
    start(page)
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


def test_two_people_and_a_lead_through_blindness_skip_undo_and_a_lost_connection(
    sign_in: SignIn, dataset: Dataset
) -> None:
    """Both decide the same items and see nothing of each other; the lead sees both."""
    ann, bob = (sign_in(User.objects.get(username=name)) for name in ("ann", "bob"))
    review(ann, "ggbggbggbg")
    start(bob)
    at(bob, 1)
    bob.keyboard.press("b")
    at(bob, 2)
    bob.keyboard.press("Control+z")
    at(bob, 1)
    expect(bob.locator(".review-status")).to_contain_text("was bad")
    bob.keyboard.press("g")
    at(bob, 2)
    bob.locator(".review-skip summary").click()
    bob.get_by_label("Why you skip it").fill("not sure")
    bob.get_by_role("button", name="Skip", exact=True).click()
    at(bob, 3)
    expect(bob.locator("#review")).not_to_contain_text("ann")
    bob.route("**/submit/", lambda route: route.abort())
    bob.keyboard.press("b")
    expect(bob.locator("#review-connection")).to_contain_text("1 decision waits for the connection.")
    bob.unroute("**/submit/")
    expect(bob.locator("#review-connection")).to_be_hidden()
    lead = sign_in(factories.make_user("lead-2", role="lead"))
    lead.goto(reverse("campaign_detail", args=[Campaign.objects.get(dataset=dataset).pk]))
    expect(lead.locator("main")).to_contain_text("ann")
    expect(lead.locator("main")).to_contain_text("bob")
    said = Label.objects.current().filter(annotator__name="bob").order_by("item__position")
    assert list(said.values_list("item__position", "verdict")) == [(1, "clean"), (3, "wrong")]


def at(page: Page, rank: int) -> None:
    """Wait until an item is on the screen."""
    expect(page.locator("#review-title")).to_contain_text(f"Item {rank}")
