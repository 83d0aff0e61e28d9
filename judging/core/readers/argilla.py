"""Argilla's records: flat rows, as they come from the hub, or nested ones, as its own export writes them.

Of a record are read its fields, and per question responses and a suggestion.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, PersonWord, RowProblem
from judging.core.readers.argilla_words import RESPONSES, SUBMITTED, words_of
from judging.core.readers.fields import BadField
from judging.core.readers.json_records import Record, kind_of
from judging.core.readers.label_studio_words import verdict_named
from judging.core.readers.records import objects
from judging.core.readers.shaped import shaped_row
from judging.core.verdicts import PersonVerdict, Reason

_SUGGESTION = ".suggestion"
_OLD_SUGGESTION, _OLD_METADATA = "-suggestion", "-suggestion-metadata"


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether a row has answers to questions about it."""
    return _is_nested(entry) or any(name.endswith((RESPONSES, _SUGGESTION, _OLD_SUGGESTION)) for name in entry)


def _is_nested(entry: Mapping[str, Any]) -> bool:
    return isinstance(entry.get("fields"), dict) and bool(entry.keys() & {"responses", "suggestions"})


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per row."""
    for record in objects(path):
        yield record if isinstance(record, RowProblem) else _row(record)


def _row(record: Record) -> ItemRow | RowProblem:
    try:
        data = _flat(record.value) if _is_nested(record.value) else record.value
        row = shaped_row(Record(record.number, dict(data)))
        if isinstance(row, RowProblem):
            return row
        said = _with_points(data)
        words = words_of(said, is_pair=bool(row.turns_b))
        return replace(row, person=_person(said), judgments=_judgments(said), words=words)
    except BadField as error:
        return RowProblem(record.number, str(error))


def _with_points(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of the first feedback datasets under the names of later ones: a question's column held its responses."""
    asked = [name.removesuffix(_OLD_SUGGESTION) for name in data if name.endswith(_OLD_SUGGESTION)]
    if not asked:
        return data
    found = dict(data)
    for name in asked:
        found[f"{name}{_SUGGESTION}"] = data[f"{name}{_OLD_SUGGESTION}"]
        about = data.get(f"{name}{_OLD_METADATA}")
        if isinstance(about, dict):
            found |= {f"{name}{_SUGGESTION}.{part}": about[part] for part in ("score", "agent") if part in about}
        said = data.get(name)
        if isinstance(said, list) and all(isinstance(answer, dict) for answer in said):
            found[f"{name}{RESPONSES}"] = [answer.get("value") for answer in said]
            found[f"{name}{RESPONSES}.status"] = [answer.get("status") for answer in said]
            found[f"{name}{RESPONSES}.users"] = [answer.get("user_id") for answer in said]
    return found


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A nested record as a row of the hub."""
    flat = {name: value for name, value in record.items() if name not in {"fields", "responses", "suggestions"}}
    flat |= record["fields"]
    for name, said in _by_question(record, "responses"):
        answers = said if isinstance(said, list) else [said]
        flat[f"{name}{RESPONSES}"] = [answer.get("value") if isinstance(answer, dict) else answer for answer in answers]
        states = [answer.get("status") if isinstance(answer, dict) else None for answer in answers]
        if any(states):
            flat[f"{name}{RESPONSES}.status"] = states
        users = [answer.get("user_id") if isinstance(answer, dict) else None for answer in answers]
        if any(users):
            flat[f"{name}{RESPONSES}.users"] = users
    for name, said in _by_question(record, "suggestions"):
        parts = said if isinstance(said, dict) else {"value": said}
        flat[f"{name}{_SUGGESTION}"] = parts.get("value")
        flat |= {f"{name}{_SUGGESTION}.{part}": parts[part] for part in ("score", "agent") if part in parts}
    return flat


def _by_question(record: Mapping[str, Any], kind: str) -> list[tuple[str, Any]]:
    """What was said, by the name of its question: an object of questions, or a list that names them."""
    found = record.get(kind) or {}
    if isinstance(found, dict):
        return list(found.items())
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadField(f"'{kind}' is {kind_of(found)}; write an object with a key per question.")
    if kind == "suggestions":
        return [(str(entry.get("question_name", "")), entry) for entry in found]
    by_name: dict[str, list[Any]] = {}
    for response in found:
        values = response.get("values")
        for name, value in (values if isinstance(values, dict) else {}).items():
            said = value.get("value") if isinstance(value, dict) else value
            by_name.setdefault(name, []).append(
                {"value": said, "status": response.get("status"), "user_id": response.get("user_id")}
            )
    return list(by_name.items())


def _person(data: Mapping[str, Any]) -> PersonWord | None:
    """The one submitted response that is a verdict in words; of several people's none."""
    words = [
        verdict
        for name in data
        if name.endswith(RESPONSES)
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
    return [response for response, state in zip(responses, states, strict=True) if state == SUBMITTED]


def _judgments(data: Mapping[str, Any]) -> tuple[ImportedJudgment, ...]:
    """The suggestions, one criterion per question; rankings, spans and several labels at once are kept only."""
    named = [
        name for name in data if name.endswith(_SUGGESTION) and not isinstance(data[name], (list, dict, type(None)))
    ]
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
