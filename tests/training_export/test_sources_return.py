"""What came in by the formats that only come in: it leaves as the file in samples/, comes in again, and leaves the
same."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection

from judging.models import Dataset
from tests import factories
from tests.training_export.test_every_format_returns import (
    Returns,
    contents,
    exported,
    imported,
    labelled,
    labelled_from,
    written,
)
from tests.training_export.test_files_back_in import TRICKY

SAMPLES = Path(__file__).resolve().parent / "samples" / "sources"
pytestmark = pytest.mark.django_db

RATED = [
    {
        "id": f"r{number}",
        "source": "evol",
        "instruction": f"問{number}? {text}",
        "completions": [
            {"model": "m", "response": f"{text} A", "overall_score": 7.5, "critique": "良い"},
            {"model": "n", "response": f"{text} B", "overall_score": 2, "annotations": {"honesty": {"Rating": "4"}}},
        ],
    }
    for number, text in enumerate(TRICKY)
]
SAID = [("1", None, "prompter"), ("2", "1", "assistant"), ("3", "2", "prompter"), ("4", "3", "assistant")]
OASST = [
    {
        "message_id": f"{number}-{name}",
        "parent_id": parent and f"{number}-{parent}",
        "role": role,
        "text": f"{text} {name}",
    }
    for number, text in enumerate(TRICKY)
    for name, parent, role in SAID
]
PAIRS = [
    {
        "id": f"p{number}",
        "question": f"問{number}?",
        "output_1": text,
        "output_2": f"{text} B",
        "model_a": "m",
        "model_b": "n",
    }
    for number, text in enumerate(TRICKY)
]
OF_OPENAI = [
    {
        "input": {"messages": [{"role": "user", "content": f"問{number}? {text}"}], "parallel_tool_calls": True},
        "preferred_output": [{"role": "assistant", "content": f"{text} A"}],
        "non_preferred_output": [{"role": "assistant", "content": f"{text} B"}],
    }
    for number, text in enumerate(TRICKY)
]
TOOLS = [
    {
        "messages": [
            {"role": "system", "content": "助け"},
            {"role": "user", "content": f"問{number}? {text}"},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": {"name": "f"}}]},
            {"role": "tool", "tool_call_id": "c", "content": "12"},
            {"role": "assistant", "content": text, "weight": 1},
        ]
    }
    for number, text in enumerate(TRICKY)
]
SHAREGPT = [
    {"conversations": [{"from": "human", "value": f"問{number}?"}, {"from": "gpt", "value": text}], "lang": "ja"}
    for number, text in enumerate(TRICKY)
]
EVALS = [
    {"item": {"question": f"問{number}?", "ref": text}, "sample": {"output_text": text, "model": "m"}}
    for number, text in enumerate(TRICKY)
]
HARNESS = [
    {
        "doc_id": number,
        "doc": {"question": f"問{number}?"},
        "target": text,
        "filtered_resps": [text],
        "exact_match": 1.0,
    }
    for number, text in enumerate(TRICKY)
]
ELYZA = [{"input": f"問{number}?", "output": text, "eval_aspect": "正しさ\n長さ"} for number, text in enumerate(TRICKY)]
ARGILLA = [
    {"prompt": f"問{number}?", "response": text, "quality.responses": ["good"], "quality.suggestion": "bad"}
    for number, text in enumerate(TRICKY)
]
TEXTS = [{"id": f"t{number}", "text": f"{text} 本文", "lang": "ja"} for number, text in enumerate(TRICKY)]


class Source(NamedTuple):
    """Rows of a format, what they leave as, and the files that come in again."""

    form: str
    rows: list[dict[str, Any]]
    name: str
    how: Returns
    golden: str = ""


SOURCES = [
    Source("rated_answers", RATED, "qa_jsonl", Returns("*_clean.jsonl"), "rated_answers.qa.jsonl"),
    Source("rated_answers", RATED, "parquet", Returns("*_clean.parquet")),
    Source("rated_answers", RATED, "trl_preference", Returns("train.jsonl", "judge"), "rated_answers.pairs.jsonl"),
    Source("rated_answers", RATED, "label_studio", Returns("tasks.json", "labels")),
    Source("oasst", OASST, "chat", Returns("train.jsonl"), "oasst.chat.jsonl"),
    Source("pairs", PAIRS, "label_studio", Returns("tasks.json", "table")),
    Source(
        "preference", OF_OPENAI, "trl_preference", Returns("train.jsonl", "judge"), "openai_preferences.pairs.jsonl"
    ),
    Source("chat", TOOLS, "chat", Returns("train.jsonl"), "tools.chat.jsonl"),
    Source("chat", SHAREGPT, "chat", Returns("train.jsonl"), "sharegpt.chat.jsonl"),
    Source("chat", SHAREGPT, "qa_jsonl", Returns("*_clean.jsonl"), "sharegpt.qa.jsonl"),
    Source("openai_evals", EVALS, "qa_jsonl", Returns("*_clean.jsonl"), "openai_evals.qa.jsonl"),
    Source("lm_eval", HARNESS, "qa_jsonl", Returns("*_clean.jsonl"), "lm_eval.qa.jsonl"),
    Source("elyza", ELYZA, "qa_jsonl", Returns("*_clean.jsonl"), "elyza.qa.jsonl"),
    Source("elyza", ELYZA, "parquet", Returns("*_clean.parquet")),
    Source("argilla", ARGILLA, "qa_jsonl", Returns("*_clean.jsonl"), "argilla.qa.jsonl"),
    Source("texts", TEXTS, "text", Returns("train.jsonl"), "texts.text.jsonl"),
]


def rows(path: Path) -> list[Any]:
    """The lines; what an item came with is JSON, and PostgreSQL keeps no order of its keys."""
    lines = path.read_bytes().split(b"\n")
    return [json.loads(line or b"0") for line in lines] if connection.vendor == "postgresql" else lines


def voted(dataset: Dataset) -> None:
    campaign, rater = factories.make_campaign(dataset), factories.make_annotator("a@x")
    for item in dataset.items.order_by("position"):
        factories.make_label(campaign, item, rater, "", value=("A", "B", "tie")[item.position % 3])


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: f"{source.form}-{source.name}")
def test_out_in_and_out_again_is_the_same(tmp_path: Path, source: Source) -> None:
    how = source.how
    first = imported("first", written(tmp_path / "in.jsonl", *source.rows), "--format", source.form)
    if source.form == "pairs":
        voted(first)
    elif how.by != "judge":
        labelled(first, "reader 1")
    once = exported(first, tmp_path / "1", source.name, how)
    files = [path for path in sorted(once.glob(how.files)) if path.name != "provenance.jsonl"]
    assert files
    assert files[0].stat().st_size > 100
    if source.golden:
        assert rows(files[0]) == rows(SAMPLES / source.golden)
    second = imported("second", files)
    labelled_from(second, files, how)
    twice = exported(second, tmp_path / "2", source.name, how)
    assert contents(twice, how.files) == contents(once, how.files)


def test_the_rows_are_of_their_formats(tmp_path: Path) -> None:
    for number, source in enumerate(SOURCES):
        path = tmp_path / f"{number}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in source.rows), encoding="utf-8")
        assert imported(f"d{number}", [path]).files.get().format == source.form
