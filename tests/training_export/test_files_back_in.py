"""Files that are both written and read: out, in, out again is the same, byte for byte or cell by cell."""

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pyarrow import parquet

from annotation.actions.label_imports import import_label_table, import_labels
from annotation.core.label_tables import TableOptions
from annotation.models import Campaign
from judging.actions.imports import InputFile, apply_import, plan_import
from judging.core.readers import READERS
from judging.models import Dataset, Judgment
from tests import factories
from training_export.actions import export_dataset
from training_export.core.writers import TrainingOptions
from training_export.selection import select

pytestmark = pytest.mark.django_db
TRICKY = ['12"ボルト"。\n二行目, "csv"', "=1+1", " 'apostrophe", "tab\there", "\u2028 line separator", "😀 絵文字"]


def imported(name: str, *paths: Path) -> Dataset:
    plan = plan_import(name, [InputFile(path) for path in paths])
    assert plan.problems == ()
    return apply_import(plan)


def labelled(dataset: Dataset, verdict: str = "clean") -> Dataset:
    campaign, person = factories.make_campaign(dataset), factories.make_annotator(f"rater of {dataset}")
    for item in dataset.items.all():
        factories.make_label(campaign, item, person, verdict)
    return dataset


def exported(dataset: Dataset, folder: Path, name: str, **options: Any) -> Path:
    campaign = Campaign.objects.filter(dataset=dataset).last()
    asked = TrainingOptions(**options)
    export_dataset(select(dataset, campaign=campaign), folder, format_name=name, options=asked)
    return folder


@pytest.fixture
def tricky(tmp_path: Path) -> Dataset:
    rows = [
        {"id": f"k{n}", "question": f"問{n}?", "answer": text, "model": "m", "category": "c", "level": {"n": [n, None]}}
        for n, text in enumerate(TRICKY)
    ]
    rows[0] |= {"context": "本文", "reference": "12"}
    del rows[1]["level"]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return labelled(imported("first", source))


def test_qa_jsonl_comes_back_byte_for_byte(tricky: Dataset, tmp_path: Path) -> None:
    (first,) = exported(tricky, tmp_path / "1", "qa_jsonl").glob("*_clean.jsonl")
    again = labelled(imported("second", first))
    (second,) = exported(again, tmp_path / "2", "qa_jsonl").glob("*_clean.jsonl")
    assert len(first.read_text(encoding="utf-8").split("\n")) == len(TRICKY) + 1
    assert second.read_bytes() == first.read_bytes()


@pytest.mark.skipif("parquet" not in READERS, reason="no reader of Parquet")
def test_parquet_comes_back_cell_by_cell(tricky: Dataset, tmp_path: Path) -> None:
    (first,) = exported(tricky, tmp_path / "1", "parquet").glob("*_clean.parquet")
    again = labelled(imported("second", first))
    (second,) = exported(again, tmp_path / "2", "parquet").glob("*_clean.parquet")
    assert parquet.read_table(second).to_pylist() == parquet.read_table(first).to_pylist()
    assert parquet.read_table(first).column("answer").to_pylist() == TRICKY
    assert [item.extra for item in again.items.order_by("position")] == [
        item.extra for item in tricky.items.order_by("position")
    ]


@pytest.mark.parametrize("name", ["dataset_checked.csv", "dataset_checked.json", "dataset_checked.xlsx"])
def test_the_gold_set_comes_back(tricky: Dataset, tmp_path: Path, name: str) -> None:
    first = exported(tricky, tmp_path / "1", "mdk_gold") / name
    again = imported("second", first)
    import_labels(again, InputFile(first), annotator="reader")
    second = exported(again, tmp_path / "2", "mdk_gold") / name
    if name.endswith(".xlsx"):
        cells = [[[cell.value for cell in row] for row in load_workbook(path).active] for path in (first, second)]
        assert cells[0] == cells[1]
    else:
        assert second.read_bytes() == first.read_bytes()


def test_the_blind_set_comes_back(tricky: Dataset, tmp_path: Path) -> None:
    first = exported(tricky, tmp_path / "1", "mdk_gold") / "dataset.json"
    again = labelled(imported("second", first))
    assert (exported(again, tmp_path / "2", "mdk_gold") / "dataset.json").read_bytes() == first.read_bytes()


@pytest.mark.parametrize("name", ["chat", "trl_prompt_completion"])
def test_training_rows_come_back(tricky: Dataset, tmp_path: Path, name: str) -> None:
    first = exported(tricky, tmp_path / "1", name) / "train.jsonl"
    again = labelled(imported("second", first))
    assert (exported(again, tmp_path / "2", name) / "train.jsonl").read_bytes() == first.read_bytes()


QUESTIONS: list[dict[str, Any]] = [
    {"question_id": 81, "category": "writing", "turns": ["一?", "二?"], "required_temperature": 0.1},
    {"question_id": 101, "category": "math", "turns": ["3+4?", "Double?"], "reference": ["7", "14"]},
    {
        "question_id": "68232024609890606917498822062168070571",
        "category": "taxonomy",
        "turns": ["Rhyme"],
        "qna_file": "q",
    },
]
JUDGED = {"judge": ["gpt-4", "single-v1"], "user_prompt": "Rate.", "tstamp": 1.5}


def fastchat_tree(folder: Path) -> list[Path]:
    def answer(question: dict[str, Any], model: str) -> dict[str, Any]:
        turns = [f"{model} on {turn}" for turn in question["turns"]]
        row = {"question_id": question["question_id"], "answer_id": f"a{model}", "model_id": model}
        return {**row, "choices": [{"index": 0, "turns": turns}], "tstamp": 1.25}

    singles = [
        {
            "question_id": question["question_id"],
            "model": "m/1",
            **JUDGED,
            "judgment": "[[9]]",
            "score": 9,
            "turn": turn,
        }
        for question in QUESTIONS[:2]
        for turn in (1, 2)
    ]
    singles[1] |= {"score": -1, "judgment": "no rating"}
    files = {
        "question.jsonl": QUESTIONS,
        "model_answer/m1.jsonl": [answer(question, "m/1") for question in QUESTIONS],
        "model_answer/m2.jsonl": [answer(question, "m2") for question in QUESTIONS],
        "model_judgment/gpt-4_single.jsonl": singles,
    }
    for name, rows in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
    return [folder / name for name in files]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.jsonl")}


def test_fastchat_s_tree_comes_back_byte_for_byte(tmp_path: Path) -> None:
    first = labelled(imported("first", *fastchat_tree(tmp_path / "in")))
    one = tree(exported(first, tmp_path / "1", "fastchat"))
    again = labelled(imported("second", *(tmp_path / "1").rglob("*.jsonl")))
    assert tree(exported(again, tmp_path / "2", "fastchat")) == one
    assert set(one) == {
        "question.jsonl",
        "reference_answer/gpt-4.jsonl",
        "model_answer/m_1.jsonl",
        "model_answer/m2.jsonl",
        "model_judgment/gpt-4_single.jsonl",
    }


def test_fastchat_s_lines_are_those_that_came_in(tmp_path: Path) -> None:
    dataset = labelled(imported("first", *fastchat_tree(tmp_path / "in")))
    out = exported(dataset, tmp_path / "1", "fastchat")
    for name, lying in {"model_answer/m_1.jsonl": "model_answer/m1.jsonl", "model_answer/m2.jsonl": ""}.items():
        assert (out / name).read_bytes() == (tmp_path / "in" / (lying or name)).read_bytes()
    judged = [json.loads(line) for line in (out / "model_judgment/gpt-4_single.jsonl").read_text().splitlines()]
    came = [json.loads(line) for line in (tmp_path / "in/model_judgment/gpt-4_single.jsonl").read_text().splitlines()]
    assert judged == came
    asked = [json.loads(line) for line in (out / "question.jsonl").read_text().splitlines()]
    assert [row["question_id"] for row in asked] == [row["question_id"] for row in QUESTIONS]


def test_fastchat_s_pairs_come_back(tmp_path: Path) -> None:
    files = fastchat_tree(tmp_path / "in")[:3]
    row = {"question_id": 81, "model_1": "m/1", "model_2": "m2", "g1_winner": "model_1", "g2_winner": "tie"}
    row |= {"judge": ["gpt-4", "pair-v2"], "g1_user_prompt": "p", "g1_judgment": "[[A]]"}
    row |= {"g2_user_prompt": "q", "g2_judgment": "[[C]]", "turn": 1, "tstamp": 1.0}
    path = tmp_path / "in" / "model_judgment" / "gpt-4_pair.jsonl"
    path.write_text(json.dumps(row) + "\n")
    dataset = labelled(imported("first", *files, path))
    assert (exported(dataset, tmp_path / "1", "fastchat") / "model_judgment/gpt-4_pair.jsonl").read_bytes() == (
        path.read_bytes()
    )


def test_people_s_votes_come_back_and_numbers_stay_texts(tmp_path: Path) -> None:
    talk = [{"role": "user", "content": "問?"}, {"role": "assistant", "content": "答。"}]
    other = [talk[0], {"role": "assistant", "content": "別。"}]
    about = {"question_id": "81", "model_a": "m/1", "model_b": "m2"}
    votes = [
        about | {"winner": "model_a", "judge": "expert_1", "turn": 1},
        about | {"winner": "tie", "judge": "山田", "turn": 1},
        about | {"winner": "model_b", "judge": "山田", "turn": 2},
    ]
    texts = {"conversation_a": talk, "conversation_b": other}
    source = tmp_path / "votes.json"
    source.write_text(json.dumps([vote | texts for vote in votes], ensure_ascii=False), encoding="utf-8")
    dataset = imported("first", source)
    import_label_table("first", InputFile(source), options=TableOptions())
    first = exported(dataset, tmp_path / "1", "fastchat") / "human_votes.json"
    assert json.loads(first.read_text(encoding="utf-8")) == votes
    (asked,) = [json.loads(line) for line in (tmp_path / "1" / "question.jsonl").read_text().splitlines()]
    assert asked["question_id"] == "81"
    again = imported("second", source)
    import_label_table("second", InputFile(first), options=TableOptions())
    assert (exported(again, tmp_path / "2", "fastchat") / "human_votes.json").read_bytes() == first.read_bytes()


def test_model_names_lead_nowhere(tmp_path: Path) -> None:
    dataset = factories.make_dataset()
    for model in ("../../up", "..", "a/b", "a:b"):
        factories.make_item(dataset, "Q?", "A.", model=model)
    labelled(dataset)
    exported(dataset, tmp_path / "1", "fastchat")
    assert {path.parent.name for path in tmp_path.rglob("*.jsonl")} == {"1", "model_answer"}
    assert len(list((tmp_path / "1" / "model_answer").iterdir())) == 4


def result(test: int, *, passed: bool, score: float, parts: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    grading = {"pass": passed, "score": score, "reason": "machine", "assertion": {"type": "llm-rubric", "value": "12"}}
    return {
        "provider": {"id": "openai:chat:m", "label": ""},
        "prompt": {"raw": f"問{test}?", "label": "p"},
        "vars": {"question": f"問{test}?"},
        "response": {"output": f"答{test}。"},
        "testIdx": test,
        "promptIdx": 0,
        "success": passed,
        "score": score,
        "gradingResult": grading if parts is None else {**grading, "componentResults": parts},
        "latencyMs": 12,
    }


def promptfoo_file(path: Path) -> Path:
    results = [result(0, passed=True, score=1), result(1, passed=False, score=0.25), result(2, passed=False, score=0)]
    document = {"evalId": "eval-1", "results": {"version": 3, "results": results, "prompts": [], "stats": {}}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def corrected(dataset: Dataset) -> Dataset:
    """A person passes the second result in part, and comments on the third."""
    campaign, person = factories.make_campaign(dataset), factories.make_annotator("reviewer")
    second, third = dataset.items.order_by("position")[1:3]
    factories.make_label(campaign, second, person, "clean", score=0.75, comment="Near enough.")
    factories.make_label(campaign, third, person, "undefined", comment="Who knows.")
    return dataset


def test_promptfoo_keeps_the_machine_s_grade_and_a_person_s_apart(tmp_path: Path) -> None:
    dataset = corrected(imported("first", promptfoo_file(tmp_path / "in.json")))
    out = json.loads((exported(dataset, tmp_path / "1", "promptfoo") / "results.json").read_text(encoding="utf-8"))
    first, second, third = out["results"]["results"]
    assert (out["evalId"], out["results"]["version"]) == ("eval-1", 3)
    assert out["results"]["stats"] == {"successes": 2, "failures": 1, "errors": 0}
    assert first == result(0, passed=True, score=1)
    assert (second["success"], second["score"], second["gradingResult"]["comment"]) == (True, 0.75, "Near enough.")
    machine, manual = second["gradingResult"]["componentResults"]
    assert (machine["score"], manual["score"], manual["assertion"]) == (0.25, 0.75, {"type": "human"})
    assert (third["success"], third["score"]) == (False, 0)


def test_promptfoo_s_results_come_back_byte_for_byte(tmp_path: Path) -> None:
    dataset = corrected(imported("first", promptfoo_file(tmp_path / "in.json")))
    first = exported(dataset, tmp_path / "1", "promptfoo") / "results.json"
    again = imported("second", first)
    scores = Judgment.objects.filter(run__dataset=again).order_by("item__position").values_list("score", flat=True)
    assert list(scores) == [1.0, 0.25, 0.0]
    import_labels(again, InputFile(first), annotator="reviewer")
    second = exported(again, tmp_path / "2", "promptfoo") / "results.json"
    assert second.read_bytes() == first.read_bytes()
