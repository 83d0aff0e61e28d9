"""What a person says about files: what their columns are, and which encoding they are in."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pyarrow import parquet as pq

from judging.actions.imports import ImportRefused, InputFile, import_files, plan_import
from judging.core.readers.encodings import BadEncoding, copy_in_utf8, encoding_named, likeliest
from judging.models import Dataset, Judgment
from tests.mdk_logs import judge_entry

pytestmark = pytest.mark.django_db

TABLE = "frage,antwort,note\nポンプは?,12 V,x\n弁は?,,y\n"
SAID = ("--column", "question=frage", "--column", "answer=antwort")


def run(*arguments: object) -> dict[str, Any]:
    out = StringIO()
    call_command("import_dataset", *map(str, arguments), "--name", "d", "--json", stdout=out, stderr=StringIO())
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def problems(*arguments: object) -> list[str]:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_dataset", *map(str, arguments), "--name", "d", "--json", stdout=out, stderr=StringIO())
    assert not Dataset.objects.exists()
    return [problem["message"] for problem in json.loads(out.getvalue())["problems"]]


def written(path: Path, text: str = TABLE, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding, newline="")
    return path


def xlsx(path: Path) -> Path:
    book = Workbook()
    for line in TABLE.splitlines():
        book.active.append(line.split(","))
    book.save(path)
    return path


def parquet(path: Path) -> Path:
    pq.write_table(pa.table({"frage": ["ポンプは?", "弁は?"], "antwort": ["12 V", None], "note": ["x", "y"]}), path)
    return path


def objects(path: Path) -> Path:
    rows = [{"frage": "ポンプは?", "antwort": "12 V", "note": "x"}, {"frage": "弁は?", "antwort": None, "note": "y"}]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


@pytest.mark.parametrize(
    ("write", "form"), [(written, "csv"), (xlsx, "xlsx"), (parquet, "parquet"), (objects, "qa_jsonl")]
)
def test_named_columns_are_read_and_kept_with_the_dataset(tmp_path: Path, write: Any, form: str) -> None:
    path = write(tmp_path / "file")
    assert run(path, *SAID)["format"] == form
    dataset = Dataset.objects.get()
    assert dataset.column_map == {"question": "frage", "answer": "antwort"}
    first, second = dataset.items.order_by("position")
    assert (first.question, first.answer, first.extra) == ("ポンプは?", "12 V", {"note": "x"})
    assert second.answer_state == "missing"
    again = run(path)
    assert (again["unchanged"], again["changed"], again["new"]) == (2, 0, 0)


def test_kept_columns_hold_for_files_that_have_them(tmp_path: Path) -> None:
    run(written(tmp_path / "a.csv"), *SAID)
    assert run(written(tmp_path / "b.csv", "question,answer\nQ,A\n"))["new"] == 1
    assert run(written(tmp_path / "c.csv", "frage,antwort\nneu,A\n"))["new"] == 1
    assert Dataset.objects.get().column_map == {"question": "frage", "answer": "antwort"}


def test_newly_named_columns_replace_the_kept_ones(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv")
    run(path, *SAID)
    assert run(path, "--column", "question=frage", "--column", "answer=note")["changed"] == 2
    assert Dataset.objects.get().column_map == {"question": "frage", "answer": "note"}


def test_a_column_of_a_usual_name_that_is_not_meant_stays_in_extra(tmp_path: Path) -> None:
    run(written(tmp_path / "a.csv", "question,text,id\nold,new,1\n"), "--column", "question=text", "--column", "id=")
    item = Dataset.objects.get().items.get()
    assert (item.question, item.extra, item.key) == ("new", {"question": "old", "id": "1"}, item.key)
    assert item.key != "1"


@pytest.mark.parametrize(
    ("said", "part"),
    [
        (("--column", "question=nowhere"), "There is no column 'nowhere'; found 'frage'"),
        (("--column", "answer=antwort"), "There is no question"),
        (("--column", "question="), "No column is the question"),
        (("--format", "elyza", "--column", "question=frage"), "have their meaning"),
    ],
)
def test_columns_that_a_file_has_not_are_named(tmp_path: Path, said: tuple[str, ...], part: str) -> None:
    (message,) = problems(written(tmp_path / "a.csv"), *said)
    assert part in message


@pytest.mark.parametrize(
    ("said", "part"), [("frage", "FIELD=NAME"), ("titel=frage", "is no field"), ("question", "names no column")]
)
def test_options_that_say_nothing_are_refused(tmp_path: Path, said: str, part: str) -> None:
    with pytest.raises(CommandError, match=part):
        run(written(tmp_path / "a.csv"), "--column", said)


def test_one_column_is_one_field(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="given to two fields"):
        plan_import("d", [InputFile(written(tmp_path / "a.csv"))], columns={"question": "frage", "answer": "frage"})


def test_the_page_of_a_dataset_shows_its_columns(tmp_path: Path, lead_client: Client) -> None:
    run(written(tmp_path / "a.csv"), *SAID)
    page = lead_client.get(Dataset.objects.get().get_absolute_url()).content.decode()
    assert "question = frage" in page


@pytest.mark.parametrize("encoding", ["cp932", "shift_jis", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le", "utf-8"])
def test_a_named_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = "question,answer\nポンプは何ボルトで動きますか,十二ボルト\n"
    path = written(tmp_path / "a.csv", text, encoding)
    assert run(path, "--encoding", encoding)["new"] == 1
    item = Dataset.objects.get().items.get()
    assert (item.question, item.answer) == ("ポンプは何ボルトで動きますか", "十二ボルト")
    assert run(path, "--encoding", encoding)["unchanged"] == 1


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("ポンプは何ボルトで動きますか", "cp932", "cp932"),
        ("ポンプは何ボルトで動きますか", "euc_jp", "euc_jp"),
        ("水泵的工作电压是多少？请根据规格说明。", "gb18030", "gb18030"),
        ("水泵的工作電壓是多少？請根據規格說明。", "big5", "big5"),
        ("펌프는 몇 볼트로 작동합니까? 규격에 따라 설명하세요.", "cp949", "cp949"),
        ("Où est la pompe à l'été?", "cp1252", "cp1252"),
    ],
)
def test_another_encoding_is_refused_by_a_name_that_then_reads_it(
    tmp_path: Path, text: str, encoding: str, name: str
) -> None:
    path = written(tmp_path / "a.csv", f"question\n{text}\n", encoding)
    (message,) = problems(path)
    assert f"({name})" in message or f" {name})" in message
    assert "--encoding" in message
    run(path, "--encoding", name)
    assert Dataset.objects.get().items.get().question == text


def test_a_file_that_is_not_what_was_named_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("question\nポンプ\n".encode("cp932") + b"\x81 \n")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_dataset", str(path), "--name", "d", "--encoding", "cp932", "--json", stdout=out)
    (problem,) = json.loads(out.getvalue())["problems"]
    assert (problem["line"], "not cp932" in problem["message"]) == (3, True)


@pytest.mark.parametrize("name", ["klingon", "idna", "rot13", "base64", "undefined", "utf-7"])
def test_a_name_that_is_no_encoding_is_refused(tmp_path: Path, name: str) -> None:
    (message,) = problems(written(tmp_path / "a.csv", "question\nQ\n"), "--encoding", name)
    assert f"There is no encoding '{name}'" in message


def test_archives_have_no_encoding(tmp_path: Path) -> None:
    assert run(parquet(tmp_path / "a.parquet"), *SAID, "--encoding", "cp932")["new"] == 2


def test_judges_of_files_in_another_encoding_are_those_of_the_files(tmp_path: Path) -> None:
    log = tmp_path / "experiment_log.json"
    log.write_text(json.dumps([judge_entry(1)], ensure_ascii=False), encoding="utf-16")
    question, judgment = tmp_path / "question.jsonl", tmp_path / "gpt-4_single.jsonl"
    question.write_text(json.dumps({"question_id": 1, "turns": ["何?"]}, ensure_ascii=False), encoding="cp932")
    said = {"question_id": 1, "model": "m", "judge": ["gpt-4", "p"], "judgment": "[[7]]", "score": 7, "turn": 1}
    judgment.write_text(json.dumps(said | {"user_prompt": "何?"}, ensure_ascii=False), encoding="cp932")
    import_files("log", [InputFile(log, encoding="utf-16")])
    import_files("mt", [InputFile(path, encoding="cp932") for path in (question, judgment)])
    assert Judgment.objects.filter(run__dataset__name="mt").get().score == 7
    names = Judgment.objects.values_list("run__judge__name", flat=True).distinct()
    assert sorted(names) == ["imported: experiment_log", "imported: gpt-4_single"]


@given(text=st.text(alphabet="ぁあいうえおアイウエオ日本語質問答えABC \n,。、", min_size=1, max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_copy_in_utf8_holds_the_same_text(tmp_path: Path, text: str) -> None:
    for encoding in ("cp932", "euc_jp", "gb18030", "utf-16"):
        path = written(tmp_path / "file.txt", text, encoding)
        copy = copy_in_utf8(path, encoding, tmp_path / "copies")
        assert copy.read_bytes().decode("utf-8") == text
        assert copy.name == path.name


@given(raw=st.binary(max_size=200))
def test_any_bytes_look_like_something_known_or_nothing(raw: bytes) -> None:
    assert likeliest(raw) in {"", "utf-8", "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1252"}


@pytest.mark.parametrize(
    ("raw", "named", "line", "message"),
    [
        # The one that was named, with a byte that none of its characters has.
        ("question\nポンプ\n".encode("cp932") + b"\x81 \n", "cp932", 3, "not cp932 here: the byte 0x81"),
        ("question\n質問です\n".encode("euc_jp") + b"\xff\n", "euc_jp", 3, "not euc_jp here: the byte 0xff"),
        (b"question\nl'\xe9t\xe9\nx\x81\n", "cp1252", 3, "not cp1252, and looks like no other encoding"),
        ("question\nQ\n".encode("utf-16") + b"\x00", "utf-16", 3, "not utf-16 here"),
        # Another one.
        ("question\nポンプは何ボルトですか\n".encode(), "cp932", 2, "not cp932; it looks like UTF-8 (utf-8)"),
        (
            "question\nポンプは何ボルトですか\n".encode("cp932"),
            "euc_jp",
            2,
            "not euc_jp; it looks like Shift-JIS (cp932)",
        ),
        ("question\n答え、問いです。\n".encode("cp932"), "cp1252", 2, "not cp1252; it looks like Shift-JIS"),
        ("question\nQ\n".encode("utf-16-le"), "utf-16", 1, "begins without a byte order mark. Name utf-16-le"),
        (b"question\nl'\xe9t\xe9\n", "cp932", 2, "not cp932; it looks like Latin-1"),
        # UTF-8 that is damaged is no other encoding.
        ("question\nQ\nポンプは何ボルト".encode() + b"\xe3\x83x\n", "", 3, "not UTF-8 here: the byte 0xe3"),
        ("question\nポンプ".encode() + b"\xff\xfe\n", "", 2, "not UTF-8, and looks like no other encoding"),
        ("question\n日本語の文".encode() + b"\xc0\xaf\n", "", 2, "not UTF-8 here: the byte 0xc0"),
        (b"question\nx\x81\xff\x01y\n", "", 2, "not UTF-8, and looks like no other encoding"),
    ],
)
def test_no_sentence_names_the_encoding_that_it_denies(
    tmp_path: Path, raw: bytes, named: str, line: int, message: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    out = StringIO()
    options = ["--encoding", named] if named else []
    with pytest.raises(CommandError):
        call_command("import_dataset", str(path), "--name", "d", "--format", "csv", *options, "--json", stdout=out)
    (problem,) = json.loads(out.getvalue())["problems"]
    assert (problem["line"], message in problem["message"]) == (line, True), problem
    assert "--encoding" in problem["message"] or "Name utf-16" in problem["message"]
    _, _, seen = problem["message"].partition("looks like")
    assert not named or f"{named})" not in seen


def test_utf8_needs_no_copy(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv")
    assert copy_in_utf8(path, "UTF8", tmp_path) == path
    assert encoding_named("utf-8-sig") == ""
    with pytest.raises(BadEncoding):
        encoding_named("")
