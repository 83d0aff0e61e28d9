"""Tables of labels made elsewhere, in every shape and kind of file."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from annotation.core.label_tables import FileRefused, LabelRows, Said, TableOptions, read_labels


def write(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, **options: object) -> LabelRows:
    return read_labels(path, TableOptions(**options))  # type: ignore[arg-type]


def words(rows: LabelRows) -> list[tuple[str, str, str]]:
    assert not rows.problems
    return [(said.item, said.rater, said.value) for said in rows]


WIDE = [("q1", "anna", "1"), ("q1", "ben", "2"), ("q2", "ben", "4")]


def test_wide_table_has_the_item_first_and_a_column_per_rater(tmp_path: Path) -> None:
    assert words(read(write(tmp_path, "item,anna,ben\nq1,1,2\nq2,,4\n"))) == WIDE


def test_long_table_has_a_row_per_label(tmp_path: Path) -> None:
    text = (
        "item_id,rater_type,rater,criterion,value,model,turn,order,status,time\n"
        "q1,human,anna,tone,4.0,m,2,ab,,2026-01-02\n"
        "q1,judge,gpt,tone,,m,1,ba,timeout,\n"
    )
    assert list(read(write(tmp_path, text))) == [
        Said(2, "q1", "m", "anna", "human", "tone_turn_2", "4", "ab", "", "2026-01-02"),
        Said(3, "q1", "m", "gpt", "judge", "tone_turn_1", "", "ba", "timeout", ""),
    ]


@pytest.mark.parametrize("missing", ["", "NA", "n/a", "NaN", " "])
def test_a_blank_is_no_label(tmp_path: Path, missing: str) -> None:
    assert words(read(write(tmp_path, f"item,anna,ben\nq1,1,2\nq2,{missing},4\n"))) == WIDE


def test_same_table_as_json_lines_as_an_array_and_as_a_workbook(tmp_path: Path) -> None:
    rows = [{"item": "q1", "anna": 1, "ben": 2.0}, {"item": "q2", "anna": None, "ben": 4}]
    lines = write(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "table.jsonl")
    array = write(tmp_path, json.dumps(rows), "table.json")
    book = Workbook()
    book.active.append(["item", "anna", "ben"])
    for row in rows:
        book.active.append(list(row.values()))
    book.save(tmp_path / "table.xlsx")
    assert words(read(lines)) == words(read(array)) == words(read(tmp_path / "table.xlsx")) == WIDE


def test_rows_are_items_where_only_raters_have_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "text,anna,ben\nsame,1,2\nsame,,4\n")
    assert words(read(path, columns=("anna", "ben"))) == [("1", "anna", "1"), ("1", "ben", "2"), ("2", "ben", "4")]


def test_votes_and_verdicts_are_written_one_way(tmp_path: Path) -> None:
    path = write(tmp_path, "item,anna\n1,model_a\n2,Tie (bothbad)\n3,[[B]]\n4,Wrong\n")
    assert [value for _, _, value in words(read(path))] == ["A", "tie", "B", "wrong"]


def test_one_column_may_be_given_its_rater(tmp_path: Path) -> None:
    assert words(read(write(tmp_path, "item,score\nq1,3\n"), rater="anna")) == [("q1", "anna", "3")]


def test_runs_of_a_judge_in_columns_are_one_judges(tmp_path: Path) -> None:
    path = write(tmp_path, "item,run1,run2\nq1,3,4\n")
    assert words(read(path, rater_type="judge", rater="gpt")) == [("q1", "gpt", "3"), ("q1", "gpt", "4")]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("item,anna\nq1,1\nq1,2\n", 3, "The item 'q1' stands in line 2 already"),
        ("item,anna\n,1\n", 2, "does not say which item"),
        ("item,anna\nq1,1,2\n", 2, "The row has 3 cells and the header 2"),
        ("item_id,rater_type,rater,value\nq1,robot,x,1\n", 2, "rater_type is human or judge, not 'robot'"),
        ("item_id,rater_type,rater,value\nq1,judge,,1\n", 2, "does not say which judge"),
        ("item_id,rater,value,order\nq1,anna,A,sideways\n", 2, "order is ab or ba"),
        ("item_id,rater,value,turn\nq1,anna,4,first\n", 2, "turn is a number, not 'first'"),
        ("item_id,rater,value\nq1,anna," + "x" * 101 + "\n", 2, "The value is longer than 100"),
        ("item,anna\n" + "".join(f"{n},{n % 5}\n" for n in range(40)) + "x,good\n", 42, "'good' is no number"),
    ],
)
def test_bad_rows_are_named_with_their_line(tmp_path: Path, text: str, line: int, sentence: str) -> None:
    (problem,) = read(write(tmp_path, text)).problems
    assert problem.line == line
    assert sentence in problem.message


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("item,anna\nq1,1\n", {"columns": ("ben",)}, "no column 'ben'. Columns: item, anna."),
        ("item\nq1\n", {}, "a column per rater"),
        ("item,anna\nq1,\n", {}, "holds no label"),
        ("", {}, "empty"),
        ("rater,value\nanna,1\n", {}, "names its items in a column item_id"),
    ],
)
def test_what_is_no_table_of_labels_is_refused(
    tmp_path: Path, text: str, options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(write(tmp_path, text), **options)
    assert sentence in refusal.value.message


def numbered(*rows: str) -> str:
    return "item,r1,r2,r3\n" + "".join(f"{number},{row}\n" for number, row in enumerate(rows))


@pytest.mark.parametrize(
    ("rows", "positional"),
    [
        (("1,2,3", "2,1,1", "3,3,", "1,1,2", ",2,2"), False),
        (("1,2,3", "2,1,1", "3,3,", "1,,", "2,2,2"), True),
        (("1,2,3", "1,1,2", "3,3,3", "1,1,2", "2,2,3"), True),
        (("1,2,3", "3,1,2", "3,3,3", "1,1,2", "2,2,3"), False),
    ],
    ids=["gaps anywhere", "filled from the first", "always ascending", "complete"],
)
def test_numbered_columns_may_be_places(tmp_path: Path, rows: tuple[str, ...], positional: bool) -> None:
    assert read(write(tmp_path, numbered(*rows))).positional is positional
    named = numbered(*rows).replace("r1,r2,r3", "anna,ben,carl")
    assert not read(write(tmp_path, named)).positional
    assert read(write(tmp_path, named), positional=True).positional


def test_long_table_without_raters_has_places(tmp_path: Path) -> None:
    found = read(write(tmp_path, "item_id,value\nq1,1\nq1,2\nq2,3\n"))
    assert words(found) == [("q1", "rater 1", "1"), ("q1", "rater 2", "2"), ("q2", "rater 1", "3")]
    assert found.positional
