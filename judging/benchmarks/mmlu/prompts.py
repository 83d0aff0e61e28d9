"""An MMLU question as it is put to a model: header, solved questions, the question, as lm-eval writes them.

Source: the tasks `mmlu_*` of lm-evaluation-harness, version 1.0 of the tasks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from judging.benchmarks.mmlu.recipe import Continued, Recipe, Truncation
from judging.core.prompts import Prompt

GAP = "\n\n"
Message = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices; `gold` is the place of the right one, from 0."""

    text: str
    choices: tuple[str, ...]
    gold: int

    @property
    def asked(self) -> str:
        """The question, its choices with their letters, and the word after which the letter stands."""
        lettered = zip(ascii_uppercase, self.choices, strict=False)
        return "\n".join([self.text.strip(), *(f"{letter}. {choice}" for letter, choice in lettered), "Answer:"])

    @property
    def letter(self) -> str:
        """The letter of the right choice."""
        return ascii_uppercase[self.gold]


def header(subject: str) -> str:
    """The line that names the subject, and an empty one."""
    return f"The following are multiple choice questions (with answers) about {subject.replace('_', ' ')}.{GAP}"


def prompts(question: Question, shots: Sequence[Question], subject: str, recipe: Recipe) -> tuple[Prompt, ...]:
    """The prompt, and where whole shots may be left out, the shorter ones behind it."""
    taken = tuple(shots[: recipe.shots])
    fewer = range(len(taken), -1, -1) if recipe.truncation is Truncation.SHOTS else [len(taken)]
    return tuple(prompt(question, taken[:count], subject, recipe) for count in fewer)


def prompt(question: Question, shots: Sequence[Question], subject: str, recipe: Recipe) -> Prompt:
    """One prompt with all of these shots."""
    lead = led(recipe.system, header(subject) if recipe.headed else "")
    if not recipe.chat:
        return Prompt(text=lead + solved(shots, recipe) + question.asked)
    begun = (("system", lead),) if lead else ()
    if not recipe.multiturn:
        return Prompt(messages=(*begun, ("user", solved(shots, recipe) + question.asked)))
    turns = [turn for shot in shots for turn in (("user", shot.asked), ("assistant", right(shot, recipe)))]
    return Prompt(messages=(*begun, *turns, ("user", question.asked)))


def led(system: str, line: str) -> str:
    """The system message before the header, an empty line between them where there is no space yet."""
    if not system or not line:
        return system or line
    return system + line if system[-1].isspace() else system + GAP + line


def solved(shots: Sequence[Question], recipe: Recipe) -> str:
    """Shots as one text, each with what is right."""
    return "".join(f"{shot.asked} {right(shot, recipe)}{GAP}" for shot in shots)


def right(shot: Question, recipe: Recipe) -> str:
    """What follows a solved question: its letter, or the text of its right choice."""
    return shot.choices[shot.gold] if recipe.continued is Continued.TEXTS else shot.letter


def continued(question: Question, recipe: Recipe) -> tuple[str, ...]:
    """The texts that are weighed against each other."""
    texts = question.choices if recipe.continued is Continued.TEXTS else ascii_uppercase[: len(question.choices)]
    return tuple(recipe.delimiter + text for text in texts)
