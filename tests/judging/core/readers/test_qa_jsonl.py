"""Questions and answers as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import FileRefused, detect_format, read_rows


def rows(tmp_path: Path, content: str | bytes, name: str = "qa.jsonl") -> list[ItemRow | RowProblem]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert detect_format(path) == "qa_jsonl"
    return list(read_rows(path, "qa_jsonl"))


def one(tmp_path: Path, **keys: Any) -> ItemRow:
    (row,) = rows(tmp_path, json.dumps(keys))
    assert isinstance(row, ItemRow), row
    return row


def problem(tmp_path: Path, line: str) -> str:
    good = '{"question": "Q", "answer": "A"}'
    found = rows(tmp_path, f"{good}\n{line}\n{good}")
    (bad,) = [row for row in found if isinstance(row, RowProblem)]
    assert bad.line == 2
    assert len(found) == 3, "the rows around a bad one are still read"
    return bad.message


def test_reads_a_line_with_everything(tmp_path: Path) -> None:
    row = one(
        tmp_path,
        id=7,
        question="首都は?",
        answer="東京",
        reference="東京",
        context="日本の話",
        criteria="漢字で",
        category="地理",
        model="m",
        metadata={"a": 1},
        other=[1],
    )
    assert row == ItemRow(
        line=1,
        turns=(Turn("首都は?", "東京", "東京"),),
        key="7",
        model="m",
        category="地理",
        context="日本の話",
        criteria="漢字で",
        extra={"metadata": {"a": 1}, "other": [1]},
    )


@pytest.mark.parametrize(
    "name", ["question", "prompt", "input", "instruction", "Question", "query", "user_input", "質問"]
)
def test_knows_the_names_of_a_question(tmp_path: Path, name: str) -> None:
    assert one(tmp_path, **{name: "Q", "answer": "A"}).turns[0].question == "Q"


@pytest.mark.parametrize("name", ["answer", "output", "response", "completion", "actual_output", "回答"])
def test_knows_the_names_of_an_answer(tmp_path: Path, name: str) -> None:
    assert one(tmp_path, **{"question": "Q", name: "A"}).turns[0].answer == "A"


@pytest.mark.parametrize("name", ["reference", "target", "expected", "ideal", "ground_truth", "expected_output"])
def test_knows_the_names_of_a_reference(tmp_path: Path, name: str) -> None:
    assert one(tmp_path, **{"question": "Q", name: "R"}).turns[0].reference == "R"


@pytest.mark.parametrize("name", ["context", "contexts", "retrieved_contexts"])
def test_several_passages_are_one_context_and_kept(tmp_path: Path, name: str) -> None:
    row = one(tmp_path, **{"question": "Q", name: ["一", "二"]})
    assert (row.context, row.extra) == ("一\n\n二", {name: ["一", "二"]})


def test_true_and_false_are_words_and_kept(tmp_path: Path) -> None:
    row = one(tmp_path, question="Q", answer=True, target=False)
    assert (row.turns[0], row.extra) == (Turn("Q", "true", "false"), {"answer": True, "target": False})


def test_parts_of_messages_are_joined(tmp_path: Path) -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert one(tmp_path, question=[{"role": "user", "content": parts}]).turns[0].question == "a\nb"


def test_second_name_for_the_same_thing_is_kept(tmp_path: Path) -> None:
    row = one(tmp_path, question="Q", prompt="P", answer="A", output="O")
    assert (row.turns[0], row.extra) == (Turn("Q", "A"), {"prompt": "P", "output": "O"})


def test_input_beside_an_instruction_is_its_context(tmp_path: Path) -> None:
    row = one(tmp_path, instruction="Sum up.", input="Long text", output="Short")
    assert (row.turns[0], row.context) == (Turn("Sum up.", "Short"), "Long text")


def test_chat_messages_are_joined_and_kept(tmp_path: Path) -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
    row = one(tmp_path, input=messages, ideal=["a", "b"])
    assert row.turns[0] == Turn("Be brief.\n\nWhy?", "", "a\nb")
    assert row.extra == {"input": messages, "ideal": ["a", "b"]}


@pytest.mark.parametrize(("keys", "has"), [({}, False), ({"answer": None}, False), ({"answer": ""}, True)])
def test_missing_answer_is_not_an_empty_one(tmp_path: Path, keys: dict[str, Any], has: bool) -> None:
    assert one(tmp_path, question="Q", **keys).has_answer is has


def test_reads_an_array_of_objects(tmp_path: Path) -> None:
    found = rows(tmp_path, '[{"question": "A"},\n {"question": "B"}]', "qa.json")
    assert [(row.line, row.turns[0].question) for row in found if isinstance(row, ItemRow)] == [(1, "A"), (2, "B")]


def test_byte_order_mark_and_blank_lines_do_not_matter(tmp_path: Path) -> None:
    found = rows(tmp_path, b'\xef\xbb\xbf{"question": "A"}\r\n\r\n{"question": "B"}\r\n')
    assert [row.line for row in found] == [1, 3]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"question": "Q"', "ends in the middle"),
        ("question: Q", "not JSON"),
        ('["Q"]', "found a list"),
        ("12", "found a number"),
        ('{"answer": "A"}', "found 'answer'"),
        ('{"question": ""}', "question is empty"),
        ('{"question": "  \\n"}', "question is empty"),
        ('{"question": {"a": 1}}', "'question' is an object"),
        ('{"question": "Q", "answer": ["A"]}', "'answer' is a list"),
        ('{"question": "Q", "answer": ["A", "B"]}', "--column reference=answer"),
        ('{"question": "Q", "answer": [1]}', "'answer' is a list"),
        ('{"question": "Q", "context": [{}]}', "'context' is a list"),
        ('{"question": [{"role": "user", "content": [{"type": "image_url"}]}]}', "Only texts can be judged"),
        ('{"question": "Q\\u0000"}', "NUL"),
        ('{"question": "Q", "x": ["\\ud800"]}', "half of a character pair"),
        ('{"question": "Q", "x": NaN}', "number nan"),
        ('{"question": "Q", "x": 1e999}', "number inf"),
        ('{"question": "Q", "x": ' + "[" * 150 + "]" * 150 + "}", "levels"),
        ('{"question": "Q", "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "levels"),
        ('{"question": "Q", "x": ' + "1" * 5000 + "}", "number that cannot be read"),
        ('{"question": "Q", "id": "' + "i" * 201 + '"}', "id is longer"),
        ('{"question": "Q", "model": "' + "m" * 201 + '"}', "model is longer"),
        ("\0", "NUL bytes"),
        ("{", "spread over several lines"),
    ],
)
def test_bad_line_is_a_sentence_with_its_number(tmp_path: Path, line: str, words: str) -> None:
    assert words in problem(tmp_path, line)


def test_one_line_outside_utf8_is_a_problem_of_that_line(tmp_path: Path) -> None:
    found = rows(tmp_path, b'{"question": "A"}\n{"question": "caf\xe9"}\n{"question": "B"}\n')
    assert found[1] == RowProblem(
        2,
        "The text is not UTF-8; it looks like Latin-1 (Windows-1252, cp1252). "
        "Save the file as UTF-8 and import it again, or name its encoding with --encoding.",
    )


@pytest.mark.parametrize(("codec", "name"), [("cp932", "Shift-JIS"), ("euc_jp", "EUC-JP"), ("latin-1", "Latin-1")])
def test_file_in_another_encoding_is_refused_by_its_name(tmp_path: Path, codec: str, name: str) -> None:
    text = "Où est l'été à Orléans ?" if codec == "latin-1" else "日本語の問いです"
    path = tmp_path / "qa.jsonl"
    path.write_bytes((json.dumps({"question": text}, ensure_ascii=False) + "\n").encode(codec) * 30)
    with pytest.raises(FileRefused, match=name):
        list(read_rows(path, "qa_jsonl"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        ('{"question": "Q"}'.encode("utf-16"), "UTF-16"),
        ('{"question": "Q"}'.encode("utf-16-le"), "UTF-16 or a binary"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"not json at all", "not JSON"),
        (b"{\n", "spread over several lines"),
        (b'{"number": 1, "turns": []}', "found 'number', 'turns'"),
    ],
)
def test_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "qa.jsonl"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=words):
        detect_format(path)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.jsonl", tmp_path):
        with pytest.raises(FileRefused, match="cannot be opened"):
            detect_format(path)


def test_line_without_an_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.core.readers.files.MAX_RECORD", 100)
    path = tmp_path / "qa.jsonl"
    path.write_text('{"question": "A"}\n' + '{"question": "' + "x" * 200 + '"}')
    with pytest.raises(FileRefused, match="longer than 100 bytes") as refusal:
        list(read_rows(path, "qa_jsonl"))
    assert refusal.value.line == 2


def test_unknown_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="mdk_judge_log"):
        read_rows(tmp_path, "xml")


def test_reads_real_arrays(shared_data: Path) -> None:
    found = list(read_rows(shared_data / "pandalm" / "testset-v1.json", "qa_jsonl"))
    assert len(found) == 999
    assert not [row for row in found if isinstance(row, RowProblem)]


def test_input_alone_asks_where_the_instruction_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"instruction": " ", "input": "Q", "output": "A"}) + "\n")
    (row,) = read_rows(path, "qa_jsonl")
    assert isinstance(row, ItemRow)
    assert (row.turns, row.context) == ((Turn("Q", "A"),), "")
