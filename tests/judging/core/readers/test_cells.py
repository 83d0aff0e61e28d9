"""Cells of tables that hold messages."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, Turn
from judging.core.readers import detect_format, read_rows
from judging.core.readers.cells import messages_of

ASKED, SAID = {"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}


def only(folder: Path, form: str, *rows: list[str]) -> ItemRow:
    file = StringIO()
    csv.writer(file).writerows(rows)
    path = folder / "table.csv"
    path.write_text(file.getvalue(), encoding="utf-8")
    assert detect_format(path) == form
    (row,) = read_rows(path, form)
    assert isinstance(row, ItemRow), row
    return row


@pytest.mark.parametrize("cell", [json.dumps([ASKED, SAID]), repr([ASKED, SAID])])
def test_conversation_in_a_cell_is_one(tmp_path: Path, cell: str) -> None:
    row = only(tmp_path, "chat", ["id", "messages"], ["7", cell])
    assert (row.key, row.turns, row.extra) == ("7", (Turn("Q", "A"),), {})


def test_question_and_answer_may_be_messages(tmp_path: Path) -> None:
    row = only(tmp_path, "csv", ["prompt", "completion", "note"], [json.dumps([ASKED]), json.dumps([SAID]), "[1]"])
    assert (row.turns, row.extra) == ((Turn("Q", "A"),), {"prompt": [ASKED], "completion": [SAID], "note": "[1]"})


def test_sides_of_a_preference_may_be_messages(tmp_path: Path) -> None:
    other = {"role": "assistant", "content": "B"}
    cells = ["Q", json.dumps([ASKED, SAID]), json.dumps([ASKED, other])]
    row = only(tmp_path, "preference", ["prompt", "chosen", "rejected"], cells)
    assert (row.turns, row.turns_b) == ((Turn("Q", "A"),), (Turn("Q", "B"),))


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "[]",
        '["a"]',
        '[{"a": 1}]',
        '[{"role": "user", "content": "Q"',
        '[{"role": "user", "content": NaN}]',
        '[{"role": "user", "content": "\\ud800"}]',
        "[{'role': print()}]",
        "[{'role': {1, 2}}]",
        "[{" * 500,
    ],
)
def test_other_cells_stay_texts(cell: Any) -> None:
    assert messages_of(cell) is None
