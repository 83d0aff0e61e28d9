"""One table in every way people write it down: the same labels come out."""

import json
from pathlib import Path

import pytest

from annotation.core.agreement import Level, Measure, krippendorff_alpha
from annotation.core.counts import label_counts, patterns
from annotation.core.intervals import Value
from annotation.core.label_tables import FileRefused, LabelRows, TableOptions, read_labels
from tests.annotation.core.published import KRIPPENDORFF_C

RATERS = "ABCD"
UNITS = [[None if cell is None else str(cell + 1) for cell in unit] for unit in KRIPPENDORFF_C]
LONG = [(f"u{at}", RATERS[rater], cell) for at, unit in enumerate(UNITS) for rater, cell in enumerate(unit)]
WIDE_HEADER = "unit,A,B,C,D"


def wide(missing: str = "", header: str = WIDE_HEADER, *, apart: str = ",") -> str:
    rows = [[f"u{at}", *(missing if cell is None else cell for cell in unit)] for at, unit in enumerate(UNITS)]
    return "".join(apart.join(row) + "\n" for row in [header.split(","), *rows])


def long(header: str, missing: str = "") -> str:
    return header + "\n" + "".join(f"{item},{rater},{cell or missing}\n" for item, rater, cell in LONG)


def told(unit: list[str | None]) -> dict[str, str]:
    """Who said what of a unit, without those who said nothing."""
    return {rater: cell for rater, cell in zip(RATERS, unit, strict=True) if cell}


def turned(corner: str) -> str:
    head = ",".join([corner, *(f"u{at}" for at in range(len(UNITS)))])
    rows = [",".join([RATERS[at], *(unit[at] or "" for unit in UNITS)]) for at in range(4)]
    return "\n".join([head, *rows]) + "\n"


def found_in(folder: Path, text: str | bytes, name: str = "table.csv", **options: object) -> LabelRows:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_labels(path, TableOptions(**options))  # type: ignore[arg-type]


def alpha_of(rows: LabelRows) -> float:
    assert rows.problems == []
    units: dict[str, list[int]] = {}
    for said in rows:
        units.setdefault(said.item, []).append(int(said.value) - 1)
    found = krippendorff_alpha(patterns(label_counts(list(units.values()), 5)), Measure(Level.ORDINAL, (1, 2, 3, 4, 5)))
    assert isinstance(found, Value)
    return found.value


SHAPES = {
    "blanks": wide(),
    **{f"missing is {mark}": wide(mark) for mark in ("NA", "n/a", "nan", "None", "*", ".", "-", "?", "#N/A", "<NA>")},
    "semicolons": wide(apart=";"),
    "bars": wide(apart="|"),
    "tabs": wide(apart="\t"),
    "a byte order mark": "\ufeff" + wide(),
    "Windows line ends": wide().replace("\n", "\r\n"),
    "a comment above": "# published in 2011\n" + wide(),
    "row names of R": wide(header=",A,B,C,D"),
    "a turned table": turned("coder"),
    "observers in rows": turned("Observer"),
    **{
        f"long, {header}": long(header)
        for header in (
            "item_id,rater,value", "item,annotator,label", "unit,coder,value", "subject,rater,rating",
            "Item ID,Rater ID,Score", "question-id,annotator,rating", "doc_id,annotator_id,label", "task,worker,code",
        )
    },
    "long, NA": long("item_id,rater,value", "NA"),
    "long, a mark": long("item_id,rater,value", "*"),
}  # fmt: skip


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_a_published_table_is_read_in_every_shape(tmp_path: Path, text: str) -> None:
    assert alpha_of(found_in(tmp_path, text)) == pytest.approx(0.815388, abs=1e-6)


def test_rows_of_json_may_leave_keys_out(tmp_path: Path) -> None:
    units = [{"unit": f"u{at}"} | told(unit) for at, unit in reversed(list(enumerate(UNITS)))]
    lines = [json.dumps(unit) for unit in units]
    assert alpha_of(found_in(tmp_path, "\n".join(lines), "table.jsonl")) == pytest.approx(0.815388, abs=1e-6)


def test_numbered_raters_in_every_column_leave_the_rows_as_items(tmp_path: Path) -> None:
    rows = "Rater1,Rater2,Rater3,Rater4\n" + "".join(",".join(cell or "" for cell in unit) + "\n" for unit in UNITS)
    assert alpha_of(found_in(tmp_path, rows)) == pytest.approx(0.815388, abs=1e-6)


def test_marks_stay_values_among_words(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "unit,a,b\n1,+,-\n2,-,-\n3,+,+\n")
    assert rows.problems == []
    assert [said.value for said in rows] == ["+", "-", "-", "-", "+", "+"]
    severity = found_in(tmp_path, "unit,a,b\n1,none,minor\n2,major,none\n")
    assert {said.value for said in severity} == {"none", "minor", "major"}


def test_a_mark_of_a_judge_is_an_unscored_judgment(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "item_id,rater,value\n1,j,4\n2,j,-\n3,j,5\n", rater_type="judge")
    assert [(said.value, said.reason) for said in rows] == [("4", ""), ("", "missing"), ("5", "")]


def test_semicolons_go_with_decimal_commas(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "unit;a;b\n1;0,5;1,370\n2;3;2,0\n")
    assert [said.value for said in rows] == ["0.5", "1.37", "3", "2"]


@pytest.mark.parametrize(
    ("text", "reason"), [(b"# caf\xe9\n", "UTF-8"), (b"# nothing\n", "empty")], ids=["Latin-1", "comment"]
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        found_in(tmp_path, text)


def said_in(rows: LabelRows) -> list[tuple[str, str, str]]:
    assert rows.problems == []
    return [(said.item, said.rater, said.value) for said in rows]


WITHOUT_ITEMS = {
    "letters": "A,B,C,D",
    "numbers": "1,2,3,4",
    "lettered raters": "coder_a,coder_b,coder_c,coder_d",
    "names that nothing is known of": "anna,ben,carl,dora",
}


@pytest.mark.parametrize("header", WITHOUT_ITEMS.values(), ids=WITHOUT_ITEMS.keys())
def test_a_row_is_an_item_where_no_column_names_the_items(tmp_path: Path, header: str) -> None:
    rows = header + "\n" + "".join(",".join(cell or "" for cell in unit) + "\n" for unit in UNITS)
    found = found_in(tmp_path, rows)
    assert alpha_of(found) == pytest.approx(0.815388, abs=1e-6)
    assert sorted({said.rater for said in found}) == header.split(",")


def test_old_line_ends_part_rows(tmp_path: Path) -> None:
    assert alpha_of(found_in(tmp_path, wide().replace("\n", "\r"))) == pytest.approx(0.815388, abs=1e-6)


@pytest.mark.parametrize("corner", ["Units u:", "", "rater"])
def test_rows_that_are_called_raters_are_raters(tmp_path: Path, corner: str) -> None:
    text = turned(corner)
    for rater in RATERS:
        text = text.replace(f"\n{rater},", f"\nCoder {rater},")
    assert alpha_of(found_in(tmp_path, text)) == pytest.approx(0.815388, abs=1e-6)


def test_two_raters_in_rows_need_two_names(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="two rows are named 'A'"):
        found_in(tmp_path, "rater,u1,u2\nA,1,2\nA,2,2\n")


def test_counts_are_told_from_raters(tmp_path: Path) -> None:
    fleiss = "subject,1,2,3\n" + "".join(f"{at},{6 - at % 4},{at % 4},0\n" for at in range(8))
    rows = found_in(tmp_path, fleiss)
    assert said_in(rows)[:7] == [("0", f"rater {place}", "1") for place in range(1, 7)] + [("1", "rater 1", "1")]
    assert rows.positional
    assert "Read as counts" in rows.hints[0]
    assert rows.declared == {"": ("1", "2", "3")}
    as_labels = found_in(tmp_path, fleiss, shape="wide")
    assert said_in(as_labels)[:3] == [("0", "1", "6"), ("0", "2", "0"), ("0", "3", "0")]


def test_sums_are_no_counts(tmp_path: Path) -> None:
    text = "item,good,bad,Total\n" + "".join(f"{at},{at % 4},{5 - at % 4},5\n" for at in range(7)) + "Total,9,26,35\n"
    rows = found_in(tmp_path, text)
    assert len(said_in(rows)) == 35
    assert {said.item for said in rows} == set("0123456")


NO_COUNTS = {
    "sums differ": "unit,1,2,3\n1,6,1,0\n2,0,7,1\n",
    "few rows of what could be values": "unit,1,2,3\n1,2,1,0\n2,0,1,2\n",
    "raters by name": "unit,rater1,rater2,rater3\n" + "".join(f"{at},{at % 3},0,{2 - at % 3}\n" for at in range(9)),
    "no zero": "unit,1,2\n" + "".join(f"{at},{1 + at % 3},{4 - at % 3}\n" for at in range(9)),
    "halves": "unit,1,2,3\n1,6.5,0.5,0\n2,0,7,0\n",
}


@pytest.mark.parametrize("text", NO_COUNTS.values(), ids=NO_COUNTS.keys())
def test_what_may_be_labels_is_not_read_as_counts(tmp_path: Path, text: str) -> None:
    rows = found_in(tmp_path, text)
    assert {said.rater for said in rows} == set(text.splitlines()[0].split(",")[1:])
    assert not any("Read as counts" in hint for hint in rows.hints)


def test_counts_without_names_of_items_are_numbered(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "yes,no\n2,0\n1,\n", shape="counts", columns=("yes", "no"))
    assert said_in(rows) == [("1", "rater 1", "yes"), ("1", "rater 2", "yes"), ("2", "rater 1", "yes")]


def test_counts_that_are_none_are_problems(tmp_path: Path) -> None:
    (problem,) = found_in(tmp_path, "item,yes,no\n1,2,0\n2,some,1\n", shape="counts").problems
    assert (problem.line, problem.message) == (3, "'some' is no number of labels. Write a whole number.")
    (problem,) = found_in(tmp_path, "item,yes,no\n1,2,0\n1,1,1\n", shape="counts").problems
    assert "stands in line 2 already" in problem.message
    with pytest.raises(FileRefused, match="add up to more than 5,000,000 labels"):
        found_in(tmp_path, "item,yes,no\n1,6000000,0\n", shape="counts")


@pytest.mark.parametrize(
    ("corner", "names"),
    [
        ("row_rater", ("rater in rows", "rater in columns")),
        ("anna\\ben", ("anna", "ben")),
        ("anna vs ben", ("anna", "ben")),
    ],
)
def test_the_table_of_two_raters_is_the_items_they_labelled(
    tmp_path: Path, corner: str, names: tuple[str, str]
) -> None:
    rows = found_in(tmp_path, f"{corner},1,2\n1,2,1\n2,0,3\n")
    pairs: dict[str, dict[str, str]] = {}
    for item, rater, value in said_in(rows):
        pairs.setdefault(item, {})[rater] = value
    said = [tuple(pair[name] for name in names) for pair in pairs.values()]
    assert said == [("1", "1"), ("1", "1"), ("1", "2"), ("2", "2"), ("2", "2"), ("2", "2")]
    assert not rows.positional


def test_items_called_as_the_raters_are_items(tmp_path: Path) -> None:
    assert said_in(found_in(tmp_path, "unit,1,2\n1,2,1\n2,1,2\n"))[0] == ("1", "1", "2")
    assert said_in(found_in(tmp_path, ",1,2\n1,2,1\n2,1,2\n"))[0] == ("1", "1", "2")


def test_words_among_numbers_are_no_raters(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"'topic' holds words and 'a' numbers.*--columns a,b"):
        found_in(tmp_path, "unit,topic,a,b\n1,art,1,2\n2,law,2,2\n")


def test_criterion_and_model_of_a_row_are_no_raters(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "item,criterion,model,a,b\n1,tone,x,1,2\n1,style,x,2,2\n1,tone,y,1,1\n")
    assert rows.problems == []
    assert [(said.item, said.criterion, said.model, said.rater) for said in rows][::2] == [
        ("1", "tone", "x", "a"), ("1", "style", "x", "a"), ("1", "tone", "y", "a"),
    ]  # fmt: skip
    beside = found_in(tmp_path, "item,human,model\n1,4,3\n2,5,5\n")
    assert {said.rater for said in beside} == {"human", "model"}


def test_a_line_of_numbers_is_no_header(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="names of the columns"):
        found_in(tmp_path, "1,3,2\n2,4,4\n3,1,1\n")


def test_an_empty_first_line_is_passed_over(tmp_path: Path) -> None:
    assert said_in(found_in(tmp_path, "\nunit,a,b\n1,2,3\n")) == [("1", "a", "2"), ("1", "b", "3")]


def test_values_may_be_marks_of_missing_labels(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "unit,a,b\n1,-1,3\n2,4,99.0\n3,2,2\n", missing=("-1", "99"))
    assert said_in(rows) == [("1", "b", "3"), ("2", "a", "4"), ("3", "a", "2"), ("3", "b", "2")]
    judged = found_in(tmp_path, "item_id,rater,value\n1,j,-1\n2,j,5\n", missing=("-1",), rater_type="judge")
    assert [(said.value, said.reason) for said in judged] == [("", "missing"), ("5", "")]


def test_words_of_a_scale_become_its_numbers(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "unit,a,b\n1,Low,high\n2,medium,low\n", scale=("low", "medium", "high"))
    assert [value for _, _, value in said_in(rows)] == ["1", "3", "2", "1"]
    assert rows.declared == {"": ("1", "2", "3")}
    (problem,) = found_in(tmp_path, "unit,a\n1,low\n2,huge\n", scale=("low", "high")).problems
    assert (problem.line, problem.message) == (3, "The value 'huge' is not on the scale low, high.")


def test_numbers_of_a_scale_stay_what_they_are(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "unit,a,b\n1,0,0.5\n2,0,0\n", scale=("0", "0.5", "1"))
    assert [value for _, _, value in said_in(rows)] == ["0", "0.5", "0", "0"]
    assert rows.declared == {"": ("0", "0.5", "1")}
    (problem,) = found_in(tmp_path, "unit,a\n1,0\n2,2\n", scale=("0", "1")).problems
    assert problem.message == "The value '2' is not on the scale 0, 1."


def test_a_square_table_declares_its_scale_and_votes_are_written_as_such(tmp_path: Path) -> None:
    square = found_in(tmp_path, "a\\b,yes,no,unclear\nyes,2,1,0\nno,0,3,0\nunclear,0,0,0\n")
    assert square.declared == {"": ("yes", "no", "unclear")}
    votes = found_in(tmp_path, "item,model_a,model_b,tie\n1,3,0,0\n2,2,1,0\n", shape="counts")
    assert {said.value for said in votes} == {"A", "B"}
    assert votes.declared == {"": ("A", "B", "tie")}
    letters = found_in(tmp_path, "item,a,b,c\n1,3,0,0\n2,2,1,0\n", shape="counts")
    assert {said.value for said in letters} == {"a", "b"}


def test_letters_and_words_with_tie_in_them_are_no_votes(tmp_path: Path) -> None:
    letters = found_in(tmp_path, "unit,x,y\n1,a,b\n2,c,c\n3,b,c\n")
    assert {said.value for said in letters} == {"a", "b", "c"}
    words = found_in(tmp_path, "unit,x,y\n1,patient,doctor\n2,patient,parties\n")
    assert {said.value for said in words} == {"patient", "doctor", "parties"}
    votes = found_in(tmp_path, "unit,x,y\n1,model_a,tie (bothbad)\n2,[[C]],b\n")
    assert [said.value for said in votes] == ["A", "tie", "tie", "B"]


def test_numbers_may_be_written_as_people_write_them(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "unit,a,b\n1,\u22121,-1\n2,01,1.0\n")
    assert [value for _, _, value in said_in(rows)] == ["-1", "-1", "1", "1"]
    assert found_in(tmp_path, 'unit,a,b\n1,"1,234",85%\n').hints == [
        "'1,234' was read as a name, not as a number. Write numbers like 1234.5."
    ]


def test_a_second_rater_who_labelled_less_is_a_person(tmp_path: Path) -> None:
    text = "unit,rater1,rater2\n" + "".join(f"{at},1,{'2' if at < 4 else ''}\n" for at in range(9))
    assert not found_in(tmp_path, text).positional


@pytest.mark.parametrize(
    "header",
    ["coder,unit,response", "judge,item,score", "user_id,subject,diagnosis", "expert,question,rater_type,grade"],
)
def test_a_long_table_may_call_its_columns_otherwise(tmp_path: Path, header: str) -> None:
    names = header.split(",")
    cells = {"rater_type": "human"} | dict.fromkeys(("response", "score", "diagnosis", "grade"), "3")
    rows = [",".join(cells.get(name, f"{name}{at}") for name in names) for at in (1, 2)]
    found = found_in(tmp_path, "\n".join([header, *rows]))
    assert [value for _, _, value in said_in(found)] == ["3", "3"]


def test_files_about_something_else_are_no_long_tables(tmp_path: Path) -> None:
    judged = {"question_id": 1, "judge_id": "gpt", "category": "math", "judgment": "Well " * 60, "score_turn1": 8}
    with pytest.raises(FileRefused, match="--columns score_turn1"):
        found_in(tmp_path, json.dumps(judged), "judged.jsonl")


def test_nameless_long_tables_are_told_how_to_name_their_columns(tmp_path: Path) -> None:
    rows = found_in(tmp_path, "id,who,what\n1,p,good\n1,q,bad\n")
    assert "columns item_id, rater and value" in rows.problems[0].message
