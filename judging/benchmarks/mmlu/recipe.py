"""How an MMLU question is put to a model: everything that moves the score, stored with every run.

lm-eval changed three of these between its versions (what stands before the letter in a chat, whether shots are turns
of their own, the mark at the beginning), so two scores are comparable only where their recipes are equal.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

NEWEST = (0, 4, 13)
"""The version of lm-eval that is emulated unless another is named."""


class Truncation(StrEnum):
    """What happens to a prompt that is longer than the model takes."""

    LEFT = "left"
    """Its first tokens are cut off, as lm-eval does."""

    SHOTS = "shots"
    """Whole shots are left out, the last ones first, as in Hendrycks' own code."""

    REFUSE = "refuse"
    """The question is left unscored."""


class Continued(StrEnum):
    """Which texts are weighed against each other."""

    LETTERS = "letters"
    TEXTS = "texts"


class Shown(StrEnum):
    """Which questions are shown solved."""

    SOLVED = "solved"
    """Those of the part dev."""

    OTHERS = "others"
    """The first other questions of the subject, after those of the part dev: never the question itself or a copy of
    it. A subject that has fewer shows fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`shots` solved questions before the one that is asked; `delimiter` before the letter; `bos` whether the text
    begins with the mark of a beginning (None: as the tokenizer does it); `longest` the most tokens of a prompt
    (None: what the model takes). `multiturn`: in a chat, shots are turns of their own. `headed`: whether a line that
    names the subject comes first.
    """

    shots: int = 5
    chat: bool = False
    multiturn: bool = True
    system: str = ""
    delimiter: str = " "
    bos: bool | None = None
    truncation: Truncation = Truncation.LEFT
    longest: int | None = None
    continued: Continued = Continued.LETTERS
    shown: Shown = Shown.SOLVED
    headed: bool = True
    lm_eval: str = ".".join(map(str, NEWEST))

    def as_json(self) -> dict[str, Any]:
        """The stored form."""
        return asdict(self)


def recipe_from_json(stored: Mapping[str, Any]) -> Recipe:
    """The reverse of `Recipe.as_json`; ValueError for what is no recipe."""
    known = {field.name for field in fields(Recipe)}
    if unknown := sorted(set(stored) - known):
        raise ValueError(f"A recipe has no {unknown[0]!r}. It has {', '.join(sorted(known))}.")
    words: dict[str, Any] = {"truncation": Truncation, "continued": Continued, "shown": Shown}
    read: dict[str, Any] = {name: words[name](stored[name]) for name in words if name in stored}
    return Recipe(**{**stored, **read})


def recipe_of(lm_eval: str = "", *, shots: int = 5, chat: bool = False, system: str = "") -> Recipe:
    """The recipe of one version of lm-eval; a system message needs a chat. ValueError for a version that is none."""
    version = version_of(lm_eval) if lm_eval else NEWEST
    # Without a template there are no turns and nothing to leave out before the letter.
    return Recipe(
        shots=shots,
        chat=chat,
        multiturn=not chat or version >= (0, 4, 10),
        system=system,
        delimiter="" if chat and version >= (0, 4, 6) else " ",
        bos=None if version >= (0, 4, 9, 2) else False,
        lm_eval=".".join(map(str, version)),
    )


def branch_recipe_of(lm_eval: str = "", *, shots: int = 0, chat: bool = False, system: str = "") -> Recipe:
    """As `recipe_of`, for tasks as instructlab-sdg writes them: no header, and the texts of the choices are weighed."""
    plain = recipe_of(lm_eval, shots=shots, chat=chat, system=system)
    return replace(plain, headed=False, continued=Continued.TEXTS, shown=Shown.OTHERS)


def version_of(text: str) -> tuple[int, ...]:
    """A version as numbers."""
    try:
        return tuple(int(part) for part in text.split("."))
    except ValueError:
        raise ValueError(f"{text!r} is no version of lm-eval; write one like {'.'.join(map(str, NEWEST))}.") from None
