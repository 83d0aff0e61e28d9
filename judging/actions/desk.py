"""What one worker has of a run: batches go out as requests, come back as outcomes, and are written when whole."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils import timezone

from judging.actions.batches import BatchOutcome, claim_batch, renew_claims, write_batch
from judging.engines.base import EngineError, RequestId
from judging.models import Item, Run, RunBatch

BEAT_SECONDS = 5.0
"""How often a worker renews its claims and looks whether its run was cancelled."""


class Asked(Protocol):
    """A request of whatever kind."""

    @property
    def id(self) -> RequestId:
        """Item, part, sample."""


class Sheet(Protocol):
    """One batch as a task works on it. `Any` stands for the task's own requests and outcomes."""

    def first(self) -> Sequence[Any]:
        """The requests that can be made at once."""

    def then(self, said: Any) -> Sequence[Any]:
        """File an outcome; the requests that can be made now that it is there."""

    def outcome(self, versions: dict[str, str]) -> BatchOutcome:
        """The rows of the batch, when nothing is asked any more."""


SheetFor = Callable[[Mapping[int, Item]], Sheet]
"""A sheet for the items of a batch."""


@dataclass(slots=True)
class OpenBatch:
    """A claimed batch whose requests are in the engine."""

    batch: RunBatch
    items: Mapping[int, Item]
    sheet: Sheet
    waiting: set[RequestId] = field(default_factory=set)


class Desk:
    """Batches of one run, between claim and write. Memory is flat in the number of items: the written is forgotten."""

    def __init__(self, run: Run, sheet_for: SheetFor, *, claimer: str, until: float) -> None:
        self.versions: dict[str, str] = {}
        self._run, self._sheet_for, self._claimer, self._until = run, sheet_for, claimer, until
        self._open: dict[int, OpenBatch] = {}
        self._batch_of: dict[int, int] = {}
        self._next: deque[Any] = deque()
        self._beat_at = time.monotonic() + BEAT_SECONDS
        self._stopped = False
        self._written = 0

    @property
    def claimed(self) -> list[RunBatch]:
        """The batches that are neither written nor given back."""
        return [opened.batch for opened in self._open.values()]

    def work(self, answers: Callable[[Iterator[Any]], Iterator[Any]]) -> Iterator[int]:
        """Feed an engine until nothing is left to claim, and store what comes back; yields how many items, each time.

        What follows from an outcome goes before what is not claimed yet. An engine that has come to its end meanwhile
        is asked once more.
        """
        while True:
            for said in answers(self.requests()):
                self.take(said)
                self.beat()
                yield self._stored()
                if self._stopped:
                    return
            yield self._stored()
            if self._stopped or not self._next:
                return

    def _stored(self) -> int:
        count, self._written = self._written, 0
        return count

    def requests(self) -> Iterator[Any]:
        """The calls of one batch after the other, each batch claimed when the engine has room for it."""
        while not self._stopped:
            if self._next:
                yield self._next.popleft()
                continue
            if time.monotonic() >= self._until:
                return
            batch = claim_batch(self._run, claimer=self._claimer, now=timezone.now())
            if batch is None:
                return
            self._opened(batch)

    def take(self, said: Asked) -> None:
        """File an outcome, and write its batch when that was the last one."""
        opened = self._open.get(self._batch_of.get(said.id[0], 0))
        if opened is None or said.id not in opened.waiting:
            raise EngineError(f"The engine returned an outcome that nobody asked for: {said.id}.")
        opened.waiting.remove(said.id)
        self._ask(opened, opened.sheet.then(said))

    def beat(self) -> None:
        """From time to time: renew the claims, and stop where the run was cancelled."""
        if time.monotonic() < self._beat_at:
            return
        self._beat_at = time.monotonic() + BEAT_SECONDS
        renew_claims(self.claimed, now=timezone.now())
        self._stopped = not Run.objects.filter(pk=self._run.pk, state=Run.State.RUNNING).exists()

    def _opened(self, batch: RunBatch) -> None:
        found = Item.objects.filter(dataset=self._run.dataset_id).between(batch.first_position, batch.last_position)
        items = {item.pk: item for item in found.in_split(self._run.scope.get("split", ""))}
        opened = self._open[batch.pk] = OpenBatch(batch, items, self._sheet_for(items))
        self._batch_of |= dict.fromkeys(items, batch.pk)
        self._ask(opened, opened.sheet.first())

    def _ask(self, opened: OpenBatch, requests: Sequence[Asked]) -> None:
        opened.waiting |= {request.id for request in requests}
        self._next.extend(requests)
        if not opened.waiting:
            self._write(opened)

    def _write(self, opened: OpenBatch) -> None:
        if write_batch(opened.batch, opened.sheet.outcome(self.versions)):
            self._written += len(opened.items)
        del self._open[opened.batch.pk]
        for item_id in opened.items:
            del self._batch_of[item_id]
