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
