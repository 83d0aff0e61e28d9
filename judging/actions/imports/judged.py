"""The judges whose words files bring: their runs, replies and judgments."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import pstdev
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.utils import timezone

from judging.actions.batches import count_imported_run
from judging.actions.imports.bulk import insert
from judging.actions.imports.rows import KeyedRow, Source
from judging.core.items import ImportedJudgment, ImportedReply
from judging.core.verdicts import Reason, Scored, Verdict
from judging.models import Dataset, Judge, Judgment, Reply, Run
from judging.models.runs import Status

Placed = tuple[KeyedRow, int, int]
"""A row with the id and the revision of its item."""

_JUDGMENT = (
    *("run_id", "item_id", "item_revision", "criterion", "status", "value", "score", "verdict", "reason"),
    *("n_read", "n_replies", "spread", "imported", "detail"),
)
_REPLY = ("run_id", "item_id", "part", "sample", "attempt", "text", "value", "status", "reason", "detail", "finish")


class _Words(NamedTuple):
    """What one judge of one file said of one item. `judge`: its name, '' where the file says none."""

    source: Source
    judge: str
    item: int
    revision: int
    judgments: tuple[ImportedJudgment, ...]
    replies: tuple[ImportedReply, ...]


class ImportedRuns:
    """One finished run for every judge of every file that brings judgments; none for a file whose runs the dataset
    has."""

    def __init__(self, dataset: Dataset, sources: Iterable[Source], by: User | None) -> None:
        self._dataset = dataset
        self._by = by
        self._sources = {str(source.file.path): source for source in sources}
        self._had = set(dataset.runs.filter(kind=Run.Kind.IMPORTED).values_list("snapshot__sha256", flat=True))
        self._runs: dict[tuple[str, str], Run] = {}
        self._first: dict[str, str] = {}

    def store(self, rows: Sequence[Placed]) -> None:
        """Store what judges said of these items."""
        said = [words for placed in rows for words in self._words(*placed)]
        if said:
            # Found first: a run may have to be made.
            placed_words = [(self._run_of(words).pk, words) for words in said]
            insert(Judgment, _JUDGMENT, (row for placed in placed_words for row in _judgments(*placed)))
            insert(Reply, _REPLY, (row for placed in placed_words for row in _replies(*placed)))

    def count(self) -> None:
        """Count what was stored, for the pages of the runs."""
        for run in self._runs.values():
            count_imported_run(run)

    def _words(self, keyed: KeyedRow, item: int, revision: int) -> Iterator[_Words]:
        row = keyed.row
        for file in dict.fromkeys(judgment.file for judgment in row.judgments):
            source = self._sources[file] if file else keyed.source
            if source.sha256 in self._had:
                continue
            judgments = [judgment for judgment in row.judgments if judgment.file == file]
            replies = [reply for reply in row.replies if reply.file == file]
            for judge in dict.fromkeys(judgment.judge for judgment in judgments):
                said = tuple(judgment for judgment in judgments if judgment.judge == judge)
                theirs = tuple(reply for reply in replies if reply.judge in {"", judge})
                yield _Words(source, judge, item, revision, said, theirs)

    def _run_of(self, words: _Words) -> Run:
        """The run of the judge; words without a judge's name are the first one's."""
        source = words.source
        first = self._first.setdefault(source.sha256, words.judge)
        key = source.sha256, words.judge or first
        if key not in self._runs:
            self._runs[key] = self._new_run(source, words.judgments[0])
        return self._runs[key]

    def _new_run(self, source: Source, first: ImportedJudgment) -> Run:
        now = timezone.now()
        judge = imported_judge(source, str(first.judge or first.detail.get("evaluate_template") or "")[:300])
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


def imported_judge(source: Source, model: str) -> Judge:
    """The judge of this file: the same name and the same model or prompt template are the same judge."""
    name = f"imported: {Path(source.file.name).stem}"[:100]
    versions = Judge.objects.newest(name)
    same: Judge | None = versions.filter(kind=Judge.Kind.IMPORTED, model=model).first()
    if same is not None:
        return same
    newest = versions.first()
    return Judge.objects.create(
        name=name,
        version=newest.version + 1 if newest else 1,
        kind=Judge.Kind.IMPORTED,
        model=model,
        frozen_at=timezone.now(),
    )


def _judgments(run_id: int, words: _Words) -> Iterator[tuple[Any, ...]]:
    """Rows of _JUDGMENT."""
    for said in words.judgments:
        replies = _about(said, words.replies)
        value = _value_of(said)
        yield (
            *(run_id, words.item, words.revision, said.criterion),
            *(Status.SCORED.value if value else Status.UNSCORED.value, value),
            said.score,
            said.verdict.value if said.verdict else "",
            "" if value else (said.reason or Reason.NO_VERDICT).value,
            *(sum(isinstance(reply.reading, Scored) for reply in replies), len(replies), _spread(replies)),
            *(True, json.dumps(dict(said.detail))),
        )


def _about(said: ImportedJudgment, replies: Sequence[ImportedReply]) -> Sequence[ImportedReply]:
    """The replies behind a judgment: with several criteria, those that carry its name."""
    named = [reply for reply in replies if said.criterion and reply.part == said.criterion]
    return named or replies


def _spread(replies: Sequence[ImportedReply]) -> float | None:
    """Standard deviation over the samples; the parts of one sample share its score and count once."""
    scores = {reply.sample: reply.reading.score for reply in replies if isinstance(reply.reading, Scored)}
    numbers = [score for score in scores.values() if score is not None]
    return pstdev(numbers) if numbers else None


def _value_of(said: ImportedJudgment) -> str:
    """What was chosen, the verdict, or the score of a judge that gave none; '' for one that could not be read."""
    if said.value:
        return said.value
    if said.verdict is None:
        return "" if said.score is None else f"{said.score:g}"
    return "" if said.verdict == Verdict.INVALID else said.verdict.value


def _replies(run_id: int, words: _Words) -> Iterator[tuple[Any, ...]]:
    """Rows of _REPLY."""
    for reply in words.replies:
        reading, place = reply.reading, (run_id, words.item, reply.part, reply.sample, 1, reply.text)
        if isinstance(reading, Scored):
            yield (*place, reading.value, Status.SCORED.value, "", "", "")
        else:
            yield (*place, None, Status.UNSCORED.value, reading.reason.value, reading.detail, "")
