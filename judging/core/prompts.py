"""Rubric and item -> what is sent to the engine: a chat, a chat whose reply is begun, or raw text.

Templates are Jinja2 in a sandbox without functions. They see `question`, `answer`, `reference`, `context`, `criteria`,
`category` and `turns`, those of a pair `answer_a` and `answer_b` in the order in which they are shown, with our own
delimiters neutralised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, UndefinedError, meta
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from judging.core.delimiters import Delimiters, delimiters_of
from judging.core.items import ItemText, Turn
from judging.core.parts import ORDERS, order_of, pair_parts, turn_number
from judging.core.specs import RubricSpec
from judging.core.verdicts import Reason, Unscored

NAMES = ("question", "answer", "reference", "context", "criteria", "category", "turns")
PAIR_NAMES = ("question", "answer_a", "answer_b", "reference", "context", "criteria", "category", "turns")
ATTRIBUTE_PARTS = ("attr_1", "attr_2")
B_FIRST = ORDERS[1]
ROLES = ("system", "user", "assistant")
ROLES_OF_STYLE = {"chat": ("user",), "prefix": ("user", "assistant"), "raw": ("raw",)}
"""The roles that a prompt of each style cannot do without."""

RENDER_ERRORS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError)
"""What a template can raise while it is rendered."""


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


class NoReference(UndefinedError):
    """A template prints the reference of an item that has none."""


class AbsentReference(Undefined):
    """Stands for a reference that is not there: `{% if reference %}` may ask, printing it is NoReference."""

    __slots__ = ()

    def __str__(self) -> str:
        raise NoReference


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """No functions, no attributes that start with an underscore, no text multiplied until the memory is full."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse the operators above."""
        raise SecurityError(f"the operator {operator} is not for prompts")


SANDBOX = TemplateSandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
SANDBOX.globals.clear()


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    return SANDBOX.from_string(source)


def judged_turn(item: ItemText, part: str = "") -> Turn:
    """The turn that a part judges: its own for `turn_1`, `turn_2` ..., else the last one; CannotAsk if it is absent."""
    number = turn_number(part) or len(item.turns)
    if not 1 <= number <= len(item.turns):
        raise CannotAsk(Reason.NO_ANSWER, f"The item has no turn {number}.")
    return item.turns[number - 1]


def render_prompt(rubric: RubricSpec, item: ItemText, part: str = "") -> Prompt:
    """The prompt of one part; an empty one where the rubric has none (judges without a model).

    Raises CannotAsk where the prompt prints a reference that the item lacks, or cannot be rendered at all.
    """
    if not rubric.prompts:
        return Prompt()
    templates = rubric.prompts[part]
    refuse_other_kind(rubric, item)
    refuse_unanswered(item, part)
    shown = item.turned_round() if order_of(part) == B_FIRST else item
    names = _names(shown, part, delimiters_in(rubric).neutralised)
    try:
        texts = {role: _compiled(source).render(names) for role, source in templates.items()}
    except NoReference as error:
        raise CannotAsk(Reason.NO_REFERENCE, "The prompt shows the reference, and the item has none.") from error
    except RENDER_ERRORS as error:
        raise CannotAsk(Reason.REJECTED, f"The prompt of rubric {rubric.name} cannot be rendered: {error}") from error
    if rubric.style == "raw":
        return Prompt(text=texts["raw"] + texts.get("assistant", ""))
    return Prompt(messages=tuple((role, texts[role]) for role in ROLES if role in texts))


def delimiters_in(rubric: RubricSpec) -> Delimiters:
    """The signs that structure the prompts of a rubric, and the marks that they ask for."""
    own_names = frozenset(criterion.name for criterion in rubric.criteria if criterion.name)
    return delimiters_of("\n".join(text for roles in rubric.prompts.values() for text in roles.values()), own_names)


def refuse_other_kind(rubric: RubricSpec, item: ItemText) -> None:
    """CannotAsk where the rubric compares two answers and the item has one, or the other way round."""
    if rubric.kind == "pair" and not item.is_pair:
        raise CannotAsk(Reason.NO_ANSWER, "The rubric compares two answers, and the item has only one.")
    if rubric.kind != "pair" and item.is_pair:
        raise CannotAsk(Reason.REJECTED, "The item has two answers; compare them with a rubric of kind pair.")


def refuse_unanswered(item: ItemText, part: str) -> None:
    """CannotAsk where a part judges a turn of its own, and nothing was answered in it."""
    number = turn_number(part)
    if number is None:
        return
    sides = [item, replace(item, turns=item.turns_b)] if item.is_pair else [item]
    if not all(judged_turn(side, part).answer.strip() for side in sides):
        raise CannotAsk(Reason.NO_ANSWER, f"Turn {number} has no answer.")


def _names(item: ItemText, part: str, neutralised: Callable[[str], str]) -> dict[str, Any]:
    """What templates see of an item; of a pair, `answer_a` is the answer that is shown first."""
    turn = judged_turn(item, part)
    names = {
        "question": neutralised(turn.question),
        "reference": neutralised(turn.reference) or AbsentReference(),
        "context": neutralised(item.context),
        "criteria": neutralised(item.criteria),
        "category": neutralised(item.category),
    }
    turns = [_turn_names(each, neutralised) for each in item.turns]
    if not item.is_pair:
        return names | {"answer": neutralised(turn.answer), "turns": turns}
    other = judged_turn(replace(item, turns=item.turns_b), part)
    both = [
        {**{name: text for name, text in each.items() if name != "answer"},
         "answer_a": each["answer"], "answer_b": neutralised(second.answer)}
        for each, second in zip(turns, item.turns_b, strict=False)
    ]  # fmt: skip
    return names | {"answer_a": neutralised(turn.answer), "answer_b": neutralised(other.answer), "turns": both}


def _turn_names(turn: Turn, neutralised: Callable[[str], str]) -> dict[str, Any]:
    """What templates see of one of the turns; a reference that is absent there is absent everywhere."""
    return {
        "question": neutralised(turn.question),
        "answer": neutralised(turn.answer),
        "reference": neutralised(turn.reference) or AbsentReference(),
    }


SAMPLE_TURN = Turn("question", "answer", "reference")
SAMPLE = ItemText(turns=(SAMPLE_TURN, SAMPLE_TURN), context="context", criteria="criteria", category="category")


def check_prompts(rubric: RubricSpec) -> list[str]:
    """What is wrong with the templates of a rubric, as sentences; nothing for a rubric without prompts."""
    if rubric.style not in ROLES_OF_STYLE:
        return [f"The style of a rubric is one of {', '.join(ROLES_OF_STYLE)}, not {rubric.style!r}."]
    wanted = {"pair": pair_parts(rubric.criteria), "attributes": ATTRIBUTE_PARTS}.get(rubric.kind)
    if rubric.prompts and wanted and set(rubric.prompts) != set(wanted):
        return [f"A rubric of kind {rubric.kind} has the parts {' and '.join(wanted)}, not {sorted(rubric.prompts)}."]
    return [problem for part in rubric.prompts for problem in _part_problems(rubric, part)]


def _part_problems(rubric: RubricSpec, part: str) -> list[str]:
    templates = rubric.prompts[part]
    where = f"The prompt{f' of part {part}' if part else ''}"
    known = {*ROLES, *ROLES_OF_STYLE["raw"]}
    problems = [f"{where} has an unknown role {role!r}." for role in templates if role not in known]
    problems += [
        f"{where} lacks the role {role!r}, which the style {rubric.style!r} needs."
        for role in ROLES_OF_STYLE[rubric.style]
        if role not in templates
    ]
    for role, source in templates.items():
        problems += _source_problems(rubric, where, role, source)
    return problems or _use_problems(rubric, where, templates) or _render_problems(rubric, part, where)


def _source_problems(rubric: RubricSpec, where: str, role: str, source: str) -> list[str]:
    """A template that does not parse, or reaches for a name that prompts do not have."""
    names = PAIR_NAMES if rubric.kind == "pair" else NAMES
    try:
        used = meta.find_undeclared_variables(SANDBOX.parse(source))
    except TemplateSyntaxError as error:
        return [f"{where} does not parse in role {role!r}, line {error.lineno}: {error.message}."]
    return [
        f"{where} uses {{{{ {name} }}}} in role {role!r}; there is only {', '.join(names)}."
        for name in sorted(used - set(names))
    ]


def _use_problems(rubric: RubricSpec, where: str, templates: Mapping[str, str]) -> list[str]:
    """A prompt that does not show what is to be judged, or lacks the marker that its reply is known by."""
    used = set().union(*(meta.find_undeclared_variables(SANDBOX.parse(source)) for source in templates.values()))
    needed = ("answer_a", "answer_b") if rubric.kind == "pair" else ("answer",)
    if rubric.needs_question:
        needed = ("question", *needed)
    return [] if "turns" in used else [f"{where} lacks {{{{ {name} }}}}." for name in needed if name not in used]


def _render_problems(rubric: RubricSpec, part: str, where: str) -> list[str]:
    """A prompt that fails on an item that has everything, or does not end in the marker that its reply continues."""
    sample = replace(SAMPLE, turns_b=SAMPLE.turns) if rubric.kind == "pair" else SAMPLE
    try:
        prompt = render_prompt(rubric, sample, part)
    except ValueError as error:
        return [f"{where} cannot be rendered: {error}"]
    marker = f"[{part.upper()}]"
    if rubric.kind == "attributes" and not (prompt.text or prompt.messages[-1][1]).rstrip().endswith(marker):
        return [f"{where} does not end in {marker}."]
    return []
