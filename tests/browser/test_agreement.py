"""The report of agreement in a browser: parts arrive by themselves, nothing overflows, it is accessible."""

from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.sync_api import Page

from annotation.actions.counts import rebuild_counts
from annotation.models import Campaign
from judging.models import Dataset
from tests import factories
from tests.browser.conftest import SignIn

AXE = next(Path(axe_core_python.__file__).parent.rglob("axe.min.js"))
VIOLATIONS = """async () => (await axe.run()).violations.map(found => `${found.id}: ${found.nodes[0].html}`)"""


@pytest.fixture
def dataset(transactional_db: None) -> Dataset:
    """Sixty items in Japanese, three people, two judges."""
    dataset = factories.make_dataset("算数ドリル")
    items = [
        factories.make_item(dataset, f"問題{n}：三と{n}の和はいくつですか。", f"{n + 3}です。", category="算数")
        for n in range(1, 61)
    ]
    campaign = Campaign.objects.create(dataset=dataset, name="見直し")
    for place, name in enumerate(("田中", "suzuki", "c")):
        person = factories.make_annotator(name)
        for n, item in enumerate(items):
            factories.make_label(campaign, item, person, "wrong" if n % (3 + place % 2) == 0 else "clean")
    for every in (3, 5):
        run = factories.make_run(dataset, factories.make_judge(f"judge-{every}"))
        for n, item in enumerate(items):
            factories.make_judgment(run, item, "wrong" if n % every == 0 else "clean")
    rebuild_counts(campaign)
    return dataset


NEXT_PART = """() => {
  const part = document.querySelector("section[hx-get]");
  part?.scrollIntoView();
  return part === null;
}"""


def read_whole(page: Page) -> None:
    """Scroll until every part has arrived."""
    page.wait_for_function(NEXT_PART, polling=200, timeout=90_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_report_is_accessible_and_fits(sign_in: SignIn, dataset: Dataset, width: int, scheme: Any) -> None:
    lead = factories.make_user("lead-b", role="lead")
    page = sign_in(lead, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"/agreement/{dataset.pk}/")
    read_whole(page)
    assert page.locator("#heat table.heat").count() == 1
    assert page.locator("#annotators tbody th").first.is_visible()
    assert "omega" in page.locator("#alt-sentence").inner_text() or page.locator("#alt-test .missing").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_script_tag(path=str(AXE))
    assert page.evaluate(VIOLATIONS) == []


def test_a_cell_of_the_heat_map_opens_by_keyboard(sign_in: SignIn, dataset: Dataset) -> None:
    page = sign_in(factories.make_user("lead-b", role="lead"))
    page.goto(f"/agreement/{dataset.pk}/?whole=1")
    page.locator("#heat td a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pair/**")
    assert "60 items" in page.locator("main").inner_text()


def test_without_a_script_the_whole_report_is_a_link_away(sign_in: SignIn, dataset: Dataset) -> None:
    page = sign_in(factories.make_user("lead-b", role="lead"), java_script_enabled=False)
    page.goto(f"/agreement/{dataset.pk}/")
    page.get_by_role("link", name="All at once").click()
    assert page.locator("#heat table.heat").count() == 1
    assert page.locator("section[hx-get]").count() == 0
