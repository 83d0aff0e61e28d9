"""What people answered in Argilla, each under their user's id: labels, ratings, rankings, several labels at once.

Spans are about a part of a text, and no word on the record.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from judging.core.items import NamedWord
from judging.core.readers.label_studio_words import COMMENT, CORRECTED

RESPONSES = ".responses"
SUBMITTED = "submitted"


def words_of(data: Mapping[str, Any], *, is_pair: bool) -> tuple[NamedWord, ...]:
    """The words of a flat record. On a pair a ranking of two says which answer is better, the first name being A."""
    found: dict[str, dict[str, Any]] = {}
    for name in data:
        if name.endswith(RESPONSES):
            for by, said in _responses(data, name):
                found.setdefault(by, {})[name.removesuffix(RESPONSES)] = said
    return tuple(word for by, said in found.items() for word in _of_user(by, said, is_pair=is_pair))


def _responses(data: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """Submitted responses with the name of who gave them."""
    responses = data[name] if isinstance(data[name], list) else []
    users, states = (_beside(data.get(f"{name}.{part}"), responses) for part in ("users", "status"))
    for place, (user, state, said) in enumerate(zip(users, states, responses, strict=True), 1):
        if state in (None, SUBMITTED):
            yield (f"user {user}" if user else "" if len(responses) == 1 else f"user {place}"), said


def _beside(values: Any, responses: Sequence[Any]) -> Sequence[Any]:
    return values if isinstance(values, list) and len(values) == len(responses) else [None] * len(responses)


def _of_user(by: str, said: Mapping[str, Any], *, is_pair: bool) -> Iterator[NamedWord]:
    texts = {name: text for name, text in said.items() if isinstance(text, str)}
    correction = {name.removeprefix(CORRECTED): text for name, text in texts.items() if name.startswith(CORRECTED)}
    for name, answer in said.items():
        value, parts = _value(answer, is_pair=is_pair)
        if (value or parts) and name != COMMENT and not name.startswith(CORRECTED):
            comment = texts.get(COMMENT, "")
            yield NamedWord(value=value, parts=parts, criterion=name, by=by, comment=comment, correction=correction)


def _value(said: Any, *, is_pair: bool) -> tuple[str, tuple[str, ...]]:
    if isinstance(said, bool):
        return str(said).lower(), ()
    if isinstance(said, (int, float)):
        return f"{said:g}", ()
    if isinstance(said, str):
        return said.strip(), ()
    if not isinstance(said, list) or not said:
        return "", ()
    if all(isinstance(one, str) for one in said):
        return (said[0], ()) if len(said) == 1 else ("", tuple(said))
    return _ranking(said, is_pair=is_pair), ()


def _ranking(said: list[Any], *, is_pair: bool) -> str:
    """Names from the best to the worst; those of one rank are equal."""
    if not all(isinstance(one, dict) and isinstance(one.get("value"), str) for one in said):
        return ""
    if not all(isinstance(one.get("rank"), int) for one in said):
        return ""
    ranked = sorted(said, key=lambda one: (one["rank"], one["value"]))
    if is_pair and len(ranked) == 2:
        first, second = ranked
        return "tie" if first["rank"] == second["rank"] else "A" if first["value"] < second["value"] else "B"
    marks = [">" if one["rank"] < other["rank"] else "=" for one, other in pairwise(ranked)]
    return " ".join(
        text for one, mark in zip(ranked, [*marks, ""], strict=True) for text in (one["value"], mark) if text
    )
