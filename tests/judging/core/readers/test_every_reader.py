"""What holds for every reader: damaged files are named by line and give nothing, and real files come in whole."""

import json
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import READERS, FileRefused, FileToRead, detect_format, read_files, read_rows

MESSAGES = [{"role": "user", "content": "日本語"}, {"role": "assistant", "content": "答え"}]
QA = {"page": {"page": "本文"}, "qa": [{"question": "日本語", "answer": "答え"}]}
LINES: dict[str, dict[str, Any]] = {
    "qa_jsonl": {"question": "日本語", "answer": "答え"},
    "texts": {"text": "日本語"},
    "chat": {"messages": MESSAGES},
    "choices": {"question": "日本語", "choices": ["ア", "イ"], "answer": 0},
    "lm_eval": {"doc_id": 0, "doc": {"question": "日本語"}, "target": "x", "filtered_resps": ["答え"]},
    "pairs": {"question": "日本語", "output_1": "ア", "output_2": "イ"},
    "label_studio": {"data": {"question": "日本語"}, "annotations": []},
    "argilla": {"prompt": "日本語", "v.responses": []},
    "elyza": {"input": "日本語", "output": "答え", "eval_aspect": "観点"},
    "fastchat_question": {"question_id": 1, "turns": ["日本語"]},
    "fastchat_votes": {
        "question_id": 1,
        "model_a": "m1",
        "model_b": "m2",
        "winner": "tie",
        "judge": "expert_1",
        "conversation_a": MESSAGES,
        "conversation_b": MESSAGES,
    },
    "preference": {"prompt": "日本語", "chosen": "答え", "rejected": "違う"},
    "rated_answers": {"question": "日本語", "completions": [{"model": "m", "response": "答え", "overall_score": 3}]},
    "oasst": {"message_id": "1", "parent_id": None, "role": "prompter", "text": "日本語"},
    "openai_evals": {"item": {"question": "日本語"}, "sample": {"output_text": "答え"}},
    "promptfoo": {
        "prompt": {"raw": "日本語"},
        "vars": {},
        "testIdx": 0,
        "promptIdx": 0,
        "response": {"output": "答え"},
    },
    "mdk_converter_log": {"convert_template": "t", "prompt": "p", "output": ["x"], **QA},
    "mdk_judge_log": {
        "evaluate_template": "t",
        "num_error": 0,
        "score": 0.5,
        "raw_score": [0.5],
        "output": ["x"],
        **QA,
    },
    "mdk_manual_log": {"num_error": 1, "output": "['x']", **QA},
    "mdk_gold": {"prompt": "", "output": ["x"], **QA},
}


def problems(path: Path) -> list[tuple[int, str]]:
    """What is wrong with the file, with lines; a file that is refused as a whole has one problem."""
    try:
        rows = list(read_rows(path, detect_format(path)))
    except FileRefused as refusal:
        return [(refusal.line, refusal.message)]
    return [(row.line, row.message) for row in rows if isinstance(row, RowProblem)]


def lines(folder: Path, *rows: bytes) -> Path:
    path = folder / "file.jsonl"
    path.write_bytes(b"\n".join(rows) + b"\n")
    return path


def encoded(form: str, encoding: str = "utf-8", **change: Any) -> bytes:
    return json.dumps(LINES[form] | change, ensure_ascii=False).encode(encoding)


@pytest.mark.parametrize("form", sorted(LINES))
def test_good_lines_are_recognised_and_read(tmp_path: Path, form: str) -> None:
    path = lines(tmp_path, encoded(form))
    assert detect_format(path) == form
    assert problems(path) == []


BROKEN: list[tuple[Callable[[str], bytes], str]] = [
    (lambda form: encoded(form)[:-5], "The line ends in the middle|not UTF-8|The line is not JSON"),
    (lambda form: encoded(form, "cp932"), "Shift-JIS|EUC-JP"),
    (lambda form: encoded(form, "euc_jp"), "EUC-JP|Shift-JIS"),
    (lambda form: b"[1, 2]", "Expected a JSON object"),
    (lambda form: b'"text"', "Expected a JSON object"),
    (lambda form: b"null", "Expected a JSON object"),
    (lambda form: b"{}", "."),
    (lambda form: b"{'question': 'single quotes'}", "not JSON"),
    (lambda form: encoded(form)[:-1] + b',"x":NaN}', "number nan"),
    (lambda form: encoded(form)[:-1] + b',"x":1e999}', "number inf"),
    (lambda form: encoded(form)[:-1] + b',"x":"\\u0000"}', "NUL"),
    (lambda form: encoded(form)[:-1] + b',"x":"\\ud800"}', "half of a character pair"),
    (lambda form: encoded(form)[:-1] + b',"x":' + b"[" * 150 + b"]" * 150 + b"}", "levels"),
    (lambda form: encoded(form)[:-1] + b"\0}", "NUL"),
    (lambda form: b'{"unknown": 1}', "."),
    (lambda form: encoded(form, "gb18030"), "GB18030|EUC-JP|Shift-JIS|Big5|EUC-KR"),
    (lambda form: encoded(form)[:-1] + b',"x":1,"x":2}', "stands twice"),
    (lambda form: encoded(form)[:-1] + b',"x":{"y":1,"y":2}}', "stands twice"),
    (lambda form: encoded(form) + b" and more", "not JSON"),
    (lambda form: encoded(form) + encoded(form), "not JSON"),
    (lambda form: encoded(form)[1:], "not JSON"),
    (lambda form: encoded(form)[:-1] + b",\"x\":'y'}", "not JSON"),
    (lambda form: encoded(form)[:-1] + b',"x":-Infinity}', "number -inf"),
    (lambda form: encoded(form)[:-1] + b',"x":' + b"9" * 5000 + b"}", "number that cannot be read"),
    (lambda form: encoded(form)[:-1] + b',"x":' + b'{"a":' * 2000 + b"1" + b"}" * 2001, "levels"),
    (lambda form: b"12", "Expected a JSON object"),
    (lambda form: b"{", "spread over several lines"),
]
"""Second lines that every one of them must name, and what is said of each."""


@pytest.mark.parametrize("form", sorted(LINES))
@pytest.mark.parametrize(("broken", "message"), BROKEN)
def test_broken_second_line_is_named(tmp_path: Path, form: str, broken: Any, message: str) -> None:
    found = problems(lines(tmp_path, encoded(form), broken(form)))
    assert len(found) == 1
    assert found[0][0] == 2
    assert any(part in found[0][1] for part in message.split("|"))


@pytest.mark.parametrize("form", sorted(LINES))
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp932", "euc_jp"])
def test_file_in_another_encoding_is_refused_by_its_name(tmp_path: Path, form: str, encoding: str) -> None:
    found = problems(lines(tmp_path, *[encoded(form, encoding)] * 30))
    assert len(found) == 1
    assert any(name in found[0][1] for name in ("UTF-16", "Shift-JIS", "EUC-JP"))


@pytest.mark.parametrize("form", sorted(LINES.keys() - {"fastchat_votes"}))
def test_unknown_keys_and_other_orders_of_keys_change_nothing(tmp_path: Path, form: str) -> None:
    known, turned = LINES[form], dict(reversed([*LINES[form].items(), ("未知", {"a": [1]})]))
    one, two = (next(iter(read_rows(lines(tmp_path, json.dumps(entry).encode()), form))) for entry in (known, turned))
    assert isinstance(one, ItemRow)
    assert isinstance(two, ItemRow)
    assert one.turns == two.turns
    assert "未知" in json.dumps(dict(two.extra), ensure_ascii=False)


@pytest.mark.parametrize("form", sorted(READERS))
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\x00\x01\x02" * 50, b"\xff\xfe\x41\x00", b"PK\x03\x04zip"])
def test_no_reader_takes_what_is_no_text(tmp_path: Path, form: str, content: bytes) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    try:
        found = [row for row in read_rows(path, form) if not isinstance(row, RowProblem)]
    except FileRefused as refusal:
        found = []
        assert str(refusal).endswith("."), refusal  # noqa: PT017 a sentence, for whichever reader
    assert found == []


# format, items, judgments, verdicts of people
REAL: list[tuple[list[str], str, int, int, int]] = [
    (["mt_bench/question.jsonl"], "fastchat_question", 80, 0, 0),
    (["mt_bench/question.jsonl", "mt_bench/model_answer/*", "mt_bench/reference_answer/*"], "", 240, 0, 0),
    (["mt_bench/question.jsonl", "mt_bench/model_judgment/*"], "", 240, 480, 0),
    (["mt_bench/question.jsonl", "mt_bench_multi_judge/raw/*"], "", 320, 720, 0),
    (["ja_mt_bench/question.jsonl", "ja_mt_bench/model_judgment/*", "ja_mt_bench/reference_answer/*"], "", 60, 60, 0),
    (["elyza_tasks_100/elyza_tasks_100.csv"], "elyza", 100, 0, 0),
    (["elyza_tasks_100/bench_elyza/gpt-4o.json"], "elyza", 100, 100, 0),
    (["elyza_tasks_100/bench_elyza/gemma-2-9b-it-Q8_0.json"], "elyza", 100, 100, 0),
    (["mmlu/hendrycks_layout/dev/*"], "mmlu", 90, 0, 0),
    (["mmlu/hendrycks_layout/test/*"], "mmlu", 2686, 0, 0),
    (["mmlu/dialects/*/*"], "mmlu", 266, 0, 0),
    (["llmbar/LLMBar/Natural/dataset.json"], "pairs", 100, 0, 0),
    (["pandalm/testset-v1.json"], "pairs", 999, 0, 0),
    (["promptfoo/v1_config-js.json"], "promptfoo", 8, 8, 0),
    (["promptfoo/v2_replicate_two_providers.json"], "promptfoo", 10, 10, 0),
    (["promptfoo/v3_sample-export_two_providers.json"], "promptfoo", 4, 4, 0),
    (["promptfoo/v3_simple-cli.json"], "promptfoo", 8, 8, 0),
    (["promptfoo/v3_two_providers_Bias_and_fairness.json"], "promptfoo", 12, 12, 0),
    (["promptfoo/v3_two_providers_Context_window_limits.json"], "promptfoo", 8, 8, 0),
    (["promptfoo/v3_simple-cli.yaml"], "promptfoo", 8, 8, 0),
    (["promptfoo/v3_simple-cli.csv"], "promptfoo_table", 8, 8, 0),
    (["promptfoo/v3_simple-cli.html"], "promptfoo_table", 8, 8, 0),
    (["promptfoo/v2_replicate_two_providers.csv"], "promptfoo_table", 10, 10, 0),
    (["judge_bench/recipes.json"], "judge_bench", 52, 0, 0),
]


@pytest.mark.parametrize(("patterns", "form", "items", "judgments", "people"), REAL, ids=lambda value: str(value)[:60])
def test_real_files_come_in_whole(
    shared_data: Path, patterns: list[str], form: str, items: int, judgments: int, people: int
) -> None:
    paths = [path for pattern in patterns for path in sorted(shared_data.glob(pattern))]
    formats = [FileToRead(detect_format(path), path) for path in paths]
    rows = [row for _, row in read_files(formats)]
    assert not [row for row in rows if isinstance(row, RowProblem)]
    good = [row for row in rows if isinstance(row, ItemRow)]
    assert not form or {file.format for file in formats} == {form}
    assert len(good) == items
    assert sum(len(row.judgments) for row in good) == judgments
    assert sum(row.person is not None for row in good) == people


ELSEWHERE = {
    "*.md": "words about the data",
    "_licences/*": "licences",
    "*/judge*prompts.jsonl": "prompts of judges",
    "judge_replies/*": "raw replies, for read_replies",
    "agreement_textbook/*": "tables of labels, for import_labels and the tests of agreement",
    "prometheus_3runs/*": "a table of labels, for import_labels",
    "llmbar/*/evaluators/*": "judgments by number only, for import_labels",
    "instructlab/*": "verdicts in a manifest of their own, in the test of the taxonomy",
}


def test_no_real_file_is_forgotten(shared_data: Path) -> None:
    listed = {path for patterns, *_ in REAL for pattern in patterns for path in shared_data.glob(pattern)}
    others = {path for path in shared_data.rglob("*") if path.is_file()} - listed
    names = [str(path.relative_to(shared_data)) for path in others]
    assert [name for name in names if not any(fnmatch(name, pattern) for pattern in ELSEWHERE)] == []


def test_twins_of_one_evaluation_say_the_same(shared_data: Path) -> None:
    folder = shared_data / "promptfoo"
    names = ("v3_simple-cli.json", "v3_simple-cli.yaml", "v3_simple-cli.csv", "v3_simple-cli.html")
    read = [list(read_rows(folder / name, detect_format(folder / name))) for name in names]
    said = [
        sorted((row.model, row.turns[0].question, row.turns[0].answer.strip(), row.judgments[0].score) for row in rows)
        for rows in read
    ]
    assert said[0] == said[1]
    assert said[2] == said[3]
    assert sorted(row[3] for row in said[0]) == sorted(row[3] for row in said[2])
    assert sorted(row[2] for row in said[0]) == sorted(row[2] for row in said[2])
