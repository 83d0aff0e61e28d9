"""promptfoo's results, with corrections where each version keeps them, and its database."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from judging.core.items import ItemRow, PersonWord, RowProblem, Turn
from judging.core.readers import FileRefused, detect_format, read_rows
from judging.core.verdicts import PersonVerdict, Reason, Verdict

PROVIDER = "openai:completion:m"


def result(number: int, score: float, **more: Any) -> dict[str, Any]:
    return {
        "prompt": {"raw": f"Answer: Q{number}", "label": "Answer: {{question}}"},
        "provider": {"id": PROVIDER},
        "vars": {"question": f"Q{number}", "__expected": f"grade:R{number}"},
        "response": {"output": f"A{number}"},
        "success": score >= 1,
        "score": score,
        **more,
    }


def cell(number: int, score: float, **more: Any) -> dict[str, Any]:
    said = {"pass": score >= 1, "score": score, "text": f"A{number}", "prompt": f"Answer: Q{number}"}
    return {**said, "provider": PROVIDER, **more}


def version_2(results: list[dict[str, Any]], *cells: dict[str, Any]) -> dict[str, Any]:
    head = {"vars": ["question"], "prompts": [{"provider": PROVIDER, "raw": "Answer: {{question}}"}]}
    table = {"head": head, "body": [{"vars": ["x"], "outputs": [cell]} for cell in cells]}
    return {"evalId": "eval-1", "results": {"version": 2, "results": results, "table": table}, "config": {}}


def version_3(*results: dict[str, Any]) -> dict[str, Any]:
    placed = [{"testIdx": place, "promptIdx": 0, **found} for place, found in enumerate(results)]
    return {"evalId": "eval-1", "results": {"version": 3, "prompts": [], "results": placed}, "config": {}}


def read(folder: Path, document: Any, indent: int | None = 2) -> list[ItemRow | RowProblem]:
    path = folder / "results.json"
    path.write_text(json.dumps(document, indent=indent))
    assert detect_format(path) == "promptfoo"
    return list(read_rows(path, "promptfoo"))


def only(folder: Path, document: Any) -> ItemRow:
    (row,) = read(folder, document)
    assert isinstance(row, ItemRow), row
    return row


@pytest.mark.parametrize(
    ("variables", "context"),
    [
        ({"query": "Q?", "context": "A passage."}, "A passage."),
        ({"question": "Q?", "Contexts": ["One.", "Two."]}, "One.\n\nTwo."),
        ({"question": "Q?", "context": {"text": "An object."}}, ""),
        ({"question": "Q?"}, ""),
    ],
)
def test_a_variable_of_the_name_is_the_context(tmp_path: Path, variables: dict[str, Any], context: str) -> None:
    assert only(tmp_path, version_3(result(1, 1, vars=variables))).context == context


@pytest.mark.parametrize("indent", [None, 2])
def test_results_become_answers_with_the_machines_grade(tmp_path: Path, indent: int | None) -> None:
    found = read(tmp_path, version_3(result(1, 1), result(2, 0.25)), indent)
    first, second = [row for row in found if isinstance(row, ItemRow)]
    assert (first.turns, first.model, first.key) == ((Turn("Q1", "A1", "R1"),), PROVIDER, "eval-1:0:0")
    assert first.judgment is not None
    assert second.judgment is not None
    assert (first.judgment.verdict, first.judgment.score) == (Verdict.CLEAN, 1.0)
    assert (second.judgment.verdict, second.judgment.score) == (Verdict.WRONG, 0.25)
    assert first.person is None


def test_correction_of_version_2_is_found_in_the_table(tmp_path: Path) -> None:
    # The results come in the order of completion, the table in that of the tests.
    document = version_2([result(2, 0), result(1, 1)], cell(1, 0, gradingResult={"comment": "no"}), cell(2, 1))
    second, first = [row for row in read(tmp_path, document) if isinstance(row, ItemRow)]
    assert first.judgment is not None
    assert (first.judgment.score, first.person) == (
        1.0,
        PersonWord(verdict=PersonVerdict.WRONG, score=0.0, comment="no"),
    )
    assert second.judgment is not None
    assert (second.judgment.score, second.person) == (0.0, PersonWord(verdict=PersonVerdict.CLEAN, score=1.0))


def test_partial_score_of_a_person_is_kept(tmp_path: Path) -> None:
    row = only(tmp_path, version_2([result(1, 1)], cell(1, 0.4, **{"pass": True})))
    assert row.person == PersonWord(verdict=PersonVerdict.CLEAN, score=0.4)


def test_comment_alone_changes_no_score(tmp_path: Path) -> None:
    commented = cell(1, 0, **{"pass": True}, gradingResult={"comment": "nice"})
    row = only(tmp_path, version_2([result(1, 1)], commented))
    assert row.judgment is not None
    assert (row.judgment.score, row.person) == (1.0, None)


def test_untouched_table_is_no_word_of_a_person(tmp_path: Path) -> None:
    assert only(tmp_path, version_2([result(1, 1)], cell(1, 1))).person is None


def test_rating_of_version_3_is_a_component_and_the_machines_grade_comes_back(tmp_path: Path) -> None:
    parts = [
        {"pass": True, "score": 0.5, "assertion": {"type": "llm-rubric"}},
        {"pass": False, "score": 0, "assertion": {"type": "human"}},
    ]
    grading = {"pass": False, "score": 0, "componentResults": parts, "comment": "違う"}
    row = only(tmp_path, version_3(result(1, 0, gradingResult=grading)))
    assert row.judgment is not None
    assert (row.judgment.verdict, row.judgment.score) == (Verdict.CLEAN, 0.5)
    assert row.person == PersonWord(verdict=PersonVerdict.WRONG, score=0.0, comment="違う")


def test_failed_call_is_no_score(tmp_path: Path) -> None:
    row = only(tmp_path, version_3(result(1, 0, response=None, error="429", failureReason=2)))
    assert row.judgment is not None
    assert (row.has_answer, row.judgment.score, row.judgment.reason) == (False, None, Reason.NO_ANSWER)


def test_first_version_has_no_scores(tmp_path: Path) -> None:
    old = {"prompt": {"raw": "P"}, "vars": {"a": "b"}, "response": {"output": "A"}, "success": True}
    row = only(tmp_path, {"version": 1, "results": [old], "table": {"head": {"prompts": ["P"]}, "body": []}})
    assert row.turns == (Turn("P", "A"),)
    assert row.judgment is not None
    assert row.judgment.score == 1.0


def test_unknown_keys_are_kept(tmp_path: Path) -> None:
    row = only(tmp_path, version_3(result(1, 1, latencyMs=3, note="x")))
    assert (row.extra["promptfoo"]["note"], row.extra["promptfoo"]["version"]) == ("x", 3)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"results": {"version": 9, "results": []}}, "version of the results is 9"),
        ({"results": {"version": 3}}, "no list 'results'"),
        ({"results": {"version": "3", "results": []}}, "version of the results is '3'"),
    ],
)
def test_documents_of_another_shape_are_refused(tmp_path: Path, document: Any, message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        read(tmp_path, document)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (3, "The result is a number"),
        ({"prompt": 3}, "no text under 'prompt'"),
        (result(1, 1) | {"score": "1"}, "'score' is text"),
        (result(1, 1) | {"response": {"output": "\x00"}}, "NUL"),
        (result(1, 1) | {"vars": {"x": float("nan")}}, "number nan"),
        (result(1, 1) | {"prompt": {"raw": " "}, "vars": {}}, "question is empty"),
    ],
)
def test_broken_results_are_named(tmp_path: Path, broken: Any, message: str) -> None:
    found = read(tmp_path, {"results": {"version": 3, "results": [result(1, 1), broken]}})
    assert isinstance(found[1], RowProblem)
    assert found[1].line == 2
    assert message in found[1].message


@pytest.mark.parametrize(("cut", "message"), [(40, "ends in the middle"), (-30, "ends in the middle")])
def test_cut_off_file_is_refused(tmp_path: Path, cut: int, message: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(version_3(result(1, 1)), indent=1)[:cut])
    with pytest.raises(FileRefused, match=message):
        list(read_rows(path, detect_format(path)))


def database(folder: Path) -> Path:
    path = folder / "promptfoo.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE evals (id, created_at, author, description, results, config)")
        connection.execute(
            "CREATE TABLE eval_results (id, eval_id, prompt_idx, test_idx, test_case, prompt, provider, latency_ms, "
            "cost, response, error, success, score, grading_result, named_scores, metadata)"
        )
        old = version_2([result(1, 1)], cell(1, 0))["results"]
        add = "INSERT INTO evals (id, created_at, results) VALUES (?, ?, ?)"
        connection.execute(add, ("old", 1, json.dumps(old)))
        connection.execute(add, ("new", 2, "{}"))
        row = result(2, 0)
        values = (
            json.dumps({"vars": row["vars"]}),
            *(json.dumps(row[key]) for key in ("prompt", "provider", "response")),
        )
        connection.execute(
            "INSERT INTO eval_results (eval_id, prompt_idx, test_idx, test_case, prompt, provider, response, success, "
            "score) VALUES ('new', 0, 7, ?, ?, ?, ?, 0, 0)",
            values,
        )
    return path


def test_database_gives_every_evaluation_and_is_only_read(tmp_path: Path) -> None:
    path = database(tmp_path)
    before = path.read_bytes()
    assert detect_format(path) == "promptfoo_db"
    old, new = [row for row in read_rows(path, "promptfoo_db") if isinstance(row, ItemRow)]
    assert old.person == PersonWord(verdict=PersonVerdict.WRONG, score=0.0)
    assert (new.key, new.turns, new.extra["promptfoo"]["evalId"]) == ("new:7:0", (Turn("Q2", "A2", "R2"),), "new")
    assert new.judgment is not None
    assert new.judgment.verdict == Verdict.WRONG
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["promptfoo.db"]


def test_other_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(FileRefused, match="no table 'evals'"):
        list(read_rows(path, detect_format(path)))


def test_damaged_database_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(FileRefused, match="cannot be read"):
        list(read_rows(path, detect_format(path)))
