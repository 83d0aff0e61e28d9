"""The same formats as other tools and other versions write them: each row is read whole, and nothing of it is lost."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import FileRefused, FileToRead, detect_format, read_files, read_rows
from judging.core.verdicts import PersonVerdict, Reason, Verdict


def lines(folder: Path, *rows: Any, name: str = "file.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def table(folder: Path, *rows: list[str], name: str = "table.csv") -> Path:
    out = StringIO()
    csv.writer(out).writerows(rows)
    path = folder / name
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def read(path: Path, form: str) -> list[ItemRow]:
    assert detect_format(path) == form
    rows = list(read_rows(path, form))
    assert not [row for row in rows if isinstance(row, RowProblem)], rows
    return [row for row in rows if isinstance(row, ItemRow)]


CHOICES: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    (
        {
            "question": {"stem": "Q", "choices": [{"text": "a", "label": "A"}, {"text": "b", "label": "B"}]},
            "answerKey": "B",
        },
        ("a", "b"),
        "B",
    ),
    ({"sentence": "Q", "option1": "a", "option2": "b", "answer": "1"}, ("a", "b"), "A"),
    ({"goal": "Q", "sol1": "a", "sol2": "b", "label": 0}, ("a", "b"), "A"),
    ({"question": "Q", "choices": [3, 4.5], "answer": 1}, ("3", "4.5"), "B"),
    ({"question": "Q", "choices": ["a", "b"], "answer": "(B)"}, ("a", "b"), "B"),
    ({"question": "Q", "choices": ["a", "b"], "answer": "b."}, ("a", "b"), "B"),
    ({"question": "Q", "A": "a", "B": "b", "C": "c", "D": "d", "answer": 4}, ("a", "b", "c", "d"), "D"),
    ({"question": "Q", "A": "a", "B": "b", "C": "c"}, ("a", "b", "c"), ""),
]


@pytest.mark.parametrize(("entry", "choices", "right"), CHOICES, ids=[str(n) for n in range(len(CHOICES))])
def test_choices_of_other_benchmarks(
    tmp_path: Path, entry: dict[str, Any], choices: tuple[str, ...], right: str
) -> None:
    (row,) = read(lines(tmp_path, entry), "choices")
    assert (row.turns[0].question, row.choices, row.gold_choice) == ("Q", choices, right)


def test_numbers_of_choices_begin_where_the_whole_file_says(tmp_path: Path) -> None:
    entry = {"question": "Q", "A": "a", "B": "b", "C": "c", "D": "d"}
    assert [
        row.gold_choice for row in read(lines(tmp_path, entry | {"answer": 1}, entry | {"answer": 4}), "choices")
    ] == [
        "A",
        "D",
    ]
    rows = read(lines(tmp_path, entry | {"answer": 1}, entry | {"answer": 0}), "choices")
    assert [row.gold_choice for row in rows] == ["B", "A"]


def test_a_test_whose_answers_are_kept_back_has_choices(tmp_path: Path) -> None:
    (row,) = read(table(tmp_path, ["id", "question", "A", "B", "C", "D"], ["0", "Q", "a", "b", "c", "d"]), "mmlu")
    assert (row.key, row.choices, row.gold_choice) == ("0", ("a", "b", "c", "d"), "")


def test_two_columns_named_a_and_b_alone_are_no_choices(tmp_path: Path) -> None:
    (row,) = read(table(tmp_path, ["question", "A", "B"], ["Q", "a", "b"]), "csv")
    assert row.extra == {"A": "a", "B": "b"}


BESIDE = ["Status", "Score", "Named Scores", "Grader Reason", "Comment"]


def test_a_table_of_promptfoo_with_grades_in_columns(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        ["question", "[a:1] P", *BESIDE, "[b:2] P", *BESIDE],
        ["Q1", "one", "PASS", "1.00", '{"x": 0.5}', "good", "", "two", "FAIL", "0.25", "", "bad", "so so"],
        ["Q2", "boom", "ERROR", "0.00", "", "down", "", "", "", "", "", "", ""],
    )
    first, second, third = read(path, "promptfoo_table")
    said = [
        (row.model, row.turns[0].answer, row.judgments[0].verdict, row.judgments[0].score) for row in (first, second)
    ]
    assert said == [("a:1", "one", Verdict.CLEAN, 1.0), ("b:2", "two", Verdict.WRONG, 0.25)]
    assert second.judgments[0].detail["reason"] == "bad"
    assert second.extra["promptfoo"]["graded"]["Comment"] == "so so"
    assert (third.has_answer, third.judgments[0].reason) == (False, Reason.NO_ANSWER)


def test_a_table_of_promptfoo_with_marks_and_columns(tmp_path: Path) -> None:
    beside = ["Grader Reason", "Comment", "Latency (ms)"]
    path = table(
        tmp_path,
        ["v", "[a] P", *beside, "[b] P", *beside],
        ["x", "[PASS] one", "good", "c1", "5", "[FAIL] two", "bad", "", "6"],
    )
    first, second = read(path, "promptfoo_table")
    assert (first.turns[0].answer, first.extra["promptfoo"]["graded"]["Comment"]) == ("one", "c1")
    assert (second.judgments[0].detail["reason"], second.extra["promptfoo"]["vars"]) == ("bad", {"v": "x"})


@pytest.mark.parametrize(("status", "score"), [("MAYBE", "1.00"), ("PASS", "high")])
def test_a_grade_in_a_column_that_is_none_is_named(tmp_path: Path, status: str, score: str) -> None:
    path = table(
        tmp_path,
        ["q", "[a] P", *BESIDE],
        ["x", "one", "PASS", "1.00", "", "", ""],
        ["y", "two", status, score, "", "", ""],
    )
    good, bad = read_rows(path, "promptfoo_table")
    assert isinstance(good, ItemRow)
    assert isinstance(bad, RowProblem)
    assert (bad.line, "it is PASS, FAIL or ERROR" in bad.message) == (3, True)


RESULT = {"prompt": {"raw": "P"}, "vars": {}, "provider": "p", "response": {"output": "A"}, "success": True, "score": 1}


@pytest.mark.parametrize("version", [{}, {"version": 1}, {"version": 2}, {"version": 3}, {"version": 4}])
def test_results_of_every_version_and_of_none(tmp_path: Path, version: dict[str, int]) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"results": {"results": [RESULT], "stats": {}, **version}}, indent=1))
    (row,) = read(path, "promptfoo")
    assert (row.turns[0].answer, row.model) == ("A", "p")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vars": "text"}, "'vars' is text; it is an object, or null"),
        ({"vars": ["a"]}, "'vars' is a list"),
        ({"response": "A"}, "'response' is text"),
        ({"gradingResult": "good"}, "'gradingResult' is text"),
        ({"success": "yes"}, "'success' is text; it is true or false"),
        ({"provider": 4}, "provider's id is a number"),
        ({"provider": {"id": []}}, "provider's id is a list"),
    ],
)
def test_a_result_of_another_form_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"results": {"version": 3, "results": [RESULT, RESULT | change]}}, indent=1))
    _, bad = read_rows(path, "promptfoo")
    assert isinstance(bad, RowProblem)
    assert (bad.line, message in bad.message) == (2, True)


def test_the_summary_of_lm_eval_is_told_from_results_of_promptfoo(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"results": {"gsm8k": {"acc": 1}}, "configs": {}, "versions": {}}, indent=1))
    with pytest.raises(FileRefused, match=r"samples_\*\.jsonl"):
        list(read_rows(path, detect_format(path)))


def test_answer_of_a_graded_sample_is_what_was_sampled_first(tmp_path: Path) -> None:
    def event(kind: str, **data: Any) -> dict[str, Any]:
        return {"run_id": "r", "sample_id": "joke.0", "type": kind, "data": data}

    grading = {"prompt": "Is it funny?", "sampled": ["Yes"]}
    path = lines(
        tmp_path,
        {"spec": {"completion_fns": ["m"]}},
        event("sampling", prompt="A joke?", sampled=["Haha"]),
        event("sampling", **grading),
        event("metrics", choice="Yes", score=1.0),
    )
    (row,) = read(path, "openai_evals")
    assert (row.turns, row.extra) == ((Turn("A joke?", "Haha"),), {"samplings": [grading]})
    assert [(one.score, one.verdict) for one in row.judgments] == [(1.0, None)]


def lm(**change: Any) -> dict[str, Any]:
    return {"doc_id": 0, "doc": {"question": "Q"}, "target": "t", "filtered_resps": ["A"]} | change


def test_samples_of_lm_eval_as_its_versions_write_them(tmp_path: Path) -> None:
    chat = [{"role": "user", "content": "Q?"}]
    path = lines(
        tmp_path,
        lm(doc={}, arguments={"gen_args_0": {"arg_0": chat}}),
        lm(doc_id=1, doc={}, arguments=[[json.dumps(chat), {}]]),
        lm(doc_id=2, doc={}, arguments=[[[json.dumps(chat)], {}]]),
        lm(doc_id=3, filtered_resps=[["A", "B"]], metrics=["pass@1"], **{"pass@1": 0.5}),
        lm(doc_id=4, target=["t", "u"], metrics=["strict"], strict=True),
    )
    rows = read(path, "lm_eval")
    assert [row.turns[0].question for row in rows] == ["Q?", "Q?", "Q?", "Q", "Q"]
    assert [row.turns[0].answer for row in rows] == ["A"] * 5
    assert (rows[4].turns[0].reference, rows[4].judgments[0].verdict) == ("t\nu", Verdict.CLEAN)
    assert (rows[3].judgments[0].score, rows[3].judgments[0].detail) == (0.5, {"metric": "pass@1"})


def inspected(folder: Path, *samples: dict[str, Any]) -> list[ItemRow]:
    path = folder / "log.json"
    path.write_text(
        json.dumps({"status": "success", "eval": {"task": "t", "model": "m"}, "plan": {}, "samples": samples}, indent=1)
    )
    return read(path, "inspect_log")


SAMPLE = {"id": 1, "epoch": 1, "input": "Q", "target": "t", "output": {"completion": "A"}}


def test_attachments_of_inspect_stand_where_they_belong(tmp_path: Path) -> None:
    sample = SAMPLE | {"input": [{"role": "user", "content": "attachment://x"}], "attachments": {"x": "long text"}}
    (row,) = inspected(tmp_path, sample)
    assert row.turns[0].question == "long text"
    assert "attachment://" not in json.dumps(dict(row.extra))


def test_inspect_of_older_versions(tmp_path: Path) -> None:
    first, second = inspected(tmp_path, SAMPLE | {"score": {"value": "C"}}, SAMPLE | {"epoch": 2})
    assert (first.key, second.key, first.judgments[0].verdict) == ("1", "1:2", Verdict.CLEAN)


def test_items_of_a_run_of_openai_s_evals(tmp_path: Path) -> None:
    sample = {"output": [{"role": "assistant", "content": "A"}], "model": "m"}
    results = [{"name": "g1", "passed": True, "score": 1.0}, {"name": "g2", "passed": None, "score": None}]
    entry = {"id": "o1", "datasource_item": {"question": "Q"}, "sample": sample, "results": results}
    for rows in (
        read(lines(tmp_path, entry), "openai_evals"),
        read(lines(tmp_path, entry, entry | {"id": "o2"}), "openai_evals"),
    ):
        row = rows[0]
        assert (row.key, row.model, row.turns[0].answer) == ("o1", "m", "A")
        assert [(said.criterion, said.verdict, said.reason) for said in row.judgments] == [
            ("g1", Verdict.CLEAN, None),
            ("g2", None, Reason.NO_VERDICT),
        ]


CHOSEN = {"result": [{"type": "choices", "from_name": "v", "value": {"choices": ["clean"]}}]}


@pytest.mark.parametrize(
    ("data", "question", "answer"),
    [
        ({"text": "T"}, "", "T"),
        ({"prompt": "Q", "answer1": "A", "answer2": "B"}, "Q", "A"),
        ({"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]}, "Q", "A"),
        ({"chat": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]}, "Q", "A"),
    ],
)
def test_tasks_of_every_plain_shape(tmp_path: Path, data: dict[str, Any], question: str, answer: str) -> None:
    (row,) = read(lines(tmp_path, {"id": 1, "data": data, "annotations": [CHOSEN]}), "label_studio")
    assert (row.turns[0].question, row.turns[0].answer, row.key) == (question, answer, "1")
    assert row.person is not None
    assert row.person.verdict == PersonVerdict.CLEAN
    record = {"fields": data, "responses": [{"values": {"v": {"value": "clean"}}, "status": "submitted"}]}
    (row,) = read(lines(tmp_path, record), "argilla")
    assert (row.turns[0].question, row.turns[0].answer, bool(row.person)) == (question, answer, True)


def test_a_task_that_nobody_was_given_is_a_task(tmp_path: Path) -> None:
    (row,) = read(lines(tmp_path, {"data": {"question": "Q", "answer": "A"}}), "label_studio")
    assert row.turns[0].answer == "A"


FLAT = {"id": 1, "question": "Q", "answer": "A", "annotator": 1, "annotation_id": 5}


def test_the_flat_form_repeats_a_task_for_everybody_who_annotated_it(tmp_path: Path) -> None:
    other = FLAT | {"verdict": "wrong", "annotator": 2, "annotation_id": 6}
    alone = FLAT | {"id": 2, "verdict": "clean"}
    first, second = read(lines(tmp_path, FLAT | {"verdict": "clean"}, other, alone), "label_studio")
    assert (first.person, first.extra["label_studio_min"]) == (None, [other])
    assert (second.key, bool(second.person)) == ("2", True)


def test_two_tasks_of_one_id_and_other_texts_are_two(tmp_path: Path) -> None:
    assert len(read(lines(tmp_path, FLAT, FLAT | {"question": "R"}), "label_studio")) == 2


def test_the_first_feedback_datasets_of_argilla(tmp_path: Path) -> None:
    said = [{"user_id": "u", "value": "yes", "status": "submitted"}]
    entry = {
        "prompt": "Q",
        "response": "A",
        "ok": said,
        "ok-suggestion": "no",
        "ok-suggestion-metadata": {"agent": "m"},
    }
    (row,) = read(lines(tmp_path, entry), "argilla")
    assert row.person is not None
    assert (row.person.verdict, row.judgments[0].verdict, row.judgments[0].judge) == ("clean", Verdict.WRONG, "m")
    assert row.extra["ok"] == said


def test_suggestions_of_several_labels_are_kept_only(tmp_path: Path) -> None:
    (row,) = read(lines(tmp_path, {"prompt": "Q", "a.responses": [], "a.suggestion": ["x", "y"]}), "argilla")
    assert (row.judgments, row.extra["a.suggestion"]) == ((), ["x", "y"])


def fastchat(folder: Path, question: dict[str, Any], *judged: dict[str, Any]) -> list[tuple[Path, Any]]:
    files = [FileToRead("fastchat_question", lines(folder, question, name="question.jsonl"))]
    answer = {"question_id": 1, "model_id": "m", "choices": [{"index": 0, "turns": ["A"]}]}
    files.append(FileToRead("fastchat_answer", lines(folder, answer, name="answer.jsonl")))
    if judged:
        files.append(FileToRead("fastchat_judgment", lines(folder, *judged, name="judgment.jsonl")))
    return list(read_files(files))


@pytest.mark.parametrize(
    ("reference", "read_as"), [([None, "R"], ["", "R"]), ("R", ["R", ""]), ("", ["", ""]), (None, ["", ""])]
)
def test_references_may_be_missing_or_a_text(tmp_path: Path, reference: Any, read_as: list[str]) -> None:
    ((_, row),) = fastchat(tmp_path, {"question_id": 1, "turns": ["Q", "R"], "reference": reference})
    assert [turn.reference for turn in row.turns] == read_as


def test_an_answer_that_is_judged_twice_is_named_in_the_file_that_judges(tmp_path: Path) -> None:
    judged = {"question_id": 1, "model": "m", "judge": ["j", "p"], "judgment": "[[7]]", "score": 7, "turn": 1}
    ((path, problem),) = fastchat(tmp_path, {"question_id": 1, "turns": ["Q"]}, judged, judged)
    assert (path.name, problem.line) == ("judgment.jsonl", 2)


def test_the_log_of_preferences_says_where_they_are(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"dataset\.jsonl"):
        detect_format(lines(tmp_path, {"prompt": "p", "output": ["o"], "context": {}, "dpo": []}))
