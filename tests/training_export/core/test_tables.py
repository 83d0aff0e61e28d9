"""Tables and task files: byte for byte, cell by cell, and safe in a spreadsheet."""

import csv
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from judging.core.items import ItemRow
from judging.core.readers import read_rows
from judging.core.verdicts import PersonVerdict
from tests.training_export.core.test_training import CLEAN, WRONG, answer, write
from tests.training_export.core.test_writers import JUDGE_LOG, SAMPLES, STAMP
from training_export.core.records import LabelRow, Origin, PeopleWord, Record
from training_export.core.writers import tables
from training_export.core.writers.tables import CsvTable, Workbook

PERSON = LabelRow(
    rater_type="human",
    rater="=reviewer",
    value="wrong",
    status="submitted",
    comment="直流です",
    correction={"answer": "直流12ボルト。"},
    guideline_version=3,
    created_at="2026-01-31T00:00:00+00:00",
    seconds=7.5,
)
JUDGE = LabelRow(
    rater_type="judge", rater="judge", judge_version=2, value="4", score=4.0, status="scored", criterion="tone"
)
UNREAD = LabelRow(rater_type="judge", rater="judge", judge_version=2, value="", status="unscored")


def items() -> list[Record]:
    formula = answer(1, "=HYPERLINK(1)", "-5", CLEAN, context="ポンプは12ボルトで動く。", model="m-1")
    logged = answer(2, 'Say "hi",\nplease.', "24ボルト。", WRONG, correction={"answer": "直流12ボルト。"})
    logged.extra = {"mdk": JUDGE_LOG}
    logged.labels = (PERSON, JUDGE, UNREAD)
    decided = Record(
        key="item-3",
        position=3,
        turns=answer(3, "Gold?", "A\x08.", CLEAN).turns,
        people=PeopleWord(origin=Origin.GOLD, verdict=CLEAN),
    )
    return [formula, logged, decided, answer(4, "Undefined?", "Maybe.", PersonVerdict.UNDEFINED)]


TABLES = ["mdk_gold", "promptfoo_csv", "label_studio", "labels"]


@pytest.mark.parametrize("name", TABLES)
def test_writes_the_sample_byte_for_byte(name: str, tmp_path: Path) -> None:
    write(name, tmp_path, items())
    wanted = {path.name: path.read_bytes() for path in (SAMPLES / name).iterdir()}
    # An archive's bytes are a matter of the compressor's version; its cells are compared below.
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".xlsx"} == wanted


def test_the_sheet_of_a_gold_set_holds_the_cells_of_its_table(tmp_path: Path) -> None:
    checks = write("mdk_gold", tmp_path, items())
    sheet = load_workbook(tmp_path / "dataset_checked.xlsx").active
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    with (tmp_path / "dataset_checked.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert found[0] == table[0] == ["page", "question", "answer", "num_error", "reason", "checked"]
    assert [row[1:4] for row in found[1:]] == [
        ["=HYPERLINK(1)", "-5", 0],
        ['Say "hi",\nplease.', "直流12ボルト。", 1],
        ["Gold?", "A\ufffd.", 0],
    ]
    assert [row[1] for row in table[1:]] == ["'=HYPERLINK(1)", 'Say "hi",\nplease.', "Gold?"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    assert checks == {"csv_cells_defused": 1, "xlsx_cells_changed": 1}


def test_a_gold_set_is_read_again_with_its_verdicts_and_a_blind_one_without(tmp_path: Path) -> None:
    write("mdk_gold", tmp_path, items())
    gold = read(tmp_path / "dataset_checked.json")
    assert [row.person.verdict.value for row in gold if row.person] == ["clean", "wrong", "clean"]
    blind = read(tmp_path / "dataset.json")
    assert [row.person for row in blind] == [None] * 3
    assert [row.turns for row in blind] == [row.turns for row in gold]


def read(path: Path) -> list[ItemRow]:
    rows = list(read_rows(path, "mdk_gold"))
    assert all(isinstance(row, ItemRow) for row in rows)
    return [row for row in rows if isinstance(row, ItemRow)]


def test_a_label_table_has_a_line_for_everyone_s_word(tmp_path: Path) -> None:
    write("labels", tmp_path, items())
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["rater_type"], row["rater"], row["criterion"], row["value"], row["status"]) for row in rows] == [
        ("human", "'=reviewer", "", "wrong", "submitted"),
        ("judge", "judge", "tone", "4", "scored"),
        ("judge", "judge", "", "", "unscored"),
    ]


def test_tasks_keep_people_and_judges_apart(tmp_path: Path) -> None:
    write("label_studio", tmp_path, items())
    tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert [len(task["annotations"]) for task in tasks] == [0, 1, 1, 0]
    assert [task["model_version"] for task in tasks[1]["predictions"]] == ["judge v2"]
    assert [annotation["ground_truth"] for task in tasks for annotation in task["annotations"]] == [False, True]


def test_a_workbook_shows_the_export_s_moment_and_no_other(tmp_path: Path) -> None:
    book = Workbook(tmp_path / "book.xlsx", ["a"], stamp=STAMP)
    book.add(["x"])
    book.close()
    with ZipFile(tmp_path / "book.xlsx") as archive:
        # An archive counts in steps of two seconds.
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 31, 9, 5, 6)}
        core = archive.read("docProps/core.xml")
    assert core.count(b"2026-01-31T09:05:07Z") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_full_sheet_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    book = Workbook(tmp_path / "book.xlsx", ["a"], stamp=STAMP)
    for n in range(5):
        book.add([n])
    book.close()
    sheets = load_workbook(tmp_path / "book.xlsx").worksheets
    assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in sheets] == [
        ["a", 0, 1],
        ["a", 2, 3],
        ["a", 4],
    ]


def test_a_cell_that_a_sheet_cannot_hold_is_cut_and_counted(tmp_path: Path) -> None:
    book = Workbook(tmp_path / "book.xlsx", ["a"], stamp=STAMP)
    book.add(["x" * 40_000])
    book.close()
    assert book.changed == 1
    value: Any = load_workbook(tmp_path / "book.xlsx").active["A2"].value
    assert len(value) == 32_767


def test_a_table_quotes_what_needs_it_and_leaves_absence_empty(tmp_path: Path) -> None:
    table = CsvTable(tmp_path / "t.csv", ["a", "b"])
    table.add(['x,"y"\nz', None])
    assert table.close().rows == 1
    assert (tmp_path / "t.csv").read_bytes() == b'a,b\n"x,""y""\nz",\n'
