"""Damaged files of the formats that are no lines of objects: each is a sentence with its place, and gives no wrong row.

Files are built here. `DAMAGE` are changes of a good file that every format must name; what is damaged in a way of its
own stands with its format.
"""

import json
import sqlite3
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pyarrow import parquet as pq

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import FileRefused, detect_format, read_rows

RESULT = {
    "prompt": {"raw": "ポンプは?"},
    "vars": {"q": "ポンプ"},
    "provider": {"id": "p1"},
    "response": {"output": "12 V"},
    "success": True,
    "score": 1,
}
SAMPLE = {
    "id": 1,
    "epoch": 1,
    "input": "ポンプは?",
    "target": "12",
    "output": {"completion": "12 V"},
    "scores": {"match": {"value": "C"}},
}
HEADER = {"version": 2, "status": "success", "eval": {"task": "t", "model": "m"}, "plan": {}}


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def results(**change: Any) -> bytes:
    return dumped({"evalId": "e1", "results": {"version": 3, "results": [RESULT | change]}})


def log(**change: Any) -> bytes:
    return dumped({**HEADER, "samples": [SAMPLE | change]})


def archive(members: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def eval_log(sample: bytes, name: str = "samples/1_epoch_1.json", header: bytes = dumped(HEADER)) -> bytes:
    return archive({"header.json": header, name: sample})


def sheet(*rows: list[Any]) -> bytes:
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def parquet(columns: dict[str, list[Any]] | pa.Table, **options: Any) -> bytes:
    out = BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), out, **options)
    return out.getvalue()


def twice_named() -> bytes:
    return parquet(pa.Table.from_arrays([pa.array(["Q"]), pa.array(["A"])], names=["question", "question"]))


def set_of_grades(**change: Any) -> bytes:
    instance = {"id": "i1", "instance": "本文", "annotations": {"fluency": {"individual_human_scores": [1, 2]}}}
    return dumped({"annotations": [], "instances": [instance | change]})


def skill(**change: Any) -> bytes:
    examples = [{"question": f"質問{n}", "answer": f"答え{n}"} for n in range(5)]
    leaf = {"version": 2, "task_description": "d", "created_by": "c", "seed_examples": examples} | change
    return yaml.safe_dump(leaf, allow_unicode=True, sort_keys=False).encode()


GOOD: dict[str, bytes] = {
    "csv": "question,answer\nポンプは?,12 V\n弁は?,24 V\n".encode(),
    "mmlu": "ポンプは?,一,二,三,四,A\n弁は?,一,二,三,四,B\n".encode(),
    "elyza": "input,output,eval_aspect\n質問,答え,観点\n質問2,答え2,観点\n".encode(),
    "mdk_gold_table": "page,question,answer,num_error,reason,checked\n{'page': '本文'},質問,答え,0,理由,1\n".encode(),
    "promptfoo": results(),
    "promptfoo_table": "q,[p1] ポンプ {{q}}\n一,[PASS] (1.00) 答え\n".encode(),
    "inspect_log": log(),
    "judge_bench": set_of_grades(),
    "taxonomy": skill(),
}

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda raw: b"",
    "byte order mark only": lambda raw: b"\xef\xbb\xbf",
    "white space only": lambda raw: b" \n\t\n",
    "cp932": lambda raw: raw.decode().encode("cp932"),
    "euc_jp": lambda raw: raw.decode().encode("euc_jp"),
    "gb18030": lambda raw: raw.decode().encode("gb18030"),
    "utf-16": lambda raw: raw.decode().encode("utf-16"),
    "utf-16-be without its mark": lambda raw: raw.decode().encode("utf-16-be"),
    "utf-32": lambda raw: raw.decode().encode("utf-32"),
    "a NUL byte": lambda raw: raw[:20] + b"\0" + raw[20:],
    "NUL bytes for a block": lambda raw: raw[:30] + bytes(40) + raw[70:],
    "half a character": lambda raw: (
        raw.replace("質".encode(), b"\xe8\xb3").replace("ポ".encode(), b"\xe3\x83")
        if "ポ".encode() in raw or "質".encode() in raw
        else raw.replace("本".encode(), b"\xe6\x9c")
    ),
    "a gzip": lambda raw: b"\x1f\x8b" + raw,
    "a zip": lambda raw: archive({"file": raw}),
    "a broken zip": lambda raw: b"PK\x03\x04" + raw,
    "a picture": lambda raw: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "zeros": lambda raw: bytes(4096),
    "an overlong byte": lambda raw: raw[:-2] + b"\xc0\xaf" + raw[-2:],
}


SAYS: dict[str, str] = {
    "empty": "The file is empty",
    "byte order mark only": "The file is empty",
    "white space only": "The file is empty",
    "cp932": "looks like Shift-JIS",
    "euc_jp": "looks like EUC-JP",
    # Its kana have the same bytes as those of EUC-JP.
    "gb18030": "looks like GB18030|looks like EUC-JP",
    "utf-16": "The file is UTF-16",
    "utf-16-be without its mark": "looks like UTF-16",
    "utf-32": "The file is UTF-32",
    "a NUL byte": "NUL bytes",
    "NUL bytes for a block": "NUL bytes",
    "half a character": "not UTF-8 here: the byte|not UTF-8, and looks like no other|not UTF-8; it looks like",
    "a gzip": "packed with gzip",
    "a zip": "an archive|The archive has no header",
    "a broken zip": "an archive",
    "a picture": "The file is a picture",
    "zeros": "NUL bytes",
    "an overlong byte": "not UTF-8",
}
"""What is said of each damage."""


def found(path: Path, form: str) -> tuple[list[ItemRow], list[RowProblem]]:
    try:
        rows = list(read_rows(path, form))
    except FileRefused as refusal:
        return [], [RowProblem(refusal.line, refusal.message)]
    problems = [row for row in rows if isinstance(row, RowProblem)]
    return [row for row in rows if isinstance(row, ItemRow)], problems


def check_named(path: Path, form: str, part: str = "") -> None:
    _, problems = found(path, form)
    assert problems, "nothing was named"
    for problem in problems:
        assert problem.line >= 0
        assert problem.message.endswith(".")
        assert problem.message.isprintable()
    assert any(part in problem.message for problem in problems), problems


def written(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("form", sorted(GOOD))
def test_the_good_file_is_recognised_and_read(tmp_path: Path, form: str) -> None:
    path = written(tmp_path, GOOD[form])
    assert detect_format(path) == form
    rows, problems = found(path, form)
    assert (bool(rows), problems) == (True, [])


@pytest.mark.parametrize("damage", sorted(DAMAGE))
@pytest.mark.parametrize("form", sorted(GOOD))
def test_damage_is_named(tmp_path: Path, form: str, damage: str) -> None:
    path = written(tmp_path, DAMAGE[damage](GOOD[form]))
    check_named(path, form)
    line, message = found(path, form)[1][0].line, found(path, form)[1][0].message
    assert any(part in message for part in SAYS[damage].split("|")), message
    assert line >= 1 or form == "inspect_log"


OWN: list[tuple[str, int, bytes, str]] = [
    ("csv", 2, b"question,answer\nQ,A,more\n", "3 cells"),
    ("csv", 2, b"question,answer\nQ\n", "1 cells"),
    ("csv", 2, b'question,answer\n"Q,A\n', "breaks"),
    ("csv", 2, b'question,answer\n"Q"x,A\n', "breaks"),
    ("csv", 1, b"question,question\nQ,A\n", "Two columns"),
    ("csv", 1, b"frage,antwort\nQ,A\n", "no question"),
    ("csv", 2, b"question,answer\n ,A\n", "empty"),
    ("csv", 2, b"id,question\n" + b"x" * 201 + b",Q\n", "longer than 200"),
    ("csv", 2, b"question,answer\n" + b"x" * 9_000_000 + b",A\n", "longer than"),
    ("mmlu", 2, b"Q,a,b,c,d,A\nQ,a,b,c,d\n", "5 cells"),
    ("mmlu", 2, b"Q,a,b,c,d,A\nQ,a,b,c,d,E\n", "'answer' is 'E'"),
    ("mmlu", 2, b"Q,a,b,c,d,A\n,a,b,c,d,B\n", "empty"),
    ("mmlu", 2, b'Q,a,b,c,d,A\n"Q,a,b,c,d,B\n', "breaks"),
    ("mmlu", 2, b"question,choices,answer\nQ,__import__('os'),A\n", "cannot be decoded"),
    ("mmlu", 2, b"question,choices,answer\nQ,\"['a', b]\",A\n", "cannot be decoded"),
    ("mmlu", 2, b"question,A,B,answer\nQ,a,b,9\n", "'answer' is '9'"),
    ("elyza", 1, b'[{"input": "Q", "output": {}, "eval_aspect": "x"}]', "write it as text"),
    ("elyza", 1, b'[{"input": "Q", "output": "A", "eval_aspect": "x", "score": 7}]', "'score' is 7"),
    ("elyza", 1, b'[{"input": "Q", "output": "A", "eval_aspect": "x", "score": "high"}]', "'score' is 'high'"),
    ("elyza", 2, b'[{"input": "Q", "eval_aspect": "x"}, {"input": "Q"', "ends in the middle"),
    ("elyza", 1, b'[{"input": "", "eval_aspect": "x"}]', "empty"),
    ("mdk_gold_table", 1, b"page,question,answer\nx,Q,A\n", "no column 'num_error'"),
    ("mdk_gold_table", 2, b"page,question,answer,num_error\n{'page': open('x')},Q,A,0\n", "cannot be decoded"),
    ("mdk_gold_table", 2, b"page,question,answer,num_error\nx,Q,A,-1\n", "'num_error' is '-1'"),
    ("mdk_gold_table", 2, b"page,question,answer,num_error\nx,Q,A,two\n", "'num_error' is 'two'"),
    ("promptfoo", 19, results()[:-30], "ends in the middle"),
    ("promptfoo", 1, results(score="high"), "it is a number"),
    ("promptfoo", 1, results(prompt=3), "no text under 'prompt'"),
    ("promptfoo", 1, dumped({"evalId": "e", "results": {"version": 9, "results": []}}), "version of the results is 9"),
    ("promptfoo", 1, dumped({"evalId": "e", "results": {"version": 3, "results": {}}}), "no list 'results'"),
    ("promptfoo", 1, dumped({"evalId": "e", "results": {"version": 3, "results": [7]}}), "The result is a number"),
    ("promptfoo", 1, b'{"evalId": "e", "evalId": "f",\n "results": {}}', "stands twice"),
    ("promptfoo", 2, b"evalId: e\nresults: &a\n  x: *a\n", "contains itself"),
    ("promptfoo", 2, b"evalId: e\nresults: [}\n", "not YAML"),
    ("promptfoo", 2, b"evalId: e\nresults: !!python/object/apply:os.system ['true']\n", "not YAML"),
    ("promptfoo_table", 2, b"q,[p] x\n1,2,3\n", "3 cells"),
    ("promptfoo_table", 2, b"q,[p] x\n1,2\n", "No cell"),
    ("promptfoo_table", 2, b'q,[p] x\n"1,[PASS] 2\n', "breaks"),
    ("promptfoo_table", 1, b"<!doctype html><p>nothing</p>", "empty"),
    ("inspect_log", 20, log()[:-30], "ends in the middle"),
    ("inspect_log", 1, dumped(HEADER), "no list 'samples'"),
    ("inspect_log", 1, dumped({"samples": [SAMPLE], "status": "success"}), "no 'eval'"),
    ("inspect_log", 1, log(scores=[1]), "'scores' is a list"),
    ("inspect_log", 1, log(scores={"match": 1}), "is a number"),
    ("inspect_log", 1, log(choices="abc"), "'choices' is text"),
    ("inspect_log", 1, log(input=""), "empty"),
    ("inspect_log", 1, log(input={"a": 1}), "write it as text"),
    ("inspect_log", 1, dumped({**HEADER, "samples": [7]}), "The sample is a number"),
    ("inspect_log", 1, eval_log(b"{"), "is not JSON"),
    ("inspect_log", 1, eval_log(b"[1]"), "is a list"),
    ("inspect_log", 1, eval_log(b" " * 20_000_000), "unpacks to"),
    ("inspect_log", 1, eval_log(b"{}" + b" " * 5_000_000), "unpacks to"),
    ("inspect_log", 1, eval_log(dumped(SAMPLE), header=b"[]"), "no 'eval'"),
    ("inspect_log", 1, eval_log(dumped(SAMPLE))[:-40], "archive"),
    ("inspect_log", 0, archive({"other.json": b"{}"}), "no header.json"),
    ("judge_bench", 1, dumped({"annotations": []}), "no list 'instances'"),
    ("judge_bench", 1, set_of_grades(instance=""), "no text"),
    ("judge_bench", 1, set_of_grades(instance=[1]), "write it as text"),
    ("judge_bench", 1, dumped({"annotations": [], "instances": [1]}), "The instance is a number"),
    ("taxonomy", 1, skill(version=9), "The version is 9"),
    ("taxonomy", 15, skill(extra=1), "may not have extra"),
    ("taxonomy", 4, skill(seed_examples=[]), "needs 5"),
    ("taxonomy", 3, skill(created_by=None), "created_by is empty"),
    ("taxonomy", 1, b"a: &a [x]\nb: *a\n", "aliases"),
    ("taxonomy", 1, b"a: [}\n", "not YAML"),
    ("xlsx", 3, sheet(["question"], [""], ["", "x"]), "empty"),
    ("xlsx", 1, sheet(["question", "question"], ["Q", "Q"]), "Two columns"),
    ("xlsx", 1, sheet(["frage"], ["Q"]), "no question"),
    ("xlsx", 1, sheet([]), "empty"),
    ("xlsx", 2, sheet(["question", "answer"], ["Q", "=1+1"]), "without a value"),
    ("xlsx", 1, sheet(["question"], ["x" * 32_000], *[["Q", *["x"] * 1200]]), "columns"),
    ("xlsx", 2, sheet(["id", "question"], ["x" * 201, "Q"]), "longer than 200"),
    ("parquet", 2, parquet({"question": ["Q", ""]}), "empty"),
    ("parquet", 2, parquet({"question": ["Q", None]}), "empty"),
    ("parquet", 1, parquet({"frage": ["Q"]}), "no question"),
    ("parquet", 1, parquet({"question": ["Q"], "picture": [b"\x00\xff"]}), "holds bytes"),
    ("parquet", 1, parquet({"question": ["Q"], "picture": [{"bytes": b"\x00"}]}), "holds bytes"),
    ("parquet", 1, parquet({"question": ["Q"], "x": [float("nan")]}), "number nan"),
    ("parquet", 1, parquet({"question": ["Q"], "x": [[float("inf")]]}), "number inf"),
    ("parquet", 1, parquet({"question": ["a\0b"]}), "NUL"),
    ("parquet", 1, parquet({"question": [{"a": 1}]}), "write it as text"),
    ("parquet", 1, parquet({"question": ["Q"], "id": ["x" * 201]}), "longer than 200"),
    ("parquet", 1, parquet({"question": ["x" * 9_000_000]}), "longer than"),
    ("parquet", 0, parquet({"question": ["Q"] * 3})[:-20], "damaged"),
    ("parquet", 0, parquet({"question": ["Q"] * 3})[:100], "damaged"),
    ("parquet", 0, b"PAR1" + b"\xff" * 200 + b"PAR1", "damaged"),
    ("parquet", 0, b"PAR1", "damaged"),
    ("parquet", 0, parquet({f"c{n}": ["x"] for n in range(1200)}), "more than 1000 columns"),
    ("parquet", 1, twice_named(), "Two columns"),
    (
        "parquet",
        0,
        parquet({"question": ["0" * 4_000_000] * 5}, use_dictionary=False, compression="zstd"),
        "unpacks to",
    ),
    ("parquet", 1, parquet({"question": ["Q"], "answer": [[True]]}), "write it as text"),
    ("parquet", 1, parquet({"question": [1.5], "category": ["x" * 201]}), "longer than 200"),
]


@pytest.mark.parametrize(
    ("form", "line", "content", "part"), OWN, ids=[f"{form}-{part[:30]}" for form, _, _, part in OWN]
)
def test_its_own_damage_is_named_with_its_line(tmp_path: Path, form: str, line: int, content: bytes, part: str) -> None:
    path = written(tmp_path, content)
    check_named(path, form, part)
    assert found(path, form)[1][0].line == line


def test_an_archive_of_another_time_is_named(tmp_path: Path) -> None:
    raw = bytearray(sheet(["question"], ["Q"]))
    at = raw.index(b"PK\x01\x02")
    raw[at + 6] = 99
    check_named(written(tmp_path, bytes(raw)), "xlsx")
    with pytest.raises(FileRefused, match="archive"):
        detect_format(written(tmp_path, bytes(raw)))


@pytest.mark.parametrize("cut", range(40, 4000, 180))
@pytest.mark.parametrize("form", ["xlsx", "parquet", "inspect_log", "promptfoo_db"])
def test_a_file_that_was_cut_off_gives_no_row(tmp_path: Path, form: str, cut: int) -> None:
    whole = {
        "xlsx": lambda: sheet(["question"], *[[f"Q{n}"] for n in range(50)]),
        "parquet": lambda: parquet({"question": [f"Q{n} {'x' * n}" for n in range(100)]}),
        "inspect_log": lambda: eval_log(dumped(SAMPLE | {"metadata": {"x": [str(n) for n in range(3000)]}})),
        "promptfoo_db": lambda: database(tmp_path / "whole.db"),
    }[form]()
    assert found(written(tmp_path, whole, "whole"), form)[0]
    cut = min(cut, len(whole) - 30)
    rows, problems = found(written(tmp_path, whole[:cut]), form)
    assert rows == []
    assert problems
    assert all(problem.message.endswith(".") for problem in problems)


def database(path: Path, held: str = "") -> bytes:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE evals (id TEXT, created_at INTEGER, results TEXT, config TEXT)")
        held = held or json.dumps({"version": 2, "results": [RESULT] * 9, "table": {}})
        connection.execute("INSERT INTO evals VALUES ('e1', 1, ?, '{}')", (held,))
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize("form", sorted(GOOD))
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_that_were_changed_never_crash_a_reader(tmp_path: Path, form: str, data: st.DataObject) -> None:
    raw = bytearray(GOOD[form])
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = written(tmp_path, bytes(raw))
    _, problems = found(path, form)
    assert all(problem.message.endswith(".") for problem in problems)
    try:
        detect_format(path)
    except FileRefused as refusal:
        assert refusal.message.endswith("."), refusal  # noqa: PT017 a sentence, wherever it was found


# Made once: a workbook holds the time at which it was written.
ARCHIVES = [
    ("xlsx", sheet(["question"], ["Q1"], ["Q2"])),
    ("parquet", parquet({"question": ["Q1", "Q2"]})),
    ("inspect_log", eval_log(dumped(SAMPLE))),
]


@given(
    chosen=st.sampled_from(ARCHIVES), places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=4)
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_that_were_changed_never_crash_a_reader_of_archives(
    tmp_path: Path, chosen: tuple[str, bytes], places: list[tuple[float, int]]
) -> None:
    form, raw = chosen[0], bytearray(chosen[1])
    for share, byte in places:
        raw[int(share * len(raw))] = byte
    _, problems = found(written(tmp_path, bytes(raw)), form)
    assert all(problem.message.endswith(".") for problem in problems)


def test_names_in_an_archive_are_never_paths(tmp_path: Path) -> None:
    raw = eval_log(dumped(SAMPLE), name="samples/../../../escaped.json")
    rows, problems = found(written(tmp_path, raw), "inspect_log")
    assert (len(rows), problems) == (1, [])
    assert not list(tmp_path.rglob("escaped*"))
    assert not list(tmp_path.parent.glob("escaped*"))
