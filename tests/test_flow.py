"""The whole way by its five commands: a file comes in, clean / wrong / invalid files leave."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from annotation.actions.labels import submit_label
from annotation.core.words import PageView, Word
from annotation.models import Assignment
from judging.core.verdicts import PersonVerdict
from tests import factories

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


def run(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Run a command and read the JSON that it prints."""
    call_command(*words, "--json")
    return json.loads(capsys.readouterr().out)


def label_all(name: str, verdicts: list[str]) -> None:
    queue = Assignment.objects.filter(annotator__name=name).order_by("queue_rank")
    for assignment, verdict in zip(queue, verdicts, strict=True):
        view = PageView(key="test", known_rev=assignment.draft_rev, item_revision=1)
        submit_label(assignment, Word(verdict=PersonVerdict(verdict)), view=view)


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
