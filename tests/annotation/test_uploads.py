"""Files that leads send with a browser: looked at, confirmed, stored by a worker."""

import csv
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from rq.exceptions import AbandonedJobError

from annotation import jobs
from annotation.actions import uploads
from annotation.actions.uploads import orders
from annotation.actions.uploads.files import Telling, UploadStopped, ask_to_stop, folder_of
from annotation.models import Upload
from judging.actions.imports import InputFile, import_files
from judging.core.claimers import this_claimer
from judging.models import Dataset, Item
from judging.pages.sentences import sentence

pytestmark = pytest.mark.django_db
GOOD = '{"question": "首都は?", "answer": "東京"}\n{"question": "2+2?", "answer": "4"}\n'.encode()
State = Upload.State


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    return tmp_path / "data"


def sent(content: bytes = GOOD, name: str = "answers.jsonl", **fields: Any) -> Upload:
    return uploads.receive_files([SimpleUploadedFile(name, content)], **fields)


def stored(upload: Upload) -> Upload:
    """Confirmed, and done by a worker."""
    uploads.store_upload(upload)
    uploads.work_upload(upload.pk)
    upload.refresh_from_db()
    return upload


def dataset_of(upload: Upload) -> Dataset:
    """The dataset of a stored upload."""
    dataset = stored(upload).dataset
    assert dataset is not None
    return dataset


def changed(upload: Upload, **options: Any) -> Upload:
    kind, name = options.pop("kind", upload.kind), options.pop("name", upload.name)
    return uploads.change_upload(upload, kind=kind, name=name, options=upload.options | options)


def test_files_are_looked_at_confirmed_and_stored(lead: User, data_dir: Path) -> None:
    upload = sent(by=lead)
    assert (upload.state, upload.name, upload.found["format"]) == (State.PLANNED, "answers", "qa_jsonl")
    assert (upload.counts["new"], upload.found["sample"][0]["question"]) == (2, "首都は?")
    assert not Dataset.objects.exists()
    upload = stored(upload)
    dataset = Dataset.objects.get()
    assert (upload.state, upload.dataset, dataset.made_by, dataset.items.count()) == (State.READY, dataset, lead, 2)
    assert not list(folder_of(upload.token).glob("file-*"))


def test_the_page_leads_from_the_file_to_the_dataset(lead_client: Client) -> None:
    response = lead_client.post(reverse("upload_create"), {"files": SimpleUploadedFile("a.jsonl", GOOD), "name": "d"})
    upload = Upload.objects.get()
    assert response.headers["Location"] == upload.get_absolute_url()
    html = page(lead_client, upload)
    assert "首都は?" in html
    assert "What the new dataset “d” will hold" in html
    lead_client.post(reverse("upload_store", args=[upload.pk]))
    assert "The queue at" in page(lead_client, upload)
    uploads.work_upload(upload.pk)
    assert "2 new, 0 changed, 0 unchanged." in page(lead_client, upload)
    dataset = Dataset.objects.get(name="d")
    assert "a.jsonl" in lead_client.get(reverse("upload_list"), {"dataset": dataset.pk}).content.decode()


def test_htmx_is_sent_on_when_the_state_changes(lead_client: Client) -> None:
    upload = sent()
    response = lead_client.get(upload.get_absolute_url(), headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (286, upload.get_absolute_url())
    uploads.store_upload(upload)
    fragment = lead_client.get(upload.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "wait for a worker that stores them" in fragment


def test_an_existing_dataset_is_brought_up_to_date_and_the_same_file_is_named() -> None:
    stored(sent())
    again = changed(sent(), name="answers")
    assert (again.counts["unchanged"], again.found["before"][0]["dataset"]) == (2, "answers")
    more = changed(sent(GOOD + b'{"question": "3+3?", "answer": "6"}\n'), name="answers")
    assert (more.counts["new"], more.counts["unchanged"]) == (1, 2)
    assert stored(more).state == State.READY
    assert Item.objects.count() == 3


def test_a_new_name_is_suggested_where_one_is_taken() -> None:
    stored(sent())
    assert sent().name == "answers 2"


def test_what_was_confirmed_and_nothing_else_is_stored() -> None:
    stored(sent())
    upload = changed(sent(GOOD + b'{"question": "3+3?", "answer": "6"}\n'), name="answers")
    uploads.store_upload(upload)
    Item.objects.filter(dataset__name="answers", position=1).delete()
    uploads.work_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, Item.objects.count()) == (State.PLANNED, 1)
    assert "changed since the preview" in upload.error


def test_a_dataset_that_appeared_meanwhile_is_not_changed(tmp_path: Path) -> None:
    upload = sent()
    uploads.store_upload(upload)
    (tmp_path / "x.jsonl").write_text('{"question": "other", "answer": "x"}')
    import_files("answers", [InputFile(tmp_path / "x.jsonl")])
    uploads.work_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, Item.objects.count()) == (State.PLANNED, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "is a picture"),
        (b"hello\nworld\n", "not JSON"),
        (b'{"question": "Q"\n', "line 1|JSON"),
        (b'{"question": ""}\n', "question is empty"),
    ],
)
def test_wrong_files_are_named_and_cannot_be_stored(content: bytes, message: str, lead_client: Client) -> None:
    upload = sent(content)
    assert upload.state == State.PLANNED
    assert any(part in str(upload.found["shown_problems"]) for part in message.split("|"))
    assert not upload.can_be_stored
    assert "Nothing can be stored like this" in page(lead_client, upload)
    with pytest.raises(uploads.UploadRefused, match="nothing to store"):
        uploads.store_upload(upload)


def test_all_problems_can_be_downloaded(lead_client: Client) -> None:
    upload = sent(b'{"question": "Q", "answer": "A"}\n' + b'{"question": ""}\n' * 60)
    assert (upload.problems, len(upload.found["shown_problems"])) == (60, 50)
    body = b"".join(lead_client.get(reverse("upload_problems", args=[upload.pk]))).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert (rows[0], len(rows), rows[1][:2]) == (["file", "line", "problem"], 61, ["answers.jsonl", "2"])
    lead_client.cookies["django_language"] = "ja"
    body = b"".join(lead_client.get(reverse("upload_problems", args=[upload.pk]))).decode("utf-8-sig")
    said = list(csv.reader(io.StringIO(body)))
    assert [row[:2] for row in said] == [row[:2] for row in rows]
    with override("ja"):
        assert said[1][2] == sentence(rows[1][2]) != rows[1][2]
    kept = changed(upload, skip_bad=True)
    assert (stored(kept).state, Item.objects.count()) == (State.READY, 1)


def test_another_encoding_is_found_and_offered() -> None:
    text = "question,answer\n日本で一番高い山の名前は何ですか,富士山です\n" * 1
    upload = sent(text.encode("cp932"), "表.csv")
    assert (upload.options["encoding"], upload.found["sample"][0]["answer"]) == ("cp932", "富士山です")
    wrong = changed(upload, encoding="")
    assert "Shift-JIS" in wrong.found["shown_problems"][0]["message"]
    assert dataset_of(changed(wrong, encoding="cp932")).items.get().answer == "富士山です"


def test_columns_are_given_a_meaning_and_kept(lead_client: Client) -> None:
    upload = sent("甲,乙\n問,答\n".encode(), "t.csv")
    assert (upload.can_be_stored, upload.found["columns"]) == (False, ["甲", "乙"])
    fields = {"kind": "items", "name": "t", "column_question": "甲", "column_answer": "乙", "column_id": ""}
    lead_client.post(reverse("upload_look", args=[upload.pk]), fields)
    upload.refresh_from_db()
    assert dataset_of(upload).column_map == {"question": "甲", "answer": "乙"}


def test_one_column_is_not_two_fields(lead_client: Client) -> None:
    upload = sent(b"a,b\nc,d\n", "t.csv")
    fields = {"kind": "items", "name": "t", "column_question": "a", "column_answer": "a"}
    html = lead_client.post(reverse("upload_look", args=[upload.pk]), fields).content.decode()
    assert "given to two fields" in html


def test_what_is_wrong_with_a_choice_stands_between_its_name_and_its_field(lead_client: Client) -> None:
    upload = sent(b"question,answer\na,b\n", "t.csv")
    url = reverse("upload_look", args=[upload.pk])
    html = lead_client.post(url, {"kind": "items", "name": " "}).content.decode()
    (field,) = [part for part in html.split("<div>") if 'for="id_name"' in part]
    label, error, box = (field.index(word) for word in ("<label", "errorlist", "<input"))
    assert label < error < box


def test_several_files_make_one_dataset() -> None:
    files = [SimpleUploadedFile("a.jsonl", GOOD), SimpleUploadedFile("a.jsonl", b'{"question": "x", "answer": "y"}')]
    upload = uploads.receive_files(files, name="both")
    assert dataset_of(upload).items.count() == 3


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.jsonl", "passwd.jsonl"),
        ("C:\\temp\\a b.jsonl", "a_b.jsonl"),
        ("..", "file"),
        (".htaccess", "htaccess"),
        ("日本語.jsonl", "日本語.jsonl"),
        ("x" * 300 + ".jsonl", "x" * 150 + ".jsonl"),
    ],
)
def test_unsafe_names_stay_inside(name: str, kept: str, data_dir: Path) -> None:
    file = SimpleUploadedFile("a", GOOD)
    vars(file)["_name"] = name
    upload = uploads.receive_files([file])
    assert upload.files[0]["name"] == kept
    assert (folder_of(upload.token) / "file-1" / kept).is_file()


def test_nothing_too_many_and_empty_files_are_refused_and_leave_nothing(lead_client: Client, data_dir: Path) -> None:
    for files, message in [
        ([], "No file was sent"),
        ([SimpleUploadedFile("a.jsonl", b"")], "a.jsonl is empty"),
        ([SimpleUploadedFile(f"{n}", b"x") for n in range(101)], "more than 100 files"),
    ]:
        html = lead_client.post(reverse("upload_create"), {"files": files}).content.decode()
        assert message in html
    assert not Upload.objects.exists()
    assert not list((data_dir / "uploads").glob("*"))


def test_what_is_too_large_is_refused_before_it_is_read(lead: User, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead)
    response = client.post(reverse("upload_create"), {"files": SimpleUploadedFile("a", b"x" * 200_000)})
    assert response.status_code == 413
    assert "EVALSITE_MAX_UPLOAD_MB" in response.content.decode()


def test_a_page_of_another_site_sends_nothing(lead: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead)
    response = client.post(reverse("upload_create"), {"files": SimpleUploadedFile("a.jsonl", GOOD)})
    assert (response.status_code, Upload.objects.count()) == (403, 0)


def test_a_large_file_is_moved_and_waits_for_a_worker(monkeypatch: pytest.MonkeyPatch, lead_client: Client) -> None:
    monkeypatch.setattr(orders, "AT_ONCE_BYTES", 10)
    file = TemporaryUploadedFile("big.jsonl", "", len(GOOD), None)
    file.write(GOOD)
    file.flush()
    upload = uploads.receive_files([file])
    assert not Path(file.temporary_file_path()).exists()
    assert upload.state == State.PENDING
    assert "wait for a worker that reads them" in page(lead_client, upload)
    uploads.work_upload(upload.pk)
    assert "首都は?" in page(lead_client, upload)


def test_cancelled_files_are_not_stored_until_they_are_tried_again() -> None:
    upload = sent()
    uploads.store_upload(upload)
    assert uploads.cancel_upload(upload).state == State.CANCELLED
    uploads.work_upload(upload.pk)
    assert not Dataset.objects.exists()
    assert uploads.repeat_upload(upload).state == State.PENDING
    uploads.work_upload(upload.pk)
    assert Dataset.objects.get().items.count() == 2


def test_a_worker_hears_of_a_cancel_and_takes_back_what_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = sent()
    uploads.store_upload(upload)
    monkeypatch.setattr("annotation.actions.uploads.files.EVERY_SECONDS", 0)
    begun = Telling._write

    def cancelled_meanwhile(self: Telling) -> None:
        begun(self)
        ask_to_stop(upload.token)

    monkeypatch.setattr(Telling, "_write", cancelled_meanwhile)
    uploads.work_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == State.CANCELLED
    assert not Dataset.objects.exists()


def test_a_dead_workers_import_is_put_back_and_what_it_began_is_deleted(lead_client: Client) -> None:
    upload = sent()
    uploads.store_upload(upload)
    host, number, _start = this_claimer().rsplit(":", 2)
    dead = f"{host}:{number}:1"
    half = Dataset.objects.create(name=f"answers (importing x) by {dead}", state=Dataset.State.IMPORTING)
    alive = Dataset.objects.create(name=f"b (importing x) by {this_claimer()}", state=Dataset.State.IMPORTING)
    Upload.objects.update(state=State.RUNNING, claimed_by=dead, started_at=upload.at)
    assert "wait for a worker that stores them" in page(lead_client, upload)
    assert not Dataset.objects.filter(pk=half.pk).exists()
    assert Dataset.objects.filter(pk=alive.pk).exists()
    for _time in range(2):
        Upload.objects.update(state=State.RUNNING, claimed_by=dead)
        uploads.put_back_lost()
    upload.refresh_from_db()
    assert (upload.state, upload.error) == (State.FAILED, "Its worker died 3 times; nothing was stored.")


def test_a_job_whose_worker_died_says_nothing_on_the_upload() -> None:
    upload = sent()
    uploads.store_upload(upload)
    job = SimpleNamespace(args=[upload.pk])
    jobs.upload_failed(job, None, AbandonedJobError, AbandonedJobError(), None)  # type: ignore[arg-type]
    assert Upload.objects.get().state == State.PENDING


def test_a_worker_that_was_thought_dead_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = sent()
    uploads.store_upload(upload)
    Upload.objects.update(state=State.RUNNING, claimed_by="another:1:1")
    old = Upload.objects.get()
    old.claimed_by = "this:1:1"
    orders.finish(old, state=State.READY)
    assert Upload.objects.get().state == State.RUNNING


def test_a_job_that_ended_says_why(lead_client: Client) -> None:
    upload = sent()
    uploads.store_upload(upload)
    uploads.fail_upload(upload.pk, "The worker stopped: MemoryError: ")
    assert "MemoryError" in page(lead_client, upload)


def test_stopped_is_no_problem_of_the_files() -> None:
    upload = sent()
    ask_to_stop(upload.token)
    with pytest.raises(UploadStopped):
        Telling(upload).check()


def page(client: Client, upload: Upload) -> str:
    return client.get(upload.get_absolute_url()).content.decode()


def test_lists_say_what_to_do_when_they_are_empty(lead_client: Client) -> None:
    assert "Nothing came in through these pages yet" in lead_client.get(reverse("upload_list")).content.decode()


def test_the_page_of_the_dataset_offers_what_the_files_held_without_looking_at_the_items(lead_client: Client) -> None:
    rows = b"".join(b'{"question": "%d", "answer": "x", "category": "c%d"}\n' % (n, n % 2) for n in range(120))
    dataset = dataset_of(sent(rows))
    assert dataset.files.get().header["categories"] == ["c0", "c1"]
    html = lead_client.get(dataset.get_absolute_url(), {"page": 3}).content.decode()
    assert '<option value="c1">' in html
    assert "Item 101" in html
    assert "Item 100" not in html
    Item.objects.update(category="other")
    assert '<option value="c1">' in lead_client.get(dataset.get_absolute_url()).content.decode()


def test_the_list_shows_how_many_items_came_and_nothing_for_labels(lead_client: Client) -> None:
    sent()
    table = b"item,rater,label\n1,aki,1\n1,ben,0\n2,aki,1\n2,ben,1\n"
    assert sent(table, "labels.csv").n_items is None
    html = lead_client.get(reverse("upload_list")).content.decode()
    assert '<td class="number">2</td>' in html
    assert '<td class="number"></td>' in html
