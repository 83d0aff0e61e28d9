"""manage.py merge_labels: several people's verdicts become one gold set."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from tests import factories

pytestmark = pytest.mark.django_db
SEEN = "['reply']"


def entry(question: str, answer: str, errors: int | None, *, output: Any = SEEN, **keys: Any) -> dict[str, Any]:
    qa = [{"question": question, "answer": answer}]
    return {"qa": qa, "page": {"page": "本文"}, "num_error": errors, "output": output, **keys}


def log(folder: Path, name: str, *entries: dict[str, Any], stamp: str = "2026-01-31-09-05-07") -> Path:
    path = folder / name / f"experiment_log_manual_{stamp}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(entries, ensure_ascii=False, indent=4), encoding="utf-8")
    return path


def merged(*paths: Path, output: Path, **options: Any) -> str:
    out = StringIO()
    call_command("merge_labels", *map(str, paths), output=output, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    log(folder, "aki", entry("問1?", "答1。", 0), entry("問2?", "答2。", 1), entry("問3?", "答3。", None))
    log(folder, "ben", entry("問1?", "答1。", 0), entry("問2?", "答2。", 0), entry("問4?", "答4。", 3))
    return folder


def test_prints_mdk_s_table_and_count_line(logs: Path, tmp_path: Path) -> None:
    lines = merged(logs, output=tmp_path / "out").splitlines()
    assert lines[:5] == [
        "|dataset|good|bad|",
        "|---|---|---|",
        "|aki|1|1|",
        "|ben|2|1|",
        "good:1, bad:1, total:2",
    ]
    assert "People differ on 1 items, of which 1 are left out." in lines


def test_writes_mdk_s_four_files_and_the_conflicts(logs: Path, tmp_path: Path) -> None:
    merged(logs, output=tmp_path / "out", basename="both")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "dataset_both_checked.csv",
        "dataset_both_checked.xlsx",
        "dataset_both_checked.json",
        "dataset_both.json",
        "dataset_both_conflicts.csv",
    }
    checked = json.loads((tmp_path / "out" / "dataset_both_checked.json").read_text(encoding="utf-8"))
    assert [(one["qa"][0]["question"], one["num_error"], one["output"]) for one in checked] == [
        ("問1?", 0, ["reply"]),
        ("問4?", 3, ["reply"]),
    ]
    blind = json.loads((tmp_path / "out" / "dataset_both.json").read_text(encoding="utf-8"))
    assert [(set(one), one["prompt"]) for one in blind] == [({"qa", "page", "output", "prompt"}, "")] * 2
    raw = (tmp_path / "out" / "dataset_both_checked.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfpage,question,answer,num_error,reason,checked\n")
    sheet = load_workbook(tmp_path / "out" / "dataset_both_checked.xlsx").active
    assert [cell.value for cell in sheet[2]] == ["{'page': '本文'}", "問1?", "答1。", 0, "['手動アノテーション済']", 1]
    (row,) = csv.DictReader((tmp_path / "out" / "dataset_both_conflicts.csv").read_text("utf-8-sig").splitlines())
    assert (row["question"], json.loads(row["said"]), row["verdict"]) == ("問2?", {"aki": "wrong", "ben": "clean"}, "")


def test_a_majority_settles_and_can_be_told_not_to(logs: Path, tmp_path: Path) -> None:
    third = log(logs, "cho", entry("問2?", "答2。", 1))
    assert "good:1, bad:2, total:3" in merged(logs, output=tmp_path / "out")
    assert "good:1, bad:1, total:2" in merged(logs, output=tmp_path / "no", resolve="nobody")
    assert third.exists()


def test_an_adjudicated_log_wins_over_the_majority(logs: Path, tmp_path: Path) -> None:
    log(logs, "cho", entry("問2?", "答2。", 1))
    lead = log(tmp_path / "lead", "lead", entry("問2?", "答2。", 0))
    assert "good:2, bad:1, total:3" in merged(logs, output=tmp_path / "out", adjudicated=[lead])


def test_of_a_folder_the_newest_log_counts_and_of_one_person_the_last_word(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    log(folder, "aki", entry("Q?", "A.", 0), stamp="2026-01-01-00-00-00")
    log(folder, "aki", entry("Q?", "A.", 0), entry("Q?", "A.", 1), stamp="2026-02-01-00-00-00")
    out = merged(folder, output=tmp_path / "out")
    assert "good:0, bad:1, total:1" in out
    assert "Said twice by one person (the last counts): 1." in out


def test_folders_of_one_name_in_two_places_are_two_people(tmp_path: Path) -> None:
    for who, errors in (("aki", 0), ("ben", 1), ("cho", 1)):
        log(tmp_path / who, "run1", entry("Q?", "A.", errors))
    out = merged(*(tmp_path / who for who in ("aki", "ben", "cho")), output=tmp_path / "out")
    assert out.splitlines()[2:6] == ["|aki/run1|1|0|", "|ben/run1|0|1|", "|cho/run1|0|1|", "good:0, bad:1, total:1"]
    assert "Said twice by one person (the last counts): 0." in out
    assert "People differ on 1 items, of which 0 are left out." in out


def test_one_file_named_twice_is_one_person_s(tmp_path: Path) -> None:
    path = log(tmp_path, "aki", entry("Q?", "A.", 0))
    assert "|aki|1|0|" in merged(path, path, output=tmp_path / "out")


def test_entries_that_nobody_looked_at_have_no_say(tmp_path: Path) -> None:
    path = log(tmp_path, "aki", entry("Q?", "A.", 0), entry("R?", "B.", 1, output=["unseen"]))
    assert "good:1, bad:0, total:1" in merged(path, output=tmp_path / "out")


def test_a_corrected_text_is_known_by_what_it_replaced(tmp_path: Path) -> None:
    log(tmp_path / "logs", "aki", entry("Q?", "Right.", 1, original={"answer": "Wrong."}))
    log(tmp_path / "logs", "ben", entry("Q?", "Wrong.", 1))
    assert "good:0, bad:1, total:1" in merged(tmp_path / "logs", output=tmp_path / "out")
    (found,) = json.loads((tmp_path / "out" / "dataset_checked.json").read_text(encoding="utf-8"))
    assert found["qa"] == [{"question": "Q?", "answer": "Right."}]


def test_campaigns_and_logs_make_one_set(tmp_path: Path) -> None:
    dataset = factories.make_dataset("d")
    campaign = factories.make_campaign(dataset, "c")
    item = factories.make_item(dataset, "Q?", "A.", context="本文")
    for name, verdict in (("aki", "clean"), ("ben", "wrong")):
        factories.make_label(campaign, item, factories.make_annotator(name), verdict)
    path = log(tmp_path, "cho", entry("Q?", "A.", 0))
    out = merged(path, output=tmp_path / "out", campaign=["d/c"])
    assert out.splitlines()[2:6] == ["|cho|1|0|", "|aki|1|0|", "|ben|0|1|", "good:1, bad:0, total:1"]


def test_the_gold_set_can_be_merged_again_into_the_same_bytes(logs: Path, tmp_path: Path) -> None:
    merged(logs, output=tmp_path / "one")
    merged(tmp_path / "one" / "dataset_checked.json", output=tmp_path / "two")
    for name in ("dataset_checked.csv", "dataset_checked.json", "dataset.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_folder_that_exists_is_used_and_nothing_in_it_is_overwritten(logs: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    merged(logs, output=tmp_path / "out")
    with pytest.raises(CommandError, match=r"has dataset_checked\.csv"):
        merged(logs, output=tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


def test_json_is_one_document(logs: Path, tmp_path: Path) -> None:
    found = json.loads(merged(logs, output=tmp_path / "out", json=True))
    assert (found["good"], found["bad"], found["total"], found["conflicts"]) == (1, 1, 2, 1)
    assert all(Path(path).exists() for path in found["files"])


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("qa.jsonl", '{"question": "Q?", "answer": "A."}\n', "holds no person's verdicts"),
        ("experiment_log_manual_x.json", '[{"qa": [], "page": {}, "num_error": 0, "output": "[]"}]', ":1: The entry"),
        ("experiment_log_manual_x.json", "[", "experiment_log_manual_x.json:"),
    ],
)
def test_a_file_that_cannot_be_merged_is_a_sentence(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(CommandError, match=sentence):
        merged(tmp_path / name, output=tmp_path / "out")


@pytest.mark.parametrize(
    ("paths", "options", "sentence"),
    [
        ([], {}, "Name at least one"),
        (["nowhere"], {}, "There is no file or folder"),
        ([], {"campaign": ["d"]}, "write DATASET/CAMPAIGN"),
        (["logs"], {"basename": "../x"}, "no name of a file"),
        (["."], {}, "There is no experiment_log_manual_"),
    ],
)
def test_what_cannot_be_merged_is_refused(
    logs: Path, tmp_path: Path, paths: list[str], options: dict[str, Any], sentence: str
) -> None:
    (tmp_path / "logs" / "sub").mkdir()
    places = [tmp_path / "logs" / "sub" if path == "." else tmp_path / path for path in paths]
    with pytest.raises(CommandError, match=sentence):
        merged(*places, output=tmp_path / "out", **options)
