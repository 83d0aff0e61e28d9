"""Tables in workbooks, and mdk's gold set as a table."""

from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from judging.core.items import ItemRow, PersonWord, RowProblem, Turn
from judging.core.readers import FileRefused, detect_format, read_rows
from judging.core.verdicts import PersonVerdict


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def read(path: Path, form: str) -> list[ItemRow | RowProblem]:
    assert detect_format(path) == form
    return list(read_rows(path, form))


def test_rows_of_the_first_sheet_are_items(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", ["question", "answer", "n", "day"], ["問い", "答え", 1.0, date(2026, 1, 2)], [], ["Q"]
    )
    first, second = read(path, "xlsx")
    assert first == ItemRow(line=2, turns=(Turn("問い", "答え"),), extra={"n": "1", "day": "2026-01-02T00:00:00"})
    assert isinstance(second, ItemRow)
    assert (second.line, second.has_answer) == (4, False)


def test_choices_and_tasks_come_as_workbooks_too(tmp_path: Path) -> None:
    choices = workbook(tmp_path / "c.xlsx", ["question", "A", "B", "answer"], ["Q", "x", 2, "B"])
    (row,) = read(choices, "mmlu")
    assert isinstance(row, ItemRow)
    assert (row.choices, row.gold_choice) == (("x", "2"), "B")
    (task,) = read(workbook(tmp_path / "e.xlsx", ["input", "output", "eval_aspect"], ["課題", "答", "観点"]), "elyza")
    assert isinstance(task, ItemRow)
    assert task.criteria == "観点"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["a", "b"], ["x", "y"]], "There is no question"),
        ([["question", "question"]], "Two columns"),
        ([], "first sheet is empty"),
    ],
)
def test_sheets_without_a_table_are_refused(tmp_path: Path, rows: list[list[Any]], message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        detect_format(workbook(tmp_path / "a.xlsx", *rows))


def test_cells_under_no_heading_are_kept(tmp_path: Path) -> None:
    (row,) = read(workbook(tmp_path / "a.xlsx", ["question"], ["Q", "more"]), "xlsx")
    assert isinstance(row, ItemRow)
    assert row.extra == {"column 2": "more"}


def test_damaged_workbook_is_refused(tmp_path: Path) -> None:
    good = workbook(tmp_path / "a.xlsx", ["question"], ["Q"])
    path = tmp_path / "b.xlsx"
    with ZipFile(good) as old, ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[: 60 if name.endswith("sheet1.xml") else None])
    with pytest.raises(FileRefused, match="damaged"):
        list(read_rows(path, "xlsx"))


@pytest.mark.parametrize("keep", [100, 2000])
def test_cut_off_workbook_is_refused(tmp_path: Path, keep: int) -> None:
    path = workbook(tmp_path / "a.xlsx", ["question"], ["Q"])
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(FileRefused, match="archive"):
        detect_format(path)


def test_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["question"], ["Q"])
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"0" * 50_000_000)
    with pytest.raises(FileRefused, match="unpacks to"):
        detect_format(path)


HEADER = ["page", "question", "answer", "num_error", "reason", "checked"]
REASON = "['手動アノテーション済']"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_gold_table_brings_the_words_of_a_person(tmp_path: Path, kind: str) -> None:
    rows = [HEADER, ["{'page': '本文'}", "Q1", "A1", 0, REASON, 1], ["{'page': '本文'}", "Q2", "A2", 2, REASON, 1]]
    path = tmp_path / f"dataset_checked.{kind}"
    if kind == "xlsx":
        workbook(path, *rows)
    else:
        path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), encoding="utf-8-sig")
    first, second = read(path, "mdk_gold_table")
    assert isinstance(first, ItemRow)
    assert isinstance(second, ItemRow)
    assert (first.context, first.person) == ("本文", PersonWord(verdict=PersonVerdict.CLEAN, error_count=0))
    assert second.person == PersonWord(verdict=PersonVerdict.WRONG, error_count=2)
    assert first.extra == {"mdk": {"reason": REASON, "checked": "1", "entry": 1, "format": "gold_table"}}


@pytest.mark.parametrize(
    ("page", "count", "message"),
    [
        ("{'page': open('x')}", "0", "cannot be decoded"),
        ("{'page': 3}", "0", "no text under 'page'"),
        ("{'page': '\\ud800'}", "0", "half of a character pair"),
        ("{", "0", "cannot be decoded"),
        ("{'page': 'x'}", "-1", "'num_error' is '-1'"),
        ("{'page': 'x'}", "1.5", "'num_error' is '1.5'"),
        ("{'page': 'x'}", "many", "'num_error' is 'many'"),
    ],
)
def test_bad_rows_of_a_gold_table_are_named(tmp_path: Path, page: str, count: str, message: str) -> None:
    path = workbook(tmp_path / "a.xlsx", HEADER, [page, "Q", "A", count, REASON, 1])
    (row,) = read(path, "mdk_gold_table")
    assert isinstance(row, RowProblem)
    assert row.line == 2
    assert message in row.message
