"""Disks and databases that take no more: what a lead is told, and that nothing half done stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from annotation.actions import uploads
from annotation.models import Upload
from judging.models import Dataset
from tests.annotation.test_uploads import GOOD, State, data_dir, page, sent

__all__ = ["data_dir"]

pytestmark = pytest.mark.django_db


def test_a_disk_that_takes_no_files_says_so(lead_client: Client, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "gone")
    response = lead_client.post(reverse("upload_create"), {"files": SimpleUploadedFile("answers.jsonl", GOOD)})
    assert "The files cannot be kept: No such file or directory." in response.content.decode()
    assert not Upload.objects.exists()


def test_a_disk_that_fails_while_files_are_looked_at_says_so(lead_client: Client, data_dir: Path) -> None:
    upload = sent()
    (data_dir / "uploads" / upload.token.hex / "problems.csv").mkdir()
    uploads.change_upload(upload, kind=Upload.Kind.ITEMS, name="answers", options={})
    upload.refresh_from_db()
    assert upload.state == State.FAILED
    assert "The work was broken off: Is a directory. Nothing was stored" in page(lead_client, upload)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="how SQLite says that the disk is full")
def test_a_database_without_room_says_so_and_stores_nothing() -> None:
    rows = [json.dumps({"question": f"{n}?", "answer": "A long answer. " * 200}) for n in range(500)]
    upload = sent("\n".join(rows).encode())
    uploads.store_upload(upload)
    with connection.cursor() as cursor:
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages + 100}")
        uploads.work_upload(upload.pk)
        cursor.execute("PRAGMA max_page_count = 1073741823")
    upload.refresh_from_db()
    assert upload.state == State.FAILED
    assert "database or disk is full. Nothing was stored" in upload.error
    assert not Dataset.objects.exists()
