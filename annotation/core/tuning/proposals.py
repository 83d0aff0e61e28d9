"""Asking a model for a better prompt, and reading its answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from judging.core.items import ItemText
from judging.core.prompts import Prompt

FENCED = re.compile(r"```[^\n]*\n(.*?)\n?```", re.DOTALL)
MOST_CHARACTERS = 2000
SYSTEM = "You improve prompts by which a language model grades answers. You reply with one prompt and nothing else."
TASK = """Below is the prompt by which a judge grades answers, and some items on which it disagreed with people.
People are right. Write a better version of the prompt: find out what it leads the judge to overlook or to hold against
an answer, and say it in general terms. Do not mention these items, and do not make the judge answer in another form.

Keep every template sign in double braces or in brace and percent sign as it is: they are replaced by the item.
Reply with the whole new prompt between two lines of three backticks.

The prompt now:
```
{template}
```

{cases}"""


class NoTemplate(ValueError):
    """The model's answer holds no prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An item on which the judge was wrong: what it said, with its reply, and what people say."""

    position: int
    text: ItemText
    judge: str
    people: str
    reply: str = ""


def proposal_prompt(template: str, cases: Sequence[Case]) -> Prompt:
    """What the model is asked. Texts of items are cut: their beginning shows what they are."""
    shown = "\n\n".join(_shown(number, case) for number, case in enumerate(cases, start=1))
    # By replacement and not by formatting: template and items are full of braces.
    asked = TASK.replace("{template}", template).replace("{cases}", shown)
    return Prompt(messages=(("system", SYSTEM), ("user", asked)))


def _shown(number: int, case: Case) -> str:
    turns = [f"Question: {turn.question}\nAnswer: {turn.answer}" for turn in case.text.turns]
    turns += [f"Second answer: {turn.answer}" for turn in case.text.turns_b]
    reference = next((turn.reference for turn in case.text.turns if turn.reference), "")
    parts = [f"Item {number}", *turns, f"Reference: {reference}" if reference else ""]
    parts += [f"The judge said: {case.judge}", f"Its reply: {case.reply}" if case.reply else ""]
    parts += [f"People say: {case.people}"]
    return "\n".join(part[:MOST_CHARACTERS].replace("```", "'''") for part in parts if part)


def new_template(reply: str) -> str:
    """The prompt in a reply: what stands in its longest fence; NoTemplate where there is none."""
    found: list[str] = FENCED.findall(reply)
    if not found or not max(found, key=len).strip():
        raise NoTemplate("The model's answer holds no prompt between two lines of three backticks.")
    return max(found, key=len)
