"""Everyone's words on the items of a chunk, criterion by criterion, for formats that show each of them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from annotation.models import Label
from judging.models import Judgment, Reply
from training_export.core.records import JudgedPart, LabelRow, Source
from training_export.selection.choosing import Selection
from training_export.selection.columns import as_text, decoded, of_items, plain_rows

SUBMITTED = "submitted"


def label_rows(selection: Selection, revisions: Mapping[int, int]) -> Mapping[int, tuple[LabelRow, ...]]:
    """Current labels and judgments by item: people first, each in the order in which they were given."""
    found: dict[int, list[LabelRow]] = defaultdict(list)
    if selection.source != Source.JUDGE:
        add_people(selection, revisions, found)
    if selection.run:
        add_judge(selection, revisions, found)
    return {item: tuple(rows) for item, rows in found.items()}


def add_people(selection: Selection, revisions: Mapping[int, int], found: dict[int, list[LabelRow]]) -> None:
    """Labels of the campaign, on any criterion and of any value."""
    rows: QuerySet[Label] = of_items(selection.all_labels(), revisions).order_by("item_id", "at", "pk")
    fields = ("item_id", "item_revision", "annotator__name", "criterion", "value", "verdict", "score", "comment")
    more = (as_text("correction"), "guideline__version", "at", "seconds")
    for item, revision, rater, criterion, value, verdict, score, comment, *rest in rows.values_list(*fields, *more):
        if revisions.get(item) == revision:
            correction, guideline, at, seconds = rest
            found[item].append(
                LabelRow(
                    rater_type="human",
                    rater=rater,
                    value=value,
                    status=SUBMITTED,
                    criterion=criterion,
                    verdict=verdict,
                    score=score,
                    comment=comment,
                    correction=decoded(correction),
                    guideline_version=guideline,
                    created_at=at.isoformat(),
                    seconds=seconds,
                )
            )


def add_judge(selection: Selection, revisions: Mapping[int, int], found: dict[int, list[LabelRow]]) -> None:
    """Judgments of the run; one without a value has the status of its replies and an empty value."""
    judge = judge_facts(selection)
    rows = of_items(Judgment.objects.filter(run=selection.run), revisions).order_by("item_id", "criterion")
    fields = ("item_id", "item_revision", "criterion", "value", "score", "status")
    for item, revision, criterion, value, score, status in rows.values_list(*fields):
        if revisions.get(item) == revision:
            found[item].append(LabelRow(value=value, score=score, status=status, criterion=criterion, **judge))


def judged_parts(selection: Selection, revisions: Mapping[int, int]) -> Mapping[int, tuple[JudgedPart, ...]]:
    """The judgments of the run by item, each with the last attempt of its replies."""
    if selection.run is None:
        return {}
    replies = reply_texts(selection, revisions)
    rows = of_items(Judgment.objects.filter(run=selection.run), revisions).order_by("item_id", "criterion")
    fields = ("item_id", "item_revision", "criterion", "status", "value", "score", as_text("detail"))
    found: dict[int, list[JudgedPart]] = defaultdict(list)
    for item, revision, criterion, status, value, score, detail in plain_rows(rows.values_list(*fields), size=2000):
        if revisions.get(item) == revision:
            said = {"criterion": criterion, "status": status, "value": value, "score": score}
            texts = tuple((part, *said_there) for part, said_there in replies.get(item, {}).items())
            found[item].append(JudgedPart(**said, detail=decoded(detail), replies=texts))
    return {item: tuple(parts) for item, parts in found.items()}


def reply_texts(
    selection: Selection, revisions: Mapping[int, int]
) -> Mapping[int, Mapping[str, tuple[str, str | None]]]:
    """The first sample's last attempt by item and part."""
    rows = of_items(Reply.objects.filter(run=selection.run, sample=0), revisions).order_by("item_id", "part", "attempt")
    found: dict[int, dict[str, tuple[str, str | None]]] = defaultdict(dict)
    for item, part, text, value in plain_rows(rows.values_list("item_id", "part", "text", "value"), size=2000):
        found[item][part] = (text, value)
    return found


def judge_facts(selection: Selection) -> dict[str, Any]:
    """What every judgment of the run has in common."""
    run = selection.run
    if run is None or run.judge is None:
        return {"rater_type": "judge", "rater": ""}
    finished = run.finished_at.isoformat() if run.finished_at else ""
    return {
        "rater_type": "judge",
        "rater": run.judge.name,
        "judge_version": run.judge.version,
        "created_at": finished,
    }
