"""What is asked of a person about an item, which answers there are to choose from, and what an answer means.

A person may always say that they cannot tell: `undefined` is an answer to every criterion and no place on its scale.
"""

from collections.abc import Sequence
from math import isclose, isfinite

from annotation.core.words import Answer
from judging.core.pairs import A_B_TIE, OTHER
from judging.core.scales import Criterion, Scale
from judging.core.verdicts import PersonVerdict

CLEAN_OR_WRONG = Criterion("", Scale(values=("clean", "wrong")), clean_if="clean")
UNDEFINED = PersonVerdict.UNDEFINED.value
MOST_BUTTONS = 11


class NotAnAnswer(ValueError):
    """A text that is no answer to its criterion."""


def criteria_asked(criteria: Sequence[Criterion], *, is_pair: bool) -> tuple[Criterion, ...]:
    """What people are asked about an item: the rubric's criteria, as far as they are about such an item.

    Sides are asked of pairs and of nothing else; without a rubric it is A, B or tie, and else clean or wrong.
    """
    fitting = tuple(criterion for criterion in criteria if asks_for_a_side(criterion) == is_pair)
    return fitting or ((A_B_TIE,) if is_pair else (CLEAN_OR_WRONG,))


def asks_for_a_side(criterion: Criterion) -> bool:
    """Whether the answers are the sides of a pair."""
    return set(criterion.scale.values) == set(A_B_TIE.scale.values)


def asks_for_a_verdict(criterion: Criterion) -> bool:
    """Whether the answers are people's verdicts themselves."""
    return set(criterion.scale.values) == {"clean", "wrong"}


def is_one_verdict(asked: Sequence[Criterion]) -> bool:
    """Whether good, undefined or bad is all there is to say: then one press says it."""
    return len(asked) == 1 and asks_for_a_verdict(asked[0])


def choices_of(criterion: Criterion) -> tuple[str, ...]:
    """The answers to choose from in their order, without `undefined`; none where a number is typed.

    A scale of whole numbers that says nothing of steps offers the whole numbers.
    """
    scale = criterion.scale
    if not scale.is_numeric:
        return scale.values
    low, high = float(scale.low or 0), float(scale.high or 0)
    step = scale.step or (1.0 if low.is_integer() and high.is_integer() and high - low > 1 else 0.0)
    count = round((high - low) / step) + 1 if step else 0
    if not 2 <= count <= MOST_BUTTONS:
        return ()
    return tuple(written(low + place * step) for place in range(count))


def answer_of(criterion: Criterion, text: str) -> Answer:
    """The answer that a text is; NotAnAnswer where the criterion has no such answer."""
    text = text.strip()
    if text == UNDEFINED:
        return Answer.of(PersonVerdict.UNDEFINED, criterion.name)
    if not criterion.scale.is_numeric:
        if text not in criterion.scale.values:
            raise NotAnAnswer(text)
        return Answer(criterion=criterion.name, value=text, verdict=criterion.verdict_of(text, None) or "")
    score = _score(criterion.scale, text)
    value = written(score)
    return Answer(criterion=criterion.name, value=value, score=score, verdict=criterion.verdict_of(value, score) or "")


def is_answer(criterion: Criterion, answer: Answer) -> bool:
    """Whether an answer is one to this criterion, and means what it says."""
    try:
        return answer_of(criterion, answer.value) == answer
    except NotAnAnswer:
        return False


def written(score: float) -> str:
    """A score as its value is written: 4 and not 4.0."""
    return f"{score:.10g}"


def side(value: str, *, swapped: bool) -> str:
    """A side as shown from the side as meant, and the other way round; any other value is itself."""
    return OTHER.get(value, value) if swapped else value


def _score(scale: Scale, text: str) -> float:
    """A number of the scale and on its steps; a decimal comma is one."""
    try:
        score = float(text.replace(",", "."))
    except ValueError:
        raise NotAnAnswer(text) from None
    if not isfinite(score) or not scale.allows(score):
        raise NotAnAnswer(text)
    if scale.step and scale.low is not None:
        steps = (score - scale.low) / scale.step
        if not isclose(steps, round(steps), abs_tol=1e-9):
            raise NotAnAnswer(text)
    return score
