"""The command, and the action under it: files, manifest, refusals."""

import json
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotation.models import Campaign, GoldLabel, Guideline
from judging.models import Dataset, Item
from tests import factories
from training_export.actions import export_dataset
from training_export.core.writers import WRITERS
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
        export_dataset(select(reviewed), tmp_path / "out", format_name="pdf")


def test_the_stamp_is_the_moment_of_the_selection(reviewed: Dataset, tmp_path: Path) -> None:
    selection = select(reviewed)
    export = export_dataset(selection, tmp_path / "out")
    stamp = timezone.localtime(selection.as_of.at).strftime("%Y-%m-%d-%H-%M-%S")
    assert export.files[3]["name"] == f"experiment_log_manual_{stamp}.json"


def test_a_label_table_needs_no_verdict(tmp_path: Path) -> None:
    dataset = factories.make_dataset()
    item, campaign = factories.make_item(dataset), factories.make_campaign(dataset)
    person = factories.make_annotator()
    for criterion in ("tone", "facts"):
        factories.make_label(campaign, item, person, "", value="4", criterion=criterion, client_key=criterion)
    run_command("dataset", tmp_path / "out", format="labels", criterion="tone")
    table = (tmp_path / "out" / "labels.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[3:5] for line in table[1:]] == [["tone", "4"], ["facts", "4"]]


@pytest.mark.parametrize("name", ["labels", "label_studio", "trl_preference", "mdk"])
def test_several_criteria_ask_which_one_decides(tmp_path: Path, name: str) -> None:
    dataset = factories.make_dataset()
    item, campaign = factories.make_item(dataset), factories.make_campaign(dataset)
    person = factories.make_annotator()
    for criterion, verdict in (("tone", ""), ("facts", "wrong")):
        factories.make_label(campaign, item, person, verdict, value="4", criterion=criterion, client_key=criterion)
    with pytest.raises(CommandError, match=r"several criteria \(facts, tone\).*--criterion"):
        run_command("dataset", tmp_path / "out", format=name)
    with pytest.raises(CommandError, match=r"word on criterion “style”\. There are: facts, tone\."):
        run_command("dataset", tmp_path / "out", format=name, criterion="style")


def test_the_criterion_asked_for_decides_and_the_counts_say_so(tmp_path: Path) -> None:
    dataset = factories.make_dataset()
    item, campaign = factories.make_item(dataset), factories.make_campaign(dataset)
    person = factories.make_annotator()
    for criterion, verdict in (("tone", "clean"), ("facts", "wrong")):
        factories.make_label(campaign, item, person, verdict, criterion=criterion, client_key=criterion)
    for criterion, counted in (("tone", (1, 0)), ("facts", (0, 1))):
        run_command("dataset", tmp_path / criterion, format="label_studio", criterion=criterion)
        manifest = json.loads((tmp_path / criterion / "manifest.json").read_text(encoding="utf-8"))
        assert (manifest["counts"]["clean"], manifest["counts"]["wrong"]) == counted
        assert manifest["filters"]["criterion"] == criterion
        call_command("export_dataset", verify=tmp_path / criterion / "manifest.json")


@pytest.fixture
def many(db: None) -> Dataset:
    """Twenty questions, each with a clean and a wrong answer of two models; one answer is judged."""
    dataset = factories.make_dataset("many")
    campaign, person = factories.make_campaign(dataset), factories.make_annotator()
    for n in range(20):
        for model, verdict in (("m-1", "clean"), ("m-2", "wrong")):
            item = factories.make_item(dataset, f"Question {n}?", f"{verdict} {n}", model=model)
            factories.make_label(campaign, item, person, verdict)
    factories.make_judgment(factories.make_run(dataset), item, "wrong", score=2.0, criterion="tone")
    return dataset


def test_everyone_s_words_leave_in_one_table(many: Dataset, tmp_path: Path) -> None:
    run_command("many", tmp_path / "out", format="labels")
    table = (tmp_path / "out" / "labels.csv").read_text(encoding="utf-8").splitlines()
    assert len(table) == 1 + 40 + 1
    assert table[-2].startswith("item-40,human,rater,,wrong,submitted,,,2")
    assert table[-1].startswith("item-40,judge,judge,tone,wrong,scored,,1,2")


def test_training_rows_leave_by_side_of_the_split(many: Dataset, tmp_path: Path) -> None:
    run_command("many", tmp_path / "out", format="trl_prompt_completion", split="60/20/20")
    sides = [lines(tmp_path / "out", f"{side}.jsonl") for side in ("train", "validation", "test")]
    assert sorted(row["completion"] for rows in sides for row in rows) == sorted(f"clean {n}" for n in range(20))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["filters"] == {"split": [60, 20, 20]}
    assert manifest["checks"]["duplicates"] == 0


def test_answers_to_one_question_make_a_preference_pair(many: Dataset, tmp_path: Path) -> None:
    run_command("many", tmp_path / "out", format="trl_preference")
    rows = lines(tmp_path / "out", "train.jsonl")
    assert {(row["prompt"], row["chosen"], row["rejected"]) for row in rows} == {
        (f"Question {n}?", f"clean {n}", f"wrong {n}") for n in range(20)
    }


PAIR_CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["1 b>a", "4 a>b"]),
    ({"source": "human"}, ["1 b>a"]),
    ({"source": "human", "min_agreement": 0.9}, []),
    ({"source": "judge"}, ["1 a>b", "5 a>b"]),
    ({"source": "gold-then-judge"}, ["1 b>a", "4 a>b", "5 a>b"]),
]


@pytest.mark.parametrize(("options", "expected"), PAIR_CASES)
def test_votes_on_pairs_make_preference_pairs(tmp_path: Path, options: dict[str, Any], expected: list[str]) -> None:
    dataset = factories.make_dataset("pairs")
    items = [
        factories.make_item(
            dataset,
            f"Question {n}?",
            f"{n} a",
            kind="pair",
            turns_b=[{"question": f"Question {n}?", "answer": f"{n} b", "reference": ""}],
        )
        for n in (1, 2, 3, 4, 5)
    ]
    campaign, run = factories.make_campaign(dataset), factories.make_run(dataset)
    people = [factories.make_annotator(name) for name in "abc"]
    for item, votes in zip(items, [["B", "B", "A"], ["tie"], ["A", "B"], ["tie"]], strict=False):
        for person, vote in zip(people, votes, strict=False):
            factories.make_label(campaign, item, person, "", value=vote)
    GoldLabel.objects.create(campaign=campaign, item=items[3], value="A", method="adjudicated", at=timezone.now())
    for item, vote in ((items[0], "A"), (items[2], "tie"), (items[4], "A")):
        factories.make_judgment(run, item, "", status="scored", value=vote)
    if not expected:
        with pytest.raises(CommandError, match="No item makes a row of “trl_preference”"):
            run_command("pairs", tmp_path / "out", format="trl_preference", **options)
        return
    run_command("pairs", tmp_path / "out", format="trl_preference", **options)
    rows = lines(tmp_path / "out", "train.jsonl")
    found = sorted(f"{row['chosen']}>{row['rejected'].split()[1]}" for row in rows)
    assert found == expected
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["checks"]["pairs_from"]["votes"] == len(expected)


def test_only_items_that_enough_people_agree_on(many: Dataset, tmp_path: Path) -> None:
    first = many.items.get(position=1)
    factories.make_label(Campaign.objects.get(), first, factories.make_annotator("b"), "clean")
    factories.make_label(Campaign.objects.get(), first, factories.make_annotator("c"), "wrong")
    out = run_command("many", tmp_path / "out", format="trl_unpaired", min_agreement=0.7)
    assert "40 items; left out: 1 low_agreement." in out
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["filters"] == {"min_agreement": 0.7}


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_a_manifest_rebuilds_its_files_byte_for_byte(many: Dataset, tmp_path: Path, name: str) -> None:
    options = {"split": "50/50", "include_metadata": True} if WRITERS[name].for_training else {}
    run_command("many", tmp_path / "out", format=name, min_agreement=0.5, **options)
    manifest = tmp_path / "out" / "manifest.json"
    assert "byte for byte the same" in verified(manifest)
    assert json.loads(verified(manifest, json=True)) == {"manifest": str(manifest), "changed": [], "why": []}
    assert Export.objects.count() == 1


def verified(manifest: Path, **options: Any) -> str:
    out = StringIO()
    call_command("export_dataset", verify=manifest, stdout=out, **options)
    return out.getvalue()


def test_labels_given_later_change_nothing_for_a_manifest(many: Dataset, tmp_path: Path) -> None:
    run_command("many", tmp_path / "out")
    factories.make_label(Campaign.objects.get(), many.items.get(position=1), factories.make_annotator("b"), "wrong")
    assert "byte for byte the same" in verified(tmp_path / "out" / "manifest.json")


def test_a_text_that_changed_and_a_file_that_changed_are_named(many: Dataset, tmp_path: Path) -> None:
    run_command("many", tmp_path / "out", format="trl_unpaired")
    (tmp_path / "out" / "provenance.jsonl").write_text("mine")
    with pytest.raises(CommandError, match=r"Not the same any more: provenance.jsonl\."):
        verified(tmp_path / "out" / "manifest.json")
    many.items.filter(position=1).update(turns=[{"question": "Q", "answer": "A", "reference": ""}])
    with pytest.raises(CommandError, match=r"provenance.jsonl, train.jsonl\."):
        verified(tmp_path / "out" / "manifest.json")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"split": "90/5"}, "come to 95"),
        ({"split": "90/10"}, "for the formats that trainers read"),
        ({"include_metadata": True}, "leave these options out of “mdk”"),
        (
            {"format": "text", "max_chars": 3},
            "No item makes a row of “text”: 20 are clean, 20 wrong. Not written: 20 too",
        ),
        ({"format": "mdk_gold", "source": "judge"}, "Every verdict of “mdk_gold” is a person's"),
        ({"min_agreement": 2.0}, r"it is a number from 0 to 1\. \(--min-agreement\)"),
        ({"verify": Path("nothing.json")}, "cannot be read as a manifest"),
    ],
)
def test_what_cannot_be_asked_is_refused(many: Dataset, tmp_path: Path, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run_command("many", tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_manifest_of_something_else_is_refused(tmp_path: Path) -> None:
    for text in ("[]", "{}", "{"):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(CommandError, match="manifest"):
            verified(tmp_path / "manifest.json")


def test_a_dataset_and_a_folder_are_needed(db: None) -> None:
    with pytest.raises(CommandError, match="Name a dataset and --output"):
        call_command("export_dataset")
