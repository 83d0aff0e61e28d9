"""What the values of a table are once all are known: one spelling each, marks of missing labels left out, words of a
scale as its numbers, votes on pairs as A, B and tie, slips of the pen refused."""

import re
from collections.abc import Collection, Iterable, Sequence

from annotation.core.column_names import MARKS, SIGNS
from annotation.core.label_rows import LabelRows, TableOptions, value_text
from annotation.core.pairwise import vote_of
from annotation.core.tables import is_number

MOST_ODD = 0.05
"""Share of values that may be no numbers among numbers, and are then mistakes and not names."""
UNSCORED = {"unscored", "invalid", "failed", "error", "missing"}

_VERDICTS = {"clean", "wrong", "undefined", "invalid"}
_NEARLY = re.compile(r"[+-]?(\d+,\d+(\.\d+)?|\d[\d.,]*\s*%)")
_MAY_BE_MISSING = {"?", "missing", "unrated", "not rated", "blank", "no answer", "no rating"}
_FAR_OFF = {"-1", "-9", "-99", "-999", "9", "99", "999", "9999"}


def settle_values(rows: LabelRows, options: TableOptions) -> None:
    """Write the values as they are meant, and say what is wrong with them."""
    _settle_spelling(rows)
    _settle_signs(rows)
    _settle_scale(rows, options)
    _check_numbers(rows)
    _settle_votes(rows)
    _say_what_may_be_missing(rows)


def _settle_spelling(rows: LabelRows) -> None:
    """Words that differ in capitals and blanks only are one, written as most labels write it."""
    for criterion, found in rows.said_of().items():
        spellings: dict[str, list[str]] = {}
        for value in sorted(found, key=lambda value: -found[value]):
            spellings.setdefault(" ".join(value.casefold().split()), []).append(value)
        for first, *others in spellings.values():
            if others:
                rows.hints.append(f"{_quoted(others)} and {first!r} were read as one value, {first!r}.")
                rows.reword(criterion, dict.fromkeys(others, first))


def _settle_signs(rows: LabelRows) -> None:
    """A sign beside words that all have letters or digits is a mark of a missing label."""
    for criterion, found in rows.said_of().items():
        signs = set(found) & (SIGNS - {"?"})
        words = set(found) - signs
        if signs and words and all(any(map(str.isalnum, word)) for word in words):
            rows.forget(criterion, signs)


def _say_what_may_be_missing(rows: LabelRows) -> None:
    """Values that often stand for a missing label, and may be one here."""
    for found in rows.said_of().values():
        maybe = [value for value in found if value.lower() in _MAY_BE_MISSING or _is_far_off(value, found)]
        if maybe and len(maybe) < len(found):
            said = "was read as a value" if len(maybe) == 1 else "were read as values"
            rows.hints.append(f"{_quoted(maybe)} {said}. Where it means no label, say --missing={','.join(maybe)}")


def _is_far_off(value: str, found: Collection[str]) -> bool:
    """Whether a number that programs write for missing ones lies far from all others."""
    others = [float(other) for other in found if is_number(other) and other not in _FAR_OFF]
    if value not in _FAR_OFF or len(others) < 2:
        return False
    low, high = min(others), max(others)
    return float(value) > high + 3 * max(high - low, 1) or (float(value) < 0 <= low)


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(repr(value) for value in values)


def _settle_scale(rows: LabelRows, options: TableOptions) -> None:
    """Words of a scale become numbers in its order; a word that is not on it is a problem."""
    if not options.scale:
        return
    place = _places_of(options.scale)
    numbers = tuple(dict.fromkeys(place.values()))
    for criterion, found in rows.said_of().items():
        rows.reword(criterion, {value: place[value.casefold()] for value in found if value.casefold() in place})
        rows.declared[criterion] = numbers
    for said in rows:
        if said.value and said.value not in numbers:
            rows.refuse(said.line, f"The value {said.value!r} is not on the scale {', '.join(options.scale)}.")


def _places_of(scale: Sequence[str]) -> dict[str, str]:
    """Words -> the numbers that are stored for them; numbers that ascend are stored as they are."""
    values = [value_text(word) for word in scale]
    if all(map(is_number, values)) and sorted(values, key=float) == values:
        return {value: value for value in values}
    return {value_text(word).casefold(): str(at) for at, word in enumerate(scale, 1)}


def _settle_votes(rows: LabelRows) -> None:
    """Where every value is a vote on two answers, it is written as A, B or tie. The letters a, b and c are names."""
    for criterion, found in rows.said_of().items():
        values = [*found, *rows.declared.get(criterion, ())]
        votes = {value: vote_of(value) or "" for value in values if value.lower() not in _VERDICTS | UNSCORED}
        if all(votes.values()) and not {"c", "C"} & votes.keys():
            rows.reword(criterion, votes)


def _check_numbers(rows: LabelRows) -> None:
    """A word among numbers is a slip of the pen, if there are few of them and it is none of the words for verdicts."""
    odd: set[tuple[str, str]] = set()
    for criterion, here in rows.said_of().items():
        words = {value: n for value, n in here.items() if not is_number(value)}
        total = sum(here.values())
        if words and len(words) < len(here) and all(word.lower() in MARKS for word in words):
            rows.forget(criterion, set(words))
            continue
        if words and sum(words.values()) <= MOST_ODD * total and not any(vote_of(w) or w in _VERDICTS for w in words):
            odd |= {(criterion, word) for word in words}
        elif nearly := next((word for word in words if _NEARLY.fullmatch(word)), ""):
            rows.hints.append(f"{nearly!r} was read as a name, not as a number. Write numbers like 1234.5.")
    if odd:
        for said in rows:
            if (said.criterion, said.value) in odd:
                rows.refuse(said.line, f"The value {said.value!r} is no number, and the others are. Correct it.")
