"""Two people label one item at the same moment: neither label is lost to the counts. PostgreSQL only."""

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotation.actions.counts import check_counts, recount
from annotation.models import Annotator, Campaign, ItemCount, Label
from judging.models import Item
from tests import factories

PEOPLE, ITEMS = 4, 5


def label_all(campaign: Campaign, person: Annotator, items: list[Item], start: Barrier) -> None:
    """As submitting does: the label and its count in one transaction."""
    try:
        for item in items:
            start.wait(timeout=30)
            with transaction.atomic():
                Label.objects.create(
                    campaign=campaign,
                    item=item,
                    annotator=person,
                    value="clean",
                    verdict="clean",
                    client_key=f"{item.pk}-{person.pk}",
                    at=timezone.now(),
                )
                recount(campaign, [item.pk])
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
def test_labels_given_at_once_are_all_counted() -> None:
    dataset = factories.make_dataset()
    campaign, items = factories.make_campaign(dataset), factories.make_items(dataset, ITEMS)
    people = [factories.make_annotator(f"p{number}") for number in range(PEOPLE)]
    start = Barrier(PEOPLE)
    threads = [Thread(target=label_all, args=(campaign, person, items, start)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert list(ItemCount.objects.values_list("pattern", flat=True)) == [f"{PEOPLE}|0|0"] * ITEMS
    assert all(check.is_right for check in check_counts(campaign))
