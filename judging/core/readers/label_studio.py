"""Label Studio's tasks, JSON and JSON-MIN: annotations are people's words, predictions those of a machine.

Everything that people said on a whole task is kept as their words, under their names. Where one person chose a verdict
in words (clean, correct, pass ... or wrong, incorrect, fail ...), that is the word of the file.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, PersonWord, RowProblem
from judging.core.readers.fields import ANSWER, QUESTION, BadField, find
from judging.core.readers.json_records import Record, kind_of
from judging.core.readers.label_studio_words import verdict_named, words_of, words_of_flat
from judging.core.readers.records import objects_or_rows
from judging.core.readers.shaped import shaped_row
from judging.core.verdicts import PersonVerdict, Reason, Verdict

_OF_A_TASK = {"annotations", "predictions", "completions"}
_OF_A_NEW_TASK = {"id", "data", "meta"}
OTHERS = "label_studio_min"
"""Where the further entries of a task are kept."""
_MOST = 100
_OF_MIN = {"annotation_id", "annotator"}
_BEGUN = ('{"', '[{"')


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a task, or its flat form."""
    is_task = isinstance(entry.get("data"), dict) and (entry.keys() & _OF_A_TASK or entry.keys() <= _OF_A_NEW_TASK)
    return bool(is_task) or entry.keys() >= _OF_MIN


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per task. The flat form repeats a task for everybody who annotated it."""
    task: list[Record] = []
    for record in objects_or_rows(path):
        if isinstance(record, Record) and task and _same_task(task[0].value, record.value):
            task.append(record)
            continue
        yield from _of_task(task)
        task = []
        if isinstance(record, RowProblem):
            yield record
        else:
            task = [record]
    yield from _of_task(task)


def _same_task(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two flat entries are about one task: what differs is who annotated it, and how."""
    if "data" in one or "data" in other or one.get("id") is None or one["id"] != other.get("id"):
        return False
    texts = (find(one, wanted) for wanted in (QUESTION, ANSWER, ("text",)))
    return all(one[name] == other.get(name) for name in texts if name is not None)


def _of_task(task: list[Record]) -> Iterator[ItemRow | RowProblem]:
    if not task:
        return
    row = _row(task[0])
    others = [record.value for record in task[1:]]
    if not others or isinstance(row, RowProblem):
        yield row
        return
    words = list(row.words)
    for record in task[1:]:
        try:
            words += words_of_flat(_read_cells(record.value))
        except BadField as error:
            yield RowProblem(record.number, str(error))
    yield replace(row, person=None, extra={**row.extra, OTHERS: others}, words=tuple(words))


def _row(record: Record) -> ItemRow | RowProblem:
    task = record.value
    try:
        return _flat(record) if "data" not in task else _task(record)
    except BadField as error:
        return RowProblem(record.number, str(error))


def _task(record: Record) -> ItemRow | RowProblem:
    task = record.value
    data = task["data"]
    if not isinstance(data, dict):
        raise BadField(f"'data' is {kind_of(data)}; write the task's texts as an object.")
    row = shaped_row(Record(record.number, dict(_with_id(task, data))))
    if isinstance(row, RowProblem):
        return row
    annotations = _listed(task, "annotations") or _listed(task, "completions")
    kept = {name: value for name, value in task.items() if name != "data"}
    words = [word for annotation in annotations if (word := _word(annotation)) is not None]
    # Several people's words do not fit into one.
    person = words[0] if len(words) == 1 else None
    return replace(
        row,
        extra={**row.extra, "label_studio": kept},
        judgments=_judgments(_listed(task, "predictions")),
        person=person,
        words=words_of(annotations),
    )


def _with_id(task: Mapping[str, Any], data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The texts with their id: the item's own, else `key`, which our export writes, else the number of the task."""
    if "id" in data:
        return data
    if isinstance(key := data.get("key"), str):
        return {"id": key, **{name: value for name, value in data.items() if name != "key"}}
    return {**data, "id": task.get("id")}


def _listed(task: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = task.get(name) or []
    # A task's short form lists the ids only.
    if isinstance(found, list) and all(isinstance(entry, int) for entry in found):
        return []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadField(f"'{name}' is no list of objects. Export the tasks as JSON again.")
    return found


def _word(annotation: Mapping[str, Any]) -> PersonWord | None:
    """What a person chose; a skipped task is no word."""
    if annotation.get("was_cancelled"):
        return None
    verdict = _chosen(annotation)
    if verdict is None:
        return PersonWord(verdict=PersonVerdict.UNDEFINED, comment=_comment(annotation)) if _open(annotation) else None
    return PersonWord(verdict=PersonVerdict(verdict.value), comment=_comment(annotation))


def _open(annotation: Mapping[str, Any]) -> bool:
    """Whether a person said that it cannot be decided, as our export has it."""
    return any(
        region.get("from_name") == "verdict" and region.get("value") == {"choices": [PersonVerdict.UNDEFINED.value]}
        for region in annotation.get("result") or []
        if isinstance(region, dict)
    )


def _comment(annotation: Mapping[str, Any]) -> str:
    """The text of the control `comment`."""
    for region in annotation.get("result") or []:
        value = region.get("value") if isinstance(region, dict) and region.get("from_name") == "comment" else None
        texts = value.get("text") if isinstance(value, dict) else None
        if isinstance(texts, list) and all(isinstance(text, str) for text in texts):
            return "\n".join(texts)
    return ""


def _chosen(annotation: Mapping[str, Any]) -> Verdict | None:
    regions = annotation.get("result") or []
    if not isinstance(regions, list):
        raise BadField(f"'result' is {kind_of(regions)}; write the list that Label Studio exports.")
    for region in regions:
        value = region.get("value") if isinstance(region, dict) else None
        choices = value.get("choices") if isinstance(value, dict) else None
        if isinstance(choices, list) and len(choices) == 1 and (verdict := verdict_named(choices[0])):
            return verdict
    return None


def _judgments(predictions: list[Mapping[str, Any]]) -> tuple[ImportedJudgment, ...]:
    """The word of the last prediction: one machine's per file."""
    if not predictions:
        return ()
    said = predictions[-1]
    score, verdict = said.get("score"), _chosen(said)
    if score is not None and (isinstance(score, bool) or not isinstance(score, (int, float))):
        raise BadField(f"'score' is {kind_of(score)}; write a number or null.")
    value = _said_first(said) if verdict is None and score is None else ""
    return (
        ImportedJudgment(
            verdict=verdict,
            score=None if score is None else float(score),
            value=value,
            reason=None if verdict or value or score is not None else Reason.NO_VERDICT,
            judge=str(said.get("model_version") or ""),
            detail={"score": score},
        ),
    )


def _said_first(prediction: Mapping[str, Any]) -> str:
    """What a prediction without a verdict and a score chose first; '' where it chose several things, or nothing."""
    return next((word.value[:_MOST] for word in words_of([prediction])), "")


def _flat(record: Record) -> ItemRow | RowProblem:
    """JSON-MIN and its table: the texts of the task and what was chosen under the name of its control."""
    row = shaped_row(record)
    if isinstance(row, RowProblem):
        return row
    row = replace(row, words=words_of_flat(_read_cells(record.value)))
    named = [verdict for value in row.extra.values() if (verdict := verdict_named(value))]
    if len(named) != 1:
        return row
    return replace(row, person=PersonWord(verdict=PersonVerdict(named[0].value)))


def _read_cells(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a table, where what was chosen may be JSON in a cell."""
    return {name: _read_cell(value) for name, value in entry.items()}


def _read_cell(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(_BEGUN):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return found if isinstance(found, dict) or all(isinstance(one, dict) for one in found) else value
