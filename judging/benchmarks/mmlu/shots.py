"""Which solved questions stand before a question: never the question itself, nor another one that reads the same."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from unicodedata import normalize

from judging.benchmarks.mmlu.prompts import Question
from judging.benchmarks.mmlu.recipe import Recipe, Shown


def said(question: Question) -> str:
    """A question as copies of it are recognised: width, case and spaces do not tell two apart."""
    return " ".join(normalize("NFKC", question.text).casefold().split())


def gathered(
    solved: Mapping[str, Sequence[Question]], others: Iterable[tuple[str, Question]], shots: int
) -> dict[str, list[Question]]:
    """By subject the solved questions and then the others, each text once: one more than are shown, so that enough
    are left where one of them is the question itself."""
    found: dict[str, list[Question]] = {}
    texts: dict[str, set[str]] = {}
    first = ((subject, question) for subject, questions in solved.items() for question in questions)
    for subject, question in chain(first, others):
        known = texts.setdefault(subject, set())
        if len(known) <= shots and said(question) not in known:
            known.add(said(question))
            found.setdefault(subject, []).append(question)
    return found


def shots_before(question: Question, pool: Sequence[Question], recipe: Recipe) -> tuple[Sequence[Question], int | None]:
    """What is shown before a question, and which of the first ones was left out for it; None where none was."""
    if recipe.shown is Shown.SOLVED:
        return pool[: recipe.shots], None
    own = said(question)
    left_out = next((place for place, shot in enumerate(pool) if said(shot) == own), None)
    if left_out is None or left_out >= recipe.shots:
        return pool[: recipe.shots], None
    return [*pool[:left_out], *pool[left_out + 1 : recipe.shots + 1]], left_out
