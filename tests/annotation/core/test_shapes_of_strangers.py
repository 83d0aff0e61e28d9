"""One published table, Krippendorff's four observers, in the many forms in which people have it: the same labels."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from annotation.core.label_tables import FileRefused, LabelRows, TableOptions, read_labels
from tests.annotation.core.published import FLEISS_1971, KRIPPENDORFF_C, WIKIPEDIA_FLEISS
from tests.annotation.published_tables import SQUARES

RATERS = "ABCD"
UNITS = [["" if label is None else str(label + 1) for label in unit] for unit in KRIPPENDORFF_C]


def read(tmp_path: Path, text: str, name: str = "table.csv", **options: object) -> LabelRows:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return read_labels(path, TableOptions(**options))  # type: ignore[arg-type]


def labels_of(rows: LabelRows) -> list[list[str]]:
    assert rows.problems == []
    found = defaultdict(list)
    for said in rows:
        found[said.item].append(said.value)
    return sorted(sorted(labels) for labels in found.values())


EXPECTED = sorted(sorted(filter(None, unit)) for unit in UNITS)


def wide(
    index: str | None = "unit",
    names: Sequence[str] = RATERS,
    sep: str = ",",
    missing: str = "",
    write: Callable[[str], str] = str,
) -> str:
    first = [] if index is None else [index]
    lines = [sep.join([*first, *names])]
    for number, unit in enumerate(UNITS, 1):
        cells = [write(label) if label else missing for label in unit]
        lines.append(sep.join([*([] if index is None else [str(number)]), *cells]))
    return "\n".join(lines) + "\n"


def turned(corner: str, names: Sequence[str], columns: str = "{}") -> str:
    lines = [",".join([corner, *(columns.format(at) for at in range(1, 13))])]
    lines += [",".join([name, *(unit[at] or "NA" for unit in UNITS)]) for at, name in enumerate(names)]
    return "\n".join(lines) + "\n"


def long(header: str) -> str:
    cells = [(n, rater, unit[at]) for n, unit in enumerate(UNITS, 1) for at, rater in enumerate(RATERS)]
    rows = [f"{n},{rater},{label}" for n, rater, label in cells if label]
    return "\n".join([header, *rows]) + "\n"


INDEXES = (
    "unit", "Subject", "ID", "", "Unnamed: 0", "No.", "#", "patient", "row", "obs", "article", "Film", "Units", "n",
    "Name",
)  # fmt: skip


@pytest.mark.parametrize("index", INDEXES)
def test_whatever_the_items_are_called(tmp_path: Path, index: str) -> None:
    assert labels_of(read(tmp_path, wide(index))) == EXPECTED


NAMES = (
    ("Rater 1", "Rater 2", "Rater 3", "Rater 4"), ("R1", "R2", "R3", "R4"), ("Anna", "Ben", "Carl", "Dora"),
    ("1", "2", "3", "4"), ("Dr. Lee", "Dr. Kim", "Dr. Wu", "Dr. Ito"), ("V1", "V2", "V3", "V4"),
    ("田中", "佐藤", "鈴木", "高橋"), ("rater_1_score", "rater_2_score", "rater_3_score", "rater_4_score"),
)  # fmt: skip


@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
@pytest.mark.parametrize("index", ["unit", "", None])
def test_whatever_the_raters_are_called(tmp_path: Path, names: Sequence[str], index: str | None) -> None:
    assert labels_of(read(tmp_path, wide(index, names))) == EXPECTED


MISSING = ("", "NA", ".", "*", "nan", "-", "N/A", "NULL", "None", "missing", "?", "x", "--", "#N/A", "_", "np.nan", "/")


@pytest.mark.parametrize("mark", MISSING)
def test_however_missing_numbers_are_marked(tmp_path: Path, mark: str) -> None:
    assert labels_of(read(tmp_path, wide(missing=mark))) == EXPECTED


@pytest.mark.parametrize("mark", ["", "NA", ".", "*", "nan", "-", "--", "_", "/", "#N/A", "np.nan"])
def test_however_missing_words_are_marked(tmp_path: Path, mark: str) -> None:
    found = labels_of(read(tmp_path, wide(missing=mark, write=lambda label: "abcde"[int(label) - 1])))
    assert found == [["abcde"[int(label) - 1] for label in unit] for unit in EXPECTED]


def test_a_word_that_may_mean_no_label_is_a_value_and_says_so(tmp_path: Path) -> None:
    words = read(tmp_path, wide(missing="missing", write=lambda label: "abcde"[int(label) - 1]))
    assert "'missing' was read as a value. Where it means no label, say --missing=missing" in words.hints
    numbers = read(tmp_path, wide(missing="999"))
    assert "'999' was read as a value. Where it means no label, say --missing=999" in numbers.hints
    assert read(tmp_path, "unit,a,b\n1,8,9\n2,7,9\n3,-1,4\n").hints == [
        "'-1' was read as a value. Where it means no label, say --missing=-1"
    ]


WRITTEN = {
    "semicolons": wide(sep=";"),
    "semicolons and decimal commas": wide(sep=";", write=lambda label: f"{label},0"),
    "tabs": wide(sep="\t"),
    "bars": wide(sep=" | "),
    "blanks": wide(sep="  ", missing="NA"),
    "commas and blanks": wide(sep=", "),
    "a mark of order": "\ufeff" + wide(),
    "line ends of Windows": wide().replace("\n", "\r\n"),
    "empty lines between": wide().replace("\n", "\n\n"),
    "commas below": wide() + ",,,,\n,,,,\n",
    "quoted": "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in wide().splitlines()),
    "halves of numbers": wide(write=lambda label: label + ".0"),
    "a title": "Table 1. Ratings by four observers\n" + wide(),
    "a title in cells": "Table 1. Ratings by four observers,,,,\n" + wide(),
    "a title with a comma, and nothing": "Table 1. Ratings, by four\n\n" + wide(),
    "a title in cells, and nothing": "Ratings,,,,\n,,,,\n" + wide(),
    "a source below": wide() + ",,,,\nSource: Krippendorff,,,,\n",
    "a comment": "# four observers\n" + wide(),
    "a total": "unit,A,B,C,D,Total\n"
    + "".join(f"{n},{','.join(unit)},{sum(map(int, filter(None, unit)))}\n" for n, unit in enumerate(UNITS, 1)),
    "as R writes it": " ".join(RATERS)
    + "\n"
    + "".join(f'"{n}" {" ".join(label or "NA" for label in unit)}\n' for n, unit in enumerate(UNITS, 1)),
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_however_the_file_is_written(tmp_path: Path, text: str) -> None:
    assert labels_of(read(tmp_path, text)) == EXPECTED


def test_a_header_with_one_name_is_no_title(tmp_path: Path) -> None:
    rows = read(tmp_path, ",gpt\nq1,4\nq2,5\nq3,4\n", rater_type="judge")
    assert [(said.item, said.rater, said.value) for said in rows][:2] == [("q1", "gpt", "4"), ("q2", "gpt", "5")]


def test_words_with_other_capitals_are_one(tmp_path: Path) -> None:
    rows = read(tmp_path, "unit,a,b\n1,Yes,yes\n2,yes,no\n3,No,no\n4,YES,no \n")
    assert labels_of(rows) == [["no", "no"], ["no", "yes"], ["no", "yes"], ["yes", "yes"]]
    assert sorted(rows.hints) == [
        "'No' and 'no' were read as one value, 'no'.",
        "'Yes', 'YES' and 'yes' were read as one value, 'yes'.",
    ]


CORNERS = ("", "rater", "Observer", "unit", "article", "Rater\\Unit", "Observers / Units")


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("columns", ["{}", "u{}", "unit {}"])
def test_raters_may_stand_in_rows(tmp_path: Path, corner: str, columns: str) -> None:
    for names in (RATERS, ("Anna", "Ben", "Carl", "Dora"), ("Coder 1", "Coder 2", "Coder 3", "Coder 4")):
        rows = read(tmp_path, turned(corner, names, columns))
        assert labels_of(rows) == EXPECTED
        assert sorted({said.rater for said in rows}) == list(names)


def test_rows_are_items_where_their_names_say_so(tmp_path: Path) -> None:
    text = "unit," + ",".join(map(str, range(1, 9))) + "\n" + "".join(f"u{n}" + ",1" * 7 + ",2\n" for n in (1, 2))
    rows = read(tmp_path, text)
    assert {said.item for said in rows} == {"u1", "u2"}
    assert "Read as 2 items of 8 raters" in rows.hints[0]


HEADERS = (
    "Subject,Rater,Rating", "question,judge,verdict", "subject,rater,y", "subject_id,rater_id,anxiety_level",
    "film,critic,opinion", "patient,doctor,diagnosis", "unit,observer,measurement", "sentence_id,annotator,tag",
    "title,reviewer,stars", "wine,taster,points",
)  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_a_row_may_be_a_label_whatever_its_columns_are_called(tmp_path: Path, header: str) -> None:
    rows = read(tmp_path, long(header))
    assert labels_of(rows) == EXPECTED
    assert {said.rater for said in rows} == set(RATERS)


def records(**other: object) -> list[dict[str, object]]:
    return [
        {"unit": number, **{rater: int(label) for rater, label in zip(RATERS, unit, strict=True) if label}, **other}
        for number, unit in enumerate(UNITS, 1)
    ]


def said_of(unit: Sequence[str]) -> dict[str, int]:
    return {rater: int(label) for rater, label in zip(RATERS, unit, strict=True) if label}


DOCUMENTS = {
    "rows": records(),
    "columns": {r: [int(unit[at]) if unit[at] else None for unit in UNITS] for at, r in enumerate(RATERS)},
    "columns of pandas": {
        r: {str(n): int(unit[at]) if unit[at] else None for n, unit in enumerate(UNITS)} for at, r in enumerate(RATERS)
    },
    "labels by rater": [{"item": n, "ratings": said_of(unit)} for n, unit in enumerate(UNITS, 1)],
    "labels in a list": [{"item": n, "ratings": list(said_of(unit).values())} for n, unit in enumerate(UNITS, 1)],
    "labels as objects": [
        {"id": n, "annotations": [{"annotator": rater, "label": label} for rater, label in said_of(unit).items()]}
        for n, unit in enumerate(UNITS, 1)
    ],
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_json_may_hold_the_labels_in_many_ways(tmp_path: Path, document: object) -> None:
    assert labels_of(read(tmp_path, json.dumps(document), "table.json")) == EXPECTED
    if isinstance(document, list):
        lines = "\n".join(map(json.dumps, document))
        assert labels_of(read(tmp_path, lines, "table.jsonl")) == EXPECTED


def test_objects_that_hold_more_than_labels_keep_to_their_cells(tmp_path: Path) -> None:
    rows = read(tmp_path, json.dumps([{"id": "q1", "a": 1, "b": 2, "meta": {"source": "web", "page": 3}}]), "t.json")
    assert [(said.rater, said.value) for said in rows] == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize("above", [[], [["Table 3. Four observers"]], [["Table 3"], []], [[]]], ids=str)
def test_a_sheet_may_have_a_title(tmp_path: Path, above: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in [*above, ["unit", *RATERS], *([n, *(int(x) if x else None for x in u)] for n, u in enumerate(UNITS, 1))]:
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    assert labels_of(read_labels(tmp_path / "table.xlsx", TableOptions())) == EXPECTED


def counted(rows: Sequence[Sequence[int]], names: Sequence[str], corner: str | None = "subject") -> str:
    first = [] if corner is None else [corner]
    lines = [",".join([*first, *names])]
    lines += [",".join([*([] if corner is None else [str(n)]), *map(str, row)]) for n, row in enumerate(rows, 1)]
    return "\n".join(lines) + "\n"


VALUES = ("12345", "abcde", "DPSNO", ("cat1", "cat2", "cat3", "cat4", "cat5"), ("C1", "C2", "C3", "C4", "C5"))


@pytest.mark.parametrize("values", VALUES, ids=lambda values: values[0])
@pytest.mark.parametrize("corner", ["subject", "", "n_ij", "Unnamed: 0", None])
def test_counts_are_told_whatever_the_values_are_called(
    tmp_path: Path, values: Sequence[str], corner: str | None
) -> None:
    for rows in (FLEISS_1971, WIKIPEDIA_FLEISS):
        expected = sorted(sorted(v for v, n in zip(values, row, strict=True) for _ in range(n)) for row in rows)
        found = read(tmp_path, counted(rows, values, corner))
        assert labels_of(found) == expected
        assert found.declared == {"": tuple(values)}


def test_what_is_printed_beside_counts_is_left_out(tmp_path: Path) -> None:
    expected = sorted(
        sorted(v for v, n in zip("DPSNO", row, strict=True) for _ in range(n)) for row in WIKIPEDIA_FLEISS
    )
    lines = counted(WIKIPEDIA_FLEISS, "DPSNO").splitlines()
    agreeing = [sum(n * (n - 1) for n in row) / 182 for row in WIKIPEDIA_FLEISS]
    rows = [f"{line},14,{share:.3f}" for line, share in zip(lines[1:], agreeing, strict=True)]
    sums = ",".join(str(sum(column)) for column in zip(*WIKIPEDIA_FLEISS, strict=True))
    shares = ",".join(f"{sum(column) / 140:.3f}" for column in zip(*WIKIPEDIA_FLEISS, strict=True))
    text = "\n".join([f"{lines[0]},Total,P_i", *rows, f"Total,{sums},140,", f"p_j,{shares},,"])
    assert labels_of(read(tmp_path, text)) == expected


def test_different_numbers_of_raters_are_told_by_their_number_or_asked_for(tmp_path: Path) -> None:
    rows = [(3, 0, 0), (0, 3, 1), (0, 0, 4), (1, 2, 1), (2, 0, 0), (0, 0, 1), (0, 4, 0)]
    expected = sorted(sorted(v for v, n in zip("xyz", row, strict=True) for _ in range(n)) for row in rows)
    told = counted([(*row, sum(row)) for row in rows], ["x", "y", "z", "n"])
    assert labels_of(read(tmp_path, told)) == expected
    asked = read(tmp_path, counted(rows, "xyz"))
    assert asked.hints[-1] == "Where a number says how many raters gave the value of its column, say --shape counts."
    assert labels_of(read(tmp_path, counted(rows, "xyz"), shape="counts")) == expected
    assert labels_of(read(tmp_path, counted(rows, "xyz", None), shape="counts")) == expected


def totals(cells: Sequence[Sequence[int]]) -> list[str]:
    return [str(sum(column)) for column in zip(*cells, strict=True)]


def square(cells: Sequence[Sequence[int]], corner: str, names: Sequence[str], sums: str = "") -> str:
    lines = [",".join([corner, *names, *([sums] if sums else [])])]
    lines += [
        ",".join([name, *map(str, row), *([str(sum(row))] if sums else [])])
        for name, row in zip(names, cells, strict=True)
    ]
    if sums:
        lines.append(
            ",".join([sums, *(str(sum(column)) for column in zip(*cells, strict=True)), str(sum(map(sum, cells)))])
        )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("table", SQUARES.values(), ids=SQUARES.keys())
def test_the_table_of_two_raters_is_told_however_it_is_printed(tmp_path: Path, table: object) -> None:
    cells, names = table.cells, table.names  # type: ignore[attr-defined]
    pairs = ((a, b, n) for a, row in zip(names, cells, strict=True) for b, n in zip(names, row, strict=True))
    expected = sorted(sorted((a, b)) for a, b, n in pairs for _ in range(n))
    texts = [square(cells, corner, names) for corner in ("", "A\\B", "rater1", "Clinical")]
    texts += [square(cells, "", names, sums) for sums in ("Total", "Sum", "All", "Σ", "Row total", "Margin")]
    texts.append("\n".join([",".join(names), *(",".join(map(str, row)) for row in cells)]))
    for text in texts:
        found = read(tmp_path, text)
        assert labels_of(found) == expected
        assert found.declared == {"": tuple(names)}


def test_a_value_that_one_rater_never_gave_may_be_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, "Clinical,yes,no,unclear\nyes,8,1,1\nNo,0,5,2\n")
    assert len(labels_of(found)) == 17
    assert found.declared == {"": ("yes", "no", "unclear")}


def test_a_matrix_without_names_says_what_it_lacks(tmp_path: Path) -> None:
    for text in ("22,2,2\n5,7,14\n0,2,36\n", "10,4,1\n6,16,2\n0,3,8\n"):
        with pytest.raises(FileRefused, match="The first line holds numbers only"):
            read(tmp_path, text)
