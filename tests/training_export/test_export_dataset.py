"""The command, and the action under it: files, manifest, refusals."""

import json
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotation.models import Guideline
from judging.models import Dataset, Item
from tests import factories
from training_export.actions import export_dataset
from training_export.models import Export
from training_export.selection import ExportProblem, select

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed() -> Dataset:
    """Three judged items: one clean by majority and corrected, one undefined, one nobody looked at."""
    dataset = factories.make_dataset("ポンプ")
    items = [factories.make_item(dataset, f"問{n}?", f"答{n}。") for n in (1, 2, 3)]
    run = factories.make_run(dataset)
    for item, verdict in zip(items, ["clean", "wrong", "invalid"], strict=True):
        factories.make_judgment(run, item, verdict)
    campaign = factories.make_campaign(dataset)
    guideline = Guideline.objects.create(campaign=campaign, version=3, text="Be strict.")
    first, second = factories.make_annotator("reviewer-1"), factories.make_annotator("reviewer-2")
    factories.make_label(campaign, items[0], first, "clean", correction={"answer": "正しい答。"}, guideline=guideline)
    factories.make_label(campaign, items[0], second, "clean")
    factories.make_label(campaign, items[1], second, "undefined")
    return dataset


def run_command(dataset: str, folder: Path, **options: Any) -> str:
    out = StringIO()
    call_command("export_dataset", dataset, output=folder, stdout=out, **options)
    return out.getvalue()


def lines(folder: Path, pattern: str) -> list[dict[str, str]]:
    (path,) = folder.glob(pattern)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_people_s_verdicts_leave(reviewed: Dataset, tmp_path: Path) -> None:
    out = run_command("ポンプ", tmp_path / "out")
    folder = tmp_path / "out"
    assert lines(folder, "dataset_manual_*_clean.jsonl") == [{"question": "問1?", "answer": "正しい答。"}]
    assert lines(folder, "dataset_manual_*_wrong.jsonl") == []
    assert lines(folder, "dataset_manual_*_invalid.jsonl") == [{"question": "問2?", "answer": "答2。"}]
    (log,) = folder.glob("experiment_log_manual_*.json")
    assert [entry["num_error"] for entry in json.loads(log.read_text(encoding="utf-8"))] == [0, None, None]
    assert "3 items; left out: 1 unreviewed." in out
    assert str(log) in out


def test_the_judge_s_verdicts_leave_with_the_text_it_judged(reviewed: Dataset, tmp_path: Path) -> None:
    run_command("ポンプ", tmp_path / "out", source="judge")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "dataset_clean.jsonl",
        "dataset_wrong.jsonl",
        "dataset_invalid.jsonl",
        "manifest.json",
    }
    assert lines(tmp_path / "out", "dataset_clean.jsonl") == [{"question": "問1?", "answer": "答1。"}]


def test_qa_jsonl_gives_back_unknown_keys(reviewed: Dataset, tmp_path: Path) -> None:
    Item.objects.filter(position=1).update(extra={"難易度": {"level": 2}}, context="本文", category="pumps")
    run_command("ポンプ", tmp_path / "out", format="qa_jsonl")
    assert lines(tmp_path / "out", "*_clean.jsonl") == [
        {
            "id": "item-1",
            "question": "問1?",
            "answer": "正しい答。",
            "context": "本文",
            "category": "pumps",
            "難易度": {"level": 2},
        }
    ]


def test_the_manifest_says_where_everything_comes_from(reviewed: Dataset, tmp_path: Path) -> None:
    run_command("ポンプ", tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["format"], manifest["source"], manifest["dataset"]["name"]) == ("mdk", "gold", "ポンプ")
    assert manifest["campaign"] == {"name": "campaign", "kind": "review", "rubric": None, "guideline_versions": [3]}
    assert manifest["run"]["judge"]["name"] == "judge"
    assert manifest["labels"] == [
        {"annotator": "reviewer-1", "labels": 1},
        {"annotator": "reviewer-2", "labels": 2},
    ]
    assert manifest["counts"]["left_out"] == {"unreviewed": 1}
    assert manifest["as_of"]["label"] > 0
    assert {"evalsite", "django", "python"} <= manifest["software"].keys()


def test_checksums_are_those_of_the_files(reviewed: Dataset, tmp_path: Path) -> None:
    run_command("ポンプ", tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["files"]) == 4
    for file in manifest["files"]:
        data = (tmp_path / "out" / file["name"]).read_bytes()
        assert (sha256(data).hexdigest(), len(data)) == (file["sha256"], file["bytes"])


def test_json_is_one_document(reviewed: Dataset, tmp_path: Path) -> None:
    document = json.loads(run_command("ポンプ", tmp_path / "out", json=True))
    assert {Path(path) for path in document["paths"]} == set((tmp_path / "out").iterdir())
    assert document["manifest"] == json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))


def test_the_export_is_remembered(reviewed: Dataset, tmp_path: Path) -> None:
    run_command("ポンプ", tmp_path / "out")
    export = Export.objects.get()
    assert (export.state, export.folder) == (Export.State.READY, str(tmp_path / "out"))
    assert {file["name"] for file in export.files} == {path.name for path in (tmp_path / "out").iterdir()}
    assert export.written == 2


def test_the_same_moment_gives_the_same_files(reviewed: Dataset, tmp_path: Path) -> None:
    selection = select(reviewed)
    one, two = (export_dataset(selection, tmp_path / name) for name in ("one", "two"))
    assert one.manifest == two.manifest


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("nothing", {}, "There is no dataset “nothing”. There are: ポンプ."),
        ("ポンプ", {"campaign": "x"}, "has no campaign “x”"),
        ("ポンプ", {"run": 999999}, "has no run 999999"),
    ],
)
def test_what_does_not_exist_is_refused(
    reviewed: Dataset, tmp_path: Path, name: str, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run_command(name, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()
    assert not Export.objects.exists()


def test_nothing_is_overwritten(reviewed: Dataset, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="nothing is overwritten"):
        run_command("ポンプ", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert not Export.objects.exists()


def test_labels_that_decide_nothing_leave_nothing_behind(tmp_path: Path) -> None:
    dataset = factories.make_dataset()
    item, campaign = factories.make_item(dataset), factories.make_campaign(dataset)
    for name, verdict in (("a", "clean"), ("b", "wrong")):
        factories.make_label(campaign, item, factories.make_annotator(name), verdict)
    with pytest.raises(CommandError, match="No item of dataset “dataset” has a verdict to export"):
        run_command("dataset", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    assert Export.objects.get().state == Export.State.FAILED


def test_a_folder_that_cannot_be_made_is_a_sentence(reviewed: Dataset, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="out cannot be written: "):
        run_command("ポンプ", tmp_path / "file" / "out")


def test_an_unknown_format_is_refused(reviewed: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ExportProblem, match="there are: mdk, qa_jsonl"):
        export_dataset(select(reviewed), tmp_path / "out", format_name="parquet")


def test_the_stamp_is_the_moment_of_the_selection(reviewed: Dataset, tmp_path: Path) -> None:
    selection = select(reviewed)
    export = export_dataset(selection, tmp_path / "out")
    stamp = timezone.localtime(selection.as_of.at).strftime("%Y-%m-%d-%H-%M-%S")
    assert export.files[3]["name"] == f"experiment_log_manual_{stamp}.json"
