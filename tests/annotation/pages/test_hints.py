"""Hints on how a table was read have their words on pages, which name what can be chosen there."""

from pathlib import Path

import pytest

from annotation.core.label_tables import TableOptions, read_labels
from annotation.pages.hints import hint_shown

TABLES = {
    "counts": "subject,1,2,3\n" + "".join(f"{at},{6 - at % 4},{at % 4},0\n" for at in range(8)),
    "square": "a\\b,yes,no\nyes,2,1\nno,0,3\n",
    "raters in rows": "article,1,2,3\njon,1,2,2\nhan,1,2,3\n",
    "many raters": "unit,anna,ben,carl\n1,1,2,3\n2,1,2,3\n",
    "unequal counts": "unit,x,y,z\n" + "".join(f"{at},{3 - at % 2},0,0\n{at}b,0,3,0\n" for at in range(4)),
    "labels": "wine,taster,points\nx,anna,1\nx,ben,2\ny,anna,2\ny,ben,1\nz,anna,1\nz,ben,1\n",
    "no items": "anna,ben\n1,2\n2,1\n1,1\n",
    "items or a rater": "first,anna,ben\n1,2,3\n2,1,1\n3,1,2\n",
    "a total": "unit,a,b,Total\n1,2,3,5\n2,1,1,2\n",
    "capitals": "unit,a,b\n1,Yes,yes\n2,no,yes\n",
    "one missing": "unit,a,b\n1,yes,missing\n2,no,yes\n",
    "two missing": "unit,a,b\n1,1,99\n2,2,-1\n3,3,3\n",
    "a thousand": 'unit,a,b\n1,"1,234",85%\n',
}  # fmt: skip


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
def test_a_hint_has_its_words_on_pages(tmp_path: Path, text: str) -> None:
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    hints = read_labels(tmp_path / "table.csv", TableOptions()).hints
    assert hints
    for hint in hints:
        shown = hint_shown(hint)
        assert "--" not in shown
        assert "%(" not in shown
        assert shown != hint or "--" not in hint


def test_names_stay_what_they_are_and_what_is_not_known_too() -> None:
    assert hint_shown("'999' was read as a value. Where it means no label, say --missing=999") == (
        "'999' was read as a value. Where it means no label, write it under “No label”: 999"
    )
    assert hint_shown("Something else.") == "Something else."
