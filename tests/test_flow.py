"""The whole way by its five commands: a file comes in, clean / wrong / invalid files leave."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from annotation.actions.labels import submit_label
from annotation.core.words import Answer, PageView, Word
from annotation.models import Assignment
from judging.core.verdicts import PersonVerdict
from judging.models import Dataset
from tests import factories, mdk_logs

ROWS = [
    {"id": "1", "question": "2 + 3?", "answer": "5", "reference": "5", "source": "drill"},
    {"id": "2", "question": "2 + 4?", "answer": "7", "reference": "6", "source": "drill"},
    {"id": "3", "question": "日本の首都は？", "answer": "東京です。", "reference": "東京です。", "source": "地理"},
    {
        "id": "4",
        "question": "フランスの首都は？",
        "answer": "リヨンです。",
        "reference": "パリです。",
        "source": "地理",
    },
]


# Every form that a tool of mdk writes: its file name, its entries, how many items they are.
FORMS = {
    "converter log": ("experiment_log.json", [mdk_logs.converter_entry(1, 2), mdk_logs.converter_entry(3)], 3),
    "judge log": ("experiment_log.json", [mdk_logs.judge_entry(1), mdk_logs.judge_entry(2, num_error=1)], 2),
    "manual log": (
        "experiment_log_manual_2024-03-27-10-00-00.json",
        [mdk_logs.manual_entry(1), mdk_logs.manual_entry(2, num_error=2)],
        2,
    ),
    "autosave": ("experiment_log_autosave.json", [mdk_logs.manual_entry(1), mdk_logs.manual_entry(2)], 2),
    "merged gold set": ("dataset_checked.json", [mdk_logs.gold_entry(1), mdk_logs.gold_entry(2)], 2),
    "blind gold set": ("dataset.json", [mdk_logs.blind_entry(1), mdk_logs.blind_entry(2)], 2),
}
# Real files by kind: where they are, how many items, and the format where their content says another one.
REAL = {
    "ELYZA": ("elyza_tasks_100/elyza_tasks_100.csv", 100, ""),
    "ELYZA with scores": ("elyza_tasks_100/bench_elyza/gpt-4o.json", 100, ""),
    "CSV": ("mmlu/dialects/question_choice0-3_answer_index/virology_test.csv", 166, "csv"),
    "QA": ("llmbar/LLMBar/Natural/dataset.json", 100, "qa_jsonl"),
}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Run a command and read the JSON that it prints."""
    call_command(*words, "--json")
    return json.loads(capsys.readouterr().out)


def label_all(name: str, verdicts: list[str]) -> None:
    queue = Assignment.objects.filter(annotator__name=name).order_by("queue_rank")
    for assignment, verdict in zip(queue, verdicts, strict=True):
        view = PageView(key="test", known_rev=assignment.draft_rev, item_revision=1)
        submit_label(assignment, Word(answers=(Answer.of(PersonVerdict(verdict)),)), view=view)


def goes_through(source: Path, folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> None:
    """Import, judge, review, agreement, export, and the exported log in again."""
    for name in ("ann", "bob"):
        factories.make_user(name, role="annotator")
    items = run(capsys, "import_dataset", str(source), "--name", "way", *options)["items"]
    judged = run(capsys, "run_judge", "way", "--judge", "scripted", "--inline")
    run(capsys, "assign_items", "first", "--dataset", "way", "--annotators", "ann,bob")
    verdicts = [("clean", "wrong", "undefined")[n % 3] for n in range(items)]
    for name in ("ann", "bob"):
        label_all(name, verdicts)
    report = run(capsys, "report_agreement", "way", "--run", str(judged["run"]))
    run(capsys, "export_dataset", "way", "--output", str(folder))
    (log,) = folder.glob("experiment_log_manual_*.json")
    again = run(capsys, "import_dataset", str(log), "--name", "again")

    assert sum(judged["counts"][verdict] for verdict in ("clean", "wrong", "invalid")) == items
    assert report["human_human"]["percent_agreement"]["value"] == 1.0
    assert sum(sum(row.values()) for row in report["judges"][0]["confusion"].values()) == items
    assert (again["items"], again["problems"], again["human_verdicts"]) == (items, [], items)


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_mdk_goes_the_whole_way(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, entries, items = FORMS[form]
    goes_through(mdk_logs.write(tmp_path / name, entries), tmp_path / "out", capsys)
    assert Dataset.objects.get(name="way").items.count() == items


@pytest.mark.django_db
@pytest.mark.parametrize("kind", REAL)
def test_real_files_go_the_whole_way(
    kind: str, shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, items, insisted = REAL[kind]
    options = ["--format", insisted] if insisted else []
    goes_through(shared_data / name, tmp_path / "out", capsys, *options)
    assert Dataset.objects.get(name="way").items.count() == items


@pytest.mark.django_db
def test_the_whole_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ann", "bob"):
        factories.make_user(name, role="annotator")
    source = tmp_path / "qa.jsonl"
    source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")

    imported = run(capsys, "import_dataset", str(source), "--name", "drill")
    assert (imported["items"], imported["problems"]) == (4, [])

    judged = run(capsys, "run_judge", "drill", "--judge", "reference", "--inline")
    assert judged["counts"] == {"clean": 2, "wrong": 2, "invalid": 0, "unscored": 0}

    run(capsys, "assign_items", "first", "--dataset", "drill", "--annotators", "ann,bob")
    label_all("ann", ["clean", "wrong", "clean", "wrong"])
    label_all("bob", ["clean", "wrong", "wrong", "wrong"])

    report = run(capsys, "report_agreement", "drill")
    assert report["human_human"]["percent_agreement"]["value"] == 0.75
    assert report["judges"][0]["confusion"]["wrong"]["wrong"] == 2
    assert report["judges"][0]["confusion"]["clean"]["unknown"] == 1

    run(capsys, "export_dataset", "drill", "--output", str(tmp_path / "out"), "--format", "qa_jsonl")
    (clean,) = (tmp_path / "out").glob("*_clean.jsonl")
    (wrong,) = (tmp_path / "out").glob("*_wrong.jsonl")
    assert [json.loads(line) for line in clean.read_text(encoding="utf-8").splitlines()] == [ROWS[0]]
    assert [json.loads(line)["id"] for line in wrong.read_text(encoding="utf-8").splitlines()] == ["2", "4"]
