"""Preferences, logs of other evaluation tools, votes and the dialects of known shapes, field by field."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from judging.core.items import ItemRow, PersonWord, RowProblem
from judging.core.readers import FileToRead, detect_format, read_files, read_rows
from judging.core.verdicts import PersonVerdict, Reason, Verdict

ASKED = {"role": "user", "content": "Q?"}


def said(content: str) -> dict[str, str]:
    return {"role": "assistant", "content": content}


def only(folder: Path, form: str, *entries: Any, name: str = "file.jsonl") -> ItemRow:
    (row,) = everything(folder, form, *entries, name=name)
    assert isinstance(row, ItemRow), row
    return row


def everything(folder: Path, form: str, *entries: Any, name: str = "file.jsonl") -> list[ItemRow | RowProblem]:
    path = folder / name
    path.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries), encoding="utf-8")
    assert detect_format(path) == form
    return list(read_rows(path, form))


@pytest.mark.parametrize(
    "entry",
    [
        {"prompt": "Q?", "chosen": "good", "rejected": "bad"},
        {"question": "Q?", "chosen": "good", "rejected": "bad"},
        {"prompt": [ASKED], "chosen": [said("good")], "rejected": [said("bad")]},
        {"prompt": "Q?", "chosen": [ASKED, said("good")], "rejected": [ASKED, said("bad")]},
        {"chosen": [ASKED, said("good")], "rejected": [ASKED, said("bad")]},
        {"chosen": "\n\nHuman: Q?\n\nAssistant: good", "rejected": "\n\nHuman: Q?\n\nAssistant: bad"},
    ],
)
def test_a_preference_is_a_pair_whose_chosen_side_is_a(tmp_path: Path, entry: dict[str, Any]) -> None:
    row = only(tmp_path, "preference", entry | {"score": 3})
    assert [turn.question for turn in row.turns + row.turns_b] == ["Q?", "Q?"]
    assert (row.turns[0].answer, row.turns_b[0].answer) == ("good", "bad")
    assert [(word.value, word.verdict) for word in row.judgments] == [("A", None)]
    assert row.extra == {"score": 3}


@pytest.mark.parametrize(
    ("entry", "part"),
    [
        ({"prompt": "Q?", "chosen": "same", "rejected": "same"}, "are the same"),
        ({"prompt": "Q?", "chosen": "good", "rejected": None}, "no 'rejected'"),
        ({"chosen": "good", "rejected": "bad"}, "There is no prompt"),
        ({"chosen": [ASKED, said("a")], "rejected": [{"role": "user", "content": "R?"}, said("b")]}, "different"),
        ({"prompt": "Q?", "chosen": [ASKED], "rejected": [said("b")]}, "without an answer"),
        ({"prompt": "Q?", "chosen": 1.5, "rejected": ["x"]}, "role None"),
        ({"prompt": "Q?", "chosen": {"a": 1}, "rejected": "x"}, "write it as text"),
    ],
)
def test_a_preference_that_is_none_is_named(tmp_path: Path, entry: dict[str, Any], part: str) -> None:
    (row,) = everything(tmp_path, "preference", entry)
    assert isinstance(row, RowProblem)
    assert part in row.message


def test_a_labelled_completion_is_an_answer_with_its_verdict(tmp_path: Path) -> None:
    rows = everything(
        tmp_path,
        "preference",
        {"prompt": "Q?", "completion": "A", "label": True},
        {"prompt": "Q?", "completion": "B", "label": False},
        {"prompt": "Q?", "completion": "B", "label": "yes"},
    )
    assert [row.judgments[0].verdict for row in rows[:2]] == [Verdict.CLEAN, Verdict.WRONG]
    assert isinstance(rows[2], RowProblem)


SAMPLE = {"id": "s1", "epoch": 1, "input": "Q?", "target": "T", "output": {"completion": "A"}, "metadata": {"a": 1}}
LOG = {"version": 2, "status": "success", "eval": {"task": "t", "model": "openai/m", "config": {"epochs": 1}}}


@pytest.mark.parametrize(
    ("value", "verdict", "score", "word", "reason"),
    [
        ("C", Verdict.CLEAN, 1.0, "", None),
        ("I", Verdict.WRONG, 0.0, "", None),
        ("P", None, 0.5, "", None),
        ("N", None, None, "", Reason.NO_ANSWER),
        (True, Verdict.CLEAN, 1.0, "", None),
        (7, None, 7.0, "", None),
        ("great", None, None, "great", None),
        (None, None, None, "", Reason.NO_VERDICT),
    ],
)
def test_a_score_of_a_log_is_a_judgment(
    tmp_path: Path, value: Any, verdict: Verdict | None, score: float | None, word: str, reason: Reason | None
) -> None:
    scored = SAMPLE | {"scores": {"match": {"value": value, "explanation": "because"}}}
    row = only(tmp_path, "inspect_log", LOG | {"samples": [scored]})
    (judgment,) = row.judgments
    assert (judgment.verdict, judgment.score, judgment.value, judgment.reason) == (verdict, score, word, reason)
    assert judgment.detail["explanation"] == "because"
    assert (row.key, row.model, row.turns[0].reference, row.extra) == ("s1", "openai/m", "T", {"metadata": {"a": 1}})


def test_an_archive_says_the_same_as_the_document(tmp_path: Path) -> None:
    samples = [SAMPLE | {"id": f"s{n}", "scores": {"match": {"value": "C"}}} for n in range(3)]
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("header.json", json.dumps(LOG))
        for sample in samples:
            archive.writestr(f"samples/{sample['id']}_epoch_1.json", json.dumps(sample))
        archive.writestr("summaries.json", "[]")
    path = tmp_path / "log.eval"
    path.write_bytes(out.getvalue())
    assert detect_format(path) == "inspect_log"
    assert list(read_rows(path, "inspect_log")) == everything(tmp_path, "inspect_log", LOG | {"samples": samples})


def test_epochs_scorers_choices_and_failures_of_a_log(tmp_path: Path) -> None:
    log = LOG | {"eval": {"task": "t", "model": "m", "config": {"epochs": 2}}}
    two = {"choices": ["x", "y"], "target": "b", "scores": {"a": {"value": "C"}, "b": {"value": {"p": 1, "q": 0}}}}
    first, second = everything(
        tmp_path, "inspect_log", log | {"samples": [SAMPLE | two, SAMPLE | {"epoch": 2, "error": {"message": "x"}}]}
    )
    assert (first.key, first.kind, first.gold_choice) == ("s1:1", "choice", "B")
    assert [judgment.criterion for judgment in first.judgments] == ["a", "b.p", "b.q"]
    assert (second.key, second.has_answer, second.judgments) == ("s1:2", False, ())


def test_rows_and_logs_of_openai_evals(tmp_path: Path) -> None:
    row = only(
        tmp_path,
        "openai_evals",
        {"item": {"question": "Q?", "ideal": "T"}, "sample": {"output_text": "A", "model": "m"}, "passed": True},
    )
    assert (row.turns[0].question, row.turns[0].answer, row.turns[0].reference, row.model) == ("Q?", "A", "T", "m")
    assert row.extra["openai_evals"]["passed"] is True
    event = {"run_id": "r", "event_id": 1, "sample_id": "s.1"}
    row = only(
        tmp_path,
        "openai_evals",
        {"spec": {"completion_fns": ["gpt"], "eval_name": "e"}},
        event | {"type": "sampling", "data": {"prompt": [ASKED], "sampled": ["A"]}},
        event | {"type": "match", "data": {"correct": False, "expected": "T", "picked": None}},
        {"final_report": {"accuracy": 0}},
    )
    assert (row.key, row.model, row.turns[0].question, row.turns[0].answer) == ("s.1", "gpt", "Q?", "A")
    assert (row.judgments[0].verdict, row.turns[0].reference) == (Verdict.WRONG, "T")


def test_plain_samples_stay_questions_and_answers(tmp_path: Path) -> None:
    row = only(tmp_path, "qa_jsonl", {"input": [ASKED], "ideal": ["a", "b"]})
    assert (row.turns[0].question, row.turns[0].reference, row.has_answer) == ("Q?", "a\nb", False)
    row = only(tmp_path, "qa_jsonl", {"instruction": "Q?", "output": "A", "generator": "m", "dataset": "d"})
    assert (row.turns[0].answer, row.model, row.extra) == ("A", "m", {"dataset": "d"})


@pytest.mark.parametrize(
    ("preference", "value"), [(1, "A"), (2.0, "B"), (1.2, "A"), (1.9, "B"), (1.5, "tie"), (0, "tie"), (None, "")]
)
def test_a_preference_of_alpaca_eval_is_the_word_of_its_annotator(
    tmp_path: Path, preference: float | None, value: str
) -> None:
    entry = {"instruction": "Q?", "output_1": "a", "generator_1": "m1", "output_2": "b", "generator_2": "m2"}
    row = only(tmp_path, "pairs", entry | {"annotator": "gpt", "preference": preference})
    assert (row.model, row.model_b, row.judgments[0].value, row.judgments[0].judge) == ("m1", "m2", value, "gpt")
    assert (row.judgments[0].reason is Reason.NO_VERDICT) == (value == "")


@pytest.mark.parametrize(
    ("entry", "letter"),
    [
        ({"question": "Q", "options": ["a", "b", "c"], "answer": "C", "answer_index": 2, "category": "x"}, "C"),
        ({"question": "Q", "choices": {"text": ["a", "b"], "label": ["A", "B"]}, "answerKey": "B"}, "B"),
        ({"question": "Q", "choices": {"text": ["a", "b"], "label": ["1", "2"]}, "answerKey": "1"}, "A"),
        ({"question": "Q", "choices": [{"text": "a", "label": "A"}, {"text": "b", "label": "B"}], "answer": "B"}, "B"),
        ({"question": "Q", "choice0": "a", "choice1": "b", "choice2": "c", "label": 1}, "B"),
        ({"question": "Q", "option_a": "a", "option_b": "b", "answer": "a"}, "A"),
        ({"ctx": "Q", "endings": ["a", "b"], "label": "1"}, "B"),
        ({"問題": "Q", "A": "a", "B": "b", "正解": "B"}, "B"),
    ],
)
def test_dialects_of_choices_as_objects(tmp_path: Path, entry: dict[str, Any], letter: str) -> None:
    row = only(tmp_path, "choices", entry)
    assert (row.turns[0].question, row.gold_choice, row.kind) == ("Q", letter, "choice")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffポンプは?,一,二,三,四,B\n",
        "0,ポンプは?,一,二,三,四,B\n",
        "\ufeff,Question,A,B,C,D,Answer\n0,ポンプは?,一,二,三,四,B\n",
        ",Question,A,B,C,D,Answer,Subject\n7,ポンプは?,一,二,三,四,B,物理\n",
        "id,question,A,B,C,D,answer,explanation\n0,ポンプは?,一,二,三,四,B,なぜ\n",
        "question,answer,A,B,C,D,Category\nポンプは?,2,一,二,三,四,物理\n弁は?,4,一,二,三,四,物理\n",
        "ID,Subject,Question,Answer Key,Option 1,Option 2,Option 3,Option 4\n1,物理,ポンプは?,B,一,二,三,四\n",
        "問題,選択肢A,選択肢B,選択肢C,選択肢D,正解\nポンプは?,一,二,三,四,B\n",
    ],
)
def test_mmlu_of_other_languages(tmp_path: Path, text: str) -> None:
    path = tmp_path / "physics_test.csv"
    path.write_text(text, encoding="utf-8")
    assert detect_format(path) == "mmlu"
    row = next(iter(read_rows(path, "mmlu")))
    assert isinstance(row, ItemRow), row
    assert (row.turns[0].question, row.choices, row.gold_choice) == ("ポンプは?", ("一", "二", "三", "四"), "B")


def test_nested_records_of_argilla_say_the_same_as_flat_ones(tmp_path: Path) -> None:
    nested = {
        "id": "1",
        "fields": {"prompt": "Q?", "response": "A"},
        "responses": {"verdict": [{"value": "correct", "user_id": "u", "status": "submitted"}]},
        "suggestions": {"verdict": {"value": "wrong", "agent": "gpt", "score": 0.5}},
    }
    row = only(tmp_path, "argilla", nested)
    assert (row.turns[0].question, row.turns[0].answer, row.key) == ("Q?", "A", "1")
    assert row.person == PersonWord(verdict=PersonVerdict.CLEAN)
    assert (row.judgments[0].verdict, row.judgments[0].judge) == (Verdict.WRONG, "gpt")


VOTE = {"question_id": 81, "model_a": "m1", "model_b": "m2", "winner": "model_a", "judge": "expert_1", "turn": 1}
TALK = {"conversation_a": [ASKED, said("a")], "conversation_b": [ASKED, said("b")]}


def test_votes_are_about_pairs(tmp_path: Path) -> None:
    turned = VOTE | {"model_a": "m2", "model_b": "m1", **TALK}
    rows = everything(tmp_path, "fastchat_votes", VOTE | TALK, VOTE | TALK | {"judge": "expert_2"}, turned)
    assert [row.key for row in rows] == ["81:m1:m2"]
    assert (rows[0].turns[0].answer, rows[0].turns_b[0].answer, rows[0].judgments) == ("a", "b", ())


def test_votes_without_texts_take_those_of_the_other_files(tmp_path: Path) -> None:
    votes, questions, answers = (tmp_path / name for name in ("votes.json", "question.jsonl", "m1.jsonl"))
    votes.write_text(json.dumps([VOTE]))
    (problem,) = read_rows(votes, "fastchat_votes")
    assert isinstance(problem, RowProblem)
    assert "There is no question '81'" in problem.message
    questions.write_text(json.dumps({"question_id": 81, "turns": ["Q?"]}))
    answers.write_text(json.dumps({"question_id": 81, "model_id": "m1", "choices": [{"index": 0, "turns": ["a"]}]}))
    files = [FileToRead(detect_format(path), path) for path in (votes, questions, answers)]
    pair = next(row for _, row in read_files(files) if isinstance(row, ItemRow) and row.turns_b)
    assert (pair.key, pair.turns[0].answer, pair.has_answer) == ("81:m1:m2", "a", False)


@pytest.mark.parametrize(
    ("form", "columns"),
    [
        ("parquet", {"question": ["Q?"], "answer": ["A"], "score": [1.5]}),
        ("chat", {"messages": [[ASKED, said("A")]], "score": [1.5]}),
        ("choices", {"question": ["Q?"], "choices": [["a", "b"]], "answer": [1], "score": [1.5]}),
        ("preference", {"prompt": ["Q?"], "chosen": ["a"], "rejected": ["b"], "score": [1.5]}),
        ("pairs", {"question": ["Q?"], "output_1": ["a"], "output_2": ["b"], "score": [1.5]}),
        ("argilla", {"prompt": ["Q?"], "v.responses": [["correct"]], "score": [1.5]}),
        ("elyza", {"input": ["Q?"], "output": ["A"], "eval_aspect": ["c"]}),
    ],
)
def test_parquet_holds_every_format_of_objects(tmp_path: Path, form: str, columns: dict[str, list[Any]]) -> None:
    path = tmp_path / "train-00000-of-00001.parquet"
    pq.write_table(pa.table(columns), path)
    assert detect_format(path) == form
    (row,) = read_rows(path, form)
    assert isinstance(row, ItemRow)
    assert row.turns[0].question == "Q?"
    assert form == "elyza" or row.extra["score"] == 1.5


def test_results_of_promptfoo_line_by_line(tmp_path: Path) -> None:
    line = {"prompt": {"raw": "Q?"}, "vars": {}, "provider": {"id": "p"}, "testIdx": 0, "promptIdx": 1}
    row = only(tmp_path, "promptfoo", line | {"response": {"output": "A"}, "success": True, "score": 1})
    assert (row.key, row.model, row.judgments[0].verdict) == ("0:1", "p", Verdict.CLEAN)


def test_a_table_of_promptfoo_tells_answers_from_failures(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    cells = ['"[PASS] (0.75) yes\n\nPass Reason: fine"', '"[FAIL] (0.00) wrong it is\n---\nno"', "[ERROR] timed out"]
    path.write_text(f"q,[p1] Ask {{{{q}}}},[p2] Ask,[p3] Ask\nwhy,{','.join(cells)}\n")
    assert detect_format(path) == "promptfoo_table"
    passed, failed, broken = read_rows(path, "promptfoo_table")
    assert (passed.model, passed.turns[0].question, passed.turns[0].answer) == ("p1", "Ask why", "yes")
    assert (passed.judgments[0].score, passed.judgments[0].detail["reason"]) == (0.75, "fine")
    assert (failed.turns[0].answer, failed.judgments[0].detail["reason"]) == ("no", "wrong it is")
    assert (broken.has_answer, broken.judgments[0].reason) == (False, Reason.NO_ANSWER)
