"""Several replies to one item -> one judgment, with the spread of the replies.

Unscored replies are left out and counted, never taken for a value. With nothing left the verdict is `invalid` and the
reason is the most common one. Of several readable replies `detail` keeps the flip rate: the share of them whose verdict
(where there is none: whose value) is another than the decision's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, pstdev
from typing import Any

from judging.core.attributes import coefficients_from_json
from judging.core.extraction import LENIENT, MODES
from judging.core.extraction.fastchat import FASTCHAT_MODES
from judging.core.scales import Criterion
from judging.core.verdicts import Reading, Reason, Scored, Unscored, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the rule makes of an item's replies; the fields are those of a stored judgment.

    `verdict` is '' where the criterion has no clean_if; `value` and `reason`: one of them is ''.
    """

    value: str = ""
    score: float | None = None
    verdict: str = ""
    reason: str = ""
    n_read: int = 0
    n_replies: int = 0
    spread: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)


Rule = Callable[[Sequence[Scored], Criterion], Reading]


def decide(readings: Sequence[Reading], criterion: Criterion, decision: Mapping[str, Any]) -> Decision:
    """Apply the decision rule of a judge: {"rule", "threshold", "min_replies"}, all optional.

    Rules: `mean` of the scores (named values have none: their majority), `majority` (the most common value; a tie
    decides nothing), `unanimous` (all the same value or nothing). `threshold` replaces the criterion's clean_if;
    `min_replies` is how many replies must be readable (1).
    """
    read = [reading for reading in readings if isinstance(reading, Scored)]
    unread = Counter(reading.reason for reading in readings if isinstance(reading, Unscored))
    outcome = _outcome(read, unread, criterion, decision)
    counted = Decision(
        n_read=len(read),
        n_replies=len(readings),
        spread=spread_of(reading.score for reading in read),
        detail=_detail(read, unread),
    )
    if isinstance(outcome, Unscored):
        return replace(counted, verdict=Verdict.INVALID, reason=outcome.reason)
    verdict = verdict_of(outcome, criterion, decision)
    said = [verdict_of(reading, criterion, decision) or reading.value for reading in read]
    detail = counted.detail | flips(said, verdict or outcome.value)
    return replace(counted, value=outcome.value, score=outcome.score, verdict=verdict, detail=detail)


def _outcome(
    read: Sequence[Scored], unread: Counter[Reason], criterion: Criterion, decision: Mapping[str, Any]
) -> Reading:
    if not read:
        return Unscored(most_common(unread) if unread else Reason.TOO_FEW_REPLIES)
    if len(read) < decision.get("min_replies", 1):
        return Unscored(Reason.TOO_FEW_REPLIES)
    return RULES[decision.get("rule", MAJORITY)](read, criterion)


def most_common(unread: Counter[Reason]) -> Reason:
    """The most common reason; of equally common ones the first by name, so that the order of replies is no matter."""
    return min(unread, key=lambda reason: (-unread[reason], reason))


def _mean(read: Sequence[Scored], criterion: Criterion) -> Reading:
    scores = [reading.score for reading in read if reading.score is not None]
    if not scores or not criterion.scale.is_numeric:
        return _majority(read, criterion)
    mean = fmean(scores)
    return Scored(f"{mean:g}", mean)


def _majority(read: Sequence[Scored], criterion: Criterion) -> Reading:
    counted = Counter(reading.value for reading in read).most_common()
    if len(counted) > 1 and counted[0][1] == counted[1][1]:
        return Unscored(Reason.NO_MAJORITY)
    return next(reading for reading in read if reading.value == counted[0][0])


def _unanimous(read: Sequence[Scored], criterion: Criterion) -> Reading:
    return read[0] if len({reading.value for reading in read}) == 1 else Unscored(Reason.NO_MAJORITY)


MAJORITY = "majority"
RULES: dict[str, Rule] = {"mean": _mean, MAJORITY: _majority, "unanimous": _unanimous}
LINEAR = "linear"
"""The rule of attributes, which makes one score of several parts: `judging.core.linear`."""

STRICT_SAMPLES = "strict"
TOLERANT_SAMPLES = "tolerant"
SAMPLE_MODES = (STRICT_SAMPLES, TOLERANT_SAMPLES)
FLIP_RATE = "flip_rate"


def spread_of(scores: Iterable[float | None]) -> float | None:
    """The standard deviation of the scores there are (of the population); None without any."""
    found = [score for score in scores if score is not None]
    return pstdev(found) if found else None


def flips(said: Sequence[str], decided: str) -> dict[str, float]:
    """The flip rate as a part of `detail`; nothing where fewer than two replies said something."""
    if len(said) < 2:
        return {}
    return {FLIP_RATE: sum(word != decided for word in said) / len(said)}


def _detail(read: Sequence[Scored], unread: Counter[Reason]) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    if read:
        detail["values"] = dict(Counter(reading.value for reading in read))
    if unread:
        detail["unscored"] = {str(reason): count for reason, count in unread.items()}
    return detail


def verdict_of(outcome: Scored, criterion: Criterion, decision: Mapping[str, Any]) -> str:
    """The verdict that a value means, by the decision's threshold where it has one; '' where there is none."""
    threshold = decision.get("threshold")
    if threshold is not None and criterion.scale.is_numeric:
        criterion = replace(criterion, clean_if=threshold)
    return criterion.verdict_of(outcome.value, outcome.score) or ""


def check_decision(decision: Mapping[str, Any]) -> list[str]:
    """What is wrong with a decision rule, as sentences."""
    rule, threshold, least = decision.get("rule", MAJORITY), decision.get("threshold"), decision.get("min_replies", 1)
    problems = []
    if rule not in {*RULES, LINEAR}:
        problems.append(f"The decision rule is one of {', '.join([*RULES, LINEAR])}, not {rule!r}.")
    if threshold is not None and not isinstance(threshold, (int, float)):
        problems.append(f"The threshold of a decision is a number, not {threshold!r}.")
    if not isinstance(least, int) or least < 1:
        problems.append(f"The least number of replies is a whole number from 1 on, not {least!r}.")
    return problems + (_linear_problems(decision) if rule == LINEAR else _mode_problems(decision))


def _mode_problems(decision: Mapping[str, Any]) -> list[str]:
    mode = decision.get("mode", LENIENT)
    known = (*MODES, *FASTCHAT_MODES)
    return [] if mode in known else [f"A reply is read in mode {' or '.join(known)}, not {mode!r}."]


def _linear_problems(decision: Mapping[str, Any]) -> list[str]:
    problems, mode = [], decision.get("mode", STRICT_SAMPLES)
    if mode not in SAMPLE_MODES:
        problems.append(f"The rule {LINEAR} takes malformed samples in mode {' or '.join(SAMPLE_MODES)}, not {mode!r}.")
    try:
        coefficients_from_json(decision.get("coefficients"))
    except ValueError as error:
        problems.append(f"The rule {LINEAR} needs coefficients. {error}")
    return problems
