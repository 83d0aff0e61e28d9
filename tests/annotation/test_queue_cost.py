"""Drawing an item is a fixed number of look-ups in indexes, however long the campaign and the person's queue are."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.actions.campaigns import assign_items
from annotation.actions.queue import next_place
from annotation.core.design import Design
from annotation.models import Annotator, Assignment, Campaign, CampaignItem
from tests import factories

pytestmark = pytest.mark.django_db
MOST_QUERIES = 14


def make_campaign(items: int, done: int) -> tuple[Campaign, Annotator]:
    """One of two has labelled so many items, each of which still wants the other's label."""
    for name in ("ahead", "behind"):
        factories.make_user(name, role="annotator")
    dataset = factories.make_dataset()
    factories.make_items(dataset, items)
    design = Design(distribution="pulled")
    campaign = assign_items(dataset, name="r", annotators=["ahead", "behind"], design=design)
    person = Annotator.objects.get(name="ahead")
    rows = CampaignItem.objects.order_by("rank")[:done]
    Assignment.objects.bulk_create(
        Assignment(campaign=campaign, campaign_item=row, annotator=person, queue_rank=rank, state="submitted")
        for rank, row in enumerate(rows, start=1)
    )
    CampaignItem.objects.filter(rank__lte=done).update(taken=1)
    return campaign, person


def queries_of(campaign: Campaign, person: Annotator, after: int) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert next_place(campaign, person, after=after) is not None
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize(("items", "done"), [(5, 0), (60, 40), (300, 200)])
def test_a_draw_asks_as_often_for_any_number_of_items(items: int, done: int) -> None:
    campaign, person = make_campaign(items, done)
    assert len(queries_of(campaign, person, after=done)) <= MOST_QUERIES


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table from end to end")
def test_every_look_up_is_a_step_in_an_index() -> None:
    campaign, person = make_campaign(60, 40)
    read = [sql for sql in queries_of(campaign, person, after=40) if sql.startswith(("SELECT", "UPDATE"))]
    assert any("campaign_item_free" in step for sql in read for step in plan_of(sql))
    assert [step for sql in read for step in plan_of(sql) if "SCAN" in step or "TEMP B-TREE" in step] == []


def plan_of(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[-1] for row in cursor.fetchall()]
