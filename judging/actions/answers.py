"""A candidate model answers: questions without answers -> its answers, turn by turn, and a dataset to judge them in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from judging.actions.batches import BatchOutcome
from judging.actions.candidate_runs import open_candidate_run
from judging.actions.candidates import Candidate
from judging.actions.judgments import storable, text_of
from judging.actions.queueing import enqueue_run
from judging.actions.runs import (
    NOWHERE,
    Place,
    RunRefused,
    RunScope,
    batch_ranges,
    refuse_unready,
)
from judging.benchmarks.mt_bench.answering import Asking, asking_from_json
from judging.core.prompts import Prompt
from judging.core.verdicts import Reason
from judging.engines.base import EngineReply, Request
from judging.models import Dataset, Item, Judgment, Reply, Run
from judging.models.runs import Status

ANSWERED = "answered"
"""The value of an item that has an answer to each of its questions."""

REQUIRED = "required_temperature"
"""What a question file calls the temperature that a question is to be asked with."""

CHUNK = 2000


def start_answer_run(
    dataset: Dataset, candidate: Candidate, asking: Asking, *, scope: RunScope, by: User | None = None
) -> Run:
    """Let a candidate answer the questions of a dataset; its unfinished run by the same rules goes on."""
    with transaction.atomic():
        run = open_answer_run(dataset, candidate, asking, scope=scope, by=by)
        transaction.on_commit(lambda: enqueue_run(run))
    return run


def open_answer_run(
    dataset: Dataset,
    candidate: Candidate,
    asking: Asking,
    *,
    scope: RunScope,
    by: User | None = None,
    place: Place = NOWHERE,
) -> Run:
    """As `start_answer_run`, but on no queue: whoever calls this does the work. RunRefused says what is missing."""
    refuse_unready(dataset)
    ranges = list(batch_ranges(dataset, scope))
    refuse_unanswerable(dataset, empty=not ranges)
    refuse_temperatures(dataset, asking)
    return open_candidate_run(
        dataset,
        candidate,
        {"asking": asking.as_json()},
        kind=Run.Kind.GENERATE,
        scope=scope,
        ranges=ranges,
        place=place,
        by=by,
    )


def refuse_unanswerable(dataset: Dataset, *, empty: bool) -> None:
    """Raise RunRefused for a dataset without questions, or with items that are no questions."""
    if empty:
        raise RunRefused(gettext("The dataset %(dataset)s has no questions to ask.") % {"dataset": dataset.name})
    if odd := dataset.items.exclude(kind=Item.Kind.ANSWER).order_by("position").first():
        raise RunRefused(
            gettext("Item %(position)s of the dataset %(dataset)s is a %(kind)s; a model answers questions.")
            % {"position": odd.position, "dataset": dataset.name, "kind": odd.get_kind_display()}
        )


def refuse_temperatures(dataset: Dataset, asking: Asking) -> None:
    """Raise RunRefused where a question asks for a temperature that is none, or that the run does not leave it."""
    rows = dataset.items.filter(extra__has_key=REQUIRED).order_by("position")
    for position, extra in rows.values_list("position", "extra").iterator(chunk_size=CHUNK):
        required = extra[REQUIRED]
        if required is None:
            continue
        where = {"position": position, "dataset": dataset.name, "required": required, "forced": asking.temperature}
        if isinstance(required, bool) or not isinstance(required, (int, float)) or required < 0:
            raise RunRefused(
                gettext(
                    "Item %(position)s of the dataset %(dataset)s asks for the temperature %(required)r "
                    "(required_temperature). Write a number from 0, or leave it out."
                )
                % where
            )
        if asking.temperature is not None:
            raise RunRefused(
                gettext(
                    "Item %(position)s of the dataset %(dataset)s asks for temperature %(required)s "
                    "(required_temperature) and the run for %(forced)s: start the run without one."
                )
                % where
            )


def asking_of_run(run: Run) -> Asking:
    """How the candidate of a run is asked."""
    return asking_from_json(run.snapshot["asking"])


class AnswerSheet:
    """A batch as a candidate works on it: a question's next turn is asked when the one before is answered."""

    def __init__(self, run: Run, asking: Asking, items: Mapping[int, Item]) -> None:
        self._run, self._asking, self._items = run, asking, items
        self._said: dict[int, list[EngineReply]] = {pk: [] for pk in items}

    def first(self) -> list[Request]:
        """The first turn of every question."""
        return [self._request(item) for item in self._items.values()]

    def then(self, said: EngineReply) -> list[Request]:
        """The next turn, unless this one failed or was the last."""
        item, told = self._items[said.id[0]], self._said[said.id[0]]
        told.append(replace(said, text=storable(said.text)))
        if failure_of(said) or len(told) == len(item.turns):
            return []
        return [self._request(item)]

    def outcome(self, versions: dict[str, str]) -> BatchOutcome:
        """A reply per turn that was asked, and per question whether it is answered."""
        every = [(self._items[pk], said) for pk, said in sorted(self._said.items())]
        return BatchOutcome(
            [reply_row(self._run, item, each) for item, said in every for each in said],
            [judgment_row(self._run, item, said) for item, said in every],
            versions,
        )

    def _request(self, item: Item) -> Request:
        answers = [reply.text for reply in self._said[item.pk]]
        questions = [turn["question"] for turn in item.turns]
        turn = len(answers) + 1
        return Request(
            id=(item.pk, f"turn_{turn}", 0),
            prompt=Prompt(messages=self._asking.messages(questions, answers)),
            item=text_of(item),
            seed=self._run.snapshot["seed"],
            sampling=self._asking.sampling_for(item.category, item.extra.get(REQUIRED)),
        )


def failure_of(said: EngineReply) -> Reason | None:
    """Why a reply is no answer."""
    if said.failure:
        return said.failure.reason
    return None if said.text.strip() else Reason.EMPTY


def reply_row(run: Run, item: Item, said: EngineReply) -> Reply:
    """One turn as it is stored. What a failing engine said is no answer, and is never judged as one."""
    reason = failure_of(said)
    return Reply(
        run=run,
        item=item,
        part=said.id[1],
        text=said.text,
        value=None if reason else ANSWERED,
        status=Status.UNSCORED if reason else Status.SCORED,
        reason=reason or "",
        detail=storable(said.failure.detail)[:500] if said.failure else "",
        finish=said.finish[:20],
        tokens=said.tokens,
        ms=said.ms,
    )


def judgment_row(run: Run, item: Item, said: Sequence[EngineReply]) -> Judgment:
    """Whether a question is answered; the reason of the first turn that is not."""
    reason = next((found for each in said if (found := failure_of(each))), None)
    cut = [each.id[1] for each in said if each.finish == "length"]
    outcome: dict[str, Any] = (
        {"status": Status.UNSCORED, "reason": reason} if reason else {"status": Status.SCORED, "value": ANSWERED}
    )
    return Judgment(
        run=run,
        item=item,
        item_revision=item.revision,
        n_read=sum(failure_of(each) is None for each in said),
        n_replies=len(said),
        detail={"cut_off": cut} if cut else {},
        **outcome,
    )
