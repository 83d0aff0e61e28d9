"""How far a run is: added up from the counts of its batches, which are what its judgments say."""

import json
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone

from judging.actions.batches import recount_run
from judging.actions.imports import InputFile, import_files
from judging.actions.judges import judge_for
from judging.actions.runs import BATCH_ITEMS, RunScope, open_run, resume_runs
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.models import BatchCount, Dataset, Item, Judgment, Run
from judging.reports import RunProgress, run_progress
from judging.reports.progress import recent_pace
from tests.factories import make_dataset, make_item, make_judgment, make_run

pytestmark = pytest.mark.django_db
ITEMS = 2 * BATCH_ITEMS + 5
MIGRATION = import_module("judging.migrations.0004_count_finished_batches")


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset()
    for number in range(1, ITEMS + 1):
        state = Item.AnswerState.MISSING if number % 10 == 0 else Item.AnswerState.GIVEN
        make_item(dataset, f"Question {number}?", f"Answer {number}.", position=number, answer_state=state)
    return dataset


@pytest.fixture
def run(dataset: Dataset) -> Run:
    run = open_run(judge_for(JUDGES["scripted"]), dataset, scope=RunScope())
    work_run(run.pk, claimer="w")
    run.refresh_from_db()
    return run


def rows_of(run: Run) -> list[dict[str, object]]:
    """The counts without their time."""
    return [{name: row[name] for name in row if name != "at"} for row in run.counts.order_by("pk").values()]


def test_says_what_the_judgments_say(run: Run) -> None:
    progress = run_progress(run)
    judgments = Judgment.objects.filter(run=run)
    assert (progress.items, progress.judged) == (ITEMS, ITEMS)
    assert progress.counts == {name: judgments.filter(verdict=name).count() for name in ("clean", "wrong", "invalid")}
    assert (progress.unscored, progress.unscored_by_reason) == (ITEMS // 10, {"no_answer": ITEMS // 10})
    assert progress.tokens == sum(run.replies.values_list("tokens", flat=True))


def test_reads_no_judgments(run: Run) -> None:
    Judgment.objects.all().delete()
    assert run_progress(run).judged == ITEMS


def test_counting_anew_comes_to_the_same(run: Run) -> None:
    written = rows_of(run)
    assert len(written) == 3
    BatchCount.objects.all().delete()
    recount_run(run)
    assert rows_of(run) == written


def test_the_migration_counts_what_was_finished_before_it(run: Run) -> None:
    written = rows_of(run)
    BatchCount.objects.filter(batch__number=2).delete()
    MIGRATION.count_finished_batches(apps, None)
    assert rows_of(run) == written


def test_a_run_that_came_with_a_file_is_counted_from_its_judgments() -> None:
    dataset = make_dataset("imported")
    run = make_run(dataset)
    for verdict in ("clean", "wrong", "invalid"):
        make_judgment(run, make_item(dataset), verdict)
    progress = run_progress(run)
    assert progress.counts == {"clean": 1, "wrong": 1, "invalid": 1}
    assert (progress.judged, progress.unscored_by_reason) == (3, {"no_verdict": 1})


def imported(folder: Path, *entries: dict[str, object], name: str = "log") -> Run:
    """The run that a judge's log brings."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(entries))
    import_files("logs", [InputFile(path)])
    return Run.objects.get(dataset__name="logs", snapshot__file=path.name)


def entry(number: int, errors: int | None) -> dict[str, object]:
    asked = {"page": {"page": "p"}, "qa": [{"question": f"Q{number}?", "answer": "A."}], "output": ["x"]}
    return asked | {"evaluate_template": "t", "num_error": errors, "score": 1.5, "raw_score": [1.5]}


def test_an_import_counts_its_runs_so_that_pages_read_no_judgment(tmp_path: Path) -> None:
    run = imported(tmp_path, *(entry(number, number % 2) for number in range(7)), entry(7, None))
    written = rows_of(run)
    assert len(written) == 1
    assert (written[0]["n_judged"], written[0]["n_clean"], written[0]["n_wrong"], written[0]["n_invalid"]) == (
        8,
        4,
        3,
        1,
    )
    recount_run(run)
    assert rows_of(run) == written
    Judgment.objects.all().delete()
    progress = run_progress(run)
    assert (progress.items, progress.judged, progress.mean_score) == (8, 8, 1.5)


def test_a_second_file_is_a_run_with_counts_of_its_own(tmp_path: Path) -> None:
    first = imported(tmp_path, entry(0, 0), entry(1, 0))
    second = imported(tmp_path, entry(1, 1), entry(2, 1), name="second")
    assert [run_progress(run).counts["wrong"] for run in (first, second)] == [0, 2]
    assert [run.batches.get().last_position for run in (first, second)] == [2, 3]


def test_runs_that_came_before_they_were_counted_are_counted_by_resuming(tmp_path: Path) -> None:
    run = imported(tmp_path, entry(0, 0), entry(1, 1))
    written = rows_of(run)
    run.batches.all().delete()
    assert (rows_of(run), run_progress(run).judged) == ([], 2)
    assert resume_runs() == []
    assert [row | {"batch_id": 0} for row in rows_of(run)] == [row | {"batch_id": 0} for row in written]


def test_a_judge_of_turns_is_shown_by_the_first(tmp_path: Path) -> None:
    questions, judged = tmp_path / "question.jsonl", tmp_path / "judge_single.jsonl"
    questions.write_text(json.dumps({"question_id": 1, "category": "c", "turns": ["Q?", "R?"]}))
    line = {"question_id": 1, "model": "m", "judge": ["j", "single-v1"], "user_prompt": "", "judgment": "[[7]]"}
    judged.write_text("\n".join(json.dumps(line | {"score": 7 + n, "turn": n, "tstamp": 1.0}) for n in (1, 2)))
    plan = import_files("bench", [InputFile(questions), InputFile(judged)])
    assert plan.is_acceptable, plan.problems
    progress = run_progress(Run.objects.get())
    assert (progress.judged, progress.mean_score) == (1, 8.0)


def test_a_mean_is_that_of_the_scores(dataset: Dataset) -> None:
    run = make_run(dataset)
    for item, score in zip(dataset.items.all(), (4.0, 5.0, None), strict=False):
        make_judgment(run, item, score=score)
    assert run_progress(run).mean_score == 4.5


def half_done(dataset: Dataset, *seconds_ago: float) -> Run:
    """A running run whose batches were written so long ago."""
    run = open_run(judge_for(JUDGES["scripted"]), dataset, scope=RunScope())
    work_run(run.pk, claimer="w")
    now = timezone.now()
    for batch, ago in zip(run.counts.order_by("pk"), seconds_ago, strict=False):
        BatchCount.objects.filter(pk=batch.pk).update(at=now - timedelta(seconds=ago), tokens=320)
    run.counts.order_by("-pk").first().delete()
    Run.objects.filter(pk=run.pk).update(state="running", started_at=now - timedelta(seconds=1000), finished_at=None)
    run.refresh_from_db()
    return run


def progress_of(run: Run) -> RunProgress:
    return run_progress(run, now=timezone.now())


def test_the_pace_is_that_of_the_batches_after_the_first_one_written_lately(dataset: Dataset) -> None:
    progress = progress_of(half_done(dataset, 64.0, 32.0))
    assert progress.rate == pytest.approx(BATCH_ITEMS / 64, rel=0.05)
    assert progress.tokens_rate == pytest.approx(320 / 64, rel=0.05)
    assert progress.seconds_left == pytest.approx(5 / (BATCH_ITEMS / 64), rel=0.05)


def test_a_pause_of_yesterday_does_not_slow_today(dataset: Dataset) -> None:
    run = half_done(dataset, 80_000.0, 32.0)
    assert recent_pace(run, timezone.now()) is None
    assert progress_of(run).rate == pytest.approx(2 * BATCH_ITEMS / 1000, rel=0.05)
