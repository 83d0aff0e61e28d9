"""Runs: started, cancelled, resumed, finished. The work itself is in `work.py`, batch by batch in `batches.py`."""

import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from judging.actions.batches import count_uncounted_runs, put_back_batches
from judging.actions.judges import freeze_judge, spec_of, stored
from judging.actions.panels import panel_problems, panel_snapshot
from judging.actions.queueing import enqueue_run
from judging.core.judged import check_judge
from judging.core.prompts import check_prompts
from judging.core.specs import JudgeSpec
from judging.engines import ENGINES
from judging.models import BenchmarkRun, Dataset, Item, Judge, Run, RunBatch

BATCH_ITEMS = 32
"""Items of a batch: what a killed worker may have to do again, and what one transaction writes."""

ASKING_ENGINES = {"openai_api"}
"""Engines that ask a server, which has an address and more than one model."""

HOLDING_ENGINES = {"vllm_offline", "transformers_local"}
"""Engines that hold a model themselves."""

REPLAYED = "replayed"
"""The engine that answers from a file."""

State = Run.State


class RunRefused(ValueError):
    """The run cannot be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunScope:
    """Which items of a dataset a run judges (`limit`: the first so many), and the seed of its first sample.

    `replies`: the SHA-256 of the file that a replayed run is judged from. `leave_out`: the part of a benchmark's
    questions (`extra.part`) that is shown solved and not asked. `first`, `last`: only items of these positions, both
    included: the answers of one candidate among those of all. `split`: only items of this part of a locked split.
    """

    limit: int | None = None
    seed: int = 0
    replies: str = ""
    leave_out: str = ""
    first: int | None = None
    last: int | None = None
    split: str = ""

    def as_json(self) -> dict[str, int | str | None]:
        """The stored form."""
        stored_form: dict[str, int | str | None] = {"limit": self.limit, "seed": self.seed}
        more = {"replies": self.replies, "leave_out": self.leave_out, "first": self.first, "last": self.last}
        more["split"] = self.split
        return stored_form | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a benchmark a run belongs: which stage of which candidate, and how often that was judged before."""

    benchmark_run: BenchmarkRun | None = None
    stage: str = ""
    candidate: int | None = None
    repeat: int = 0

    def as_fields(self) -> dict[str, Any]:
        """The columns of such a run."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


NOWHERE = Place()
"""The place of a run that somebody started by itself."""


def start_panel_run(panel: Judge, dataset: Dataset, *, by: User | None = None) -> Run:
    """As `start_run`, for a panel over the whole dataset; RunRefused says which members have to judge first."""
    return start_run(panel, dataset, scope=RunScope(), by=by)


def start_run(judge: Judge, dataset: Dataset, *, scope: RunScope, base_url: str = "", by: User | None = None) -> Run:
    """Put a judge to work on a dataset; the unfinished run of the same judge, dataset, scope and server goes on."""
    with transaction.atomic():
        run = open_run(judge, dataset, scope=scope, base_url=base_url, by=by)
        transaction.on_commit(lambda: enqueue_run(run))
    return run


def open_run(
    judge: Judge,
    dataset: Dataset,
    *,
    scope: RunScope,
    base_url: str = "",
    by: User | None = None,
    place: Place = NOWHERE,
) -> Run:
    """As `start_run`, but on no queue: whoever calls this does the work."""
    spec = spec_of(judge)
    base_url = address_for(spec, base_url)
    kind = Run.Kind.PANEL if judge.kind == Judge.Kind.PANEL else Run.Kind.JUDGE
    refuse_run(judge, spec, dataset, scope)
    ranges = list(batch_ranges(dataset, scope))
    if not ranges:
        raise RunRefused(gettext("The dataset %(dataset)s has no items to judge.") % {"dataset": dataset.name})
    with transaction.atomic():
        # Whoever starts the same judge at the same moment waits here, and then finds the run.
        Judge.objects.select_for_update().get(pk=judge.pk)
        same = dataset.runs.resumable().filter(judge=judge, kind=kind, **place.as_fields())
        for run in same:
            if run.scope == scope.as_json() and run.snapshot.get("base_url") == base_url:
                return resume_run(run)
        freeze_judge(judge)
        snapshot = snapshot_of(judge, spec, base_url=base_url, scope=scope, items=sum(r.items for r in ranges))
        run = Run.objects.create(
            dataset=dataset,
            kind=kind,
            judge=judge,
            scope=scope.as_json(),
            snapshot=snapshot | (panel_snapshot(judge, dataset, limit=scope.limit) if kind == Run.Kind.PANEL else {}),
            made_by=by,
            **place.as_fields(),
        )
        cut_into_batches(run, ranges)
    return run


def refuse_run(judge: Judge, spec: JudgeSpec, dataset: Dataset, scope: RunScope) -> None:
    """What cannot be judged is said before anything is opened."""
    refuse_unreplayed(spec, scope)
    refuse_unready(dataset)
    if judge.kind == Judge.Kind.PANEL:
        refuse_panel(judge, dataset, scope)
    else:
        refuse_faulty(spec)


def cut_into_batches(run: Run, ranges: Iterable["BatchRange"]) -> None:
    """The batches of a new run."""
    RunBatch.objects.bulk_create(
        RunBatch(run=run, number=number, first_position=found.first, last_position=found.last)
        for number, found in enumerate(ranges, start=1)
    )


def refuse_unreplayed(spec: JudgeSpec, scope: RunScope) -> None:
    """Raise RunRefused for a judge of recorded replies without its file."""
    if spec.engine == REPLAYED and not scope.replies:
        raise RunRefused(
            gettext("The judge %(spec)s reads its replies from a file: manage.py run_judge ... --replies FILE.")
            % {"spec": spec.name}
        )


def address_for(spec: JudgeSpec, base_url: str) -> str:
    """Where the judge's server is: what was given, else the setting; '' for an engine that asks no server."""
    if spec.engine not in ASKING_ENGINES:
        return ""
    return base_url or str(settings.OPENAI_BASE_URL)


def refuse_unready(dataset: Dataset) -> None:
    """Raise RunRefused for a dataset that is not complete."""
    if dataset.state != Dataset.State.READY:
        raise RunRefused(
            gettext("The dataset %(dataset)s is %(state)s; a run needs one that is ready.")
            % {"dataset": dataset.name, "state": dataset.get_state_display()}
        )


def refuse_panel(panel: Judge, dataset: Dataset, scope: RunScope) -> None:
    """Raise RunRefused for a panel whose members have not judged yet, or cannot be put together."""
    if problems := panel_problems(panel, dataset, limit=scope.limit):
        raise RunRefused(" ".join(problems))


def refuse_faulty(spec: JudgeSpec) -> None:
    """Raise RunRefused for what could only fail."""
    if spec.engine not in ENGINES:
        raise RunRefused(
            gettext("There is no engine %(engine)s. Engines: %(names)s.")
            % {"engine": repr(spec.engine), "names": ", ".join(sorted(ENGINES))}
        )
    if spec.engine in ASKING_ENGINES and not spec.model:
        raise RunRefused(
            gettext("The judge %(spec)s needs a model: say which one the server offers.") % {"spec": spec.name}
        )
    if spec.engine in HOLDING_ENGINES and not spec.model:
        raise RunRefused(
            gettext("The judge %(spec)s needs a model: a name, or the folder that holds it on the worker.")
            % {"spec": spec.name}
        )
    if problems := check_judge(spec):
        raise RunRefused(f"The judge {spec.name} cannot decide. " + " ".join(problems))
    if problems := check_prompts(spec.rubric):
        raise RunRefused(f"The prompts of the rubric {spec.rubric.name} cannot be used. " + " ".join(problems))


@dataclass(frozen=True, slots=True)
class BatchRange:
    """Positions of a batch, both included, and how many items lie in it."""

    first: int
    last: int
    items: int


def batch_ranges(dataset: Dataset, scope: RunScope) -> Iterator[BatchRange]:
    """The items of a scope cut into batches, in order of position."""
    first, last, count = 0, 0, 0
    for last in scoped_items(dataset, scope).values_list("position", flat=True).iterator(chunk_size=10_000):
        first, count = (first, count + 1) if count else (last, 1)
        if count == BATCH_ITEMS:
            yield BatchRange(first, last, count)
            count = 0
    if count:
        yield BatchRange(first, last, count)


def scoped_items(dataset: Dataset, scope: RunScope) -> QuerySet[Item]:
    """The items a scope means, in order of position."""
    items = Item.objects.filter(dataset=dataset).in_split(scope.split).order_by("position")
    if scope.first is not None:
        items = items.filter(position__gte=scope.first)
    if scope.last is not None:
        items = items.filter(position__lte=scope.last)
    if scope.leave_out:
        items = items.asked(scope.leave_out)
    return items if scope.limit is None else items[: scope.limit]


def snapshot_of(judge: Judge, spec: JudgeSpec, *, base_url: str, scope: RunScope, items: int) -> dict[str, object]:
    """Everything that decides the outcome, and how many items it is decided for. Workers judge from this alone."""
    return {
        "judge": stored(spec.as_json()),
        "judge_version": judge.version,
        "rubric_version": judge.rubric.version if judge.rubric else None,
        "base_url": base_url,
        "seed": scope.seed,
        **({"replies_sha256": scope.replies} if scope.replies else {}),
        "items": items,
        "software": {"python": platform.python_version(), "jinja2": version("jinja2"), "rq": version("rq")},
    }


def cancel_run(run: Run) -> bool:
    """Stop a run and keep what it judged; False when it was over already. Workers notice within one batch."""
    return bool(Run.objects.filter(pk=run.pk).unfinished().update(state=State.CANCELLED, finished_at=timezone.now()))


def fail_run(run_id: int, *, error: str) -> None:
    """Stop a run that cannot go on, and keep what it judged."""
    Run.objects.filter(pk=run_id).unfinished().update(state=State.FAILED, error=error, finished_at=timezone.now())


@transaction.atomic
def resume_run(run: Run) -> Run:
    """Let a run go on that was stopped, failed or lost its worker; batches that failed get all their attempts again."""
    undone = run.batches.exclude(state__in=[RunBatch.State.DONE, RunBatch.State.CLAIMED])
    undone.update(state=RunBatch.State.PENDING, attempts=0, error="")
    put_back_batches(run, now=timezone.now())
    if run.batches.open().exists():
        over = [State.CANCELLED, State.FAILED]
        Run.objects.filter(pk=run.pk, state__in=over).update(state=State.PENDING, error="", finished_at=None)
    settle_run(run)
    run.refresh_from_db()
    return run


def restart_run(run: Run) -> Run:
    """As `resume_run`, and put it on its queue."""
    with transaction.atomic():
        resumed = resume_run(run)
        if not resumed.is_over:
            transaction.on_commit(lambda: enqueue_run(resumed))
    return resumed


def resume_runs() -> list[Run]:
    """Put back what dead workers left, and put every run that has work left on its queue; returns those runs.

    Runs that came with files before such runs were counted are counted now.

    Not those judged from a file of replies: no worker has that file, and `run_judge --replies` goes on with them.

    Doing it twice, or in several places at once, changes nothing more.
    """
    resumed = []
    for run in Run.objects.worked_here().unfinished().exclude(scope__has_key="replies").order_by("pk"):
        put_back_batches(run, now=timezone.now())
        settle_run(run)
        run.refresh_from_db()
        if not run.is_over:
            enqueue_run(run)
            resumed.append(run)
    count_uncounted_runs()
    return resumed


def settle_run(run: Run) -> None:
    """End a run that has nothing left to do: finished, or failed where batches were given up."""
    if run.batches.open().exists():
        return
    unfinished = Run.objects.filter(pk=run.pk).unfinished()
    failed = run.batches.filter(state=RunBatch.State.FAILED)
    count, now = failed.count(), timezone.now()
    if not count:
        unfinished.update(state=State.FINISHED, finished_at=now)
        return
    why = failed.order_by("number")[0].error
    sentence = f"{count} of {run.batches.count()} batches could not be judged. The first: {why}"
    unfinished.update(state=State.FAILED, error=sentence, finished_at=now)
