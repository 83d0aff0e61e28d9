"""What the review page shows of one place in a queue, and nothing that its annotator may not see yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db.models import OuterRef, Subquery
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from annotation.actions.labels import current_labels
from annotation.models import Assignment, Guideline, Label
from annotation.views.review_form import draft_of, form_pane, said
from judging.models import Judgment, Reply

WINDOW = 25
VERDICT_WORDS = {"clean": _("good"), "undefined": _("undefined"), "wrong": _("bad"), "": _("open")}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeWord:
    """What the judge of the campaign said of an item."""

    judgments: list[Judgment]
    replies: list[Reply]


def judge_word(assignment: Assignment) -> JudgeWord | None:
    """The judge's word, or None where there is none or it is not to be seen yet."""
    campaign = assignment.campaign
    submitted = assignment.state == Assignment.State.SUBMITTED
    seen = submitted or assignment.revealed_at is not None
    if campaign.run_id is None or (campaign.blind_judge and not seen):
        return None
    of_item = {"run": campaign.run_id, "item": assignment.campaign_item.item_id}
    judgments = list(Judgment.objects.filter(**of_item).order_by("criterion"))
    replies = list(Reply.objects.filter(**of_item).order_by("part", "sample", "attempt"))
    return JudgeWord(judgments=judgments, replies=replies) if judgments or replies else None


def progress_context(assignment: Assignment) -> dict[str, Any]:
    """How far one's own queue is, counted from one's own labels."""
    labels = Label.objects.own(assignment.campaign_id, assignment.annotator_id)
    counts = labels.verdict_counts()
    total = Assignment.objects.queue(assignment.campaign_id, assignment.annotator_id).last_rank()
    done = sum(counts.values())
    return {
        "counts": counts,
        "total": total,
        "done": done,
        "open": total - done,
        "percent": 100 * done // total if total else 0,
        "last_label": labels.order_by("-at").first(),
    }


def rail(assignment: Assignment) -> list[dict[str, Any]]:
    """The places around this one, each with its state and one's own verdict."""
    own = Label.objects.own(assignment.campaign_id, assignment.annotator_id)
    verdict = Subquery(own.filter(item=OuterRef("campaign_item__item")).values("verdict")[:1])
    here = assignment.queue_rank
    rows = (
        Assignment.objects.queue(assignment.campaign_id, assignment.annotator_id)
        .filter(queue_rank__range=(here - WINDOW, here + WINDOW))
        .annotate(verdict=verdict)
        .values_list("queue_rank", "state", "verdict")
    )
    return [
        {"rank": rank, "mark": value or state, "word": VERDICT_WORDS[value] if value else state_word(state)}
        for rank, state, value in rows
    ]


def state_word(state: str) -> Any:
    """What the rail calls a place without a label."""
    return _("draft") if state == Assignment.State.DRAFT else VERDICT_WORDS[""]


def own_labels_of(assignment: Assignment) -> list[Label]:
    """One's standing labels on this item, one per criterion."""
    if assignment.state != Assignment.State.SUBMITTED:
        return []
    return current_labels(assignment)


def item_context(assignment: Assignment, sent: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Everything the page shows; `sent` is what came with a refused press and stays in the form."""
    campaign, item = assignment.campaign, assignment.campaign_item.item
    labels, draft = own_labels_of(assignment), draft_of(assignment)
    label = labels[0] if labels else None
    pane = form_pane(assignment, labels, sent)
    values = pane.values
    return {
        "campaign": campaign,
        "assignment": assignment,
        "item": item,
        "turns": item.turns,
        "model": "" if campaign.blind_model else item.model,
        "judge": judge_word(assignment),
        "label": label,
        "label_word": said(assignment, labels),
        "pane": pane,
        "values": values,
        "corrected": {name: values[name] != getattr(item, name) for name in ("question", "answer")},
        "draft_at": parse_datetime(assignment.draft.get("at", "")) if draft else None,
        "draft_word": VERDICT_WORDS[draft.get("verdict", "")] if draft.get("verdict") else "",
        "guideline": Guideline.objects.filter(campaign=campaign).order_by("-version").first(),
        "page_key": uuid4().hex,
        "rail": rail(assignment),
        **progress_context(assignment),
    }
