"""The decision rule `linear`: several pairs of attribute replies -> one judgment.

Strict: any malformed sample voids the item. Tolerant: the mean over the good samples, if there are `min_replies` of
them. The judge's mode decides; `detail` keeps what both say.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from judging.core.attributes import Coefficients, coefficients_from_json, pair_score
from judging.core.decisions import (
    STRICT_SAMPLES,
    TOLERANT_SAMPLES,
    Decision,
    flips,
    most_common,
    spread_of,
    verdict_of,
)
from judging.core.scales import Criterion
from judging.core.verdicts import Reading, Reason, Scored, Unscored, Verdict

Pair = tuple[Reading, Reading]


def decide_linear(pairs: Sequence[Pair], criterion: Criterion, decision: Mapping[str, Any]) -> Decision:
    """The judgment of one item from its samples, each the readings of attr_1 and attr_2."""
    samples = _scores(pairs, coefficients_from_json(decision["coefficients"]))
    good = [sample for sample in samples if isinstance(sample, Scored)]
    outcomes = {mode: _outcome(samples, mode, decision) for mode in (STRICT_SAMPLES, TOLERANT_SAMPLES)}
    detail: dict[str, Any] = {"scores": [sample.score if isinstance(sample, Scored) else None for sample in samples]}
    detail |= {mode: _shown(outcome, criterion, decision) for mode, outcome in outcomes.items()}
    counted = Decision(
        n_read=sum(isinstance(reading, Scored) for pair in pairs for reading in pair),
        n_replies=2 * len(pairs),
        spread=spread_of(sample.score for sample in good),
        detail=detail,
    )
    outcome = outcomes[decision.get("mode", STRICT_SAMPLES)]
    if isinstance(outcome, Unscored):
        return replace(counted, verdict=Verdict.INVALID, reason=outcome.reason)
    verdict = verdict_of(outcome, criterion, decision)
    said = [verdict_of(sample, criterion, decision) for sample in good] if verdict else []
    detail |= flips(said, verdict)
    return replace(counted, value=outcome.value, score=outcome.score, verdict=verdict)


def _scores(pairs: Sequence[Pair], coefficients: Coefficients) -> list[Reading]:
    return [pair_score(first, second, coefficients) for first, second in pairs]


def _outcome(samples: Sequence[Reading], mode: str, decision: Mapping[str, Any]) -> Reading:
    scores = [sample.score for sample in samples if isinstance(sample, Scored) and sample.score is not None]
    malformed = Counter(sample.reason for sample in samples if isinstance(sample, Unscored))
    if malformed and (mode == STRICT_SAMPLES or not scores):
        return Unscored(most_common(malformed))
    if len(scores) < decision.get("min_replies", 1):
        return Unscored(Reason.TOO_FEW_REPLIES)
    mean = fmean(scores)
    return Scored(f"{mean:g}", mean)


def _shown(outcome: Reading, criterion: Criterion, decision: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(outcome, Unscored):
        return {"score": None, "verdict": str(Verdict.INVALID), "reason": str(outcome.reason)}
    return {"score": outcome.score, "verdict": str(verdict_of(outcome, criterion, decision))}
