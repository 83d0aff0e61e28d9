"""A batch as a judge works on it."""

from collections.abc import Mapping
from dataclasses import replace

from judging.actions.batches import BatchOutcome
from judging.actions.judgments import batch_outcome, is_askable, requests_for
from judging.actions.retries import kept_of, retried
from judging.actions.second_tries import SecondTries
from judging.core.specs import JudgeSpec
from judging.engines.base import EngineReply, Request
from judging.models import Item, Run


class JudgeSheet:
    """What is stored already and stays is not asked again."""

    def __init__(self, run: Run, spec: JudgeSpec, items: Mapping[int, Item]) -> None:
        self._run, self._spec, self._items = run, spec, items
        self._kept = kept_of(run, items)
        self._said: list[EngineReply] = []
        self._tries = SecondTries(spec)

    def first(self) -> list[Request]:
        """Every part of every item with an answer, as often as the judge has samples."""
        asked = []
        for item in self._items.values():
            if is_askable(item, self._spec):
                asked += requests_for(item, self._spec, self._run.snapshot["seed"], self._said)
        self._said = [reply for reply in self._said if reply.id not in self._kept.replies]
        requests = [request for request in asked if request.id not in self._kept.replies]
        self._tries.note(requests)
        return requests

    def then(self, said: EngineReply) -> list[Request]:
        """Nothing follows from a reply that can be read; another may be asked for once more."""
        again = self._tries.after(said)
        if not again:
            self._said.append(said)
        return again

    def outcome(self, versions: dict[str, str]) -> BatchOutcome:
        """Replies and judgments."""
        replies = [*self._kept.replies.values(), *self._said]
        made = retried(batch_outcome(self._run, self._spec, self._items, replies, versions), self._kept)
        return replace(made, replies=self._tries.rows(self._run, made.replies))
