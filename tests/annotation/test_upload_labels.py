"""Files with people's words, sent with a browser: logs, tables, and what was judged elsewhere."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Label, Upload
from judging.models import Dataset
from tests.annotation.test_uploads import changed, data_dir, dataset_of, sent, stored
from tests.mdk_logs import manual_entry
from tests.promptfoo_files import version_2, written

__all__ = ["data_dir"]

pytestmark = pytest.mark.django_db


def test_verdicts_in_a_log_become_labels_with_a_name() -> None:
    content = json.dumps([manual_entry(1)]).encode()
    upload = sent(content, "experiment_log_manual_1.json")
    assert upload.counts["human_verdicts"] == 1
    assert stored(changed(upload, annotator="花子")).found["done"][0]["labels"] == 1
    assert Label.objects.get().annotator.name == "花子"


def test_without_a_name_a_log_makes_no_labels() -> None:
    stored(sent(json.dumps([manual_entry(1)]).encode(), "experiment_log_manual_1.json"))
    assert not Label.objects.exists()


def test_corrections_of_promptfoos_viewer_become_labels_with_a_name(tmp_path: Path) -> None:
    upload = sent(written(tmp_path / "r.json", version_2()).read_bytes(), "r.json")
    assert upload.counts["human_verdicts"] == 3
    stored(changed(upload, annotator="in the viewer"))
    assert {label.score for label in Label.objects.all()} == {0.0, 0.5, 1.0}


def test_a_table_of_labels_is_found_previewed_and_taken() -> None:
    table = b"item_id,rater,value\n1,ann,clean\n1,bob,wrong\n2,ann,clean\n"
    upload = sent(table, "labels.csv")
    assert (upload.kind, upload.can_be_stored, upload.found["labels"][0]["new"]) == (Upload.Kind.LABELS, True, 3)
    assert not Dataset.objects.exists()
    assert (dataset_of(upload).name, Label.objects.count()) == ("labels", 3)


def test_a_printed_table_is_told_and_says_how_it_was_read(lead_client: Client) -> None:
    table = b"a\\b,low,mid,high\nlow,4,1,0\nmid,0,3,1\nhigh,0,0,0\n"
    upload = sent(table, "square.csv")
    assert (upload.kind, upload.found["labels"][0]["new"]) == (Upload.Kind.LABELS, 18)
    page = lead_client.get(upload.get_absolute_url()).content.decode()
    assert "Read as the table of two raters" in page
    assert "--shape" not in page
    assert "choose the shape “a row per item, a column per rater”" in page


def test_shape_missing_and_scale_are_chosen_on_the_page(lead_client: Client) -> None:
    upload = sent(b"unit,low,mid\n1,6,1\n2,0,7\n", "counts.csv")
    asked = {"kind": "labels", "name": "counts", "shape": "counts", "missing": "-1, 99", "scale": "low, mid, high"}
    lead_client.post(reverse("upload_look", args=[upload.pk]), asked)
    upload.refresh_from_db()
    assert upload.options == {"shape": "counts", "missing": ["-1", "99"], "scale": ["low", "mid", "high"]}
    page = lead_client.get(upload.get_absolute_url()).content.decode()
    assert 'value="low, mid, high"' in page
    assert "Places of the table, not known people" in page
    assert (dataset_of(upload).name, Label.objects.filter(value="2").count()) == ("counts", 8)


def test_labels_of_a_log_want_its_dataset_and_a_name() -> None:
    content = json.dumps([manual_entry(1)]).encode()
    upload = changed(sent(content, "experiment_log_manual_1.json"), kind=Upload.Kind.LABELS, name="log")
    assert "There is no dataset log" in upload.error
    stored(changed(upload, kind=Upload.Kind.ITEMS))
    other = changed(sent(content, "experiment_log_manual_1.json"), kind=Upload.Kind.LABELS, name="log")
    assert "Who said this?" in other.error
    assert changed(other, annotator="花子").found["labels"][0]["new"] == 1
