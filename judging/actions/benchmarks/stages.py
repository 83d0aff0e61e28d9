"""The runs of a benchmark, one after another: which comes next follows from those that are there.

One run at a time, candidate after candidate and stage after stage: so a worker loads each model once per stage, and
whatever dies between two steps is found by whoever looks next. Every step is one transaction; a run that is there is
never opened again, because the database has one place for it.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from judging.actions.answer_items import store_answers
from judging.actions.answers import open_answer_run
from judging.actions.benchmarks.plans import asking_for
from judging.actions.candidates import candidate_from_json
from judging.actions.choices import open_choice_run
from judging.actions.pair_items import store_pairs
from judging.actions.queueing import enqueue_run
from judging.actions.runs import Place, RunRefused, RunScope, cancel_run, open_run, resume_run
from judging.benchmarks import Stage
from judging.benchmarks.mmlu.recipe import recipe_from_json
from judging.models import BenchmarkRun, Dataset, Run
from judging.reports.benchmark_steps import Step, name_of, steps_of

SEEDS = 1000
"""How far the seeds of two gradings of the same answers are apart: more than a judge has samples."""


def advance(pk: int) -> Run | None:
    """The run of a benchmark that is to be worked on now, opened if it is not there; None when all is over.

    Doing it twice, or in several places at once, changes nothing more.
    """
    with transaction.atomic():
        found = BenchmarkRun.objects.select_for_update().get(pk=pk)
        if found.state == BenchmarkRun.State.CANCELLED:
            return None
        runs = {(run.stage, run.candidate, run.repeat): run for run in found.runs.all()}
        troubles = []
        for step in steps_of(found):
            run = runs.get(step.key)
            if run is None:
                answers = answers_for(found, step, runs)
                if answers is None:
                    continue
                try:
                    run = opened(found, step, answers)
                except RunRefused as error:
                    troubles.append(f"{told(found, step)}: {error}")
                    continue
            if not run.is_over:
                settle(found, BenchmarkRun.State.RUNNING)
                return run
            if run.state != Run.State.FINISHED:
                troubles.append(f"Run {run.pk} ({told(found, step)}) is {run.state}.")
        settle(found, BenchmarkRun.State.FAILED if troubles else BenchmarkRun.State.FINISHED, " ".join(troubles))
    return None


def told(benchmark_run: BenchmarkRun, step: Step) -> str:
    """Whose step it is."""
    return name_of(step, [candidate["model"] for candidate in benchmark_run.candidates]) or "all pairs"


Runs = Mapping[tuple[str, int | None, int], Run]


def answers_for(benchmark_run: BenchmarkRun, step: Step, runs: Runs) -> list[Run] | None:
    """The finished answers that a step is about, none for a step that needs none; None as long as one is not there."""
    wanted = {Stage.JUDGING: [step.candidate], Stage.PAIRS: range(len(benchmark_run.candidates))}.get(step.stage, [])
    found = [answered(benchmark_run, place, runs) for place in wanted]
    known = [run for run in found if run is not None]
    return known if len(known) == len(found) else None


def answered(benchmark_run: BenchmarkRun, candidate: int, runs: Runs) -> Run | None:
    """The finished answers of a candidate: of this benchmark, or those that it was told to grade."""
    answers = benchmark_run.options.get("answers")
    run = Run.objects.get(pk=answers[candidate]) if answers else runs.get(Step(Stage.ANSWERS, candidate).key)
    return run if run is not None and run.state == Run.State.FINISHED else None


def opened(benchmark_run: BenchmarkRun, step: Step, answers: Sequence[Run]) -> Run:
    """The run of a step, new and on no queue."""
    options, by = benchmark_run.options, benchmark_run.made_by
    place = Place(benchmark_run=benchmark_run, stage=step.stage, candidate=step.candidate, repeat=step.repeat)
    candidate = candidate_from_json(benchmark_run.candidates[step.candidate])
    if benchmark_run.judge is not None and answers:
        dataset, scope = judged_part(benchmark_run, step, answers)
        return open_run(
            benchmark_run.judge, dataset, scope=scope, base_url=options["judge_base_url"], by=by, place=place
        )
    if step.stage == Stage.CHOICES:
        recipe = recipe_from_json(options["recipe"])
        return open_choice_run(benchmark_run.dataset, candidate, recipe, limit=options["first_n"], by=by, place=place)
    scope = RunScope(limit=options["first_n"], seed=options["seed"])
    asking = asking_for(options, candidate.model)
    return open_answer_run(benchmark_run.dataset, candidate, asking, scope=scope, by=by, place=place)


def judged_part(benchmark_run: BenchmarkRun, step: Step, answers: Sequence[Run]) -> tuple[Dataset, RunScope]:
    """The answers as items, and which of them a step judges: those of one candidate, or pairs of all."""
    seed = benchmark_run.options["seed"] + SEEDS * step.repeat
    datasets = [store_answers(run) for run in answers]
    for run in answers:
        run.refresh_from_db()
    if step.stage == Stage.PAIRS:
        return store_pairs(answers, baseline=benchmark_run.options["pairs"]["baseline"][:200]), RunScope(seed=seed)
    where = answers[0].snapshot["answers"]
    return datasets[0], RunScope(first=where["first"], last=where["last"], seed=seed)


def settle(benchmark_run: BenchmarkRun, state: BenchmarkRun.State, error: str = "") -> None:
    """Say how far a benchmark is."""
    over = None if state == BenchmarkRun.State.RUNNING else timezone.now()
    changed = BenchmarkRun.objects.filter(pk=benchmark_run.pk).exclude(state=state, error=error)
    changed.update(state=state, error=error, finished_at=over)


def go_on(pk: int) -> Run | None:
    """As `advance`, and put the run on its queue."""
    with transaction.atomic():
        run = advance(pk)
        if run is not None:
            transaction.on_commit(lambda: enqueue_run(run))
    return run


def run_is_over(run_id: int) -> None:
    """Let the benchmark of a run go on, if it has one and the run is over."""
    run = Run.objects.filter(pk=run_id, benchmark_run__isnull=False).first()
    if run is not None and run.is_over and run.benchmark_run_id is not None:
        go_on(run.benchmark_run_id)


@transaction.atomic
def resume_benchmark(benchmark_run: BenchmarkRun) -> BenchmarkRun:
    """Let a benchmark go on that was cancelled or in which something failed; on no queue."""
    for run in benchmark_run.runs.exclude(state=Run.State.FINISHED):
        resume_run(run)
    settle(benchmark_run, BenchmarkRun.State.RUNNING)
    advance(benchmark_run.pk)
    benchmark_run.refresh_from_db()
    return benchmark_run


def resume_benchmarks() -> list[BenchmarkRun]:
    """Put the next run of every unfinished benchmark on its queue; returns the benchmarks that go on."""
    unfinished = list(BenchmarkRun.objects.unfinished().order_by("pk"))
    return [benchmark_run for benchmark_run in unfinished if go_on(benchmark_run.pk) is not None]


@transaction.atomic
def cancel_benchmark(benchmark_run: BenchmarkRun) -> bool:
    """Stop a benchmark and keep what it found; False when it was over already."""
    now = timezone.now()
    stopped = BenchmarkRun.objects.filter(pk=benchmark_run.pk).unfinished()
    if not stopped.update(state=BenchmarkRun.State.CANCELLED, finished_at=now):
        return False
    for run in benchmark_run.runs.unfinished():
        cancel_run(run)
    return True
