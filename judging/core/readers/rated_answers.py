"""Several answers to one prompt with ratings, as UltraFeedback's `completions`: an item per answer and model.

A rating is the word of a judge whose name the file does not say; what a model wrote beside it is kept with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, RowProblem, Turn
from judging.core.readers.fields import ANSWER, MODEL, QUESTION, BadField, checked_names, find, qa_row, text_of
from judging.core.readers.json_records import Record, kind_of
from judging.core.readers.records import objects
from judging.core.verdicts import Reason

LISTS = ("completions", "responses", "answers", "outputs")
_TEXT = (*ANSWER, "text", "content")
_RATED = "annotations"
_OVERALL = "overall_score"
SCORES = {"score": "", "rating": "", _OVERALL: "", "fine-grained_score": "fine-grained_score"}
"""Names of numbers and the criterion they are of; of those without one the first counts."""
_RATING, _NONE = "Rating", "N/A"
_MOST = 100
KEPT = "rated_answer"
"""Where the rest of an answer is kept."""


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object has a question and a list of answers, each an object with its text."""
    return find(entry, QUESTION) is not None and _list_name(entry) is not None


def _list_name(entry: Mapping[str, Any]) -> str | None:
    for name in LISTS:
        listed = entry.get(name)
        if isinstance(listed, list) and listed and all(_is_answer(one) for one in listed):
            return name
    return None


def _is_answer(one: Any) -> bool:
    return isinstance(one, dict) and find(one, _TEXT) is not None and find(one, (*MODEL, *SCORES, _RATED)) is not None


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per answer; one without an answer where there is none."""
    for record in objects(path):
        if isinstance(record, RowProblem):
            yield record
            continue
        try:
            yield from list(_answers(record))
        except BadField as error:
            yield RowProblem(record.number, str(error))


def _answers(record: Record) -> Iterator[ItemRow | RowProblem]:
    name = next((name for name in LISTS if name in record.value), None)
    listed = record.value.get(name) if name else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadField(f"{name or 'completions'!r} is {kind_of(listed)}; write the list of answers as objects.")
    asked = qa_row(record.number, {key: value for key, value in record.value.items() if key != name})
    if isinstance(asked, RowProblem) or not listed:
        yield asked
        return
    for number, one in enumerate(listed, 1):
        yield _answer(asked, number, one)


def _answer(asked: ItemRow, number: int, one: Mapping[str, Any]) -> ItemRow | RowProblem:
    text, model = find(one, _TEXT), find(one, MODEL)
    if text is None:
        raise BadField(f"Answer {number} has no text. Write it under 'response'.")
    turn = asked.turns[0]
    rest = {name: value for name, value in one.items() if name not in {text, model, _RATED, *SCORES}}
    row = replace(
        asked,
        key=f"{asked.key}:{number}" if asked.key else "",
        turns=(Turn(turn.question, text_of(text, one[text]), turn.reference),),
        model=text_of(model, one[model]) if model else "",
        has_answer=one[text] is not None,
        extra={**asked.extra, **({KEPT: rest} if rest else {})},
        judgments=tuple(_judgments(one)),
    )
    return checked_names(row)


def _judgments(one: Mapping[str, Any]) -> Iterator[ImportedJudgment]:
    said: dict[str, ImportedJudgment] = {}
    for name, criterion in SCORES.items():
        if one.get(name) is not None:
            said.setdefault(criterion, _judgment(name, one[name], criterion, {}))
    rated = one.get(_RATED) or {}
    if not isinstance(rated, dict):
        raise BadField(f"{_RATED!r} is {kind_of(rated)}; write an object with a key per aspect.")
    for aspect, about in rated.items():
        detail = about if isinstance(about, dict) else {}
        number = about.get(_RATING) if isinstance(about, dict) else about
        said.setdefault(aspect[:_MOST], _judgment(aspect, number, aspect[:_MOST], detail))
    yield from said.values()


def _judgment(name: str, number: Any, criterion: str, detail: Mapping[str, Any]) -> ImportedJudgment:
    """A rating; N/A and nothing are none."""
    score = _number(name, number)
    reason = Reason.NO_VERDICT if score is None else None
    return ImportedJudgment(verdict=None, score=score, criterion=criterion, reason=reason, detail=detail)


def _number(name: str, said: Any) -> float | None:
    if said is None or said in ("", _NONE):
        return None
    try:
        found = float("nan") if isinstance(said, bool) else float(said)
    except (TypeError, ValueError, OverflowError):
        found = float("nan")
    if found - found != 0:
        raise BadField(f"{name!r} is {said!r:.40}; write a number, or N/A.")
    return found
