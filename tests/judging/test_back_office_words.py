"""What the back office calls things, in the reader's language."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotation.models import BulkAction
from judging.models import ItemRevision
from tests import factories

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"admin:{name}", args=args)).content.decode()


@pytest.fixture
def japanese(lead_client: Client) -> Client:
    lead_client.cookies.load({"django_language": "ja"})
    return lead_client


def test_why_an_item_was_revised_is_said_in_the_language_of_the_reader(japanese: Client) -> None:
    item = factories.make_item(factories.make_dataset())
    why = "imported again from rev.jsonl"
    revision = ItemRevision.objects.create(item=item, number=1, fields={"context": "old"}, reason=why)
    for name, args in (
        ("item_change", [item.pk]),
        ("itemrevision_change", [revision.pk]),
        ("itemrevision_changelist", []),
    ):
        shown = page(japanese, f"judging_{name}", *args)
        assert "rev.jsonl から再び取り込み" in shown
        assert why not in shown


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("judging_item", ["question (質問)", "answer (回答)", "reference (参照)"]),
        ("annotation_label", ["dataset (データセット)", "guideline_version (ガイドラインの版)"]),
    ],
)
def test_every_column_of_an_export_is_called_by_its_word(japanese: Client, name: str, words: list[str]) -> None:
    shown = page(japanese, f"{name}_export")
    assert [word for word in words if word not in shown] == []


def test_who_did_a_bulk_action_is_asked_for_by_name(lead_client: Client, lead: User) -> None:
    campaign = factories.make_campaign(factories.make_dataset())
    BulkAction.objects.create(campaign=campaign, verb="known", changed=1, by=lead)
    shown = page(lead_client, "annotation_bulkaction_changelist")
    assert "By person" in shown
    assert "By by" not in shown


def test_no_way_of_choosing_is_called_like_no_filter(lead_client: Client) -> None:
    factories.make_campaign(factories.make_dataset())
    shown = page(lead_client, "annotation_campaignitem_changelist")
    assert "all items" in shown
    assert ">all<" not in shown.replace(" ", "").replace("\n", "")


def test_help_of_a_campaign_names_no_column_of_the_database(lead_client: Client) -> None:
    campaign = factories.make_campaign(factories.make_dataset())
    shown = page(lead_client, "annotation_campaign_change", campaign.pk)
    assert "labels_per_item labels" not in shown
    assert "as many labels as are wanted" in shown


def test_a_preview_that_skips_bad_rows_says_so(lead_client: Client) -> None:
    file = SimpleUploadedFile("a.jsonl", '{"question": "首都は?", "answer": "東京"}\n{"question": ""}\n'.encode())
    address = reverse("admin:judging_item_import")
    shown = lead_client.post(address, {"file": file, "name": "d", "skip_bad": "on"}).content.decode()
    assert "These rows are left out; the others are stored." in shown
    assert "import_labels" not in shown
