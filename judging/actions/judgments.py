"""From items to requests, and from an engine's outcomes to rows: what is asked, what was said, what it comes to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from judging.actions.batches import BatchOutcome
from judging.core.decisions import Decision
from judging.core.extraction import LENIENT
from judging.core.items import ItemText, Turn
from judging.core.judged import ReadReply, decide_item, failed_part, read_part, unasked
from judging.core.parts import turn_number
from judging.core.prompts import CannotAsk, Prompt, render_prompt
from judging.core.specs import JudgeSpec
from judging.core.verdicts import Reading, Scored, Unscored
from judging.engines.base import EngineReply, Request
from judging.models import Item, Judgment, Reply, Run
from judging.models.runs import Status


def requests_for(item: Item, spec: JudgeSpec, seed: int, refused: list[EngineReply]) -> list[Request]:
    """The calls for one item: every part as often as the judge has samples.

    A part that the item lacks the text for is not asked; its outcome goes to `refused`.
    """
    text = text_of(item)
    requests = []
    for part in list(spec.rubric.prompts) or [""]:
        ids = [(item.pk, part, sample) for sample in range(spec.samples)]
        try:
            prompt: Prompt = render_prompt(spec.rubric, text, part)
        except CannotAsk as error:
            refused += [EngineReply(id=each, failure=error.outcome) for each in ids]
            continue
        requests += [Request(id=each, prompt=prompt, item=text, seed=seed + each[2]) for each in ids]
    return requests


def is_askable(item: Item, spec: JudgeSpec) -> bool:
    """Whether there is an answer to judge: all of it, or where turns are judged one by one, any of its turns."""
    if item.answer_state == Item.AnswerState.GIVEN:
        return True
    turnwise = all(turn_number(part) for part in spec.rubric.prompts) and bool(spec.rubric.prompts)
    return turnwise and any(turn["answer"].strip() for turn in item.turns)


def text_of(item: Item) -> ItemText:
    """What of an item a judge may see."""
    return ItemText(
        turns=turns_of(item.turns),
        turns_b=turns_of(item.turns_b or []),
        context=item.context,
        criteria=item.criteria,
        category=item.category,
    )


def turns_of(stored: Iterable[Mapping[str, str]]) -> tuple[Turn, ...]:
    """Turns as core knows them."""
    return tuple(Turn(turn["question"], turn["answer"], turn["reference"]) for turn in stored)


def batch_outcome(
    run: Run, spec: JudgeSpec, items: Mapping[int, Item], outcomes: Iterable[EngineReply], versions: dict[str, str]
) -> BatchOutcome:
    """The rows of a batch: replies as they came, and per item and criterion what the decision rule makes of them."""
    read: dict[int, list[ReadReply]] = {item_id: [] for item_id in items}
    replies = []
    for outcome in sorted(outcomes, key=lambda reply: reply.id):
        item_id, part, sample = outcome.id
        readings = readings_of(outcome, spec, text_of(items[item_id]))
        read[item_id].append(ReadReply(part=part, sample=sample, readings=readings))
        replies.append(reply_row(run, outcome, readings))
    judgments = [row for item_id, found in read.items() for row in judgment_rows(run, items[item_id], spec, found)]
    return BatchOutcome(replies, judgments, versions)


def readings_of(outcome: EngineReply, spec: JudgeSpec, item: ItemText) -> Mapping[str, Reading]:
    """What a reply says for each criterion; where the engine failed, that failure for all of them."""
    if outcome.failure is not None:
        return failed_part(spec.rubric, outcome.failure)
    mode = spec.decision.get("mode", LENIENT)
    text, part = storable(outcome.text), outcome.id[1]
    return read_part(text, spec.rubric, part=part, finish=outcome.finish, mode=mode, item=item)


def reply_row(run: Run, outcome: EngineReply, read: Mapping[str, Reading]) -> Reply:
    """A reply as it is stored."""
    item_id, part, sample = outcome.id
    unread = next((reading for reading in read.values() if isinstance(reading, Unscored)), None)
    return Reply(
        run=run,
        item_id=item_id,
        part=part,
        sample=sample,
        text=storable(outcome.text),
        value=None if unread else joined_values(read),
        status=Status.UNSCORED if unread else Status.SCORED,
        reason=unread.reason if unread else "",
        detail=storable(unread.detail)[:500] if unread else "",
        finish=outcome.finish[:20],
        tokens=outcome.tokens,
        ms=outcome.ms,
        logprobs=outcome.logprobs if outcome.logprobs is None else storable_json(outcome.logprobs),
    )


def joined_values(read: Mapping[str, Reading]) -> str:
    """The value of a reply: of its only criterion, or of each by name."""
    values = {name: reading.value for name, reading in read.items() if isinstance(reading, Scored)}
    texts = values.values() if len(values) == 1 else [f"{name}={value}" for name, value in values.items()]
    return ", ".join(texts)[:100]


def judgment_rows(run: Run, item: Item, spec: JudgeSpec, replies: Sequence[ReadReply]) -> list[Judgment]:
    """The judgments of an item as they are stored; one without an answer has them too, without a value."""
    if is_askable(item, spec):
        made = decide_item(spec.rubric, spec.decision, replies)
    else:
        made = unasked(spec.rubric, spec.decision)
    return [judgment_row(run, item, criterion, decision) for criterion, decision in made.items()]


def judgment_row(run: Run, item: Item, criterion: str, decision: Decision) -> Judgment:
    """A decision as it is stored."""
    return Judgment(
        run=run,
        item=item,
        item_revision=item.revision,
        criterion=criterion,
        status=Status.UNSCORED if decision.reason else Status.SCORED,
        value=decision.value,
        score=decision.score,
        verdict=decision.verdict,
        reason=decision.reason,
        n_read=decision.n_read,
        n_replies=decision.n_replies,
        spread=decision.spread,
        detail=decision.detail,
    )


def storable(text: str) -> str:
    """Text that every database takes: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def storable_json(data: Any) -> Any:
    """As `storable`, for every text inside the data."""
    return json.loads(storable(json.dumps(data, ensure_ascii=False).replace("\\u0000", "\ufffd")))
