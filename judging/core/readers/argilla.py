"""Argilla's records as flat rows, as they come from the hub: fields, and per question responses and a suggestion."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, PersonWord, RowProblem
from judging.core.readers.fields import BadField, qa_row
from judging.core.readers.json_records import Record, json_objects, kind_of
from judging.core.readers.label_studio import verdict_named
from judging.core.verdicts import PersonVerdict, Reason

_RESPONSES, _SUGGESTION = ".responses", ".suggestion"


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether a row has answers to questions about it."""
    return any(name.endswith((_RESPONSES, _SUGGESTION)) for name in entry)


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per row."""
    for record in json_objects(path):
        yield record if isinstance(record, RowProblem) else _row(record)


def _row(record: Record) -> ItemRow | RowProblem:
    row = qa_row(record.number, record.value)
    if isinstance(row, RowProblem):
        return row
    try:
        return replace(row, person=_person(record.value), judgments=_judgments(record.value))
    except BadField as error:
        return RowProblem(record.number, str(error))


def _person(data: Mapping[str, Any]) -> PersonWord | None:
    """The one submitted response that is a verdict in words; of several people's none."""
    words = [
        verdict
        for name in data
        if name.endswith(_RESPONSES)
        for response in _submitted(data, name)
        if (verdict := verdict_named(response))
    ]
    return PersonWord(verdict=PersonVerdict(words[0].value)) if len(words) == 1 else None


def _submitted(data: Mapping[str, Any], name: str) -> list[Any]:
    responses, states = data[name], data.get(f"{name}.status")
    if responses is None:
        return []
    if not isinstance(responses, list):
        raise BadField(f"'{name}' is {kind_of(responses)}; write the list of responses.")
    if not isinstance(states, list) or len(states) != len(responses):
        return responses
    return [response for response, state in zip(responses, states, strict=True) if state == "submitted"]


def _judgments(data: Mapping[str, Any]) -> tuple[ImportedJudgment, ...]:
    """The suggestions, one criterion per question."""
    named = [name for name in data if name.endswith(_SUGGESTION) and data[name] is not None]
    return tuple(_judgment(data, name, "" if len(named) == 1 else name.removesuffix(_SUGGESTION)) for name in named)


def _judgment(data: Mapping[str, Any], name: str, criterion: str) -> ImportedJudgment:
    said, agent = data[name], data.get(f"{name}.agent")
    if isinstance(said, bool) or not isinstance(said, (str, int, float)):
        raise BadField(f"'{name}' is {kind_of(said)}; write a text or a number.")
    verdict = verdict_named(said)
    score = None if isinstance(said, str) else float(said)
    value = said[:100] if isinstance(said, str) and verdict is None else ""
    reason = None if verdict or score is not None or value else Reason.NO_VERDICT
    return ImportedJudgment(
        verdict=verdict,
        score=score,
        value=value,
        criterion=criterion[:100],
        reason=reason,
        judge=agent if isinstance(agent, str) else "",
        detail={"suggestion": said, "score": data.get(f"{name}.score")},
    )
