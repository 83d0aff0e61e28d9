"""Fifty people draw from one campaign at the same moment: nobody gets a place too many, and nothing is lost."""

from random import Random
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from annotation.actions.campaigns import assign_items
from annotation.actions.labels import submit_label, undo_label
from annotation.actions.people import join
from annotation.actions.queue import hold, next_place, release, skip, to_end
from annotation.core.design import Design
from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, Label
from judging.core.verdicts import PersonVerdict
from tests import factories
from tests.annotation.review_help import view_of, word

PEOPLE = 50
ITEMS = 150
TABS = 8
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
]


class Worker(Thread):
    """Somebody who mostly labels, and sometimes skips, leaves, falls asleep over an item, or changes their mind."""

    def __init__(self, campaign: Campaign, person: Annotator) -> None:
        super().__init__()
        self.campaign, self.person, self.draw = campaign, person, Random(person.name)
        self.acknowledged: list[int] = []
        self.asleep: list[Assignment] = []
        self.problem: Exception | None = None

    def run(self) -> None:
        try:
            self.work()
        except Exception as problem:  # noqa: BLE001 - told by the test
            self.problem = problem
        finally:
            connection.close()

    def work(self) -> None:
        place = next_place(self.campaign, self.person)
        while place is not None:
            self.decide(place)
            place = next_place(self.campaign, self.person, after=place.queue_rank)
        for late in self.asleep:
            self.label(Assignment.objects.get(pk=late.pk))

    def decide(self, place: Assignment) -> None:
        hold(place)
        dice = self.draw.random()
        if dice < 0.05:
            skip(place, "no idea", view=view_of(place))
        elif dice < 0.10:
            release(place)
            to_end(place)
        elif dice < 0.15:
            Assignment.objects.filter(pk=place.pk).update(held_until=timezone.now())
            self.asleep.append(place)
        elif dice < 0.20:
            undo_label(Label.objects.get(pk=self.label(place)))
            self.acknowledged.pop()
            self.label(Assignment.objects.get(pk=place.pk))
        else:
            self.label(place)

    def label(self, place: Assignment) -> int:
        fresh = Assignment.objects.select_related("campaign", "campaign_item__item").get(pk=place.pk)
        if not fresh.is_open:
            return 0
        said = self.draw.choice([PersonVerdict.CLEAN, PersonVerdict.WRONG])
        label = submit_label(fresh, word(said.value), view=view_of(fresh, self.person.name.ljust(32, "0")))
        self.acknowledged.append(label.pk)
        return label.pk


def make_campaign(**rules: Any) -> Campaign:
    names = [f"p{n}" for n in range(PEOPLE)]
    for name in names:
        factories.make_user(name, role="annotator")
    dataset = factories.make_dataset()
    factories.make_items(dataset, ITEMS)
    design = Design(distribution="pulled", share=0.5, rules=CampaignRules(**rules))
    return assign_items(dataset, name="round 1", annotators=names, labels_per_item=3, design=design)


def all_at_once(campaign: Campaign) -> list[Worker]:
    workers = [Worker(campaign, person) for person in Annotator.objects.all()]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=300)
    assert [worker.problem for worker in workers if worker.problem] == []
    return workers


def test_overlap_is_kept_no_label_is_lost_and_no_item_starves() -> None:
    campaign = make_campaign(extra_below=0.6, extra_most=1)
    workers = all_at_once(campaign)
    # Those who went home look again: somebody who skipped late found nobody there.
    for worker in workers:
        worker.work()

    acknowledged = {pk for worker in workers for pk in worker.acknowledged}
    assert set(Label.objects.current().values_list("pk", flat=True)) == acknowledged
    placed = Count("assignments", filter=Q(assignments__placed=True))
    rows = list(CampaignItem.objects.annotate(placed=placed))
    assert [row.pk for row in rows if not row.placed == row.taken <= row.wanted] == []
    counted = dict(
        Label.objects.current().filter(surplus=False).values_list("item").annotate(labels=Count("pk")).order_by()
    )
    assert [row.pk for row in rows if counted.get(row.item_id, 0) != row.wanted] == []
    assert {row.wanted for row in rows} >= {1, 3, 4}
    assert all(row.wanted <= 4 for row in rows)
    # Who labelled twice counts once, and what is above is marked.
    twice = Label.objects.current().values("item", "annotator").annotate(labels=Count("pk")).filter(labels__gt=1)
    assert not twice.exists()
    assert not Assignment.objects.filter(state="submitted", held_until__isnull=False).exists()


def test_a_person_in_two_tabs_has_one_queue() -> None:
    campaign = make_campaign()
    person = Annotator.objects.get(name="p0")
    found: list[Any] = []

    def look() -> None:
        try:
            found.append(next_place(campaign, person))
        finally:
            connection.close()

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len({place.pk for place in found}) == 1
    assert list(CampaignItem.objects.filter(taken__gt=0).values_list("taken", flat=True)) == [1]


def test_tabs_that_join_a_campaign_at_the_same_moment_are_one_annotator() -> None:
    group = Group.objects.get_or_create(name="annotator")[0]
    factories.make_user("first", role="annotator")
    dataset = factories.make_dataset()
    factories.make_items(dataset, 3)
    design = Design(distribution="pulled", group="annotator")
    campaign = assign_items(dataset, name="round 1", labels_per_item=1, design=design)
    newcomer = User.objects.create_user("newcomer")
    newcomer.groups.add(group)
    found, ready = [], Barrier(TABS)

    def visit() -> None:
        try:
            ready.wait(timeout=60)
            found.append(next_place(campaign, join(campaign, newcomer)))
        finally:
            connection.close()

    threads = [Thread(target=visit) for _ in range(TABS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == TABS
    assert len({place.pk for place in found if place}) == 1
    assert Annotator.objects.filter(user=newcomer).count() == 1
