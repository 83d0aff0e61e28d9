"""Fifty people at one campaign, over HTTP: they label, skip, put off, undo, press twice, and fall asleep over an item.

Afterwards nothing that was acknowledged is missing, nothing is above what was wanted without being marked, every item
has what it wanted; and all the while no answer to anybody has said a word of the judge, the model or somebody else.
"""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count, F, Q
from django.utils import timezone

from annotation.actions.campaigns import assign_items
from annotation.actions.counts import check_counts
from annotation.core.design import Design
from annotation.models import Assignment, Campaign, CampaignItem, Label
from bench.reviewer import Answer, Person
from judging.models import Run
from tests import factories
from tests.conftest import logged_in

PEOPLE, ITEMS, WANTED, MOST_STEPS = 50, 40, 3, 200
SECRETS = ("planted-judge", "planted-reason", "planted-model", "0.73519")
SECRET_OF = re.compile(r"said-by-(p\d\d)")
MARK = re.compile(r'name="(page_key|known_rev|item_revision)" value="([^"]*)"')
PLACE = re.compile(r"/review/\d+/(\d+)/")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
]


class Somebody:
    """One of the fifty. What they say carries their name, so that it is known wherever it turns up."""

    def __init__(self, address: str, campaign: Campaign, user: User) -> None:
        cookies = {settings.SESSION_COOKIE_NAME: logged_in(user).cookies[settings.SESSION_COOKIE_NAME].value}
        self.person, self.campaign, self.name = Person(address, cookies), campaign, user.username
        self.draw, self.start = Random(self.name), f"/review/{campaign.pk}/"
        self.said: dict[str, int] = {}
        self.leaks: list[str] = []
        self.refused: Counter[int] = Counter()

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None, *, script: bool = False) -> Answer:
        """A request whose answer is looked through for what is not theirs."""
        if fields is not None:
            fields = fields | {"csrfmiddlewaretoken": self.person.cookies.get("csrftoken", "")}
        answer = self.person.ask(method, path, fields, script=script)
        found = [word for word in SECRETS if word in answer.text + answer.location]
        found += [f"said by {name}" for name in SECRET_OF.findall(answer.text) if name != self.name]
        self.leaks += [f"{method} {path}: {word}" for word in found]
        if answer.status >= 400:
            self.refused[answer.status] += 1
        return answer

    def show(self, path: str) -> tuple[str, Answer]:
        """A page, and where it is after all redirects."""
        answer = self.ask("GET", path)
        while answer.status == 302:
            path = answer.location
            answer = self.ask("GET", path)
        return path.split("?")[0], answer

    def work(self) -> None:
        """Until nothing is left for them."""
        for _step in range(MOST_STEPS):
            place, answer = self.show(self.start)
            if PLACE.fullmatch(place) is None:
                return
            self.decide(place, dict(MARK.findall(answer.text)))

    def decide(self, place: str, marks: dict[str, str]) -> None:
        """One of the things that people do with an item."""
        dice = self.draw.random()
        if dice < 0.06:
            self.ask("POST", f"{place}skip/", marks | {"skip_reason": f"said-by-{self.name}"}, script=True)
        elif dice < 0.12:
            self.ask(
                "POST", f"{place}draft/", marks | {"comment": f"said-by-{self.name}", "sequence": "1"}, script=True
            )
            self.ask("POST", f"{place}later/", marks | {"comment": f"said-by-{self.name}"}, script=True)
        elif dice < 0.18:
            self.fall_asleep(place)
            self.press(place, marks)
        elif dice < 0.24:
            self.press(place, marks)
            self.undo(place)
        elif dice < 0.30:
            self.ask("GET", f"{place}ahead/", script=True)
            self.press(place, marks)
            self.press(place, marks)
        else:
            self.press(place, marks)

    def press(self, place: str, marks: dict[str, str]) -> None:
        """Submit, and remember what the server says that it stored."""
        verdict = self.draw.choice(["clean", "clean", "wrong", "undefined"])
        answer = self.ask("POST", f"{place}submit/", marks | {"verdict": verdict, "comment": f"said-by-{self.name}"})
        done = re.search(r"done=(\d+)", answer.location)
        if answer.status == 302 and done:
            self.said[place] = int(done[1])

    def undo(self, place: str) -> None:
        """Take the last decision back: it is open again, and comes again."""
        label = self.said.pop(place, None)
        if label is not None:
            self.ask("POST", f"{self.start}undo/", {"label": str(label)})

    def fall_asleep(self, place: str) -> None:
        """The hold ends while they look at the item: others may take it meanwhile."""
        rank = int(re.findall(r"\d+", place)[-1])
        held = Assignment.objects.filter(campaign=self.campaign, annotator__name=self.name, queue_rank=rank)
        held.filter(held_until__isnull=False).update(held_until=timezone.now() - timedelta(seconds=1))
        connection.close()


def make_campaign(names: list[str], distribution: str) -> Campaign:
    dataset = factories.make_dataset()
    items = [factories.make_item(dataset, f"Question {n}?", model="planted-model") for n in range(ITEMS)]
    run: Run = factories.make_run(dataset, factories.make_judge("planted-judge"))
    for item in items:
        judged = {"score": 0.73519, "detail": {"why": "planted-reason"}}
        factories.make_judgment(run, item, "wrong", **judged)
    design = Design(distribution=distribution)
    return assign_items(dataset, name="r", annotators=names, labels_per_item=WANTED, design=design, run=run)


@pytest.mark.parametrize("distribution", ["dealt", "pulled"])
def test_fifty_people_lose_nothing_exceed_nothing_and_see_nothing(live_server: Any, distribution: str) -> None:
    names = [f"p{n:02}" for n in range(PEOPLE)]
    users = [factories.make_user(name, role="annotator") for name in names]
    campaign = make_campaign(names, distribution)
    everybody = [Somebody(live_server.url, campaign, user) for user in users]
    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(Somebody.work, everybody))
        # Those who went home look again: what others skipped or gave back late is for them.
        list(pool.map(Somebody.work, everybody))
    for one in everybody:
        one.person.connection.close()

    assert [leak for one in everybody for leak in one.leaks] == []
    assert sum((one.refused for one in everybody), Counter()) == Counter()
    nothing_is_wrong(campaign, {label for one in everybody for label in one.said.values()})


def nothing_is_wrong(campaign: Campaign, acknowledged: set[int]) -> None:
    labels = Label.objects.current().filter(campaign=campaign)
    assert set(labels.values_list("pk", flat=True)) == acknowledged
    assert not labels.values("item", "annotator").annotate(n=Count("pk")).filter(n__gt=1).exists()
    kept = dict(labels.filter(surplus=False).values_list("item").annotate(n=Count("pk")).order_by())
    rows = CampaignItem.objects.filter(campaign=campaign)
    placed = Count("assignments", filter=Q(assignments__placed=True))
    assert not rows.annotate(placed=placed).exclude(placed=F("taken")).exists()
    assert not rows.filter(taken__gt=F("wanted")).exists()
    skipped = Counter(
        Assignment.objects.filter(campaign=campaign, state="skipped", placed=True).values_list(
            "campaign_item__item", flat=True
        )
    )
    short = {row.item_id: row.wanted - kept.get(row.item_id, 0) for row in rows}
    assert {item: n for item, n in short.items() if n != skipped[item]} == {}
    # What is open still was given back late, and others have labelled it as often as wanted.
    assert not Assignment.objects.open().filter(campaign=campaign, placed=True).exists()
    assert all(check.is_right for check in check_counts(campaign))
