"""Rows written by SQL that is made once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from judging.models import Dataset, Item, Run
from judging.prepared import PreparedInsert, PreparedUpdate
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 3)
    return dataset


def test_fields_become_what_is_given_as_a_save_stores_it(dataset: Dataset) -> None:
    run = factories.make_run(dataset)
    write = PreparedUpdate(
        lambda pk, at, told: (Run.objects.filter(pk=pk), {"finished_at": at, "snapshot": told, "state": "failed"}), 3
    )
    for told in ({"model": "判定"}, {}):
        at = timezone.now() - timedelta(days=len(told))
        assert write(run.pk, at, told) == 1
        run.refresh_from_db()
        assert (run.finished_at, run.snapshot, run.state) == (at, told, "failed")


def test_nothing_is_a_value_too(dataset: Dataset) -> None:
    run = factories.make_run(dataset)
    write = PreparedUpdate(lambda pk, at: (Run.objects.filter(pk=pk), {"finished_at": at}), 2)
    for at in (None, timezone.now(), None):
        assert write(run.pk, at) == 1
        run.refresh_from_db()
        assert run.finished_at == at


def test_only_chosen_rows_change_and_are_counted(dataset: Dataset) -> None:
    write = PreparedUpdate(
        lambda of, above, word: (Item.objects.filter(dataset=of, position__gt=above), {"category": word}), 3
    )
    assert write(dataset.pk, 1, "late") == 2
    assert write(dataset.pk, 9, "later") == 0
    assert list(dataset.items.order_by("position").values_list("category", flat=True)) == ["", "late", "late"]


def test_a_field_may_become_what_another_is(dataset: Dataset) -> None:
    write = PreparedUpdate(lambda of: (Item.objects.filter(dataset=of), {"revision": F("position") + 1}), 1)
    assert write(dataset.pk) == 3
    assert list(dataset.items.order_by("position").values_list("revision", flat=True)) == [2, 3, 4]


def test_an_update_with_a_wrong_number_of_arguments_is_refused() -> None:
    with pytest.raises(TypeError, match="has 1 arguments, not 2"):
        PreparedUpdate(lambda pk: (Item.objects.filter(pk=pk), {"category": "x"}), 1)(1, 2)


def test_a_stored_row_is_what_create_stores(dataset: Dataset) -> None:
    store = PreparedInsert(Dataset)
    for name in ("first", "二つ目"):
        made = store(Dataset(name=name, column_map={"question": name}))
        assert not made._state.adding
        assert Dataset.objects.values().get(pk=made.pk) | {"id": 0, "at": 0} == Dataset.objects.values().get(
            pk=Dataset.objects.create(name=f"{name} again", column_map={"question": name}).pk
        ) | {"id": 0, "at": 0, "name": name}
        assert made.at <= timezone.now()


def test_a_row_that_is_there_is_written_over_in_the_fields_that_are_named(dataset: Dataset) -> None:
    store = PreparedInsert(Dataset, unique=["name"], updated=["column_map"])
    for mapping in ({"question": "a"}, {"question": "b"}):
        store(Dataset(name="one", column_map=mapping))
        assert Dataset.objects.get(name="one").column_map == mapping


def test_a_second_row_of_a_kind_is_refused_and_the_transaction_with_it(dataset: Dataset) -> None:
    store = PreparedInsert(Dataset)
    with pytest.raises(IntegrityError), transaction.atomic():
        store(Dataset(name=dataset.name))
    assert Dataset.objects.filter(name=dataset.name).count() == 1
