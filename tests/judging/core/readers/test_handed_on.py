"""Rows as trainers, OpenAI, older harnesses and our own exports hand them on."""

import json
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import FileRefused, detect_format, read_rows
from judging.core.readers.beginnings import shared_beginning
from judging.core.verdicts import Verdict


def read(folder: Path, form: str, *rows: Any) -> list[ItemRow | RowProblem]:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert detect_format(path) == form
    return list(read_rows(path, form))


def only(folder: Path, form: str, row: Any) -> ItemRow:
    (found,) = read(folder, form, row)
    assert isinstance(found, ItemRow), found
    return found


MESSAGES = [{"role": "user", "content": "asked"}, {"role": "assistant", "content": "said"}]


def test_messages_beside_a_question_and_its_answer_came_with_them(tmp_path: Path) -> None:
    row = only(tmp_path, "qa_jsonl", {"id": "1", "question": "Q", "answer": "A", "messages": MESSAGES})
    assert (row.turns, row.extra) == ((Turn("Q", "A"),), {"messages": MESSAGES})
    assert only(tmp_path, "chat", {"prompt": "asked", "messages": MESSAGES}).turns == (Turn("asked", "said"),)


@pytest.mark.parametrize("reply", [{"index": 0, "turns": ["x"]}, {"index": 0, "message": MESSAGES[1]}])
def test_choices_that_a_model_was_sampled_for_are_nothing_to_choose_from(tmp_path: Path, reply: dict[str, Any]) -> None:
    row = only(tmp_path, "qa_jsonl", {"question": "Q", "answer": "A", "choices": [reply]})
    assert (row.kind, row.turns, row.extra) == ("answer", (Turn("Q", "A"),), {"choices": [reply]})


def test_a_refusal_is_what_the_assistant_said(tmp_path: Path) -> None:
    refused = {"role": "assistant", "content": None, "refusal": "I cannot."}
    row = only(tmp_path, "chat", {"messages": [MESSAGES[0], refused]})
    assert (row.turns, row.extra["messages"][1]) == ((Turn("asked", "I cannot."),), refused)


def test_preference_of_openai_is_a_pair(tmp_path: Path) -> None:
    system = {"role": "system", "content": "S"}
    tools = [{"type": "function", "function": {"name": "f"}}]
    sides = {
        "preferred_output": [{"role": "assistant", "content": "good"}],
        "non_preferred_output": [{"role": "assistant", "content": "bad"}],
    }
    row = only(tmp_path, "preference", {"input": {"messages": [system, MESSAGES[0]], "tools": tools}, **sides})
    assert (row.turns, row.turns_b) == ((Turn("asked", "good"),), (Turn("asked", "bad"),))
    assert (row.extra["system"], row.extra["tools"]) == ("S", tools)
    good = {"input": {"messages": [MESSAGES[0]]}, **sides}
    _, bad = read(tmp_path, "preference", good, good | {"preferred_output": []})
    assert isinstance(bad, RowProblem)


def test_transcripts_that_part_early_share_what_comes_before(tmp_path: Path) -> None:
    asked = "\n\nHuman: Q?\n\nAssistant:"
    row = only(
        tmp_path,
        "preference",
        {"chosen": f"{asked} Yes.\n\nHuman: X\n\nAssistant: Fine.", "rejected": f"{asked} No.\n\nHuman: Y"},
    )
    assert row.turns == (Turn("Q?", "Yes.\n\nHuman: X\n\nAssistant: Fine."),)
    assert row.turns_b == (Turn("Q?", "No.\n\nHuman: Y"),)


@pytest.mark.parametrize(("first", "second"), [("response_0", "response_1"), ("answer_0", "answer_1")])
def test_two_answers_may_be_numbered_from_nought(tmp_path: Path, first: str, second: str) -> None:
    row = only(tmp_path, "pairs", {"prompt": "Q", first: "a", second: "b", "better": 1})
    assert (row.turns, row.turns_b, row.extra) == ((Turn("Q", "a"),), (Turn("Q", "b"),), {"better": 1})


def test_truthfulqa_of_lm_eval_has_its_choices(tmp_path: Path) -> None:
    doc = {"question": "Q", "mc1_targets": {"choices": ["a", "b"], "labels": [1, 0]}}
    row = only(
        tmp_path,
        "lm_eval",
        {"doc_id": 3, "doc": doc, "target": 0, "filtered_resps": [[-2.0, False], [-1.0, False]], "acc": 0.0},
    )
    assert (row.choices, row.gold_choice, row.turns[0].answer) == (("a", "b"), "A", "b")


def written_out(**more: Any) -> dict[str, Any]:
    return {"doc_id": 0, "prompt_0": "Q: 1+1?\nA:", "logit_0": "2", "truth": "2", "em": "1.0", **more}


def test_written_out_samples_of_the_first_harness_are_read(tmp_path: Path) -> None:
    row = only(tmp_path, "lm_eval", written_out())
    assert (row.turns, row.judgments[0].verdict) == ((Turn("Q: 1+1?\nA:", "2", "2"),), Verdict.CLEAN)


@pytest.mark.parametrize(
    ("prompts", "asked", "choices"),
    [
        (("Q?\nAnswer: a cat", "Q?\nAnswer: a dog"), "Q?\nAnswer:", ("a cat", "a dog")),
        (("She took the pan", "She took the pot"), "She took the", ("pan", "pot")),
        (("首都は?\n回答:東京", "首都は?\n回答:東北"), "首都は?\n回答:", ("東京", "東北")),
    ],
)
def test_choices_that_were_written_out_are_what_differs(
    tmp_path: Path, prompts: tuple[str, str], asked: str, choices: tuple[str, str]
) -> None:
    said = {"prompt_0": prompts[0], "prompt_1": prompts[1], "logit_0": -3.5, "logit_1": -1.0, "truth": 0, "acc": "0.0"}
    row = only(tmp_path, "lm_eval", {"doc_id": 0, **said})
    assert (row.turns[0].question, row.choices, row.gold_choice) == (asked, choices, "A")
    assert (row.turns[0].answer, row.judgments[0].verdict) == (choices[1], Verdict.WRONG)


def test_samples_without_a_prompt_are_named(tmp_path: Path) -> None:
    _, bad = read(tmp_path, "lm_eval", written_out(), {"doc_id": 1, "truth": "2"})
    assert isinstance(bad, RowProblem)
    assert (bad.line, "Import samples_*.jsonl" in bad.message) == (2, True)


@pytest.mark.parametrize("name", ["games", "conversation_input"])
def test_a_list_of_no_rows_is_not_called_the_rows(tmp_path: Path, name: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"model": "m", name: [{"role": "user", "content": "Q"}]}))
    with pytest.raises(FileRefused, match=f"There is no question: .* found 'model', '{name}'"):
        detect_format(path)


@pytest.mark.parametrize(
    ("texts", "shared"), [([], ""), (["a"], "a"), (["ab", "ac", "abd"], "a"), (["ab", "abc"], "ab"), (["x", "y"], "")]
)
def test_shared_beginning(texts: list[str], shared: str) -> None:
    assert shared_beginning(texts) == shared
