"""Labels in shapes of other tools: votes on pairs, evaluators, graded sets, results that people changed."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Label
from judging.actions.imports import InputFile, import_files
from judging.models import Dataset, Judgment

pytestmark = pytest.mark.django_db

VOTE = {"question_id": 81, "model_a": "m1", "model_b": "m2", "winner": "model_a", "judge": "expert_1", "turn": 1}
ASKED = {"role": "user", "content": "Q?"}
TALK = {
    "conversation_a": [ASKED, {"role": "assistant", "content": "a"}],
    "conversation_b": [ASKED, {"role": "assistant", "content": "b"}],
}


def take(path: Path, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_labels", str(path), "--dataset", "d", *options, "--json", stdout=out, stderr=StringIO())
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def votes(path: Path, *changes: dict[str, Any]) -> Path:
    path.write_text(json.dumps([VOTE | change for change in changes]))
    return path


def labels() -> set[tuple[str, str, str, str]]:
    columns = ("item__key", "annotator__name", "criterion", "value")
    return set(Label.objects.current().values_list(*columns))


def test_votes_of_people_are_labels_and_those_of_models_judgments(tmp_path: Path) -> None:
    path = votes(
        tmp_path / "votes.json", {}, {"turn": 2, "winner": "tie (inconsistent)"}, {"judge": ["gpt-4", "pair-v2"]}
    )
    assert take(path)["made"] is True
    assert labels() == {("81:m1:m2", "expert_1", "turn_1", "A"), ("81:m1:m2", "expert_1", "turn_2", "tie")}
    assert list(Judgment.objects.values_list("run__judge__name", "value")) == [("gpt-4", "A")]
    again = take(path)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)


def test_votes_find_the_pair_in_either_order(tmp_path: Path) -> None:
    import_files("d", [InputFile(votes(tmp_path / "texts.json", TALK))])
    turned = {"model_a": "m2", "model_b": "m1", "winner": "model_a", "judge": "expert_2"}
    found = take(votes(tmp_path / "votes.json", {}, turned, {"question_id": 99}))
    assert labels() == {("81:m1:m2", "expert_1", "turn_1", "A"), ("81:m1:m2", "expert_2", "turn_1", "B")}
    assert [problem["line"] for problem in found["unmatched"]] == [3]
    assert Dataset.objects.get().items.count() == 1


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"winner": "me"}, "The winner is 'me'"),
        ({"winner": None}, "The winner is None"),
        ({"judge": None}, "'judge' is null"),
        ({"judge": []}, "'judge' is a list"),
        ({"judge": "x" * 300}, "The judge's name is longer than 200"),
        ({"model_b": "m1"}, "Both models"),
        ({"model_a": ""}, "no 'model_a'"),
        ({"model_a": ["m"]}, "write it as text"),
        ({"question_id": None}, "no 'question_id'"),
        ({"turn": 0}, "'turn' is 0"),
        ({"turn": "1"}, "'turn' is '1'"),
        ({"turn": True}, "'turn' is True"),
        ({"conversation_a": [], "conversation_b": []}, "'conversation_a' is no list"),
        (TALK | {"conversation_b": [{"role": "user", "content": "other"}]}, "different questions"),
    ],
)
def test_a_vote_that_is_none_is_named_and_stores_nothing(tmp_path: Path, change: dict[str, Any], part: str) -> None:
    out = StringIO()
    path = votes(tmp_path / "votes.json", {}, change)
    with pytest.raises(CommandError):
        call_command("import_labels", str(path), "--dataset", "d", "--json", stdout=out, stderr=StringIO())
    (problem,) = json.loads(out.getvalue())["problems"]
    assert (problem["line"], part in problem["message"]) == (2, True), problem
    assert not Label.objects.exists()


def test_an_evaluator_of_llmbar_is_a_judge_in_both_orders(shared_data: Path) -> None:
    found = take(shared_data / "llmbar/LLMBar/Natural/evaluators/GPT-4/Vanilla.jsonl")
    assert (found["items"], found["labels"], found["judgments"]["total"]) == (100, 100, 100)
    assert found["raters"] == ["GPT-4 Vanilla", "gold"]


@pytest.mark.parametrize("name", ["CoT", "Rating", "Vanilla"])
def test_every_evaluator_comes_in(shared_data: Path, name: str) -> None:
    found = take(shared_data / f"llmbar/LLMBar/Natural/evaluators/GPT-4/{name}.jsonl")
    assert (found["items"], found["problems"]) == (100, [])


def test_grades_of_a_published_set_are_labels_of_places(shared_data: Path) -> None:
    path = shared_data / "judge_bench" / "recipes.json"
    import_files("d", [InputFile(path)])
    found = take(path)
    source = json.loads(path.read_text(encoding="utf-8"))
    graded = [part for one in source["instances"] for part in one["annotations"].values()]
    assert found["labels"] == sum(len(part["individual_human_scores"]) for part in graded)
    assert (found["identity"], found["unmatched"], len(found["criteria"])) == ("positional", [], 6)


def test_three_runs_of_a_judge_and_published_tables_come_in(shared_data: Path) -> None:
    scores = shared_data / "prometheus_3runs" / "scores.csv"
    found = take(scores, "--columns", "run1,run2,run3", "--rater-type", "judge", "--annotator", "prometheus")
    rows = len(scores.read_text(encoding="utf-8").splitlines()) - 1
    assert (found["items"], found["judgments"]["total"]) == (rows, 3 * rows)


@pytest.mark.parametrize("encoding", ["cp932", "utf-16"])
def test_a_table_of_labels_may_be_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("item_id,rater,value\n問一,花子,良い\n", encoding=encoding)
    take(path, "--encoding", encoding)
    assert labels() == {("問一", "花子", "", "良い")}


def result(number: int, score: float) -> dict[str, Any]:
    return {
        "prompt": {"raw": f"Q{number}"},
        "vars": {},
        "provider": {"id": "p"},
        "response": {"output": f"A{number}"},
        "success": score == 1,
        "score": score,
    }


def test_a_persons_score_and_comment_are_kept_beside_the_machines(tmp_path: Path) -> None:
    cells = [
        {
            "prompt": "Q1",
            "text": "A1",
            "provider": "p",
            "pass": True,
            "score": 0.5,
            "gradingResult": {"comment": "half"},
        },
        {
            "prompt": "Q2",
            "text": "A2",
            "provider": "p",
            "pass": True,
            "score": 0,
            "gradingResult": {"comment": "a note"},
        },
    ]
    table = {"head": {"prompts": [{"provider": "p"}]}, "body": [{"outputs": [cell]} for cell in cells]}
    path = tmp_path / "results.json"
    document = {"evalId": "e", "results": {"version": 2, "results": [result(1, 1), result(2, 1)], "table": table}}
    path.write_text(json.dumps(document))
    import_files("d", [InputFile(path)])
    found = take(path, "--annotator", "hanako")
    (label,) = Label.objects.current()
    assert (found["labels"], label.item.question, label.score, label.comment) == (1, "Q1", 0.5, "half")
    assert list(Judgment.objects.values_list("score", flat=True)) == [1.0, 1.0]
    assert take(path, "--annotator", "hanako")["unchanged"] == 1
