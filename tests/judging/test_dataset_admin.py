"""Import in the admin: upload, preview, confirmation."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from judging.models import Dataset, Item
from tests import factories
from tests.mdk_logs import manual_entry

GOOD = '{"question": "首都は?", "answer": "東京"}\n'.encode()


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def upload(client: Client, content: bytes, *, file_name: str = "a.jsonl", page: str = "dataset", **fields: Any) -> str:
    data = {"file": SimpleUploadedFile(file_name, content), "name": "d"} | fields
    response = client.post(reverse(f"admin:judging_{page}_import"), data)
    assert response.status_code == 200
    return response.content.decode()


def confirm(client: Client, html: str) -> Any:
    (wanted,) = re.findall(r'name="wanted" value="([^"]+)"', html)
    return client.post(reverse("admin:judging_dataset_process_import"), {"wanted": wanted}, follow=True)


@pytest.mark.parametrize("page", ["dataset", "item"])
def test_preview_then_confirmation_imports(lead_client: Client, lead: Any, page: str) -> None:
    html = upload(lead_client, GOOD, page=page)
    assert not Dataset.objects.exists()
    assert confirm(lead_client, html).status_code == 200
    dataset = Dataset.objects.get()
    assert (dataset.name, dataset.made_by, dataset.items.get().answer) == ("d", lead, "東京")
    assert dataset.files.get().name == "a.jsonl"


def test_upload_is_gone_after_the_import(lead_client: Client, data_dir: Path) -> None:
    html = upload(lead_client, GOOD)
    confirm(lead_client, html)
    assert not list((data_dir / "uploads").glob("*"))
    assert "imported already" in confirm(lead_client, html).content.decode()
    assert Dataset.objects.count() == 1


def test_name_of_the_upload_tells_a_manual_log(lead_client: Client) -> None:
    content = json.dumps([manual_entry(1)]).encode()
    html = upload(lead_client, content, file_name="../experiment_log_manual_x.json")
    assert "mdk_manual_log" in html


def test_problems_are_shown_and_cannot_be_confirmed(lead_client: Client) -> None:
    html = upload(lead_client, GOOD + b'{"question": ""}\n')
    assert "a.jsonl:2: The question is empty" in html
    assert 'name="wanted"' not in html


def test_bad_rows_can_be_skipped(lead_client: Client) -> None:
    html = upload(lead_client, GOOD + b'{"question": ""}\n', skip_bad="on")
    confirm(lead_client, html)
    assert Item.objects.count() == 1


def test_table_in_shift_jis_is_a_sentence(lead_client: Client) -> None:
    html = upload(lead_client, "question,answer\n首都は?,東京\n".encode("cp932"), file_name="t.csv")
    assert "Shift-JIS" in html
    assert not Dataset.objects.exists()


@pytest.mark.parametrize("fields", [{"name": ""}, {"file": ""}, {"format": "xml"}])
def test_incomplete_form_is_shown_again(lead_client: Client, fields: dict[str, str]) -> None:
    assert "errorlist" in upload(lead_client, GOOD, **fields)


def test_preview_that_was_changed_is_refused(lead_client: Client) -> None:
    url = reverse("admin:judging_dataset_process_import")
    response = lead_client.post(url, {"wanted": "forged"}, follow=True)
    assert "Upload the file again" in response.content.decode()


def test_items_are_exported_as_a_table(lead_client: Client) -> None:
    factories.make_item(factories.make_dataset(), "問い", "答え", "模範")
    url = reverse("admin:judging_item_export")
    form = lead_client.get(url).context["form"]
    picked = {f"itemresource_{name}": "on" for name in ("id", "question", "answer", "reference")}
    choices = {label: value for value, label in form.fields["format"].choices}
    response = lead_client.post(url, {"format": choices["csv"], "resource": "0", "itemresource": "on"} | picked)
    assert response.content.decode().splitlines() == ["id,question,answer,reference", "item-1,問い,答え,模範"]


@pytest.mark.parametrize("model", ["dataset", "item", "importfile", "itemrevision"])
def test_lists_open_and_search(lead_client: Client, model: str) -> None:
    factories.make_item(factories.make_dataset(), "問い")
    response = lead_client.get(reverse(f"admin:judging_{model}_changelist"), {"q": "問い"})
    assert response.status_code == 200


def test_item_text_is_not_edited(lead_client: Client) -> None:
    item = factories.make_item(factories.make_dataset())
    url = reverse("admin:judging_item_change", args=[item.pk])
    assert lead_client.get(url).status_code == 200
    assert lead_client.post(url, {"turns": "[]"}).status_code == 403


@pytest.mark.parametrize("name", ["dataset_import", "item_import", "item_export", "dataset_changelist"])
def test_annotators_and_strangers_are_sent_away(annotator_client: Client, name: str) -> None:
    for client in (annotator_client, Client()):
        assert client.get(reverse(f"admin:judging_{name}")).status_code == 302
