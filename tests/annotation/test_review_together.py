"""People at one campaign at the same moment, over HTTP: two at one item, two tabs, holds that ended, fifty at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count, F, Q
from django.test import Client
from django.utils import timezone

from annotation.actions.campaigns import assign_items
from annotation.actions.counts import check_counts
from annotation.core.design import Design
from annotation.models import Assignment, Campaign, CampaignItem, Label
from bench.reviewer import Person, Reviewer
from tests import factories
from tests.annotation.review_help import fields_of, make_review, place, press, url
from tests.conftest import logged_in

PEOPLE, ITEMS, WANTED = 50, 100, 3
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def pulled(annotator: User, other_annotator: User) -> Campaign:
    dataset = factories.make_dataset("reviewed")
    factories.make_items(dataset, 3)
    names, design = ["annotator-1", "annotator-2"], Design(distribution="pulled")
    return assign_items(dataset, name="r", annotators=names, labels_per_item=1, design=design)


def opened(client: Client, campaign: Campaign) -> str:
    """The address of the item that somebody draws."""
    return str(client.get(url("review_next", campaign), follow=True).request["PATH_INFO"])


def sent_from(client: Client, address: str, verdict: str) -> Any:
    return client.post(f"{address}submit/", fields_of(client, address) | {"verdict": verdict}, headers=SCRIPT)


@pytest.mark.django_db
def test_two_people_on_one_item_are_both_heard(annotator_client: Client, other_annotator: User) -> None:
    campaign = make_review()
    press(annotator_client, campaign, 1, "clean")
    press(logged_in(other_annotator), campaign, 1, "wrong")
    said = Label.objects.current().order_by("annotator__name").values_list("annotator__name", "verdict")
    assert list(said) == [("annotator-1", "clean"), ("annotator-2", "wrong")]


@pytest.mark.django_db
def test_of_two_tabs_the_second_is_told_and_changes_nothing(
    annotator: User, other_annotator: User, annotator_client: Client
) -> None:
    campaign = make_review()
    address = url("review_item", campaign, 1)
    first, second = (fields_of(annotator_client, address) for _tab in range(2))
    submit = url("review_submit", campaign, 1)
    assert annotator_client.post(submit, first | {"verdict": "clean"}, headers=SCRIPT).status_code == 200
    refused = annotator_client.post(submit, second | {"verdict": "wrong"}, headers=SCRIPT)
    assert (refused.status_code, refused.json()["reload"]) == (409, True)
    assert annotator_client.post(submit, first | {"verdict": "clean"}, headers=SCRIPT).status_code == 200
    assert list(Label.objects.values_list("verdict", flat=True)) == ["clean"]


@pytest.mark.django_db
def test_a_hold_that_ended_gives_the_item_to_others_and_the_late_label_is_surplus(
    pulled: Campaign, annotator_client: Client, other_annotator: User
) -> None:
    late = opened(annotator_client, pulled)
    form = fields_of(annotator_client, late)
    Assignment.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    other = logged_in(other_annotator)
    taken = opened(other, pulled)
    assert place(pulled, 1, "annotator-2").campaign_item == place(pulled).campaign_item
    assert sent_from(other, taken, "wrong").status_code == 200
    assert annotator_client.post(f"{late}submit/", form | {"verdict": "clean"}, headers=SCRIPT).status_code == 200
    said = Label.objects.order_by("pk").values_list("verdict", "surplus")
    assert list(said) == [("wrong", False), ("clean", True)]
    assert not CampaignItem.objects.filter(taken__gt=F("wanted")).exists()


@pytest.mark.django_db
def test_a_hold_that_ended_and_was_taken_by_nobody_is_no_matter(pulled: Campaign, annotator_client: Client) -> None:
    address = opened(annotator_client, pulled)
    Assignment.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert sent_from(annotator_client, address, "clean").status_code == 200
    assert not Label.objects.get().surplus


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
def test_fifty_people_at_one_campaign_over_http(live_server: Any) -> None:
    names = [f"p{n}" for n in range(PEOPLE)]
    users = [factories.make_user(name, role="annotator") for name in names]
    dataset = factories.make_dataset()
    factories.make_items(dataset, ITEMS)
    design = Design(distribution="pulled")
    campaign = assign_items(dataset, name="r", annotators=names, labels_per_item=WANTED, design=design)
    reviewers = [Reviewer(signed_in(live_server.url, user), url("review_next", campaign)) for user in users]
    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(Reviewer.open, reviewers))
        list(pool.map(lambda reviewer: reviewer.work(ITEMS), reviewers))
    for reviewer in reviewers:
        reviewer.person.connection.close()

    labels = Label.objects.current()
    assert sorted(labels.values_list("pk", flat=True)) == sorted(pk for one in reviewers for pk in one.stored)
    kept = Count("item", filter=Q(surplus=False))
    heard = labels.values("item").annotate(kept=kept).order_by().values_list("kept", flat=True)
    assert list(heard) == [WANTED] * ITEMS
    assert not labels.values("item", "annotator").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert not CampaignItem.objects.exclude(taken=WANTED, wanted=WANTED).exists()
    assert all(check.is_right for check in check_counts(campaign))


def signed_in(address: str, user: User) -> Person:
    cookies = {settings.SESSION_COOKIE_NAME: logged_in(user).cookies[settings.SESSION_COOKIE_NAME].value}
    return Person(address, cookies)
