"""The command import_dataset: what it prints, and what it refuses."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from judging.actions.imports import ImportRefused
from judging.models import Dataset, ImportFile, Item
from tests.judging.test_import_dataset import jsonl, planned, qa, refused, run
from tests.mdk_logs import gold_entry, judge_entry, write

pytestmark = pytest.mark.django_db


def test_command_prints_what_it_did_as_one_document(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", qa(1))
    assert run(path, "--name", "d") == {
        "dataset": "d",
        "format": "qa_jsonl",
        "items": 1,
        "new": 1,
        "unchanged": 0,
        "changed": 0,
        "gone": 0,
        "judgments": 0,
        "human_verdicts": 0,
        "problems": [],
    }


def test_command_takes_several_files(tmp_path: Path) -> None:
    table = tmp_path / "b.csv"
    table.write_text("question,answer\nQ,A\n")
    found = run(jsonl(tmp_path / "a.jsonl", qa(1)), table, "--name", "d")
    assert (found["format"], found["items"]) == ("csv, qa_jsonl", 2)
    assert list(ImportFile.objects.values_list("rows", "header__first_position")) == [(1, 1), (1, 2)]


def test_dry_run_stores_nothing(tmp_path: Path) -> None:
    assert run(jsonl(tmp_path / "a.jsonl", qa(1)), "--name", "d", "--dry-run")["new"] == 1
    assert not Dataset.objects.exists()


def test_command_names_the_next_one_for_peoples_verdicts(tmp_path: Path) -> None:
    out = StringIO()
    log = write(tmp_path / "my log.json", [judge_entry(previous_num_error=1)])
    call_command("import_dataset", str(log), "--name", "d", stdout=out, stderr=StringIO())
    assert f"manage.py import_labels '{log}' --dataset d --annotator NAME" in out.getvalue()


def test_any_problem_refuses_the_import_and_lists_all(tmp_path: Path) -> None:
    good = jsonl(tmp_path / "good.jsonl", qa(1))
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"question": "Q"}\n{"question": ""}\nnonsense\n')
    found, message = refused(good, bad, "--name", "d")
    assert [(problem["file"], problem["line"]) for problem in found["problems"]] == [(str(bad), 2), (str(bad), 3)]
    assert "nothing was stored" in message
    assert not Dataset.objects.exists()


def test_skip_bad_stores_the_good_rows_and_lists_the_rest(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"question": "Q"}\n{"question": ""}\n')
    found = run(bad, "--name", "d", "--skip-bad")
    assert (found["items"], len(found["problems"])) == (1, 1)
    assert Item.objects.get().question == "Q"


def test_skip_bad_does_not_skip_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    found, _ = refused(jsonl(tmp_path / "a.jsonl", qa(1)), tmp_path / "absent.jsonl", "--name", "d", "--skip-bad")
    assert found["problems"][0]["file"].endswith("absent.jsonl")
    assert not Dataset.objects.exists()


def test_id_used_twice_is_a_problem_of_the_second_row(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", qa(1) | {"id": 5}, qa(2) | {"id": "5"})
    found, _ = refused(path, "--name", "d")
    (problem,) = found["problems"]
    assert problem["line"] == 2
    assert "already used (line 1)" in problem["message"]


@pytest.mark.parametrize("content", ["question,answer\n", '[{"qa": [], "page": {"page": ""}}]', "[]", ""])
def test_file_without_rows_is_a_problem(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json" if content.startswith("[") else tmp_path / "a.csv"
    path.write_text(content)
    found, _ = refused(path, "--name", "d")
    assert len(found["problems"]) == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b", "line\nbreak"])
def test_name_that_cannot_be_shown_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportRefused, match="name of a dataset"):
        planned(jsonl(tmp_path / "a.jsonl", qa(1)), name=name)


def test_format_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", [gold_entry(1)])
    assert run(path, "--name", "d", "--format", "mdk_gold")["human_verdicts"] == 1
