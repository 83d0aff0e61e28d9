"""The locked test part: drawn once, hidden from every report, and every look at it kept."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from annotation.actions.flags import FlagRefused, decide_flag
from annotation.actions.splits import SplitRefused, lock_split, look_at_test, settle_split
from annotation.core.splits import SplitRule
from annotation.models import Annotator, LockedSplit, TestLook
from annotation.reports import Question, agreement_document
from annotation.reports.which import Which
from judging.models import Dataset, Item
from tests.factories import (
    make_annotator,
    make_campaign,
    make_dataset,
    make_item,
    make_items,
    make_judge,
    make_judgment,
    make_label,
    make_run,
)

pytestmark = pytest.mark.django_db
RULE = SplitRule(seed=5, test_share=0.4)


class Site:
    """Twenty items with a judge and two people; the judge errs on every fourth."""

    def __init__(self) -> None:
        self.dataset = make_dataset()
        self.items = make_items(self.dataset, 20)
        self.judge = make_judge("grader")
        self.run = make_run(self.dataset, self.judge)
        self.campaign = make_campaign(self.dataset)
        people = [make_annotator("ann"), make_annotator("bob")]
        for at, item in enumerate(self.items):
            verdict = "wrong" if at % 2 else "clean"
            make_judgment(self.run, item, "clean" if at % 4 == 1 else verdict)
            for person in people:
                make_label(self.campaign, item, person, verdict)

    def lock(self) -> dict[str, int]:
        return lock_split(self.dataset, RULE, campaign=self.campaign)


@pytest.fixture
def site() -> Site:
    return Site()


def document(dataset: Dataset, **which: Any) -> dict[str, Any]:
    return agreement_document(dataset, question=Question(which=Which(**which)))


def matrix_total(found: dict[str, Any]) -> int:
    return sum(sum(row.values()) for row in found["judges"][0]["confusion"].values())


def sides(dataset: Dataset) -> dict[int, str]:
    return dict(dataset.items.values_list("position", "split"))


def test_locks_a_part_that_is_alike_in_peoples_word(site: Site) -> None:
    assert site.lock() == {"dev": 12, "test": 8}
    test = [position for position, side in sides(site.dataset).items() if side == "test"]
    assert sum(position % 2 == 0 for position in test) == 4


def test_items_of_one_question_stand_on_one_side() -> None:
    dataset = make_dataset()
    for question in range(10):
        for model in ("one", "two"):
            make_item(dataset, f"Question {question}?", "A.", model=model)
    lock_split(dataset, RULE)
    for key in set(dataset.items.values_list("question_key", flat=True)):
        assert dataset.items.filter(question_key=key).values("split").distinct().count() == 1


def test_a_split_is_not_drawn_twice(site: Site) -> None:
    site.lock()
    with pytest.raises(SplitRefused, match="locked already"):
        site.lock()


def test_a_dataset_of_one_question_is_not_split() -> None:
    dataset = make_dataset()
    make_item(dataset)
    with pytest.raises(SplitRefused, match="too few questions"):
        lock_split(dataset, RULE)
    assert not LockedSplit.objects.exists()


def test_later_items_go_by_the_same_rule_and_with_their_question(site: Site) -> None:
    site.lock()
    again = make_item(site.dataset, "Question 1?", "Another answer.")
    fresh = [make_item(site.dataset, f"Later {n}?", "A.") for n in range(30)]
    assert settle_split(site.dataset) == 31
    again.refresh_from_db()
    assert again.split == sides(site.dataset)[1]
    drawn = [side for position, side in sides(site.dataset).items() if position > 21]
    assert len(fresh) == len(drawn)
    assert set(drawn) == {"dev", "test"}
    assert settle_split(site.dataset) == 0


def test_without_a_split_the_report_is_about_every_item(site: Site) -> None:
    found = document(site.dataset)
    assert found["split"] is None
    assert matrix_total(found) == 20


def test_the_report_is_about_dev_until_the_test_part_is_asked_for(site: Site) -> None:
    site.lock()
    dev, test, every = (document(site.dataset, split=split) for split in ("", "test", "all"))
    assert [matrix_total(found) for found in (dev, test, every)] == [12, 8, 20]
    assert [found["counts"]["items"] for found in (dev, test, every)] == [12, 8, 20]
    assert (dev["split"]["part"], dev["split"]["items"], dev["split"]["hidden"]) == ("dev", 12, 8)
    shown = [one["position"] for one in dev["judges"][0]["disagreements"]["items"]]
    assert all(sides(site.dataset)[position] == "dev" for position in shown)
    assert dev["human_human"]["percent_agreement"]["n"] == 12
    assert sum(row["labels"] for row in dev["annotators"]) == 24


def test_every_look_at_the_test_part_is_kept_with_its_judge(site: Site, lead: Any) -> None:
    site.lock()
    for _ in range(3):
        look_at_test(site.dataset, judges=[site.judge], where="tune", by=lead)
    looks = document(site.dataset)["split"]["looks"]
    assert looks["total"] == 3
    assert looks["judges"] == [{"judge": "grader", "version": 1, "looks": 3}]
    assert looks["newest"][0]["by"] == lead.username


def test_the_command_counts_a_look(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.lock()
    call_command("report_agreement", "dataset", split="test", json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["split"]["part"], found["split"]["looks"]["total"]) == ("test", 1)
    call_command("report_agreement", "dataset")
    assert "part: dev, 12 items; 8 items are locked away; looks at the test part so far: 1" in capsys.readouterr().out


def test_the_command_refuses_a_part_where_nothing_is_locked(site: Site) -> None:
    with pytest.raises(CommandError, match="lock a test part first"):
        call_command("report_agreement", "dataset", split="test")
    assert not TestLook.objects.exists()


def test_lock_split_says_how_many_stand_on_each_side(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("lock_split", "dataset", seed=5, json=True)
    assert json.loads(capsys.readouterr().out) == {"dev": 12, "test": 8, "seed": 5, "test_share": 0.4}
    with pytest.raises(CommandError, match="locked already"):
        call_command("lock_split", "dataset")


@pytest.mark.parametrize(
    ("options", "message"),
    [({"campaign": "other"}, "no campaign 'other'"), ({"test_share": 1.0}, "between 0 and 1")],
)
def test_lock_split_refuses(site: Site, options: dict[str, Any], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("lock_split", "dataset", **options)


def test_the_page_shows_the_test_part_only_to_who_asked(site: Site, lead_client: Client, lead: Any) -> None:
    site.lock()
    address = f"/agreement/{site.dataset.pk}/"
    assert lead_client.get(address, {"split": "test"}).status_code == 404
    look = look_at_test(site.dataset, judges=[site.judge], where="agreement_report", by=lead)
    page = lead_client.get(address, {"split": "test", "look": str(look.pk)})
    assert page.context["part"]["counts"]["items"] == 8
    other = look_at_test(site.dataset, judges=[site.judge], where="agreement_report")
    assert lead_client.get(address, {"split": "test", "look": str(other.pk)}).status_code == 404


@pytest.mark.parametrize("page", ["items", "disagreements", "pair"])
def test_lists_of_items_hide_the_test_part(site: Site, lead_client: Client, page: str) -> None:
    site.lock()
    first, second = (f"person:{Annotator.objects.get(name=name).pk}" for name in ("ann", "bob"))
    query = {"run": str(site.run.pk), "judge": "clean", "human": "wrong", "first": first, "second": second}
    found = lead_client.get(f"/agreement/{site.dataset.pk}/{page}/", query)
    rows = found.context["rows"]
    positions = [row["item"].position if page != "disagreements" else row["position"] for row in rows]
    assert positions
    assert all(sides(site.dataset)[position] == "dev" for position in positions)


def flagged(site: Site, at: int, flag: str = "bad_reference") -> Item:
    item = site.items[at]
    make_label(site.campaign, item, make_annotator(f"flagger {at}"), "clean" if at % 2 == 0 else "wrong", flags=[flag])
    return item


def test_flagged_items_are_left_out_with_both_numbers_beside(site: Site) -> None:
    for at in (1, 5, 9):
        flagged(site, at)
    found = document(site.dataset, without_flagged=True)
    assert matrix_total(found) == 17
    assert found["flagged"]["items"] == 3
    assert found["flagged"]["by_flag"] == {"bad_question": 0, "bad_reference": 3}
    rows = {(row["judge"], row["group"], row["statistic"]): row for row in found["flagged"]["rows"]}
    accuracy = rows["grader", "decided", "accuracy"]
    assert (accuracy["with"]["value"], accuracy["without"]["value"]) == (15 / 20, 15 / 17)
    assert document(site.dataset)["flagged"] is None


def test_a_leads_decision_counts_over_the_flags_of_people(site: Site, lead: Any) -> None:
    good = flagged(site, 1)
    flagged(site, 5)
    decide_flag(site.campaign, good, is_bad=False, comment="The reference is right.", by=lead)
    decide_flag(site.campaign, site.items[0], is_bad=True, by=lead)
    assert document(site.dataset, without_flagged=True)["flagged"]["items"] == 2
    decide_flag(site.campaign, good, is_bad=True, by=lead)
    assert document(site.dataset, without_flagged=True)["flagged"]["items"] == 3


def test_an_item_of_another_dataset_is_not_decided(site: Site, lead: Any) -> None:
    stranger = make_item(make_dataset("other"))
    with pytest.raises(FlagRefused, match="not of the dataset"):
        decide_flag(site.campaign, stranger, is_bad=True, by=lead)


def test_the_command_prints_figures_with_and_without(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    flagged(site, 1)
    call_command("report_agreement", "dataset", without_flagged=True)
    assert "without 1 flagged items (with, without):" in capsys.readouterr().out
