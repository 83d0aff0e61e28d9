"""Titles above a table, in text and in workbooks."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import FileRefused, detect_format, read_rows
from judging.core.readers.titles import header_place


def questions(path: Path, form: str) -> list[tuple[int, str]]:
    assert detect_format(path) == form
    rows = list(read_rows(path, form))
    assert not [row for row in rows if isinstance(row, RowProblem)], rows
    return [(row.line, row.turns[0].question) for row in rows if isinstance(row, ItemRow)]


def workbook(folder: Path, *rows: list[Any]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    path = folder / "table.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("The manual of the pump\n", 3),
        ("The manual\n\n2024-05-01\n", 5),
        ("The manual,,\n,,\n", 4),
        ('"A title, with\nline ends"\n', 4),
        ("\nThe manual, second part\n", 4),
        ("sep=,\nThe manual\n", 4),
    ],
)
def test_titles_above_a_text_are_passed_over(tmp_path: Path, above: str, line: int) -> None:
    path = tmp_path / "table.csv"
    path.write_text(above + "question,answer,note\nQ,A,n\n", encoding="utf-8")
    assert questions(path, "csv") == [(line, "Q")]


def test_titles_above_a_sheet_are_passed_over(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["The manual"], [], ["Date", "2024"], ["question", "answer", "note"], ["Q", "A", "n"])
    assert questions(path, "xlsx") == [(5, "Q")]


def test_header_of_choices_stands_below_a_title_too(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Law"], ["question", "A", "B", "C", "D", "answer"], ["Q", "a", "b", "c", "d", "C"])
    (row,) = read_rows(path, detect_format(path))
    assert isinstance(row, ItemRow)
    assert (row.choices, row.gold_choice) == (("a", "b", "c", "d"), "C")


def test_columns_are_named_below_a_title_too(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("The manual\nasked,said\nQ,A\n")
    (row,) = read_rows(path, "csv", (("answer", "said"), ("question", "asked")))
    assert isinstance(row, ItemRow)
    assert (row.turns[0].question, row.turns[0].answer) == ("Q", "A")


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([], 0),
        ([["question"], ["a", "b"]], 0),
        ([["a", "b"], ["c", "d"]], 0),
        ([["title"], ["a", "b"], ["c", "d"]], 1),
        ([["title", ""], ["", ""], ["a", "b"]], 2),
        ([["title"], ["text"], ["other"]], 0),
        ([["by", "me"], ["id", "question", "answer"]], 1),
        ([["a", "b", "c"], ["question", "d", "e"]], 0),
    ],
)
def test_header_is_the_first_row_that_can_be_one(rows: list[list[str]], place: int) -> None:
    assert header_place(rows) == place


def test_rows_are_named_by_their_line_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("The manual\n\nquestion,answer\nQ,A\nR\n")
    assert [row.line for row in read_rows(path, "csv")] == [4, 5]


def test_a_title_alone_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("The manual of the pump\n")
    with pytest.raises(FileRefused, match="There is no question"):
        detect_format(path)
