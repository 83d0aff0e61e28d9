"""What the templates of the report are given beside the document."""

from collections.abc import Mapping
from typing import Any

from annotation.pages.figures import LEAST_SHOWN, LEAST_TRUSTED

PANELS = ("people", "slices", "calibration", "bias", "scores", "weighted", "disagreements")
"""Parts that are worked out one by one, in the order of the page."""
EVERYTHING = frozenset(PANELS)
VIEWS = ("counts", "rows", "columns")
COLOURS = ("agreement", "kappa")
KINDS = ("clean_to_wrong", "wrong_to_clean", "invalid", "other")


def of_part(part: Mapping[str, Any]) -> dict[str, Any]:
    """The part, and what stands on every report."""
    return {
        "part": part,
        "suffix": "",
        "view": VIEWS[0],
        "colour": COLOURS[0],
        "least_shown": LEAST_SHOWN,
        "least_trusted": LEAST_TRUSTED,
    }
