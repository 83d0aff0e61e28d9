"""Nine attributes that a model trained for it completes as raw text; a linear score is made of them."""

from judging.core.attributes import PARTS, Coefficients
from judging.core.scales import LOWER, Criterion, Scale
from judging.core.specs import RubricSpec

LOG_ODDS = Criterion("", Scale(-20, 20), direction=LOWER)
"""The log-odds of wrong, so that low is good. Which scores are clean is for the judge's threshold to say."""

RAW = """\
{% if context %}<context>
{{ context }}
</context>
{% endif %}[INST] {{ question }} [/INST] {{ answer }} """

ATTRIBUTES = (
    RubricSpec(
        name="attributes",
        kind="attributes",
        criteria=(LOG_ODDS,),
        style="raw",
        prompts={part: {"raw": RAW + f"[{part.upper()}]"} for part in PARTS},
    ),
)

APM_COEFFICIENTS = Coefficients(
    intercept=1.2656680851786704,
    slope=(
        -0.095597265658885,
        -0.11824377491419764,
        -0.052394813808476874,
        -0.021859072025512852,
        -0.06309063659472695,
        -0.18383448345539166,
        0.15639448739081052,
        0.15523839819022708,
        -0.07125009299497144,
    ),
)
"""Fitted to karakuri-ai/karakuri-lm-7b-apm-v0.1 and the people of one project: refit them to yours."""
