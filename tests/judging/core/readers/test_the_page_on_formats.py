"""The page on formats says which keys a reader knows, and what becomes of all others."""

import re
from pathlib import Path

import pytest

from judging.core.readers import (
    READERS,
    chat,
    choices,
    csv_table,
    elyza,
    fields,
    lm_eval,
    mdk_gold_table,
    pairs,
    promptfoo,
    promptfoo_table,
    rated_answers,
    taxonomy,
    texts,
)

PAGE = Path(__file__).resolve().parents[4] / "docs" / "formats.md"
OF_ITEMS = (*fields.QUESTION, *fields.ANSWER, *fields.REFERENCE, *fields.KEY, *fields.MODEL, *fields.CATEGORY)
KEYS: dict[str, tuple[str, ...]] = {
    "qa_jsonl": (*OF_ITEMS, *(name for names in fields.TEXTS.values() for name in names)),
    "chat": chat.MESSAGES,
    "choices": (*choices.LISTED, *choices.SUBJECT[:2], *choices.KEY),
    "pairs": tuple({re.sub(r"_?[12ab]$", "", name) for pair in pairs.NAMES for name in pair}),
    "lm_eval": (*lm_eval.METRICS, "doc_id", "doc", "target", "filtered_resps", "arguments", "metrics"),
    "inspect_log": (
        "input",
        "target",
        "choices",
        "output.completion",
        "error",
        "epoch",
        "scores",
        "attachments",
        "events",
    ),
    "elyza": tuple(elyza.COLUMNS),
    "promptfoo": (*promptfoo.OBJECTS, "provider.id", "success", "score", "testIdx", "promptIdx", "evalId"),
    "promptfoo_table": tuple(promptfoo_table.BESIDE - {"Reasoning", "Latency (ms)"}),
    "mdk_gold_table": mdk_gold_table.COLUMNS[3:],
    "taxonomy": ("question", "answer", "context", "domain", "document"),
    "label_studio": (
        "data",
        "annotations",
        "completions",
        "predictions",
        "annotation_id",
        "annotator",
        "label_studio_min",
    ),
    "argilla": (".responses", ".suggestion", "-suggestion", "fields", "responses", "suggestions"),
    "openai_evals": ("item", "sample", "datasource_item", "sampling", "raw_sample", "match", "metrics", "final_report"),
    "mdk_judge_log": ("num_error", "score", "raw_score", "previous_num_error"),
    "oasst": (
        "message_id",
        "parent_id",
        "text",
        "role",
        "prompter",
        "assistant",
        "message_tree_id",
        "prompt",
        "replies",
    ),
    "rated_answers": (*rated_answers.LISTS, *rated_answers.SCORES, "annotations", "Rating", rated_answers.KEPT),
    "preference": ("chosen", "rejected", "preferred_output", "non_preferred_output", "input", "completion", "label"),
    "texts": (*texts.TEXT, *fields.KEY, *fields.MODEL[:1], *fields.CATEGORY, *fields.TEXTS),
    "judge_bench": ("instances", "id", "instance", "annotations", "individual_human_scores"),
    "mmlu": ("A", "choice0", "option_a", "choices"),
    "csv": (csv_table.EXPECTED, csv_table.GRADE),
    "fastchat_question": ("question_id", "category", "turns", "text", "reference"),
    "fastchat_answer": ("question_id", "model_id", "choices"),
    "fastchat_judgment": ("judge", "judgment", "score", "turn", "g1_winner", "g2_winner", "winner_ab", "winner_ba"),
    "mdk_converter_log": ("page", "qa", "key"),
    "mdk_manual_log": ("output", "num_error", "judge_num_error", "judge_score"),
    "mdk_gold": ("num_error",),
    "fastchat_votes": ("model_a", "model_b", "winner", "judge", "turn", "conversation_a", "conversation_b"),
}


def sections() -> list[str]:
    return re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def about(name: str) -> str:
    """What the page says under the headings and in the tables that name a format."""
    return "\n".join(part for part in sections() if f"`{name}`" in part)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_the_page_names_every_key_that_is_read(name: str) -> None:
    assert [key for key in KEYS[name] if key not in about(name)] == []


def row_of(name: str) -> list[str]:
    """The row of a format in the table of all readers."""
    (table,) = [part for part in sections() if part.startswith("Every reader: ")]
    rows = [line for line in table.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(rows) == 1, f"write one row for {name}"
    return [cell.strip() for cell in rows[0].strip("|").split("|")]


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_table_says_what_every_reader_reads_keeps_and_ignores(name: str) -> None:
    _, read, kept, ignored = row_of(name)
    assert read
    assert kept
    assert ignored


def test_the_table_has_no_other_rows() -> None:
    (table,) = [part for part in sections() if part.startswith("Every reader: ")]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)) == sorted(READERS)


@pytest.mark.parametrize("name", sorted(READERS))
def test_the_page_says_what_becomes_of_other_keys(name: str) -> None:
    assert re.search(r"kept|ignored|`extra`", about(name))


def test_the_versions_of_the_taxonomy_are_those_of_the_page() -> None:
    assert f"versions {taxonomy.VERSIONS[0]}" in about("taxonomy")
