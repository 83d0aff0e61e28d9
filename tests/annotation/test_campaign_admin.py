"""Campaigns in the back office: what an action did is said."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from annotation.models import Campaign
from tests import factories

pytestmark = pytest.mark.django_db


def done(client: Client, action: str) -> str:
    chosen = {"action": action, "_selected_action": list(Campaign.objects.values_list("pk", flat=True))}
    return client.post(reverse("admin:annotation_campaign_changelist"), chosen, follow=True).content.decode()


@pytest.fixture
def campaigns() -> list[Campaign]:
    dataset = factories.make_dataset()
    return [factories.make_campaign(dataset, "second", state="closed"), factories.make_campaign(dataset, "first")]


def test_closing_names_what_it_closed(campaigns: list[Campaign], lead_client: Client) -> None:
    assert "1 campaign is closed: first." in done(lead_client, "close")
    assert set(Campaign.objects.values_list("state", flat=True)) == {"closed"}
    assert LogEntry.objects.get().object_repr == str(campaigns[1])


def test_opening_names_what_it_opened(campaigns: list[Campaign], lead_client: Client) -> None:
    Campaign.objects.update(state="closed")
    assert "2 campaigns are open: first, second." in done(lead_client, "reopen")
    assert set(Campaign.objects.values_list("state", flat=True)) == {"open"}


@pytest.mark.parametrize(
    ("action", "before", "sentence"),
    [
        ("close", "closed", "None of these campaigns was open."),
        ("reopen", "open", "None of these campaigns was closed."),
    ],
)
def test_where_nothing_changed_none_is_named(
    campaigns: list[Campaign], lead_client: Client, action: str, before: str, sentence: str
) -> None:
    Campaign.objects.update(state=before)
    assert sentence in done(lead_client, action)
    assert not LogEntry.objects.exists()
