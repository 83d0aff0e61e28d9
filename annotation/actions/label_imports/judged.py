"""Judgments of a table's judges: a run for every time a judge went through the items."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from annotation.actions.label_imports.items import Place
from annotation.core.label_tables import Said, is_number
from judging.actions.batches import count_imported_run
from judging.core.verdicts import Reason, Verdict
from judging.models import Dataset, Judge, Judgment, Reply, Run
from judging.models.runs import Status

Placed = tuple[Said, Place]
TABLE = "label_table"
VERDICTS = {verdict.value for verdict in Verdict}
NAMED = {Verdict.INVALID.value}
"""What means something where values are names."""
REASONS = {reason.value for reason in Reason}
COMPARED = ("status", "value", "score", "verdict", "reason", "detail")


class TableRuns:
    """Stores what judges said. What a judge said of an item for the second time is of its second run. `named`: criteria
    whose values are names and no verdicts."""

    def __init__(self, dataset: Dataset, by: User | None, *, named: Collection[str] = ()) -> None:
        self._dataset = dataset
        self._by = by
        self._named = named
        self._runs: dict[tuple[str, int], Run] = {
            (run.judge.name, run.snapshot["repeat"]): run
            for run in dataset.runs.filter(kind=Run.Kind.IMPORTED, snapshot__format=TABLE).select_related("judge")
            if run.judge is not None
        }
        self._used: set[int] = set()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The runs that rows belonged to."""
        return tuple(sorted(self._used))

    def store(self, placed: Iterable[Placed]) -> Counter[str]:
        """Add what is new and change what is different; how many of each kind."""
        by_run: dict[tuple[str, int], dict[tuple[int, str], list[Placed]]] = defaultdict(lambda: defaultdict(list))
        repeats: Counter[tuple[Any, ...]] = Counter()
        for said, place in sorted(placed, key=lambda found: found[0].time):
            here = (said.rater, place.pk, said.criterion, said.order)
            repeats[here] += 1
            by_run[said.rater, repeats[here]][place.pk, said.criterion].append((said, place))
        counts: Counter[str] = Counter()
        for (name, repeat), rows in by_run.items():
            run = self._run(name, repeat)
            counts += self._store(run, list(rows.values()))
            count_imported_run(run)
        return counts

    def _store(self, run: Run, groups: list[list[Placed]]) -> Counter[str]:
        current = {(one.item_id, one.criterion): one for one in run.judgments.iterator(chunk_size=5000)}
        fresh, changed, replies, unchanged = [], [], [], 0
        for group in groups:
            made = _judgment(run, group, NAMED if group[0][0].criterion in self._named else VERDICTS)
            known = current.get((made.item_id, made.criterion))
            if known is None:
                fresh.append(made)
                replies += _replies(run, group)
            elif any(getattr(known, name) != getattr(made, name) for name in COMPARED):
                made.pk = known.pk
                changed.append(made)
            else:
                unchanged += 1
        Judgment.objects.bulk_create(fresh, batch_size=1000)
        Judgment.objects.bulk_update(changed, [*COMPARED, "n_read", "n_replies"], batch_size=500)
        Reply.objects.bulk_create(replies, batch_size=1000, ignore_conflicts=True)
        return Counter({"new": len(fresh), "changed": len(changed), "unchanged": unchanged})

    def _run(self, name: str, repeat: int) -> Run:
        if (name, repeat) not in self._runs:
            now = timezone.now()
            judge = _judge(name[:100])
            self._runs[name, repeat] = Run.objects.create(
                dataset=self._dataset,
                kind=Run.Kind.IMPORTED,
                judge=judge,
                state=Run.State.FINISHED,
                snapshot={"name": judge.name, "kind": judge.kind, "model": "", "format": TABLE, "repeat": repeat},
                made_by=self._by,
                started_at=now,
                finished_at=now,
            )
        run = self._runs[name, repeat]
        self._used.add(run.pk)
        return run


def _judge(name: str) -> Judge:
    """The judge of this name that came with a table; a judge of ours of the same name is another version."""
    versions = Judge.objects.newest(name)
    same: Judge | None = versions.filter(kind=Judge.Kind.IMPORTED, engine="", rubric=None, model="").first()
    if same is not None:
        return same
    newest = versions.first()
    return Judge.objects.create(
        name=name,
        version=newest.version + 1 if newest else 1,
        kind=Judge.Kind.IMPORTED,
        frozen_at=timezone.now(),
    )


def _judgment(run: Run, group: list[Placed], verdicts: Collection[str]) -> Judgment:
    """What a judge's words on an item come to: of a pair shown in both orders the vote they share. `verdicts`: values
    that are some."""
    said, place = group[0]
    orders = {one.order: one.value for one, _ in group if one.order}
    value, reason = (said.value, said.reason) if len(group) == 1 else _of_orders(group)
    verdict = value if value in verdicts else ""
    if not value or verdict == Verdict.INVALID:
        verdict, value, reason = Verdict.INVALID.value if said.reason == "invalid" else verdict, "", reason or "invalid"
    return Judgment(
        run=run,
        item_id=place.pk,
        item_revision=place.revision,
        criterion=said.criterion,
        status=Status.SCORED if value else Status.UNSCORED,
        value=value,
        score=float(value) if is_number(value) else None,
        verdict=verdict,
        reason="" if value else _reason(reason),
        n_read=sum(bool(one.value) for one, _ in group),
        n_replies=len(group),
        imported=True,
        detail={"orders": orders} if orders else {},
    )


def _of_orders(group: list[Placed]) -> tuple[str, str]:
    values = {one.value for one, _ in group}
    if "" in values:
        return "", next(one.reason for one, _ in group if not one.value)
    return (values.pop(), "") if len(values) == 1 else ("", Reason.INCONSISTENT)


def _reason(text: str) -> str:
    if text in REASONS:
        return text
    return Reason.NO_VERDICT if text in {"invalid", "unscored"} else Reason.NOT_RECORDED


def _replies(run: Run, group: list[Placed]) -> list[Reply]:
    """The votes of each order; other judgments came without replies."""
    return [
        Reply(
            run=run,
            item_id=place.pk,
            part=said.order,
            value=said.value or None,
            status=Status.SCORED if said.value else Status.UNSCORED,
            reason="" if said.value else _reason(said.reason),
        )
        for said, place in group
        if said.order
    ]
