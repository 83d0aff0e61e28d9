"""The pages of export, for leads."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from judging.models import Dataset
from tests import factories
from training_export.actions import build_export, export_dataset
from training_export.models import Export
from training_export.selection import select

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(db: None) -> Dataset:
    dataset = factories.make_dataset("日本語データ")
    first, second = factories.make_items(dataset, 2)
    run = factories.make_run(dataset)
    factories.make_judgment(run, first, "clean")
    factories.make_judgment(run, second, "wrong")
    campaign = factories.make_campaign(dataset, "春のレビュー")
    factories.make_label(campaign, first, factories.make_annotator("reviewer-1"), "wrong")
    return dataset


@pytest.fixture
def export(dataset: Dataset, lead: User, tmp_path: Path) -> Export:
    return export_dataset(select(dataset), tmp_path / "out", by=lead)


def page(client: Client, name: str, *args: object, **options: Any) -> str:
    response = client.get(reverse(name, args=args), **options)
    assert response.status_code == 200
    return str(response.content.decode())


def choices(dataset: Dataset, **changes: Any) -> dict[str, Any]:
    return {"dataset": dataset.pk, "source": "gold", "campaign": "", "run": "", "format": "mdk"} | changes


def test_the_list_shows_what_left(lead_client: Client, export: Export) -> None:
    html = page(lead_client, "export_list")
    assert "日本語データ" in html
    assert reverse("export_detail", args=[export.pk]) in html


def test_the_list_asks_the_database_the_same_number_of_times(
    lead_client: Client, dataset: Dataset, lead: User, tmp_path: Path
) -> None:
    asked = []
    for n in range(2):
        export_dataset(select(dataset), tmp_path / str(n), by=lead)
        with CaptureQueriesContext(connection) as queries:
            page(lead_client, "export_list")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_an_empty_list_says_what_to_do(lead_client: Client) -> None:
    assert reverse("export_create") in page(lead_client, "export_list")


def test_the_dataset_is_preselected(lead_client: Client, dataset: Dataset) -> None:
    html = page(lead_client, "export_create", data={"dataset": dataset.pk})
    assert f'<option value="{dataset.pk}" selected>日本語データ</option>' in html
    assert "春のレビュー" in html


def test_campaigns_and_runs_of_other_datasets_are_not_offered(lead_client: Client, dataset: Dataset) -> None:
    foreign = factories.make_dataset("foreign")
    factories.make_campaign(foreign, "foreign campaign")
    assert "foreign campaign" not in page(lead_client, "export_create", data={"dataset": dataset.pk})


def test_counts_are_shown_before_anything_is_built(lead_client: Client, dataset: Dataset) -> None:
    html = page(lead_client, "export_create", data=choices(dataset), headers={"HX-Request": "true"})
    assert "<html" not in html
    assert "1 nobody reviewed" in html
    assert not Export.objects.exists()


def test_counts_are_shown_without_scripts_too(lead_client: Client, dataset: Dataset) -> None:
    html = page(lead_client, "export_create", data=choices(dataset, source="judge"))
    assert "<html" in html
    assert 'id="export-counts"' in html


def test_a_change_of_dataset_forgets_the_other_one_s_campaign(lead_client: Client, dataset: Dataset) -> None:
    other = factories.make_campaign(factories.make_dataset("foreign"))
    data = choices(dataset, campaign=other.pk)
    html = page(lead_client, "export_create", data=data, headers={"HX-Request": "true"})
    assert 'id="export-counts"' in html


def test_a_dataset_without_labels_is_answered_with_a_sentence(lead_client: Client) -> None:
    empty = factories.make_dataset("empty")
    html = page(lead_client, "export_create", data=choices(empty), headers={"HX-Request": "true"})
    assert "Nobody has labelled dataset" in html


def test_a_choice_that_is_still_to_be_made_is_no_error(lead_client: Client, dataset: Dataset) -> None:
    factories.make_campaign(dataset, "秋のレビュー")
    asked = choices(dataset)
    html = page(lead_client, "export_create", query_params=asked)
    assert "has several campaigns" in html
    assert "--" not in html.partition("has several campaigns")[2].partition("</p>")[0]
    assert 'role="alert"' not in html
    sent = lead_client.post(reverse("export_create"), asked).content.decode()
    assert 'class="errorlist"' in sent
    assert "has several campaigns" in sent


def test_a_format_of_people_alone_is_refused_at_the_verdict(lead_client: Client, dataset: Dataset) -> None:
    response = lead_client.post(reverse("export_create"), choices(dataset, source="judge", format="mdk_gold"))
    html = response.content.decode()
    assert "is a person&#x27;s: take those of people." in html
    assert not Export.objects.exists()


def test_an_order_is_built_by_a_worker_and_shown(
    lead_client: Client, lead: User, dataset: Dataset, export_dir: Path
) -> None:
    response = lead_client.post(reverse("export_create"), choices(dataset, format="qa_jsonl"))
    export = Export.objects.get()
    assert response.url == reverse("export_detail", args=[export.pk])  # type: ignore[attr-defined]
    assert (export.format, export.by, export.folder) == ("qa_jsonl", lead, str(export_dir / str(export.pk)))


def test_an_order_of_nothing_stays_on_the_page(lead_client: Client) -> None:
    empty = factories.make_dataset("empty")
    response = lead_client.post(reverse("export_create"), choices(empty))
    assert "Nobody has labelled dataset" in response.content.decode()
    assert not Export.objects.exists()


def test_an_order_for_no_dataset_stays_on_the_page(lead_client: Client, dataset: Dataset) -> None:
    assert lead_client.post(reverse("export_create"), choices(dataset) | {"dataset": "x"}).status_code == 200
    assert not Export.objects.exists()


def test_the_page_follows_until_the_files_are_there(lead_client: Client, dataset: Dataset) -> None:
    lead_client.post(reverse("export_create"), choices(dataset))
    export = Export.objects.get()
    Export.objects.update(state=Export.State.PENDING)
    assert 'hx-trigger="every 1s"' in page(lead_client, "export_detail", export.pk)
    build_export(export.pk)
    response = lead_client.get(reverse("export_detail", args=[export.pk]), headers={"HX-Request": "true"})
    assert response.status_code == 286
    assert "manifest.json" in response.content.decode()
    assert "every 1s" not in page(lead_client, "export_detail", export.pk)


def test_a_silent_queue_is_a_sentence_on_the_page(lead_client: Client, dataset: Dataset) -> None:
    response = lead_client.post(reverse("export_create"), choices(dataset), follow=True)
    assert "The queue does not answer" in response.content.decode()
    assert "Build again" in response.content.decode()


def test_files_are_shown_with_size_and_checksum(lead_client: Client, export: Export) -> None:
    html = page(lead_client, "export_detail", export.pk)
    for file in export.files:
        assert file["sha256"] in html
        assert reverse("export_file", args=[export.pk, file["name"]]) in html
    assert "reviewer-1" in html
    assert "春のレビュー" in html


def test_files_that_were_moved_away_are_said_to_be(lead_client: Client, export: Export, tmp_path: Path) -> None:
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    assert "The files are no longer in" in page(lead_client, "export_detail", export.pk)
    assert download(lead_client, export, "manifest.json").status_code == 404


def download(client: Client, export: Export, name: str) -> HttpResponse:
    return client.get(f"/exports/{export.pk}/files/{name}")


def test_a_file_is_downloaded_as_it_was_written(lead_client: Client, export: Export) -> None:
    response = download(lead_client, export, "manifest.json")
    assert json.loads(b"".join(response.streaming_content)) == export.manifest  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == 'attachment; filename="manifest.json"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "secret.txt",
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e%2fsecret.txt",
        "..%5csecret.txt",
        "%2fetc%2fpasswd",
        "manifest.json%00",
        ".",
        "..",
        "",
    ],
)
def test_no_other_file_is_reached(lead_client: Client, export: Export, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "out" / "secret.txt").write_text("secret")
    assert download(lead_client, export, name).status_code == 404


def test_a_link_that_took_a_file_s_place_is_not_followed(lead_client: Client, export: Export, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "out" / "manifest.json").unlink()
    (tmp_path / "out" / "manifest.json").symlink_to(tmp_path / "secret.txt")
    assert download(lead_client, export, "manifest.json").status_code == 404


def test_an_unfinished_export_gives_no_file(lead_client: Client, export: Export) -> None:
    Export.objects.update(state=Export.State.RUNNING)
    assert download(lead_client, export, "manifest.json").status_code == 404


def test_strangers_and_annotators_are_kept_out(annotator_client: Client, export: Export) -> None:
    paths = [
        reverse("export_list"),
        reverse("export_create"),
        reverse("export_detail", args=[export.pk]),
        reverse("export_file", args=[export.pk, "manifest.json"]),
    ]
    for path in paths:
        assert annotator_client.get(path).status_code == 403
        assert Client().get(path).url.startswith(reverse("login"))  # type: ignore[attr-defined]
        assert annotator_client.post(path).status_code == 403


def test_the_back_office_shows_exports_and_edits_none(lead_client: Client, export: Export) -> None:
    listed = lead_client.get(reverse("admin:training_export_export_changelist"), {"q": "日本語"})
    assert "日本語データ" in listed.content.decode()
    change = reverse("admin:training_export_export_change", args=[export.pk])
    assert lead_client.get(change).status_code == 200
    assert lead_client.post(change, {"format": "x"}).status_code == 403
    assert lead_client.get(reverse("admin:training_export_export_add")).status_code == 403


def test_a_trainer_s_options_stand_on_the_form_where_the_format_has_them(lead_client: Client, dataset: Dataset) -> None:
    without = page(lead_client, "export_create", data=choices(dataset))
    trained = page(lead_client, "export_create", data=choices(dataset, format="trl_preference"))
    assert 'name="split"' not in without
    assert 'name="split"' in trained
    assert 'name="max_similarity"' in trained
    assert 'name="leakage_against"' in without


def test_what_was_asked_on_the_form_is_what_is_built(
    lead_client: Client, dataset: Dataset, no_queue: None, tmp_path: Path
) -> None:
    benchmark = factories.make_dataset("benchmark")
    factories.make_item(benchmark, "Something else?")
    asked = {"format": "trl_unpaired", "split": "50/50", "written_as": "hub", "min_chars": "2", "near_copies": "drop"}
    lead_client.post(
        reverse("export_create"), choices(dataset, **asked, leakage_against=benchmark.pk, include_metadata="on")
    )
    export = Export.objects.get()
    listed = page(lead_client, "export_list")
    assert "Files: a folder for datasets.load_dataset" in listed
    assert "Split: 50/50" in listed
    assert "--" not in listed.partition("<tbody>")[2].partition("</tbody>")[0]
    assert sorted(export.flags) == [
        "--files hub",
        "--include-metadata",
        "--leakage exclude",
        "--leakage-against benchmark",
        "--min-chars 2",
        "--near-copies drop",
        "--split 50/50",
    ]
    Export.objects.update(state=Export.State.PENDING)
    assert build_export(export.pk) is not None
    html = page(lead_client, "export_detail", export.pk)
    assert "Split: 50/50" in html
    name = next(file["name"] for file in Export.objects.get().files if file["name"].startswith("data/"))
    response = lead_client.get(reverse("export_file", args=[export.pk, name]))
    assert b"".join(response.streaming_content)[:4] == b"PAR1"  # type: ignore[attr-defined]


@pytest.mark.parametrize("split", ["90/20", "x", "100/0"])
def test_a_split_that_is_none_is_said_at_its_field(lead_client: Client, dataset: Dataset, split: str) -> None:
    html = page(lead_client, "export_create", data=choices(dataset, format="text", split=split))
    assert "errorlist" in html
    assert "export-counts" not in html


def test_the_gate_is_shown_with_its_figures_before_anything_leaves(lead_client: Client, dataset: Dataset) -> None:
    html = page(lead_client, "export_create", data=choices(dataset, source="gold-then-judge", judge_gate="on"))
    assert "The judge may not stand in for people here" in html
    assert "1 where the judge may not stand in" in html
    assert 'name="judge_gate"' not in page(lead_client, "export_create", data=choices(dataset))


def test_a_running_export_says_how_far_it_is(lead_client: Client, export: Export) -> None:
    Export.objects.update(state=Export.State.RUNNING, items=200_000, done=50_000)
    html = page(lead_client, "export_detail", export.pk)
    assert "50,000 of 200,000 items gone through." in html
    assert 'aria-valuenow="25"' in html
    assert "25 %" in page(lead_client, "export_list")


def test_progress_is_noted_while_files_are_built(export: Export) -> None:
    assert Export.objects.get().items == 2
