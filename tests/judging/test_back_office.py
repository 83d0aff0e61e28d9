"""What the back office shows of facts, deletions and the queue."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from redis import Redis

from annotation.models import Campaign
from judging.admin.facts import told
from judging.models import Dataset, Item, Rubric
from judging.pages.sentences import sentence
from tests import factories
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(make_user("chief", role="administrator"))
    return client


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"admin:{name}", args=args)).content.decode()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({}, "–"),
        (None, "–"),
        (True, "yes"),
        (0, '<span class="told">0</span>'),
        ("<b>", '<span class="told">&lt;b&gt;</span>'),
        ([1, 2], '<span class="told">1, 2</span>'),
        ({"a": 1}, '<dl class="told"><dt>a</dt><dd><span class="told">1</span></dd></dl>'),
        ([{"a": ""}], '<ol class="told"><li><dl class="told"><dt>a</dt><dd>–</dd></dl></li></ol>'),
    ],
)
def test_json_is_told_as_names_and_values(value: object, shown: str) -> None:
    assert told(value) == shown


def test_an_item_is_read_without_braces(lead_client: Client) -> None:
    item = factories.make_item(factories.make_dataset("都市"), "首都は?", "東京")
    shown = page(lead_client, "judging_item_change", item.pk)
    assert '<dd><span class="told">首都は?</span></dd>' in shown
    assert "[{" not in shown
    assert "都市 1" in shown


def test_facts_that_the_database_sets_are_shown_too(lead_client: Client) -> None:
    run = factories.make_run(factories.make_dataset(), factories.make_judge())
    assert "field-created_at" in page(lead_client, "judging_run_change", run.pk)


def test_reasons_are_told_in_the_language_of_the_reader(lead_client: Client) -> None:
    dataset = factories.make_dataset()
    run = factories.make_run(dataset, factories.make_judge())
    judgment = factories.make_judgment(run, factories.make_item(dataset), "", reason="cut_off")
    lead_client.cookies.load({"django_language": "ja"})
    with translation.override("ja"):
        for shown in (
            page(lead_client, "judging_judgment_changelist"),
            page(lead_client, "judging_judgment_change", judgment.pk),
        ):
            assert "cut_off</" not in shown
            assert translation.gettext("cut_off") in shown


def test_what_a_worker_stored_is_said_in_the_language_of_the_reader(lead_client: Client) -> None:
    stored = "Its worker died 3 times; nothing was stored."
    run = factories.make_run(factories.make_dataset(), factories.make_judge(), state="failed", error=stored)
    assert stored in page(lead_client, "judging_run_change", run.pk)
    lead_client.cookies.load({"django_language": "ja"})
    shown = page(lead_client, "judging_run_change", run.pk)
    assert stored not in shown
    with translation.override("ja"):
        assert sentence(stored) in shown


def test_a_dataset_goes_with_its_items_and_they_are_counted(administrator: Client) -> None:
    dataset = factories.make_dataset()
    factories.make_items(dataset, 3)
    shown = page(administrator, "judging_dataset_delete", dataset.pk)
    assert "Items: 3" in shown
    assert (
        administrator.post(reverse("admin:judging_dataset_delete", args=[dataset.pk]), {"post": "yes"}).status_code
        == 302
    )
    assert not Dataset.objects.exists()
    assert not Item.objects.exists()


def test_rules_of_a_campaign_are_told_once(lead_client: Client) -> None:
    campaign = factories.make_campaign(factories.make_dataset(), rules={"annotators": ["ann"]})
    shown = page(lead_client, "annotation_campaign_change", campaign.pk)
    assert shown.count("<dt>annotators</dt>") == 1


def test_an_empty_list_says_so(lead_client: Client) -> None:
    address = reverse("admin:judging_dataset_changelist")
    assert "Nothing here yet." in lead_client.get(address).content.decode()
    assert "Nothing matches." in lead_client.get(address, {"q": "zz"}).content.decode()


def test_a_new_rubric_begins_with_an_example_and_no_null(lead_client: Client) -> None:
    shown = page(lead_client, "judging_rubric_add")
    assert ">null" not in shown
    assert 'placeholder="[{&quot;name&quot;' in shown


def test_help_of_rubrics_and_judges_is_in_the_language(lead_client: Client) -> None:
    lead_client.cookies.load({"django_language": "ja"})
    assert "オブジェクトのリスト" in page(lead_client, "judging_rubric_add")
    assert "rule が linear なら" in page(lead_client, "judging_judge_add")


def test_a_used_rubric_is_told_and_whoever_deletes_it_reads_why_it_stays(administrator: Client) -> None:
    rubric = factories.make_rubric(frozen_at=timezone.now())
    assert "[{" not in page(administrator, "judging_rubric_change", rubric.pk)
    address = reverse("admin:judging_rubric_delete", args=[rubric.pk])
    for answer in (administrator.get(address, follow=True), administrator.post(address, {"post": "yes"}, follow=True)):
        assert "so it stays as it is" in answer.content.decode()
    assert Rubric.objects.filter(pk=rubric.pk).exists()


def test_versions_are_filtered_by_what_can_be_done_with_them(lead_client: Client) -> None:
    used = factories.make_rubric(name="used-one", frozen_at=timezone.now())
    address = reverse("admin:judging_rubric_changelist")
    shown = lead_client.get(address, {"frozen_at__isempty": "1"}).content.decode()
    assert "can be edited" in shown
    assert "used by a run" in shown
    assert "Not empty" not in shown
    assert used.name not in shown


def test_judges_without_an_engine_have_a_name_among_the_filters(lead_client: Client) -> None:
    factories.make_judge("imported-one")
    factories.make_judge("asked", kind="model", engine="scripted")
    shown = page(lead_client, "judging_judge_changelist")
    assert re.search(r'<a href="\?engine=">\s*–\s*</a>', shown)


def test_labels_forbid_a_deletion_and_are_counted(administrator: Client) -> None:
    dataset = factories.make_dataset()
    campaign = factories.make_campaign(dataset)
    factories.make_label(campaign, factories.make_item(dataset), factories.make_annotator())
    for name, row in (("judging_dataset_delete", dataset), ("annotation_campaign_delete", campaign)):
        shown = page(administrator, name, row.pk)
        assert "Labels: 1" in shown
        administrator.post(reverse(f"admin:{name}", args=[row.pk]), {"post": "yes"})
    assert Campaign.objects.count() == 1


def test_a_group_goes_without_speaking_of_tables_between(administrator: Client) -> None:
    group = Group.objects.create(name="readers")
    User.objects.get(username="chief").groups.add(group)
    shown = page(administrator, "auth_group_delete", group.pk)
    assert "object (" not in shown
    assert "Groups: 1" in shown


def test_people_have_roles_and_no_permissions(administrator: Client) -> None:
    shown = page(administrator, "auth_user_change", User.objects.get(username="chief").pk)
    assert 'name="groups"' in shown
    assert "user_permissions" not in shown


def test_help_for_passwords_is_in_the_language(administrator: Client) -> None:
    administrator.cookies.load({"django_language": "ja"})
    shown = page(administrator, "auth_user_password_change", make_user("ann", role="annotator").pk)
    assert "現在のパスワードは失われます" in shown
    assert "Whether the user" not in shown


def test_columns_of_an_export_are_called_as_in_the_file(lead_client: Client) -> None:
    shown = page(lead_client, "annotation_label_export")
    assert "guideline_version" in shown
    assert "error_count (error count)" in shown


def test_pages_of_the_queue_speak_the_language(administrator: Client, valkey: Redis) -> None:
    administrator.cookies.load({"django_language": "ja"})
    home = "/admin/django_rq/dashboard/"
    for address in ("", "queues/0/", "queues/0/details/", "queues/0/failed/", "queues/0/started/", "workers/0/"):
        response = administrator.get(home + address)
        assert response.status_code == 200
        assert "作業キュー" in response.content.decode()
        assert "Django RQ" not in response.content.decode()


def test_the_state_of_the_jobs_on_a_page_is_marked_among_the_states(administrator: Client, valkey: Redis) -> None:
    address = "/admin/django_rq/dashboard/queues/0/failed/"
    shown = administrator.get(address).content.decode()
    assert f'<a href="{address}" aria-current="page">' in shown
    assert 'queues/0/" aria-current' not in shown
