"""A judge's reply -> what was read from it, per criterion."""

import json

from judging.core.scales import Criterion
from judging.core.specs import RubricSpec
from judging.core.verdicts import Reading, Reason, Scored, Unscored

LENIENT = "lenient"


def read_reply(
    text: str, rubric: RubricSpec, *, finish: str = "", mode: str = LENIENT, part: str = ""
) -> dict[str, Reading]:
    """What the reply says for each criterion of the rubric, keyed by its name ('' for the only one)."""
    return {criterion.name: _read(text, criterion, finish) for criterion in rubric.criteria}


def _read(text: str, criterion: Criterion, finish: str) -> Reading:
    if not text.strip():
        return Unscored(Reason.EMPTY)
    try:
        data = json.loads(text, strict=False)
    except ValueError:
        return Unscored(Reason.CUT_OFF if finish == "length" else Reason.NO_VERDICT)
    value = data.get("verdict") if isinstance(data, dict) else None
    if value in criterion.scale.values:
        return Scored(value)
    score = data.get("score") if isinstance(data, dict) else None
    if isinstance(score, (int, float)) and criterion.scale.is_numeric:
        return Scored(f"{score:g}", float(score)) if criterion.scale.allows(score) else Unscored(Reason.OFF_SCALE)
    return Unscored(Reason.NO_VERDICT)
