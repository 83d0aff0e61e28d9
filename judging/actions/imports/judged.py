"""The judge whose words a file brings: its run, replies and judgments."""

from collections.abc import Sequence
from pathlib import Path
from statistics import pstdev

from django.contrib.auth.models import User
from django.utils import timezone

from judging.actions.imports.rows import KeyedRow, Source
from judging.core.items import ImportedJudgment, ImportedReply
from judging.core.verdicts import Reason, Scored, Verdict
from judging.models import Dataset, Judge, Judgment, Reply, Run
from judging.models.runs import Status

Placed = tuple[KeyedRow, int, int]
"""A row with the id and the revision of its item."""


class ImportedRuns:
    """One finished run for every file that brings judgments; none for a file whose run the dataset has."""

    def __init__(self, dataset: Dataset, by: User | None) -> None:
        self._dataset = dataset
        self._by = by
        self._had = set(dataset.runs.filter(kind=Run.Kind.IMPORTED).values_list("snapshot__sha256", flat=True))
        self._runs: dict[str, Run] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no run was made."""
        return not self._runs

    def store(self, rows: Sequence[Placed]) -> None:
        """Store what the judge said of these items."""
        judged = [placed for placed in rows if placed[0].row.judgment and placed[0].source.sha256 not in self._had]
        if not judged:
            return
        Judgment.objects.bulk_create(
            [_judgment(self._run_of(keyed), keyed, pk, revision) for keyed, pk, revision in judged]
        )
        Reply.objects.bulk_create(
            [_reply(self._run_of(keyed), pk, reply) for keyed, pk, _ in judged for reply in keyed.row.replies]
        )

    def _run_of(self, keyed: KeyedRow) -> Run:
        source = keyed.source
        if source.sha256 not in self._runs:
            self._runs[source.sha256] = self._new_run(source, keyed)
        return self._runs[source.sha256]

    def _new_run(self, source: Source, keyed: KeyedRow) -> Run:
        now = timezone.now()
        judge = imported_judge(source, _template_of(keyed))
        return Run.objects.create(
            dataset=self._dataset,
            kind=Run.Kind.IMPORTED,
            judge=judge,
            state=Run.State.FINISHED,
            snapshot={
                "name": judge.name,
                "kind": judge.kind,
                "model": judge.model,
                "file": Path(source.file.name).name,
                "format": source.format,
                "sha256": source.sha256,
            },
            made_by=self._by,
            started_at=now,
            finished_at=now,
        )


def _template_of(keyed: KeyedRow) -> str:
    judgment = keyed.row.judgment
    return str((judgment.detail.get("evaluate_template") if judgment else "") or "")[:300]


def imported_judge(source: Source, template: str) -> Judge:
    """The judge of this file: the same name and prompt template are the same judge."""
    name = f"imported: {Path(source.file.name).stem}"[:100]
    versions = Judge.objects.newest(name)
    same: Judge | None = versions.filter(kind=Judge.Kind.IMPORTED, model=template).first()
    if same is not None:
        return same
    newest = versions.first()
    return Judge.objects.create(
        name=name,
        version=newest.version + 1 if newest else 1,
        kind=Judge.Kind.IMPORTED,
        model=template,
        frozen_at=timezone.now(),
    )


def _judgment(run: Run, keyed: KeyedRow, item_id: int, revision: int) -> Judgment:
    said = keyed.row.judgment
    if said is None:
        raise ValueError("Only rows with a judgment have one to store.")
    value = _value_of(said)
    read = [reply for reply in keyed.row.replies if isinstance(reply.reading, Scored)]
    return Judgment(
        run=run,
        item_id=item_id,
        item_revision=revision,
        status=Status.SCORED if value else Status.UNSCORED,
        value=value,
        score=said.score,
        verdict=said.verdict or "",
        reason="" if value else Reason.NO_VERDICT,
        n_read=len(read),
        n_replies=len(keyed.row.replies),
        spread=_spread(keyed.row.replies),
        imported=True,
        detail=dict(said.detail),
    )


def _spread(replies: Sequence[ImportedReply]) -> float | None:
    """Standard deviation over the samples; the parts of one sample share its score and count once."""
    scores = {reply.sample: reply.reading.score for reply in replies if isinstance(reply.reading, Scored)}
    numbers = [score for score in scores.values() if score is not None]
    return pstdev(numbers) if numbers else None


def _value_of(said: ImportedJudgment) -> str:
    """The verdict, or the score of a judge that gave no verdict; '' for a judge that could not be read."""
    if said.verdict is None:
        return "" if said.score is None else f"{said.score:g}"
    return "" if said.verdict == Verdict.INVALID else said.verdict.value


def _reply(run: Run, item_id: int, reply: ImportedReply) -> Reply:
    reading = reply.reading
    scored = isinstance(reading, Scored)
    return Reply(
        run=run,
        item_id=item_id,
        part=reply.part,
        sample=reply.sample,
        text=reply.text,
        status=Status.SCORED if scored else Status.UNSCORED,
        value=reading.value if isinstance(reading, Scored) else None,
        reason="" if isinstance(reading, Scored) else reading.reason,
        detail="" if isinstance(reading, Scored) else reading.detail,
    )
