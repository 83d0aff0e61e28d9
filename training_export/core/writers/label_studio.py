"""Label Studio's tasks: items as data, people's labels as annotations, the judge's word as a prediction.

Labelling interface: Choices `verdict`, Number `score`, TextArea `comment` and `corrected_answer`, all to the text
`answer`; of pairs Pairwise `preferred` to `answer1` and `answer2`. A task that came from Label Studio leaves with what
it came with: annotations and predictions that say what labels and judgments say are not written a second time, and a
person's newer word replaces their older one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from judging.core.readers.label_studio_words import SIDES, name_of, text_of, value_of, verdict_named
from judging.core.verdicts import PersonVerdict, Verdict
from training_export.core.records import Destination, LabelRow, LeftOut, Origin, Record
from training_export.core.writers.base import JsonArray, Writer, WriterOptions, WrittenFile

OPTIONAL = ("context", "criteria", "category", "model")
CAME_WITH = "label_studio"
VERDICTS = {verdict.value for verdict in (*PersonVerdict, *Verdict)}
PREFERRED = "preferred"
SIDE_OF = {vote: side for side, vote in SIDES.items()}
OWN_KEYS = {"id", "data", "meta", "annotations", "completions", "predictions"}


def label_studio_writer(folder: Path, _options: WriterOptions) -> Writer:
    """Every item of one answer."""
    return LabelStudioTasks(folder / "tasks.json")


class LabelStudioTasks:
    """One JSON array of tasks, reviewed or not."""

    def __init__(self, path: Path) -> None:
        self._array = JsonArray(path)
        self._dropped: Counter[str] = Counter()

    def write(self, record: Record, destination: Destination) -> None:
        """Add the item; choices and conversations have no place in this interface, and are counted."""
        if destination == LeftOut.NOT_ONE_ANSWER and not is_pair(record):
            self._dropped["conversations" if len(record.turns) > 1 else "choices"] += 1
            return
        self._array.add(task_of(record))

    def checks(self) -> Mapping[str, Any]:
        """What has no place."""
        return {"dropped": dict(self._dropped)} if self._dropped else {}

    def close(self) -> list[WrittenFile]:
        """Finish the array."""
        return [self._array.close()]


def is_pair(record: Record) -> bool:
    """Whether it holds two answers to one question."""
    return len(record.turns) == len(record.turns_b) == 1


def texts_of_item(record: Record) -> dict[str, str]:
    """The texts of a task: of a pair under the names of Label Studio's own template, of a text that nobody asked for
    the text alone."""
    turn = record.turns[0]
    if is_pair(record):
        models = {"model1": record.model, "model2": record.model_b} if record.model or record.model_b else {}
        data = {"prompt": turn.question, "answer1": turn.answer, "answer2": record.turns_b[0].answer, **models}
    else:
        data = {"question": turn.question, "answer": turn.answer} if turn.question else {"text": turn.answer}
    data |= {"reference": turn.reference} if turn.reference else {}
    others = [name for name in OPTIONAL if name != "model" or not is_pair(record)]
    return data | {name: text for name in others if (text := getattr(record, name))}


def task_of(record: Record) -> dict[str, Any]:
    """A task with what everyone said of it."""
    came = came_with(record)
    data = {"key": record.key, **texts_of_item(record)}
    others = {name: value for name, value in record.extra.items() if name != CAME_WITH}
    if came is None:
        meta = {"meta": others} if others else {}
    else:
        data, meta = others | data, {"meta": came["meta"]} if "meta" in came else {}
    came = came or {}
    return {
        "id": came.get("id", record.position),
        "data": data,
        **meta,
        "annotations": annotations_of(record, listed(came, "annotations") or listed(came, "completions")),
        "predictions": predictions_of(record, listed(came, "predictions")),
        **{name: value for name, value in came.items() if name not in OWN_KEYS},
    }


def came_with(record: Record) -> Mapping[str, Any] | None:
    """What the reader of Label Studio's tasks kept of this one; None for an item from another format."""
    kept = record.extra.get(CAME_WITH)
    return kept if isinstance(kept, dict) else None


def listed(came: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects under a name of the task as it came; a task's short form lists the ids only."""
    found = came.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def annotations_of(record: Record, came: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those the task came with, then people's labels and the lead's decision that are not among them."""
    pair = is_pair(record)
    people = [annotation_of(label, pair=pair) for label in record.labels if label.rater_type == "human"]
    return merged(came, [*people, *ground_truth(record)])


def predictions_of(record: Record, came: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those the task came with, then the judge's values that are not among them."""
    pair = is_pair(record)
    judges = [prediction_of(label, pair=pair) for label in record.labels if label.rater_type == "judge" and label.value]
    kept = [entry for entry in judges if not any(repeats(entry, old) for old in came)]
    return [*came, *kept]


def repeats(prediction: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a judge's value is one that a task came with: the import of a prediction keeps verdict and score."""
    words, score = said_words(old), old.get("score")
    said = said_words(prediction)
    return bool(said & words) or (score is not None and prediction.get("score") == score)


def annotator_of(annotation: Mapping[str, Any]) -> str:
    """Who annotated: an e-mail address, a number, 'ground truth' for a lead's decision; '' where it is not said."""
    if annotation.get("ground_truth"):
        return "ground truth"
    who = annotation.get("completed_by")
    email = who.get("email") if isinstance(who, dict) else None
    return str(email) if email else ""


def merged(came: list[dict[str, Any]], new: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """`came` with `new`: what is there already stays as it came, a person's other word takes the old one's place."""
    found, free = list(came), set(range(len(came)))
    for entry in new:
        if any(is_known(entry, old) for old in came):
            continue
        place = place_of(entry, found, free)
        if place is None:
            found.append(entry)
            continue
        free.discard(place)
        if not covers(found[place], entry):
            found[place] = entry
    return found


def is_known(entry: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a person's annotation of several controls says this word of theirs among others."""
    return (
        len(controls(old)) > 1
        and annotator_of(entry) in {annotator_of(old) or annotator_of(entry), name_of(old.get("completed_by"))}
        and covers(old, entry)
    )


def place_of(entry: Mapping[str, Any], found: list[dict[str, Any]], free: set[int]) -> int | None:
    """Where the same person's word on the same control stands, else one of an unnamed person that says the same."""
    name = annotator_of(entry)
    own = [
        place
        for place in sorted(free)
        if annotator_of(found[place]) == name and controls(found[place]) & controls(entry)
    ]
    unnamed = [place for place in sorted(free) if not annotator_of(found[place]) and covers(found[place], entry)]
    return next(iter([*own, *unnamed]), None)


def regions_of(annotation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The regions of an annotation, as far as it has any."""
    regions = annotation.get("result")
    return [entry for entry in regions if isinstance(entry, dict)] if isinstance(regions, list) else []


def controls(annotation: Mapping[str, Any]) -> set[str]:
    """The names of the controls that were used for a choice or a number."""
    return {str(entry.get("from_name")) for entry in regions_of(annotation) if entry.get("type") != "textarea"}


def said_words(annotation: Mapping[str, Any]) -> set[str]:
    """What was chosen, verdicts under our names; several things at once as a label has them, too."""
    values = [entry.get("value") for entry in regions_of(annotation) if entry.get("type") != "textarea"]
    return {word for value in values if isinstance(value, dict) for word in words_of_value(value)}


def words_of_value(value: Mapping[str, Any]) -> set[str]:
    """What the value of one control says."""
    one, parts = value_of(value)
    joined = {one} if one else {" + ".join(sorted(parts)), " > ".join(parts)} if parts else set()
    return {str(verdict_named(word) or word) for word in (*joined, *parts)}


def texts_of(annotation: Mapping[str, Any]) -> dict[str, str]:
    """The texts that were written, by control."""
    found = [entry for entry in regions_of(annotation) if entry.get("type") == "textarea"]
    values = {str(entry.get("from_name")): entry.get("value") for entry in found}
    return {name: text_of(value) for name, value in values.items() if isinstance(value, dict)}


def covers(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether an annotation says all that another one does."""
    return said_words(new) <= said_words(old) and texts_of(new).items() <= texts_of(old).items()


def annotation_of(label: LabelRow, *, pair: bool) -> dict[str, Any]:
    """A person's label. Label Studio knows people by e-mail address; the name stands there."""
    return {
        "completed_by": {"email": label.rater},
        "result": results_of(label.criterion, label.value, label.comment, label.correction, pair=pair),
        "was_cancelled": False,
        "ground_truth": False,
        "lead_time": label.seconds,
        "created_at": label.created_at,
    }


def ground_truth(record: Record) -> list[dict[str, Any]]:
    """A lead's decision, where there is one."""
    people = record.people
    if is_pair(record):
        return []
    if people.origin != Origin.GOLD or people.verdict is None:
        return []
    result = results_of("", people.verdict.value, "", people.correction, pair=False)
    return [{"result": result, "was_cancelled": False, "ground_truth": True}]


def prediction_of(label: LabelRow, *, pair: bool) -> dict[str, Any]:
    """A judge's word."""
    score = {} if label.score is None else {"score": label.score}
    result = results_of(label.criterion, label.value, "", {}, pair=pair)
    return {"model_version": f"{label.rater} v{label.judge_version}", **score, "result": result}


def results_of(
    criterion: str, value: str, comment: str, correction: Mapping[str, str], *, pair: bool
) -> list[dict[str, Any]]:
    """The regions of an annotation."""
    texts = {"comment": comment, **{f"corrected_{name}": text for name, text in correction.items()}}
    written = [region(name, "textarea", {"text": [text]}) for name, text in texts.items() if text]
    said = vote_region(value) if pair and not criterion else said_region(criterion, value)
    return [said, *written]


def vote_region(value: str) -> dict[str, Any]:
    """A vote on a pair: Label Studio's own control has two sides, and no tie."""
    side = SIDE_OF.get(value)
    if side is None:
        return region(PREFERRED, "choices", {"choices": [value]})
    return region(PREFERRED, "pairwise", {"selected": side}, to="answer1,answer2")


def said_region(criterion: str, value: str) -> dict[str, Any]:
    """A value under its criterion; without one a verdict, a score or, where it is neither, a value."""
    if criterion or value in VERDICTS:
        return region(criterion or "verdict", "choices", {"choices": [value]})
    try:
        return region("score", "number", {"number": float(value)})
    except ValueError:
        return region("value", "choices", {"choices": [value]})


def region(name: str, kind: str, value: Mapping[str, Any], *, to: str = "answer") -> dict[str, Any]:
    """One control's value."""
    return {"from_name": name, "to_name": to, "type": kind, "value": value}
