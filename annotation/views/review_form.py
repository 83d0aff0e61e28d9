"""What the form pane of the review page shows: what is asked, what there is to answer, and the keys for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.actions.labels import content_of
from annotation.core.asked import UNDEFINED, asks_for_a_side, asks_for_a_verdict, choices_of, is_one_verdict, side
from annotation.core.rules import CampaignRules
from annotation.core.words import BAD_QUESTION, BAD_REFERENCE, CORRECTABLE
from annotation.models import Assignment, Label
from annotation.reports.spoken import answer_word as answer_word
from judging.core.scales import HIGHER, Criterion
from judging.models import Item

MARKS_OF_A_DRAFT = {"page", "sequence", "at"}
VERDICT_KEYS = {"clean": "g", UNDEFINED: "u", "wrong": "b"}
SIDE_WORDS = {"A": gettext_lazy("A is better"), "B": gettext_lazy("B is better"), "tie": gettext_lazy("equally good")}
SIDE_KEYS = {"A": "a", "B": "b", "tie": "e"}
PASS, FAIL = "1", "0"
SHARE_KEYS = {PASS: "g", UNDEFINED: "u", FAIL: "b"}
LISTS = ("error_types", "flags")
SHORT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One button: its `key` is '' where there are more buttons than keys."""

    value: str
    word: str
    key: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCriterion:
    """A criterion as it is asked: with buttons, or, where there are too many answers for them, a number to type."""

    field: str
    name: str
    hint: str
    choices: tuple[Choice, ...]
    typed: bool
    value: str
    low: str
    high: str
    step: str

    @property
    def number(self) -> str:
        """What stands in the field where a number is typed."""
        return "" if self.value == UNDEFINED else self.value

    @property
    def is_short(self) -> bool:
        """Whether the buttons fit beside each other: scores do, words do not."""
        return all(len(choice.word) <= SHORT for choice in self.choices if choice.value != UNDEFINED)

    @property
    def is_verdict(self) -> bool:
        """Whether the buttons are good, undefined and bad."""
        return {choice.value for choice in self.choices} == VERDICT_KEYS.keys()


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A checkbox: an error type or a flag."""

    value: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An answer of a pair as it is shown: `letter` is what the page calls it."""

    letter: str
    turns: Sequence[Mapping[str, Any]]
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPane:
    """Everything the form shows. `values`: what stands in its fields and in those of the corrections."""

    kind: str
    asked: tuple[AskedCriterion, ...]
    values: Mapping[str, Any]
    error_types: tuple[Box, ...]
    flags: tuple[Box, ...]
    sides: tuple[Side, ...]
    comment_on_skip: bool
    comment_on_override: bool

    @property
    def pace(self) -> str:
        """Whether one press can be the whole decision: this browser remembers apart whether it goes on then."""
        return "one" if len(self.asked) == 1 else "several"


def form_pane(assignment: Assignment, labels: Sequence[Label], sent: Mapping[str, Any] | None = None) -> FormPane:
    """The pane of a place: `labels` are one's own standing ones, `sent` is what came with a refused press."""
    asked, rules = assignment.asked(), CampaignRules.from_json(assignment.campaign.rules)
    values = baseline(assignment, labels) | draft_of(assignment) | (fields_of(sent) if sent else {})
    types = dict.fromkeys((*rules.error_types, *values["error_types"]))
    return FormPane(
        kind=kind_of(asked),
        asked=tuple(asked_criterion(field, criterion, values) for field, criterion in fields_asked(asked)),
        values=values,
        error_types=tuple(Box(value=name, word=name, chosen=name in values["error_types"]) for name in types),
        flags=flag_boxes(assignment.campaign_item.item, values["flags"]),
        sides=sides(assignment),
        comment_on_skip=rules.comment_on_skip,
        comment_on_override=rules.comment_on_override,
    )


def baseline(assignment: Assignment, labels: Sequence[Label]) -> dict[str, Any]:
    """What stands in the form when nothing was typed since: one's label, else nothing and the texts as they are."""
    item: Item = assignment.campaign_item.item
    texts = {name: getattr(item, name) for name in CORRECTABLE}
    empty = {"comment": "", "error_count": "", "skip_reason": ""}
    return texts | empty | {"error_types": [], "flags": []} | content_of(assignment, labels)


def draft_of(assignment: Assignment) -> dict[str, Any]:
    """The content of a draft, without the marks of the page that wrote it."""
    return {name: value for name, value in assignment.draft.items() if name not in MARKS_OF_A_DRAFT}


def fields_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a press as they came, which go back into the form."""
    texts = {name: value for name, value in sent.items() if name not in LISTS}
    return texts | {name: sent.getlist(name) if hasattr(sent, "getlist") else sent.get(name, []) for name in LISTS}


def kind_of(asked: Sequence[Criterion]) -> str:
    """verdict: one press says all. sides: which answer is better. values: one or more criteria with their scales."""
    if is_one_verdict(asked):
        return "verdict"
    return "sides" if all(map(asks_for_a_side, asked)) else "values"


def fields_asked(asked: Sequence[Criterion]) -> list[tuple[str, Criterion]]:
    """The names of the fields that answers come in."""
    if is_one_verdict(asked):
        return [("verdict", asked[0])]
    return [(f"value-{number}", criterion) for number, criterion in enumerate(asked, 1)]


def asked_criterion(field: str, criterion: Criterion, values: Mapping[str, Any]) -> AskedCriterion:
    """A criterion with its buttons or its number field, and what stands there now."""
    scale, choices, value = criterion.scale, choices_of(criterion), str(values.get(field, ""))
    keys = keys_of(criterion, choices)
    order = order_of(criterion, choices)
    return AskedCriterion(
        field=field,
        name=criterion.name,
        hint=hint_of(criterion),
        choices=tuple(
            Choice(value=x, word=button_word(criterion, x), key=keys.get(x, ""), chosen=x == value) for x in order
        ),
        typed=not choices,
        value=value,
        low="" if scale.low is None else f"{scale.low:g}",
        high="" if scale.high is None else f"{scale.high:g}",
        step=f"{scale.step:g}" if scale.step else "any",
    )


def order_of(criterion: Criterion, choices: Sequence[str]) -> tuple[str, ...]:
    """The answers as their buttons stand; a typed share of a point has its two ends as buttons."""
    if asks_for_a_verdict(criterion):
        return ("clean", UNDEFINED, "wrong")
    return (PASS, UNDEFINED, FAIL) if is_share(criterion) else (*choices, UNDEFINED)


def is_share(criterion: Criterion) -> bool:
    """Whether any number from 0 to 1 is an answer: 1 is a pass then, and 0 a failure."""
    scale = criterion.scale
    return scale.is_numeric and (scale.low, scale.high) == (0, 1) and not choices_of(criterion)


def keys_of(criterion: Criterion, choices: Sequence[str]) -> dict[str, str]:
    """The keys of a criterion's answers: letters for verdicts and sides, digits for scores, else their number."""
    if asks_for_a_verdict(criterion):
        return VERDICT_KEYS
    if asks_for_a_side(criterion):
        return SIDE_KEYS | {UNDEFINED: "u"}
    if is_share(criterion):
        return SHARE_KEYS
    if criterion.scale.is_numeric and all(choice.isdigit() for choice in choices):
        digits = {choice: choice for choice in choices if len(choice) == 1}
        return digits | ({"10": "0"} if "0" not in choices else {}) | {UNDEFINED: "u"}
    return {choice: str(number) for number, choice in enumerate(choices[:9], 1)} | {UNDEFINED: "u"}


def hint_of(criterion: Criterion) -> str:
    """What a scale says of itself: its ends, and where good begins."""
    scale, good = criterion.scale, criterion.clean_if
    if not scale.is_numeric:
        return ""
    ends = {"low": f"{scale.low:g}", "high": f"{scale.high:g}"}
    if not isinstance(good, int | float):
        return _("%(low)s to %(high)s") % ends
    if criterion.direction == HIGHER:
        return _("%(low)s to %(high)s, good from %(good)s") % {**ends, "good": f"{good:g}"}
    return _("%(low)s to %(high)s, good up to %(good)s") % {**ends, "good": f"{good:g}"}


def button_word(criterion: Criterion, value: str) -> str:
    """What stands on the button of an answer."""
    if is_share(criterion) and value in SHARE_KEYS and value != UNDEFINED:
        return _("pass") if value == PASS else _("fail")
    return str(SIDE_WORDS[value]) if asks_for_a_side(criterion) and value in SIDE_WORDS else answer_word(value)


def said(assignment: Assignment, labels: Iterable[Label]) -> str:
    """The labels of one press in a few words: good; or accuracy 4, fluency 5; sides as they were shown."""
    words = [(label.criterion, answer_word(side(label.value, swapped=assignment.swapped))) for label in labels]
    return _(", ").join(f"{criterion} {word}".strip() for criterion, word in words)


def flag_boxes(item: Item, chosen: Sequence[str]) -> tuple[Box, ...]:
    """What can be reported of the item itself; a reference only where there is one."""
    words = {BAD_QUESTION: _("bad question"), BAD_REFERENCE: _("bad reference")}
    has_reference = any(turn.get("reference") for turn in item.turns) or bool(item.gold_choice)
    there = [flag for flag in words if flag != BAD_REFERENCE or has_reference or flag in chosen]
    return tuple(Box(value=flag, word=words[flag], chosen=flag in chosen) for flag in there)


def shows_model(assignment: Assignment) -> bool:
    """Whether the names of the models that answered may be on this page."""
    return not assignment.campaign.blind_model or assignment.state == Assignment.State.SUBMITTED


def sides(assignment: Assignment) -> tuple[Side, ...]:
    """The answers of a pair in the order that this person sees them; A is the one shown first."""
    item, with_model = assignment.campaign_item.item, shows_model(assignment)
    if item.kind != Item.Kind.PAIR:
        return ()
    both = [(item.turns, item.model), (item.turns_b or [], item.model_b)]
    if assignment.swapped:
        both.reverse()
    return tuple(
        Side(letter=letter, turns=turns, model=model if with_model else "")
        for letter, (turns, model) in zip(("A", "B"), both, strict=True)
    )
