"""What people say of promptfoo's results: pass is 1, fail is 0, and any score between them."""

from judging.core.scales import Criterion, Scale
from judging.core.specs import RubricSpec

PASS_FROM = 0.5
"""Who gives half a point says that it rather passes."""

PROMPTFOO_RESULT = RubricSpec(
    name="promptfoo_result", kind="score", criteria=(Criterion("", Scale(low=0, high=1), clean_if=PASS_FROM),)
)
PROMPTFOO = (PROMPTFOO_RESULT,)
