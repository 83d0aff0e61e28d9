"""Label Studio's tasks: items as data, people's labels as annotations, the judge's word as a prediction.

Labelling interface: Choices `verdict`, TextArea `comment` and `corrected_answer`, all to the text `answer`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training_export.core.records import Destination, LabelRow, LeftOut, Origin, Record
from training_export.core.writers.base import JsonArray, Writer, WriterOptions, WrittenFile

OPTIONAL = ("context", "criteria", "category", "model")


def label_studio_writer(folder: Path, _options: WriterOptions) -> Writer:
    """Every item of one answer."""
    return LabelStudioTasks(folder / "tasks.json")


class LabelStudioTasks:
    """One JSON array of tasks, reviewed or not."""

    def __init__(self, path: Path) -> None:
        self._array = JsonArray(path)

    def write(self, record: Record, destination: Destination) -> None:
        """Add the item; pairs, choices and conversations have no place in this interface."""
        if destination != LeftOut.NOT_ONE_ANSWER:
            self._array.add(task_of(record))

    def checks(self) -> Mapping[str, Any]:
        """Nothing to say."""
        return {}

    def close(self) -> list[WrittenFile]:
        """Finish the array."""
        return [self._array.close()]


def task_of(record: Record) -> dict[str, Any]:
    """A task with what everyone said of it."""
    turn = record.turns[0]
    data = {"key": record.key, "question": turn.question, "answer": turn.answer}
    data |= {"reference": turn.reference} if turn.reference else {}
    data |= {name: text for name in OPTIONAL if (text := getattr(record, name))}
    extra = {"meta": record.extra} if record.extra else {}
    people = [annotation_of(label) for label in record.labels if label.rater_type == "human"]
    judges = [prediction_of(label) for label in record.labels if label.rater_type == "judge" and label.value]
    return {
        "id": record.position,
        "data": data,
        **extra,
        "annotations": [*people, *ground_truth(record)],
        "predictions": judges,
    }


def annotation_of(label: LabelRow) -> dict[str, Any]:
    """A person's label. Label Studio knows people by e-mail address; the name stands there."""
    return {
        "completed_by": {"email": label.rater},
        "result": results_of(label.criterion, label.value, label.comment, label.correction),
        "was_cancelled": False,
        "ground_truth": False,
        "lead_time": label.seconds,
        "created_at": label.created_at,
    }


def ground_truth(record: Record) -> list[dict[str, Any]]:
    """A lead's decision, where there is one."""
    people = record.people
    if people.origin != Origin.GOLD or people.verdict is None:
        return []
    result = results_of("", people.verdict.value, "", people.correction)
    return [{"result": result, "was_cancelled": False, "ground_truth": True}]


def prediction_of(label: LabelRow) -> dict[str, Any]:
    """A judge's word."""
    score = {} if label.score is None else {"score": label.score}
    result = results_of(label.criterion, label.value, "", {})
    return {"model_version": f"{label.rater} v{label.judge_version}", **score, "result": result}


def results_of(criterion: str, value: str, comment: str, correction: Mapping[str, str]) -> list[dict[str, Any]]:
    """The regions of an annotation."""
    texts = {"comment": comment, **{f"corrected_{name}": text for name, text in correction.items()}}
    written = [region(name, "textarea", {"text": [text]}) for name, text in texts.items() if text]
    return [region(criterion or "verdict", "choices", {"choices": [value]}), *written]


def region(name: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """One control's value."""
    return {"from_name": name, "to_name": "answer", "type": kind, "value": value}
