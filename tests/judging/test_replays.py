"""Prompts out, replies back in: the whole way by the command, and what is refused with nothing stored."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from judging.actions.judges import JudgeChoice
from judging.actions.replays import open_replay, recorded
from judging.actions.retries import retry_unscored
from judging.actions.runs import RunRefused, RunScope, resume_runs
from judging.actions.work import work_run
from judging.engines.replayed import ReplayedEngine
from judging.models import Dataset, Item, Judge, Judgment, Reply, Run
from tests.factories import make_dataset, make_items

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset("texts")
    make_items(dataset, 3)
    return dataset


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(*rows: dict[str, Any], name: str = "replies.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


def judge(*options: str, name: str = "verdict") -> None:
    call_command("run_judge", "texts", "--judge", name, "--model", "m", *options)


def keys() -> list[str]:
    return list(Item.objects.order_by("position").values_list("key", flat=True))


def replies_of(*texts: str) -> list[dict[str, Any]]:
    return [{"id": key, "reply": text} for key, text in zip(keys(), texts, strict=False)]


CLEAN, WRONG = '{"verdict": "clean"}', '{"verdict": "wrong"}'


def test_the_whole_way_without_a_network(
    dataset: Dataset, tmp_path: Path, written: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    prompts = tmp_path / "prompts.jsonl"
    judge("--write-prompts", str(prompts))
    assert "3 prompts for 3 items" in capsys.readouterr().out
    assert not Run.objects.exists()
    assert not Judge.objects.exists()
    asked = [json.loads(line) for line in prompts.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in asked] == keys()
    assert asked[0]["messages"][-1]["role"] == "user"
    assert "Question 1?" in json.dumps(asked[0]["messages"])
    answers = [{name: row[name] for name in ("id", "part", "sample")} | {"reply": CLEAN} for row in asked]
    judge("--replies", str(written(*answers)), "--json")
    summary = json.loads(capsys.readouterr().out)
    assert (summary["state"], summary["counts"]["clean"]) == ("finished", 3)
    run = Run.objects.get()
    assert len(run.snapshot["replies_sha256"]) == 64
    assert run.snapshot["judge"]["engine"] == "replayed"
    assert list(tmp_path.glob(".*")) == []


def test_prompts_name_part_sample_seed_and_sampling(dataset: Dataset, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.jsonl"
    judge("--write-prompts", str(prompts), "--samples", "2", "--seed", "7", "--limit", "1", name="ja-1-5-raw")
    rows = [json.loads(line) for line in prompts.read_text(encoding="utf-8").splitlines()]
    assert [(row["part"], row["sample"], row["seed"], row["model"]) for row in rows] == [
        ("", 0, 7, "m"),
        ("", 1, 8, "m"),
    ]
    assert rows[0]["sampling"]["temperature"] == 0.1
    assert rows[0]["prompt"].endswith("採点結果")


def test_items_without_an_answer_are_not_asked(
    dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Item.objects.filter(position=2).update(answer_state=Item.AnswerState.MISSING)
    judge("--write-prompts", str(tmp_path / "p.jsonl"), "--json")
    assert json.loads(capsys.readouterr().out) == {"prompts": 2, "items": 2, "items_left_out": 1}


def test_a_prompt_without_a_reply_is_unscored(dataset: Dataset, written: Write) -> None:
    judge("--replies", str(written(*replies_of(CLEAN, WRONG))))
    assert list(Judgment.objects.order_by("item").values_list("verdict", "reason")) == [
        ("clean", ""),
        ("wrong", ""),
        ("invalid", "not_recorded"),
    ]


def test_a_reply_that_was_cut_off_says_so(dataset: Dataset, written: Write) -> None:
    judge("--replies", str(written({"id": keys()[0], "reply": "The answer", "finish": "length"})))
    assert Reply.objects.get(item__position=1).reason == "cut_off"


def test_the_same_file_goes_on_with_its_unfinished_run(dataset: Dataset, written: Write) -> None:
    path = written(*replies_of(CLEAN, CLEAN, CLEAN))
    recording = recorded(path)
    scope = RunScope(replies=recording.sha256)
    run = open_replay(JudgeChoice(name="verdict", model="m"), dataset, recording=recording, scope=scope)
    assert resume_runs() == []
    judge("--replies", str(path))
    assert Run.objects.get() == run
    assert Judgment.objects.filter(verdict="clean").count() == 3


def test_another_file_is_another_run(dataset: Dataset, written: Write) -> None:
    judge("--replies", str(written(*replies_of(CLEAN))))
    judge("--replies", str(written(*replies_of(WRONG), name="other.jsonl")))
    assert Run.objects.count() == 2


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"id": "nobody", "reply": CLEAN}], "line 1: Item 'nobody', sample 0 is not in the dataset"),
        ([{"id": "KEY", "reply": CLEAN}, {"id": "KEY", "reply": WRONG}], "line 2: Item .* in line 1 already"),
        ([{"id": "KEY", "sample": 1, "reply": CLEAN}], "sample 1 was not asked by this judge"),
        ([{"id": "KEY", "part": "ab", "reply": CLEAN}], "part 'ab', sample 0 was not asked by this judge"),
        ([{"reply": CLEAN}], 'line 1: The line has no "id"'),
        ([{"id": "KEY"}], 'line 1: The "reply" is text'),
        ([{"id": "KEY", "sample": -1, "reply": CLEAN}], '"sample" is a whole number'),
    ],
)
def test_a_line_that_does_not_fit_is_named_and_nothing_is_stored(
    dataset: Dataset, written: Write, rows: list[dict[str, Any]], sentence: str
) -> None:
    key = keys()[0]
    path = written(*({**row, "id": key} if row.get("id") == "KEY" else row for row in rows))
    with pytest.raises(CommandError, match=sentence):
        judge("--replies", str(path))
    assert not Run.objects.exists()
    assert not Judge.objects.exists()


def test_a_file_that_is_not_there_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be opened"):
        judge("--replies", str(tmp_path / "none.jsonl"))


def test_a_folder_that_is_not_there_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        judge("--write-prompts", str(tmp_path / "none" / "p.jsonl"))


def test_a_judge_without_prompts_has_none_to_write(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="asks no model"):
        judge("--write-prompts", str(tmp_path / "p.jsonl"), name="reference")
    assert list(tmp_path.iterdir()) == []


def test_replayed_without_a_file_is_refused(dataset: Dataset) -> None:
    with pytest.raises(CommandError, match="--replies FILE"):
        judge("--engine", "replayed", "--inline")


def test_writing_and_replaying_are_two_commands(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="two commands"):
        judge("--write-prompts", str(tmp_path / "p"), "--replies", str(tmp_path / "r"))


def test_a_worker_that_comes_by_such_a_run_says_how_to_go_on(dataset: Dataset, written: Write) -> None:
    recording = recorded(written(*replies_of(CLEAN)))
    scope = RunScope(replies=recording.sha256)
    run = open_replay(JudgeChoice(name="verdict", model="m"), dataset, recording=recording, scope=scope)
    work_run(run.pk, claimer="w:1:1")
    run.refresh_from_db()
    assert "--replies FILE" in run.error
    with pytest.raises(RunRefused, match="from a file of replies"):
        retry_unscored(run)


def test_the_recording_is_read_by_item_part_and_sample(written: Write) -> None:
    recording = recorded(written({"id": 5, "part": "ab", "sample": 2, "reply": "x"}))
    assert list(recording.keys()) == ["5"]
    recording.join({"5": 70})
    assert recording.reply(70, "ab", 2) == ("x", "")
    assert recording.reply(70, "", 2) is None
    assert ReplayedEngine(recording).versions() == {"replies": recording.sha256}
    recording.close()


def test_the_command_asks_again_what_has_no_value(dataset: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("run_judge", "texts", "--judge", "scripted", "--inline")
    Judgment.objects.filter(item__position=2).update(status="unscored", value="", verdict="invalid", reason="timeout")
    Reply.objects.filter(item__position=2).update(status="unscored", value=None, reason="timeout", text="")
    call_command("run_judge", "texts", "--judge", "scripted", "--inline", "--retry", "unscored")
    assert Reply.objects.filter(item__position=2).order_by("attempt").values_list("attempt", "status").last() == (
        2,
        "scored",
    )
    assert Run.objects.count() == 1
    with pytest.raises(CommandError, match="no reply without a value"):
        call_command("run_judge", "texts", "--judge", "scripted", "--inline", "--retry", "unscored")


def test_asking_again_needs_a_run(dataset: Dataset) -> None:
    with pytest.raises(CommandError, match="There is no run of"):
        call_command("run_judge", "texts", "--judge", "scripted", "--inline", "--retry", "unscored")
