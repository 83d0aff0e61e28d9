"""Queries whose SQL is made once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from judging.models import Dataset, Item, Run
from judging.prepared import Planned, Prepared
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 5)
    return dataset


def test_rows_are_what_the_queryset_gives(dataset: Dataset) -> None:
    ahead = Prepared(lambda of, position: Item.objects.filter(dataset=of, position__gt=position).order_by("pk"), 2)
    for position in (0, 3, 5):
        plain = Item.objects.filter(dataset=dataset, position__gt=position).order_by("pk")
        assert ahead(dataset.pk, position) == list(plain)


def test_related_rows_come_with_it_and_are_not_read_again(dataset: Dataset) -> None:
    named = Prepared(lambda position: Item.objects.select_related("dataset").filter(position=position), 1)
    named(1)
    with CaptureQueriesContext(connection) as captured:
        assert named(2)[0].dataset.name == dataset.name
    assert len(captured.captured_queries) == 1


def test_tuples_and_numbers_stay_what_they_are(dataset: Dataset) -> None:
    pairs = Prepared(lambda of: Item.objects.filter(dataset=of).order_by("pk").values_list("position", "revision"), 1)
    texts = Prepared(
        lambda of: Item.objects.filter(dataset=of).order_by("pk").values_list("category", flat=True)[:2], 1
    )
    counts = Prepared(
        lambda of: Item.objects.filter(dataset=of).values("dataset").annotate(n=Count("pk")).order_by(), 1
    )
    for _ in range(2):
        assert pairs(dataset.pk)[:2] == [(1, 1), (2, 1)]
        assert texts(dataset.pk) == ["", ""]
        assert counts(dataset.pk) == [{"dataset": dataset.pk, "n": 5}]


def test_times_and_json_are_read_as_their_fields_read_them(dataset: Dataset) -> None:
    run = factories.make_run(dataset, snapshot={"model": "m"})
    since = Prepared(lambda of, at: Run.objects.filter(dataset=of, finished_at__gt=at), 2)
    assert run.finished_at is not None
    assert since(dataset.pk, timezone.now()) == []
    [found] = since(dataset.pk, run.finished_at - timedelta(seconds=1))
    assert (found.finished_at, found.snapshot) == (run.finished_at, {"model": "m"})


def test_the_first_row_or_none(dataset: Dataset) -> None:
    named = Prepared(lambda position: Item.objects.filter(position=position), 1)
    assert named.first(3) == Item.objects.get(position=3)
    assert named.first(99) is None


def test_a_wrong_number_of_arguments_is_refused() -> None:
    with pytest.raises(TypeError, match="has 1 arguments, not 2"):
        Prepared(lambda position: Item.objects.filter(position=position), 1)(1, 2)


def test_what_was_given_before_is_forgotten(dataset: Dataset) -> None:
    named = Prepared(lambda text: Dataset.objects.filter(name=text), 1)
    assert named(dataset.name) == [dataset]
    assert named("x' OR 1=1 --") == []


@pytest.mark.parametrize("kind", [Prepared, Planned])
def test_what_is_the_same_for_all_values_may_hold_any_sign(dataset: Dataset, kind: type[Prepared[Item]]) -> None:
    Item.objects.filter(position=2).update(category="100 %s of 'it' %%")
    named = kind(
        lambda of, position: Item.objects.filter(
            dataset=of, category="100 %s of 'it' %%", position=position, revision__in=[1, 2]
        ),
        2,
    )
    for _ in range(3):
        assert [item.position for item in named(dataset.pk, 2)] == [2]
        assert named(dataset.pk, 3) == []


def test_a_look_up_that_is_planned_once_gives_the_same(dataset: Dataset) -> None:
    keyed = Planned(lambda pk: Item.objects.select_related("dataset").filter(pk=pk), 1)
    for item in Item.objects.all():
        for _ in range(3):
            found = keyed.first(item.pk)
            assert (found, found and found.dataset) == (item, dataset)
    assert keyed.first(0) is None
