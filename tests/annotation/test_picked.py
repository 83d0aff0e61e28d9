"""Items that somebody picked are reviewed: just those, and each of them once."""

import pytest

from annotation.actions.people import CampaignRefused
from annotation.actions.picked import Picked, review_picked
from annotation.models import Assignment, Campaign, CampaignItem
from judging.models import Dataset
from tests.conftest import logged_in
from tests.factories import make_dataset, make_items, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    make_user("ann", role="annotator")
    dataset = make_dataset()
    make_items(dataset, 5)
    return dataset


def picked(*positions: int, **changes: object) -> Picked:
    return Picked(**{"name": "wrong ones", "positions": positions, "annotators": ["ann"]} | changes)  # type: ignore[arg-type]


def test_just_the_picked_items_are_reviewed_and_speak_for_themselves(dataset: Dataset) -> None:
    campaign = review_picked(dataset, picked(2, 4))
    items = CampaignItem.objects.filter(campaign=campaign).order_by("rank")
    assert list(items.values_list("item__position", "how", "probability")) == [(2, "hand", None), (4, "hand", None)]
    assert Assignment.objects.count() == 2


def test_the_same_campaign_gains_what_is_picked_later(dataset: Dataset) -> None:
    campaign = review_picked(dataset, picked(2, 4))
    assert review_picked(dataset, picked(4, 5)) == campaign
    assert CampaignItem.objects.filter(campaign=campaign).count() == 3


def test_an_item_that_is_not_there_is_named(dataset: Dataset) -> None:
    with pytest.raises(CampaignRefused, match="has no item 9"):
        review_picked(dataset, picked(2, 9))
    assert not Campaign.objects.exists()


def test_a_link_fills_the_form_and_the_form_makes_the_campaign(dataset: Dataset) -> None:
    client = logged_in(make_user("lead", role="lead"))
    page = client.get("/campaigns/new/", {"dataset": dataset.pk, "positions": "2,4"}).content.decode()
    assert 'value="2,4"' in page
    form = client.get("/campaigns/new/", {"dataset": dataset.pk}).context["form"]
    initial = {field.name: field.value() for field in form if field.value() is not None}
    person = form.fields["annotators"].queryset.get(username="ann")
    said = initial | {"name": "picked", "positions": "2, 4", "annotators": [person.pk], "labels_per_item": 1}
    said |= {"order": "sequential", "distribution": "dealt", "dataset": dataset.pk}
    response = client.post("/campaigns/new/", said)
    assert response.status_code == 302, response.context["form"].errors
    assert CampaignItem.objects.filter(campaign__name="picked").count() == 2
    response = client.post("/campaigns/new/", said | {"positions": "2, x"})
    assert "x is no number of an item" in response.content.decode()
