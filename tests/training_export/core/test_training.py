"""The files that trainers read: byte for byte, and what is refused a place in them."""

import json
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from judging.core.items import Turn
from judging.core.verdicts import PersonVerdict
from tests.training_export.core.test_writers import SAMPLES, STAMP, by
from training_export.core.records import JudgeWord, Origin, PeopleWord, Record, Rule, Source
from training_export.core.tally import write_records
from training_export.core.writers import WRITERS, WriterOptions

CLEAN, WRONG = PersonVerdict.CLEAN, PersonVerdict.WRONG
GOLD = Rule(source=Source.GOLD)


def answer(position: int, question: str, text: str, verdict: PersonVerdict, **fields: Any) -> Record:
    correction = fields.pop("correction", {})
    people = PeopleWord(origin=Origin.MAJORITY, verdict=verdict, agreement=1.0, correction=correction)
    return Record(key=f"item-{position}", position=position, turns=(Turn(question, text),), people=people, **fields)


def answers() -> list[Record]:
    """Two models and a corrected answer to one question, one about another text, a question changed, two alike."""
    volts = "ポンプの電圧は?"
    return [
        answer(1, volts, "12ボルト。", CLEAN, model="m-1"),
        answer(2, volts, "24ボルト。", WRONG, model="m-2", correction={"answer": "直流12ボルト。"}),
        answer(3, volts, '6 V\u2028 "six"', WRONG, category="pumps"),
        answer(4, volts, "9ボルト。", CLEAN, context="another plate"),
        answer(5, "Say?", "No.", WRONG, correction={"question": "Say no?", "answer": "Yes."}),
        answer(6, "Case?", "Ｙｅｓ.", CLEAN),
        answer(7, "Case?", "yes. ", WRONG),
        answer(8, "Empty?", "  ", CLEAN),
        answer(9, "Undefined?", "Maybe.", PersonVerdict.UNDEFINED),
    ]


def scored(position: int, question: str, text: str, score: float) -> Record:
    """An answer that nobody looked at but a judge without a threshold."""
    judge = JudgeWord(verdict=None, score=score)
    return Record(key=f"item-{position}", position=position, turns=(Turn(question, text),), judge=judge)


def write(name: str, folder: Path, given: list[Record], rule: Rule = GOLD, **options: Any) -> dict[str, Any]:
    """Write a format; what its checks say."""
    made = WriterOptions(source=rule.source, stamp=STAMP, **options)
    tally, _files = write_records(given, WRITERS[name].make(folder, made), rule)
    return dict(tally.checks)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


TRAINERS = sorted(name for name, form in WRITERS.items() if form.for_training and name != "hf_dataset")


@pytest.mark.parametrize("name", TRAINERS)
def test_writes_the_sample_byte_for_byte(name: str, tmp_path: Path) -> None:
    write(name, tmp_path, answers())
    wanted = {path.name: path.read_bytes() for path in (SAMPLES / name).iterdir()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == wanted


COLUMNS = {
    "trl_prompt_completion": {"prompt", "completion"},
    "trl_preference": {"prompt", "chosen", "rejected"},
    "trl_unpaired": {"prompt", "completion", "label"},
    "chat": {"messages"},
    "text": {"text"},
}


@pytest.mark.parametrize("name", TRAINERS)
def test_rows_carry_the_trainer_s_columns_and_nothing_else(name: str, tmp_path: Path) -> None:
    write(name, tmp_path, answers())
    assert {frozenset(row) for row in rows(tmp_path / "train.jsonl")} == {frozenset(COLUMNS[name])}


@pytest.mark.parametrize("name", TRAINERS)
def test_provenance_has_a_line_for_every_row(name: str, tmp_path: Path) -> None:
    write(name, tmp_path, answers(), include_metadata=True)
    written, told = rows(tmp_path / "train.jsonl"), rows(tmp_path / "provenance.jsonl")
    assert [row["metadata"] for row in written] == [
        {key: value for key, value in line.items() if key not in {"file", "row"}} for line in told
    ]
    assert [line["row"] for line in told] == list(range(1, len(written) + 1))


def test_pairs_come_from_corrections_and_from_answers_that_people_judged_differently(tmp_path: Path) -> None:
    checks = write("trl_preference", tmp_path, answers())
    assert [(row["chosen"], row["rejected"]) for row in rows(tmp_path / "train.jsonl")] == [
        ("直流12ボルト。", "24ボルト。"),
        ("12ボルト。", "24ボルト。"),
        ("12ボルト。", '6 V\u2028 "six"'),
    ]
    assert checks["pairs_from"] == {"corrections": 1, "answers": 2, "votes": 0}
    assert checks["dropped"] == {"equal_sides": 1}


def test_every_answer_is_in_a_pair_and_no_more_pairs_than_needed(tmp_path: Path) -> None:
    given = [answer(n, "Q?", f"right {n}", CLEAN) for n in (1, 2, 3)] + [answer(4, "Q?", "a mistake", WRONG)]
    write("trl_preference", tmp_path, given)
    assert [row["chosen"] for row in rows(tmp_path / "train.jsonl")] == ["right 1", "right 2", "right 3"]


def test_scores_without_verdicts_make_pairs_of_the_best_answer_over_every_lower_one(tmp_path: Path) -> None:
    given = [
        scored(1, "Q?", "fair", 3),
        scored(2, "Q?", "best", 5),
        scored(3, "Q?", "poor", 1),
        scored(4, "Q?", "x", 5),
    ]
    checks = write("trl_preference", tmp_path, [*given, scored(5, "R?", "alone", 2)], rule=Rule(source=Source.JUDGE))
    assert [(row["chosen"], row["rejected"]) for row in rows(tmp_path / "train.jsonl")] == [
        ("best", "fair"),
        ("best", "poor"),
    ]
    assert checks["pairs_from"] == {"corrections": 0, "answers": 0, "votes": 0, "scores": 2}


def test_answers_that_people_looked_at_are_no_matter_of_scores(tmp_path: Path) -> None:
    seen = answer(1, "Q?", "seen", PersonVerdict.UNDEFINED, judge=JudgeWord(verdict=None, score=5))
    rule = Rule(source=Source.GOLD_THEN_JUDGE)
    checks = write("trl_preference", tmp_path, [seen, scored(2, "Q?", "low", 1)], rule=rule)
    assert sum(checks["pairs_from"].values()) == 0


def test_a_wrong_answer_is_never_replaced_by_its_correction_where_it_is_labelled_wrong(tmp_path: Path) -> None:
    write("trl_unpaired", tmp_path, answers())
    found = {row["completion"]: row["label"] for row in rows(tmp_path / "train.jsonl")}
    assert (found["24ボルト。"], found["12ボルト。"]) == (False, True)
    assert "直流12ボルト。" not in found


def test_a_conversation_is_one_chat(tmp_path: Path) -> None:
    turns = (Turn("One?", "1"), Turn("Two?", "2"))
    write("chat", tmp_path, [Record(key="k", position=1, turns=turns, people=by(CLEAN))])
    (row,) = rows(tmp_path / "train.jsonl")
    assert [message["content"] for message in row["messages"]] == ["One?", "1", "Two?", "2"]


CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "c"}]}
WITH_TOOL = [
    {"role": "system", "content": "S"},
    {"role": "user", "content": [{"type": "text", "text": "Q?"}]},
    CALL,
    {"role": "tool", "tool_call_id": "c", "content": "sunny"},
    {"role": "assistant", "content": "A."},
]


def chatted(extra: dict[str, Any], **correction: str) -> Record:
    people = PeopleWord(origin=Origin.GOLD, verdict=CLEAN, correction=correction)
    return Record(key="k", position=1, turns=(Turn("Q?", "A."),), people=people, extra=extra)


def test_a_chat_leaves_with_its_system_and_its_tools(tmp_path: Path) -> None:
    write("chat", tmp_path, [chatted({"system": "S"}), chatted({"messages": WITH_TOOL, "system": "S"})])
    plain, tools = rows(tmp_path / "train.jsonl")
    assert [message["role"] for message in plain["messages"]] == ["system", "user", "assistant"]
    assert tools["messages"] == [WITH_TOOL[0], {"role": "user", "content": "Q?"}, *WITH_TOOL[2:]]


@pytest.mark.parametrize(
    "extra", [{"messages": WITH_TOOL, "system": "S"}, {"system": "S"}, {"messages": "a key of another kind"}]
)
def test_a_corrected_chat_leaves_as_it_was_corrected(tmp_path: Path, extra: dict[str, Any]) -> None:
    write("chat", tmp_path, [chatted(extra, answer="B.")])
    (row,) = rows(tmp_path / "train.jsonl")
    assert [message["content"] for message in row["messages"]][-2:] == ["Q?", "B."]


def test_a_table_of_chats_holds_texts(tmp_path: Path) -> None:
    write("chat", tmp_path, [chatted({"messages": WITH_TOOL})], files="parquet")
    (row,) = parquet.read_table(tmp_path / "train.parquet").to_pylist()
    assert [message["content"] for message in row["messages"]] == ["S", "Q?", "", "sunny", "A."]


def test_what_a_trainer_stumbles_over_is_said(tmp_path: Path) -> None:
    given = [answer(n, "Q?", text, CLEAN) for n, text in enumerate(["same", "", "same", "a\x00b", "x" * 9, "y"], 1)]
    checks = write("trl_prompt_completion", tmp_path, given, min_chars=2, max_chars=8)
    assert checks["dropped"] == {"empty": 1, "too_long": 1, "too_short": 1}
    assert checks["characters"]["completion"] == {"shortest": 3, "mean": 3.7, "longest": 4}
    assert checks["odd_characters"] == {"completion": 1}
    assert (checks["duplicates"], checks["duplicate_rows"]) == (1, [2])


def test_a_split_keeps_near_copies_of_a_question_together_and_never_changes(tmp_path: Path) -> None:
    given = [
        answer(n, text, "A.", CLEAN)
        for n in range(300)
        for text in (f"Question number {n}?", f"question  NUMBER {n}", f"Ｑuestion-number {n}!")
    ]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write("trl_prompt_completion", tmp_path / name, given, split=(80, 10, 10))
    sides = {side: rows(tmp_path / "one" / f"{side}.jsonl") for side in ("train", "validation", "test")}
    assert all(len(found) % 3 == 0 for found in sides.values())
    assert [round(len(found) / 9) for found in sides.values()] == pytest.approx([80, 10, 10], abs=6)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
