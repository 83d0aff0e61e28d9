"""mdk's logs."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ImportedReply, ItemRow, PersonWord, RowProblem, Turn
from judging.core.readers import detect_format, read_rows
from judging.core.verdicts import PersonVerdict, Reason, Scored, Unscored, Verdict
from tests.mdk_logs import (
    ATTR_1,
    ATTR_2,
    PASSAGE,
    blind_entry,
    converter_entry,
    gold_entry,
    judge_entry,
    manual_entry,
    qa,
    write,
)

JUDGE, MANUAL, CONVERTER, GOLD = "mdk_judge_log", "mdk_manual_log", "mdk_converter_log", "mdk_gold"


def read(tmp_path: Path, form: str, *entries: dict[str, Any]) -> list[ItemRow | RowProblem]:
    return list(read_rows(write(tmp_path / "experiment_log.json", list(entries)), form))


def row_of(tmp_path: Path, form: str, entry: dict[str, Any]) -> ItemRow:
    (row,) = read(tmp_path, form, entry)
    assert isinstance(row, ItemRow), row
    return row


def problem_of(tmp_path: Path, form: str, entry: dict[str, Any]) -> str:
    good = judge_entry(9) if form == JUDGE else manual_entry(9)
    rows = read(tmp_path, form, good, entry, good)
    (bad,) = [row for row in rows if isinstance(row, RowProblem)]
    assert bad.line == 2
    assert len(rows) == 3
    return bad.message


@pytest.mark.parametrize(
    ("name", "entry", "form"),
    [
        ("experiment_log.json", converter_entry(1, 2), CONVERTER),
        ("experiment_log.json", converter_entry(), CONVERTER),
        ("experiment_log.json", judge_entry(), JUDGE),
        ("experiment_log.json", judge_entry(previous_num_error=1), JUDGE),
        ("experiment_log_manual_2024-03-27-10-00-00.json", manual_entry(), MANUAL),
        ("experiment_log_manual_2024-03-27-10-00-00.json", gold_entry(), MANUAL),
        ("experiment_log_autosave.json", gold_entry(), MANUAL),
        ("renamed.json", manual_entry(), MANUAL),
        ("renamed.json", gold_entry(), MANUAL),
        ("renamed.json", judge_entry(output=str([ATTR_1, ATTR_2])), MANUAL),
        ("renamed.json", judge_entry(judge_num_error=1), MANUAL),
        ("dataset_checked.json", gold_entry(), GOLD),
        ("dataset_team_checked.json", gold_entry(), GOLD),
        ("dataset.json", blind_entry(), GOLD),
        ("renamed.json", blind_entry(), GOLD),
    ],
)
def test_form_is_found_from_the_content(tmp_path: Path, name: str, entry: dict[str, Any], form: str) -> None:
    assert detect_format(write(tmp_path / name, [entry])) == form


def test_one_displayed_entry_makes_a_manual_log(tmp_path: Path) -> None:
    assert detect_format(write(tmp_path / "x.json", [gold_entry(1), manual_entry(2)])) == MANUAL


def test_converter_entry_becomes_one_item_per_qa(tmp_path: Path) -> None:
    rows = read(tmp_path, CONVERTER, converter_entry(1, 2), converter_entry(), converter_entry(3))
    assert [(row.line, row.turns[0].question) for row in rows if isinstance(row, ItemRow)] == [
        (1, qa(1)["question"]),
        (1, qa(2)["question"]),
        (3, qa(3)["question"]),
    ]
    first = rows[0]
    assert isinstance(first, ItemRow)
    assert first.context == PASSAGE
    assert first.extra["mdk"] == {
        "convert_template": "ja/qa_zeroshot_json.jinja2",
        "prompt": "...",
        "output": ["{...}", "{...}"],
        "entry": 1,
        "format": "converter_log",
    }


@pytest.mark.parametrize(
    ("page", "context", "kept"),
    [
        ({"page": "P"}, "P", None),
        ("P", "P", "P"),
        ({"page": "P", "source": "a.pdf"}, "P", {"page": "P", "source": "a.pdf"}),
        (None, "", None),
    ],
)
def test_page_is_an_object_or_a_text(tmp_path: Path, page: Any, context: str, kept: Any) -> None:
    row = row_of(tmp_path, JUDGE, judge_entry(page=page))
    assert row.context == context
    assert row.extra["mdk"].get("page") == kept


def test_judge_entry_brings_replies_and_a_judgment(tmp_path: Path) -> None:
    row = row_of(tmp_path, JUDGE, judge_entry(num_error=1, unknown={"a": 1}))
    assert row.turns == (Turn(**qa(1)),)
    assert row.replies == (
        ImportedReply(f"a{ATTR_1}", Scored("-0.25", -0.25), "attr_1", 0),
        ImportedReply(f"b{ATTR_1}", Scored("-0.75", -0.75), "attr_1", 1),
        ImportedReply(f"c{ATTR_2}", Scored("-0.25", -0.25), "attr_2", 0),
        ImportedReply(f"d{ATTR_2}", Scored("-0.75", -0.75), "attr_2", 1),
    )
    assert row.judgment is not None
    assert (row.judgment.verdict, row.judgment.score) == (Verdict.WRONG, -0.5)
    assert row.judgment.detail["raw_score"] == [-0.25, -0.75]
    assert row.extra["mdk"]["unknown"] == {"a": 1}
    assert row.person is None


def test_nothing_of_an_entry_is_lost(tmp_path: Path) -> None:
    entry = judge_entry(unknown=1, qa=[qa(1) | {"source": "s"}])
    row = row_of(tmp_path, JUDGE, entry)
    kept = {key: value for key, value in row.extra["mdk"].items() if key not in {"entry", "format"}}
    back = kept | {"page": {"page": row.context}, "qa": [row.turns[0].as_json() | row.extra["qa"]]}
    back["qa"][0].pop("reference")
    assert back == entry


@pytest.mark.parametrize(
    ("count", "verdict"), [(0, Verdict.CLEAN), (1, Verdict.WRONG), (2, Verdict.WRONG), (None, Verdict.INVALID)]
)
def test_error_count_is_the_verdict(tmp_path: Path, count: int | None, verdict: Verdict) -> None:
    row = row_of(tmp_path, JUDGE, judge_entry(num_error=count, score=0.5))
    assert row.judgment is not None
    assert (row.judgment.verdict, row.judgment.score) == (verdict, 0.5)


def test_replies_without_scores_were_not_recorded(tmp_path: Path) -> None:
    row = row_of(tmp_path, JUDGE, judge_entry(raw_score=[], score=None, num_error=None))
    assert {reply.reading for reply in row.replies} == {Unscored(Reason.NOT_RECORDED)}


def test_topics_are_seen_from_the_replies_where_the_prompt_is_one_text(tmp_path: Path) -> None:
    row = row_of(tmp_path, JUDGE, judge_entry(prompt="one"))
    assert [reply.part for reply in row.replies] == ["attr_1", "attr_1", "attr_2", "attr_2"]
    row = row_of(tmp_path, JUDGE, judge_entry(prompt="one", output=["no error", "an error"], raw_score=[0, 1]))
    assert [(reply.part, reply.sample) for reply in row.replies] == [("", 0), ("", 1)]


def test_odd_number_of_replies_is_not_cut_into_topics(tmp_path: Path) -> None:
    row = row_of(tmp_path, JUDGE, judge_entry(output=["a", "b", "c"]))
    assert [(reply.part, reply.sample) for reply in row.replies] == [("", 0), ("", 1), ("", 2)]


@pytest.mark.parametrize(
    ("previous", "word"),
    [
        (None, None),
        (0, PersonWord(verdict=PersonVerdict.CLEAN, error_count=0)),
        (1, PersonWord(verdict=PersonVerdict.WRONG, error_count=1)),
        (2, PersonWord(verdict=PersonVerdict.WRONG, error_count=2)),
    ],
)
def test_previous_error_count_is_a_persons_word(tmp_path: Path, previous: int | None, word: PersonWord | None) -> None:
    assert row_of(tmp_path, JUDGE, judge_entry(previous_num_error=previous)).person == word


@pytest.mark.parametrize(
    ("count", "verdict"),
    [(0, PersonVerdict.CLEAN), (1, PersonVerdict.WRONG), (3, PersonVerdict.WRONG), (None, PersonVerdict.UNDEFINED)],
)
def test_displayed_entry_holds_a_persons_word(tmp_path: Path, count: int | None, verdict: PersonVerdict) -> None:
    row = row_of(tmp_path, MANUAL, manual_entry(num_error=count))
    assert row.person == PersonWord(verdict=verdict, error_count=count)
    assert row.judgment is None


def test_entry_with_a_list_was_never_looked_at(tmp_path: Path) -> None:
    row = row_of(tmp_path, MANUAL, manual_entry(output=[ATTR_1, ATTR_2], num_error=1))
    assert (row.person, row.judgment) == (None, None)


def test_our_manual_log_says_what_the_judge_said(tmp_path: Path) -> None:
    entry = manual_entry(num_error=0, judge_num_error=1, judge_score=0.25, raw_score=[0.25], key="own-id", note="n")
    row = row_of(tmp_path, MANUAL, entry)
    assert row.person == PersonWord(verdict=PersonVerdict.CLEAN, error_count=0)
    assert row.judgment is not None
    assert (row.judgment.verdict, row.judgment.score, row.key) == (Verdict.WRONG, 0.25, "own-id")
    assert [reply.text for reply in row.replies] == [ATTR_1, ATTR_2]
    assert row.extra["mdk"]["note"] == "n"


def test_every_gold_entry_is_a_persons_word(tmp_path: Path) -> None:
    row = row_of(tmp_path, GOLD, gold_entry(num_error=1))
    assert row.person == PersonWord(verdict=PersonVerdict.WRONG, error_count=1)
    assert row_of(tmp_path, GOLD, blind_entry()).person is None


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"num_error": -1}, "'num_error' is -1"),
        ({"num_error": 0.5}, "'num_error' is 0.5"),
        ({"num_error": True}, "'num_error' is True"),
        ({"num_error": "1"}, "'num_error' is text"),
        ({"num_error": 10**30}, "null, 0, 1, 2"),
        ({"previous_num_error": -1}, "'previous_num_error' is -1"),
        ({"output": "[' a', "}, "cannot be decoded"),
        ({"output": "__import__('os').system('x')"}, "cannot be decoded"),
        ({"output": {"a": 1}}, "not a list of texts"),
        ({"output": [1]}, "not a list of texts"),
        ({"page": 3}, "'page' holds a number"),
        ({"page": {"page": ["x"]}}, "'page' holds a list"),
        ({"qa": {}}, "'qa' is not a list"),
        ({"qa": []}, "0 QAs and one verdict"),
        ({"qa": [qa(1), qa(2)]}, "2 QAs and one verdict"),
        ({"qa": ["text"]}, "A QA is text"),
        ({"qa": [{"question": "Q"}]}, "no text under 'answer'"),
        ({"qa": [{"question": "", "answer": "A"}]}, "question is empty"),
        ({"score": "high"}, "'score' is text"),
        ({"raw_score": "high"}, "'raw_score' is text"),
        ({"raw_score": ["a", "b"]}, "'raw_score' holds text"),
        ({"entry": 3}, "'entry' is taken"),
        ({"key": 3}, "'key' is a number"),
    ],
)
def test_bad_entry_is_a_sentence_with_its_number(tmp_path: Path, keys: dict[str, Any], words: str) -> None:
    assert words in problem_of(tmp_path, JUDGE, judge_entry(**keys))


@pytest.mark.parametrize("keys", [{"output": "typed over"}, {"num_error": -2}, {"judge_num_error": -1}])
def test_bad_manual_entry_is_a_sentence_with_its_number(tmp_path: Path, keys: dict[str, Any]) -> None:
    assert "." in problem_of(tmp_path, MANUAL, manual_entry(**keys))


def test_cut_log_gives_its_whole_entries_and_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "experiment_log.json"
    path.write_text(json.dumps([judge_entry(1), judge_entry(2)], indent=4)[:-30])
    first, second = read_rows(path, detect_format(path))
    assert isinstance(first, ItemRow)
    assert isinstance(second, RowProblem)
    assert second.line == 2
    assert "middle of this entry" in second.message
