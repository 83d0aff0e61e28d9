"""The rubrics and judges that come with the project, one family to a file.

Changing one makes a new version, never edits a used one.
"""

from judging.core.builtin.attributes import ATTRIBUTES
from judging.core.builtin.criteria_1_5 import CRITERIA_1_5
from judging.core.builtin.find_error import FIND_ERROR
from judging.core.builtin.japanese_1_5 import JAPANESE_1_5
from judging.core.builtin.judges import BUILT_IN_JUDGES
from judging.core.builtin.pair import PAIR
from judging.core.builtin.promptfoo import PROMPTFOO
from judging.core.builtin.scales import CLEAN_OR_WRONG, ONE_TO_FIVE, ONE_TO_TEN
from judging.core.builtin.score_1_10 import SCORE_1_10
from judging.core.builtin.text_1_5 import TEXT_1_5
from judging.core.specs import JudgeSpec, RubricSpec

__all__ = ["CLEAN_OR_WRONG", "JUDGES", "ONE_TO_FIVE", "ONE_TO_TEN", "RUBRICS"]

FAMILIES = (FIND_ERROR, JAPANESE_1_5, SCORE_1_10, CRITERIA_1_5, TEXT_1_5, PAIR, ATTRIBUTES, PROMPTFOO)
RUBRICS: dict[str, RubricSpec] = {rubric.name: rubric for family in FAMILIES for rubric in family}
JUDGES: dict[str, JudgeSpec] = {judge.name: judge for judge in BUILT_IN_JUDGES}
