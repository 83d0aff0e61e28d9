"""The choices of a question as a list with the right one marked, wherever they are kept."""

from dataclasses import dataclass
from string import ascii_uppercase

from django import template

from judging.benchmarks.mmlu.teaching import Bad, read_question
from judging.models import Item

register = template.Library()


@dataclass(frozen=True, slots=True)
class Listed:
    """What a question asks, and its choices, each with whether it is the right one."""

    text: str
    choices: list[tuple[str, bool]]


@register.simple_tag
def choices_of(item: Item) -> Listed | None:
    """The choices of an item: its own, or those in the text of a question that a teacher made; None where there are
    none."""
    if item.choices:
        letters = zip(ascii_uppercase, item.choices, strict=False)
        return Listed(item.question, [(choice, letter == item.gold_choice) for letter, choice in letters])
    if "teacher" not in item.extra:
        return None
    found = read_question(item.question, item.answer)
    if isinstance(found, Bad):
        return None
    choices = [(choice, place == found.gold) for place, choice in enumerate(found.choices)]
    return Listed(found.text, choices)
