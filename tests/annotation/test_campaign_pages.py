from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Campaign
from judging.models import Dataset, Item
from tests import factories
from tests.annotation.review_help import make_review, place

pytestmark = pytest.mark.django_db


def html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def dataset(annotator: User, other_annotator: User) -> Dataset:
    made = factories.make_dataset()
    factories.make_items(made, 3)
    return made


def wishes(made: Dataset, **fields: Any) -> dict[str, Any]:
    return {
        "dataset": made.pk,
        "name": "round 1",
        "annotators": list(User.objects.filter(groups__name="annotator").values_list("pk", flat=True)),
        "labels_per_item": 2,
        "order": "random",
        "seed": 3,
        "blind_judge": "on",
        "guideline": "Be fair.\r\nAlways.",
    } | fields


def test_a_lead_makes_a_campaign(dataset: Dataset, lead_client: Client) -> None:
    response = lead_client.post(reverse("campaign_create"), wishes(dataset, run=factories.make_run(dataset).pk))
    campaign = Campaign.objects.get()
    assert response.headers["Location"] == campaign.get_absolute_url()
    assert (campaign.order, campaign.seed, campaign.blind_judge, campaign.blind_model) == ("random", 3, True, False)
    assert campaign.guidelines.get().text == "Be fair.\nAlways."
    assert campaign.assignments.count() == 6


def test_what_the_action_refuses_is_said_on_the_page(dataset: Dataset, lead_client: Client) -> None:
    response = lead_client.post(reverse("campaign_create"), wishes(dataset, labels_per_item=3))
    assert "at least 3 annotators" in response.content.decode()
    assert not Campaign.objects.exists()


def test_a_run_over_another_dataset_is_refused(dataset: Dataset, lead_client: Client) -> None:
    run = factories.make_run(factories.make_dataset("other"))
    response = lead_client.post(reverse("campaign_create"), wishes(dataset, run=run.pk))
    assert "judged dataset other" in response.content.decode()


@pytest.mark.parametrize("field", ["dataset", "name", "annotators", "labels_per_item"])
def test_what_is_missing_is_asked_for(dataset: Dataset, lead_client: Client, field: str) -> None:
    response = lead_client.post(reverse("campaign_create"), wishes(dataset, **{field: ""}))
    assert "errorlist" in response.content.decode()
    assert not Campaign.objects.exists()


def test_people_without_a_role_and_datasets_that_are_not_ready_cannot_be_chosen(
    dataset: Dataset, lead_client: Client
) -> None:
    idle = factories.make_user("idle")
    hidden = factories.make_dataset("half imported", state="importing")
    page = html(lead_client, reverse("campaign_create"))
    assert idle.username not in page
    assert hidden.name not in page
    assert "annotator-2" in page


def test_the_list_says_how_far_campaigns_are(dataset: Dataset, lead_client: Client) -> None:
    campaign = make_review(dataset=dataset)
    campaign.assignments.filter(queue_rank=1).update(state="submitted")
    page = html(lead_client, reverse("campaign_list"))
    assert "round 1" in page
    assert "2 / 6" in page


def test_the_list_asks_the_same_of_the_database_for_any_number_of_campaigns(
    dataset: Dataset, lead_client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        make_review(dataset=dataset, name=f"round {n}")
    with django_assert_max_num_queries(9):
        page = html(lead_client, reverse("campaign_list"))
    assert "Page 1 of 2" in page


def test_an_empty_list_says_what_to_do(lead_client: Client) -> None:
    assert "No campaigns yet" in html(lead_client, reverse("campaign_list"))


def test_a_campaign_shows_its_people(dataset: Dataset, lead_client: Client) -> None:
    campaign = make_review(dataset=dataset)
    mine = place(campaign, 1)
    factories.make_label(campaign, Item.objects.get(position=1), mine.annotator, "wrong")
    campaign.assignments.filter(pk=mine.pk).update(state="submitted")
    page = html(lead_client, campaign.get_absolute_url())
    assert "1 / 3" in page
    assert "annotator-2" in page
    assert reverse("campaign_queue", args=[campaign.pk, mine.annotator_id]) in page
    assert reverse("agreement_report", args=[dataset.pk]) in page


def test_a_campaign_of_imported_labels_has_no_queues(dataset: Dataset, lead_client: Client) -> None:
    campaign = factories.make_campaign(dataset, kind="imported")
    page = html(lead_client, campaign.get_absolute_url())
    assert "came from a file" in page
    assert "places done" not in page
    assert "Hidden until submitting" not in page


def test_a_lead_looks_at_a_queue_with_labels_and_comments(dataset: Dataset, lead_client: Client) -> None:
    campaign = make_review(dataset=dataset)
    person = Annotator.objects.get(name="annotator-1")
    factories.make_label(campaign, Item.objects.get(position=2), person, "wrong", comment="nein")
    page = html(lead_client, reverse("campaign_queue", args=[campaign.pk, person.pk]))
    assert "nein" in page
    assert "<button" not in page.split("<h1")[1].split("</main>")[0]


def test_a_queue_of_somebody_who_is_not_there_is_empty(dataset: Dataset, lead_client: Client) -> None:
    campaign = make_review(dataset=dataset)
    nobody = factories.make_annotator("nobody")
    assert "This queue is empty" in html(lead_client, reverse("campaign_queue", args=[campaign.pk, nobody.pk]))


@pytest.mark.parametrize(
    "name", ["annotator", "campaign", "guideline", "campaignitem", "assignment", "label", "goldlabel"]
)
def test_leads_list_search_and_open_every_table_in_the_admin(dataset: Dataset, lead_client: Client, name: str) -> None:
    campaign = make_review(dataset=dataset)
    campaign.guidelines.create(version=1, text="Be fair.")
    item, person = Item.objects.get(position=1), place(campaign).annotator
    factories.make_label(campaign, item, person)
    campaign.gold_labels.create(item=item, value="clean", verdict="clean", method="adjudicated", at=campaign.at)
    address = reverse(f"admin:annotation_{name}_changelist")
    html(lead_client, f"{address}?q=a")
    opened = lead_client.get(address).context["cl"].result_list[0]
    html(lead_client, reverse(f"admin:annotation_{name}_change", args=[opened.pk]))


def test_annotators_do_not_reach_the_admin(annotator_client: Client) -> None:
    assert annotator_client.get(reverse("admin:annotation_label_changelist")).status_code == 302


def test_labels_leave_as_a_table_and_cannot_be_edited(dataset: Dataset, lead_client: Client) -> None:
    campaign = make_review(dataset=dataset)
    label = factories.make_label(campaign, Item.objects.get(position=1), place(campaign).annotator, comment="gut")
    address = reverse("admin:annotation_label_export")
    form = {
        "format": "0",
        "resource": "",
        **{f"labelresource_{name}": "on" for name in ("item", "annotator", "comment")},
    }
    table = lead_client.post(address, form).content.decode()
    assert table.splitlines()[1:] == ["item-1,annotator-1,gut"]
    change = reverse("admin:annotation_label_change", args=[label.pk])
    assert lead_client.post(change, {"comment": "schlecht"}).status_code == 403


def test_a_guideline_gets_the_next_version_in_the_admin(dataset: Dataset, lead_client: Client) -> None:
    campaign = make_review(dataset=dataset)
    campaign.guidelines.create(version=1, text="Be fair.")
    lead_client.post(reverse("admin:annotation_guideline_add"), {"campaign": campaign.pk, "text": "Be fairer."})
    assert list(campaign.guidelines.values_list("version", "text")) == [(2, "Be fairer."), (1, "Be fair.")]


@pytest.mark.parametrize(("action", "state"), [("close", "closed"), ("reopen", "open")])
def test_a_lead_closes_and_opens_campaigns(dataset: Dataset, lead_client: Client, action: str, state: str) -> None:
    campaign = make_review(dataset=dataset)
    chosen = {"action": action, "_selected_action": [campaign.pk]}
    lead_client.post(reverse("admin:annotation_campaign_changelist"), chosen)
    campaign.refresh_from_db()
    assert campaign.state == state
