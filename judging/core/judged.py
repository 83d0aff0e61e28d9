"""One item judged: its replies are read part by part, and decided criterion by criterion, as the rubric's kind has it.

A rubric with several criteria has a judgment for each, and where any of them says what is clean, one for the item as a
whole under the name '': wrong where any criterion is wrong, else invalid where any that says what is clean could not be
decided, else clean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from judging.core.attributes import PARTS, read_attributes
from judging.core.decisions import LINEAR, MAJORITY, Decision, check_decision, decide
from judging.core.extraction import LENIENT, read_reply
from judging.core.extraction.fastchat import FASTCHAT_MODES, read_fastchat
from judging.core.items import ItemText
from judging.core.linear import decide_linear
from judging.core.pairs import A_B_TIE, A_FIRST, B_FIRST, as_shown, decide_pair
from judging.core.parts import pair_part, spoken_of
from judging.core.quoted import without_quotes
from judging.core.scales import Criterion
from judging.core.specs import JudgeSpec, RubricSpec
from judging.core.verdicts import Reading, Reason, Unscored, Verdict

WHOLE = ""
"""The name under which an item with several criteria has its verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReply:
    """What one reply says for each criterion."""

    part: str
    sample: int
    readings: Mapping[str, Reading]


def read_part(
    text: str,
    rubric: RubricSpec,
    *,
    part: str = "",
    finish: str = "",
    mode: str = LENIENT,
    item: ItemText | None = None,
) -> Mapping[str, Reading]:
    """What the reply to one part says, per criterion that the part is about.

    `item`: its lines do not count where the judge repeats them.
    """
    if rubric.kind == "attributes":
        return {rubric.criteria[0].name: read_attributes(text, part, finish=finish)}
    rubric = replace(rubric, criteria=spoken_of(rubric.criteria, part))
    if mode in FASTCHAT_MODES:
        read = {each.name: read_fastchat(text, each, mode=mode, finish=finish) for each in rubric.criteria}
    else:
        spoken = without_quotes(text, rubric, item, part) if item else text
        if text.strip() and not spoken.strip():
            return failed_part(rubric, Unscored(Reason.NO_VERDICT, "The reply only repeats the item."))
        read = read_reply(spoken, rubric, finish=finish, mode=mode, part=part)
    if rubric.kind == "pair":
        return {name: as_shown(reading, part) for name, reading in read.items()}
    return read


def failed_part(rubric: RubricSpec, failure: Unscored) -> Mapping[str, Reading]:
    """The outcome of a call that brought no reply: that failure, for every criterion."""
    return dict.fromkeys((criterion.name for criterion in rubric.criteria), failure)


def decide_item(rubric: RubricSpec, decision: Mapping[str, Any], replies: Sequence[ReadReply]) -> dict[str, Decision]:
    """The judgments of one item by criterion."""
    return with_whole(rubric, {each.name: _decided(rubric, each, decision, replies) for each in rubric.criteria})


def with_whole(rubric: RubricSpec, made: Mapping[str, Decision]) -> dict[str, Decision]:
    """The judgments of the criteria, and that of the item as a whole where a rubric with several has one."""
    has_whole = len(rubric.criteria) > 1 and any(each.clean_if is not None for each in rubric.criteria)
    return ({WHOLE: _whole(rubric, made)} if has_whole else {}) | dict(made)


def _decided(
    rubric: RubricSpec, criterion: Criterion, decision: Mapping[str, Any], replies: Sequence[ReadReply]
) -> Decision:
    if rubric.kind == "pair":
        parts = [pair_part(rubric.criteria, criterion, order) for order in (A_FIRST, B_FIRST)]
        a_first, b_first = (_of(replies, criterion, part) for part in parts)
        return decide_pair(a_first, b_first, criterion, decision)
    if rubric.kind == "attributes":
        first, second = (_of(replies, criterion, part) for part in PARTS)
        return decide_linear(list(zip(first, second, strict=True)), criterion, decision)
    about = [reply for reply in replies if criterion in spoken_of(rubric.criteria, reply.part)]
    return decide([reply.readings[criterion.name] for reply in about], criterion, decision)


def _of(replies: Sequence[ReadReply], criterion: Criterion, part: str) -> list[Reading]:
    """The readings of one part in the order of their samples."""
    found = sorted((reply for reply in replies if reply.part == part), key=lambda reply: reply.sample)
    return [reply.readings[criterion.name] for reply in found]


def _whole(rubric: RubricSpec, made: Mapping[str, Decision]) -> Decision:
    """The verdict of the item from those of its criteria."""
    deciding = [made[each.name] for each in rubric.criteria if each.clean_if is not None]
    n_read, n_replies = min(each.n_read for each in deciding), max(each.n_replies for each in deciding)
    verdicts = {each.verdict for each in deciding}
    verdict = next((each for each in (Verdict.WRONG, Verdict.INVALID) if each in verdicts), Verdict.CLEAN)
    if verdict == Verdict.INVALID:
        reason = next(each.reason for each in deciding if each.reason)
        return Decision(verdict=verdict, reason=reason, n_read=n_read, n_replies=n_replies)
    return Decision(value=str(verdict), verdict=verdict, n_read=n_read, n_replies=n_replies)


def check_judge(spec: JudgeSpec) -> list[str]:
    """What is wrong with the decision of a judge and with its rubric's criteria, as sentences."""
    rule, kind = spec.decision.get("rule", MAJORITY), spec.rubric.kind
    problems = check_decision(spec.decision)
    if (kind == "attributes") != (rule == LINEAR):
        problems.append(f"A rubric of kind attributes is decided by the rule {LINEAR}, and only that; not by {rule!r}.")
    if kind == "pair" and {each.scale for each in spec.rubric.criteria} != {A_B_TIE.scale}:
        problems.append("A rubric of kind pair has one criterion, or one for each turn, with the values A, B and tie.")
    return problems


def unasked(rubric: RubricSpec, decision: Mapping[str, Any]) -> dict[str, Decision]:
    """The judgments of an item that has no answer to judge."""
    parts = list(rubric.prompts) or [""]
    failure = failed_part(rubric, Unscored(Reason.NO_ANSWER))
    made = decide_item(rubric, decision, [ReadReply(part=part, sample=0, readings=failure) for part in parts])
    return {name: replace(each, n_replies=0, detail={}) for name, each in made.items()}
