"""The linear judge of nine attributes: what its replies say, and the score that is made of them.

A model completes two prompts with whole numbers from 0 to 4, five attributes and then four, and closes each list with
the marker that the prompt ended in. The score of such a pair is the intercept plus each number times its slope.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from judging.core.verdicts import Reading, Reason, Scored, Unscored

PARTS = {
    "attr_1": ("helpfulness", "correctness", "coherence", "complexity", "verbosity"),
    "attr_2": ("quality", "toxicity", "humor", "creativity"),
}
NAMES = tuple(name for names in PARTS.values() for name in names)
HIGHEST = 4
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
OUT_OF_TOKENS = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """What the score is made with; slopes in the order of NAMES."""

    intercept: float
    slope: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """The form that is stored in a judge's decision."""
        return {"intercept": self.intercept, "slope": list(self.slope)}

    def score(self, numbers: Sequence[int]) -> float:
        """The linear score of nine numbers."""
        return self.intercept + sum(slope * number for slope, number in zip(self.slope, numbers, strict=True))


def coefficients_from_json(data: object) -> Coefficients:
    """The reverse of `Coefficients.as_json`; ValueError says what is wrong with the data."""
    if not isinstance(data, Mapping) or not {"intercept", "slope"} <= data.keys():
        raise ValueError("Coefficients have an intercept and a slope.")
    intercept, slope = data["intercept"], data["slope"]
    if not _is_number(intercept):
        raise ValueError(f"The intercept of the coefficients is a number, not {intercept!r}.")
    if not isinstance(slope, list | tuple) or len(slope) != len(NAMES):
        count = f"{len(slope)} values" if isinstance(slope, list | tuple) else repr(slope)
        raise ValueError(f"The slope of the coefficients is a list of {len(NAMES)} numbers, not {count}.")
    for name, value in zip(NAMES, slope, strict=True):
        if not _is_number(value):
            raise ValueError(f"The slope of {name} is a number, not {value!r}.")
    return Coefficients(intercept=float(intercept), slope=tuple(float(value) for value in slope))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def read_coefficients(path: Path) -> Coefficients:
    """The coefficients of a YAML file with `intercept` and `slope`; ValueError names the file and what is wrong."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: the file cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise ValueError(f"{where}: this is not YAML. Write `intercept: number` and `slope:` with a list.") from error
    try:
        return coefficients_from_json(data)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def read_attributes(text: str, part: str, *, finish: str = "") -> Reading:
    """The numbers of one part as text ("2 2 3 1 1"), or why the reply is malformed."""
    names, marker = PARTS[part], f"[/{part.upper()}]"
    said = text.strip()
    if not said.endswith(marker):
        if finish == OUT_OF_TOKENS:
            return Unscored(Reason.CUT_OFF)
        return Unscored(Reason.NO_VERDICT, f"The reply does not end in {marker}.") if said else Unscored(Reason.EMPTY)
    found = NUMBER.findall(said.removesuffix(marker))
    if len(found) != len(names):
        return Unscored(Reason.NO_VERDICT, f"{len(found)} numbers where {len(names)} were asked for.")
    for name, number in zip(names, found, strict=True):
        if not number.isdecimal() or int(number) > HIGHEST:
            return Unscored(Reason.OFF_SCALE, f"{name} is {number}, and not a whole number from 0 to {HIGHEST}.")
    return Scored(" ".join(str(int(number)) for number in found))


def pair_score(first: Reading, second: Reading, coefficients: Coefficients) -> Reading:
    """The score of one sample: the reply to attr_1 with the reply to attr_2."""
    if isinstance(first, Unscored):
        return first
    if isinstance(second, Unscored):
        return second
    score = coefficients.score([int(number) for number in f"{first.value} {second.value}".split()])
    return Scored(f"{score:g}", score)
