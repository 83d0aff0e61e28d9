"""Tables."""

from pathlib import Path

import pytest

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import FileRefused, detect_format, read_rows


def rows(tmp_path: Path, content: str | bytes) -> list[ItemRow | RowProblem]:
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert detect_format(path) == "csv"
    return list(read_rows(path, "csv"))


def test_reads_quoted_cells_with_line_ends(tmp_path: Path) -> None:
    table = (
        '\ufeffid,Question ,answer,reference,source\r\n1,"一行目\r\n二行目","say ""hi"", then",R,本\r\n2,Q2,A2,,\r\n'
    )
    first, second = rows(tmp_path, table)
    assert first == ItemRow(
        line=2, turns=(Turn("一行目\r\n二行目", 'say "hi", then', "R"),), key="1", extra={"source": "本"}
    )
    assert isinstance(second, ItemRow)
    assert (second.line, second.extra) == (4, {"source": ""})


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_finds_the_delimiter(tmp_path: Path, mark: str) -> None:
    (row,) = rows(tmp_path, f'question{mark}answer{mark}"a;b,c\td"\nQ{mark}A{mark}X\n')
    assert isinstance(row, ItemRow)
    assert (row.turns[0], row.extra) == (Turn("Q", "A"), {"a;b,c\td": "X"})


@pytest.mark.parametrize(("before", "line"), [("sep=;\r\n", 3), ("\n\r\n", 4), ("\nsep=;\n", 4)])
def test_lines_before_the_header_are_passed_over(tmp_path: Path, before: str, line: int) -> None:
    good, bad = rows(tmp_path, f"{before}question;answer\nQ;A\nQ;A;B\n")
    assert isinstance(good, ItemRow)
    assert (good.line, good.turns[0]) == (line, Turn("Q", "A"))
    assert isinstance(bad, RowProblem)
    assert bad.line == line + 1


@pytest.mark.parametrize("table", ["question,answer\rQ,A\r", '"question,answer\nQ,A\n'])
def test_a_header_that_cannot_be_read_is_said(tmp_path: Path, table: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(table.encode())
    with pytest.raises(FileRefused, match="end the lines with LF or CR LF"):
        detect_format(path)


def test_table_with_one_column_is_read(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "question\nWhy, and how?\n".replace(",", ""))
    assert isinstance(row, ItemRow)
    assert not row.has_answer


def test_empty_cell_is_no_answer(tmp_path: Path) -> None:
    given, missing = rows(tmp_path, "question,answer\nQ,A\nQ2,\n")
    assert isinstance(given, ItemRow)
    assert isinstance(missing, ItemRow)
    assert (given.has_answer, missing.has_answer) == (True, False)


def test_row_of_another_length_is_a_problem_of_its_line(tmp_path: Path) -> None:
    found = rows(tmp_path, 'question,answer\n"Q\n1",A\nQ2,A,B\nQ3\nQ4,A\n')
    bad = [row for row in found if isinstance(row, RowProblem)]
    assert [problem.line for problem in bad] == [4, 5]
    assert "3 cells and the header 2" in bad[0].message
    assert len(found) == 4


def test_open_quote_is_named_where_it_opens(tmp_path: Path) -> None:
    found = rows(tmp_path, 'question,answer\nQ,A\n"open,A\nQ3,A\n')
    assert isinstance(found[-1], RowProblem)
    assert found[-1].line == 3
    assert "quote" in found[-1].message


def test_column_that_is_missing_is_named_with_those_found(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("frage,antwort\nQ,A\n")
    for call in (lambda: detect_format(path), lambda: list(read_rows(path, "csv"))):
        with pytest.raises(FileRefused, match="found 'frage', 'antwort'"):
            call()


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("question,answer,answer\nQ,A,B\n")
    with pytest.raises(FileRefused, match="Two columns are named 'answer'"):
        list(read_rows(path, "csv"))


def test_table_in_shift_jis_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("question,answer\n日本の首都は?,東京\n".encode("cp932"))
    with pytest.raises(FileRefused, match="Shift-JIS") as refusal:
        detect_format(path)
    assert refusal.value.line == 2


def test_long_cells_are_read(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, f'question,answer\nQ,"{"長" * 200_000}"\n')
    assert isinstance(row, ItemRow)
    assert len(row.turns[0].answer) == 200_000


def test_reads_real_tables(shared_data: Path) -> None:
    folder = shared_data / "mmlu" / "dialects" / "question_choice0-3_answer_index"
    for file, count in (("global_facts_test.csv", 100), ("virology_test.csv", 166)):
        found = list(read_rows(folder / file, detect_format(folder / file)))
        assert len([row for row in found if isinstance(row, ItemRow)]) == count == len(found)
