import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from annotation.actions.campaigns import assign_items
from annotation.core.design import Design
from annotation.models import Annotator, Assignment, Campaign, Label
from tests import factories
from tests.annotation.review_help import make_review, press, url
from tests.conftest import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(annotator: User, other_annotator: User) -> Campaign:
    """A campaign that annotator-1 is not in."""
    return make_review(("annotator-2",))


GETS = [("review_next", ()), ("review_done", ()), ("review_jump", ()), ("review_item", (1,))]
POSTS = [("review_submit", (1,)), ("review_draft", (1,)), ("review_undo", ())]


@pytest.mark.parametrize(("name", "rest"), GETS)
def test_pages_of_a_campaign_i_am_not_in_are_not_there(
    theirs: Campaign, annotator_client: Client, name: str, rest: tuple[int, ...]
) -> None:
    assert annotator_client.get(url(name, theirs, *rest)).status_code == 404


@pytest.mark.parametrize(("name", "rest"), POSTS)
def test_nothing_can_be_sent_to_a_campaign_i_am_not_in(
    theirs: Campaign, annotator_client: Client, name: str, rest: tuple[int, ...]
) -> None:
    sent = {"verdict": "clean", "page_key": "0" * 32, "known_rev": 0, "item_revision": 1, "label": 1}
    assert annotator_client.post(url(name, theirs, *rest), sent).status_code == 404
    assert not Label.objects.exists()


def test_a_label_of_somebody_else_cannot_be_undone(annotator: User, other_annotator: User) -> None:
    campaign = make_review()
    press(logged_in(other_annotator), campaign)
    label = Label.objects.get()
    assert logged_in(annotator).post(url("review_undo", campaign), {"label": label.pk}).status_code == 404
    label.refresh_from_db()
    assert label.ended_at is None


def test_my_list_has_only_my_campaigns(theirs: Campaign, annotator_client: Client) -> None:
    assert theirs.name not in annotator_client.get("/review/").content.decode()


def test_a_place_behind_the_end_of_my_queue_is_not_there(annotator: User, annotator_client: Client) -> None:
    campaign = make_review(("annotator-1",))
    assert annotator_client.get(url("review_item", campaign, 4)).status_code == 404


@pytest.mark.parametrize(("name", "rest"), POSTS)
def test_what_changes_something_is_not_got(
    annotator: User, annotator_client: Client, name: str, rest: tuple[int, ...]
) -> None:
    assert annotator_client.get(url(name, make_review(("annotator-1",)), *rest)).status_code == 405


@pytest.mark.parametrize("name", ["campaign_list", "campaign_create", "campaign_detail", "campaign_queue"])
def test_campaigns_are_for_leads(annotator: User, lead: User, name: str) -> None:
    campaign = make_review(("annotator-1",))
    rest = {"campaign_detail": (campaign.pk,), "campaign_queue": (campaign.pk, Annotator.objects.get().pk)}
    address = reverse(name, args=rest.get(name, ()))
    assert logged_in(annotator).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert logged_in(lead).get(address).status_code == 200


def test_a_lead_without_a_queue_has_no_review_pages(annotator: User, lead_client: Client) -> None:
    campaign = make_review(("annotator-1",))
    assert lead_client.get(url("review_item", campaign, 1)).status_code == 404
    assert lead_client.get("/review/").status_code == 200


@pytest.fixture
def pulled(annotator: User) -> Campaign:
    """A campaign that the members of a group draw from; annotator-1 is one."""
    annotator.groups.add(Group.objects.create(name="readers"))
    dataset = factories.make_dataset()
    factories.make_items(dataset, 3)
    return assign_items(
        dataset, name="pulled", labels_per_item=1, design=Design(distribution="pulled", group="readers")
    )


def test_a_member_of_the_group_draws_an_item(pulled: Campaign, annotator_client: Client) -> None:
    response = annotator_client.get(url("review_next", pulled))
    assert response.headers["Location"] == url("review_item", pulled, 1)
    assert annotator_client.get(url("review_item", pulled, 1)).status_code == 200
    assert Assignment.objects.get().annotator.name == "annotator-1"


def test_a_new_member_is_an_annotator_from_their_first_visit(pulled: Campaign) -> None:
    late = factories.make_user("late", role="lead")
    assert logged_in(late).get(url("review_next", pulled)).status_code == 404
    late.groups.add(Group.objects.get(name="readers"))
    assert logged_in(late).get(url("review_next", pulled)).status_code == 302
    assert Assignment.objects.get().annotator.user == late


def test_nobody_outside_the_group_draws(pulled: Campaign, other_annotator: User) -> None:
    for name in ("review_next", "review_done", "review_jump"):
        assert logged_in(other_annotator).get(url(name, pulled)).status_code == 404
    assert not Assignment.objects.exists()


def test_the_place_of_another_member_is_not_mine(
    pulled: Campaign, annotator_client: Client, other_annotator: User
) -> None:
    annotator_client.get(url("review_next", pulled))
    other_annotator.groups.add(Group.objects.get(name="readers"))
    client = logged_in(other_annotator)
    assert client.get(url("review_item", pulled, 1)).status_code == 404
    client.get(url("review_next", pulled))
    items = Assignment.objects.values_list("campaign_item__item", flat=True)
    assert len(set(items)) == 2


def test_who_left_the_group_keeps_their_items_and_draws_no_more(
    pulled: Campaign, annotator: User, annotator_client: Client
) -> None:
    annotator_client.get(url("review_next", pulled))
    annotator.groups.remove(Group.objects.get(name="readers"))
    press(annotator_client, pulled)
    assert Label.objects.count() == 1
    assert annotator_client.get(url("review_next", pulled)).headers["Location"] == url("review_done", pulled)
    assert Assignment.objects.count() == 1
