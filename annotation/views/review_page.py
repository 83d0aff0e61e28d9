"""What the review page shows of one place in a queue, and nothing that its annotator may not see yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.utils.dateparse import parse_datetime

from annotation.actions.labels import current_labels
from annotation.core.asked import side
from annotation.core.queue_filter import QueueFilter
from annotation.core.words import CORRECTABLE
from annotation.models import Assignment, Campaign, Guideline, Label, LabelReview
from annotation.pages.item_frame import held_of
from annotation.reports.spoken import answer_word
from annotation.views.review_form import draft_of, form_pane, said, shows_model
from annotation.views.review_others import other_words
from annotation.views.review_queue import around, progress_context
from judging.core.pairs import B_FIRST
from judging.core.parts import order_of
from judging.models import Judgment, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeWord:
    """What the judge of the campaign said of an item. `swapped`: the page shows the sides the other way round."""

    judgments: list[Judgment]
    replies: list[Reply]
    swapped: bool = False

    def said(self) -> list[tuple[Judgment, str]]:
        """Judgments with their values as the page calls them."""
        return [(judgment, side(judgment.value, swapped=self.swapped)) for judgment in self.judgments]

    def read(self) -> list[tuple[Reply, bool]]:
        """Replies, and whether each calls the page's answer A its B: it was asked in one order or the other."""
        orders = [(reply, order_of(reply.part)) for reply in self.replies]
        return [(reply, bool(order) and (order == B_FIRST) != self.swapped) for reply, order in orders]


def judge_word(assignment: Assignment) -> JudgeWord | None:
    """The judge's word, or None where there is none or it is not to be seen yet."""
    if not shows_judge(assignment):
        return None
    of_item = {"run": assignment.campaign.run_id, "item": assignment.campaign_item.item_id}
    judgments = list(Judgment.objects.filter(**of_item).order_by("criterion"))
    replies = list(Reply.objects.filter(**of_item).order_by("part", "sample", "attempt"))
    if not judgments and not replies:
        return None
    return JudgeWord(judgments=judgments, replies=replies, swapped=assignment.swapped)


def shows_judge(assignment: Assignment) -> bool:
    """Whether the judge's word may be on this page, if there is any."""
    campaign = assignment.campaign
    seen = assignment.state == Assignment.State.SUBMITTED or assignment.revealed_at is not None
    return campaign.run_id is not None and (seen or not campaign.blind_judge)


def own_labels_of(assignment: Assignment) -> list[Label]:
    """One's standing labels on this item, one per criterion."""
    if assignment.state != Assignment.State.SUBMITTED:
        return []
    return current_labels(assignment)


def page_context(
    assignment: Assignment,
    asked: QueueFilter,
    sent: Mapping[str, Any] | None = None,
    made: Label | None = None,
) -> dict[str, Any]:
    """The whole page: the item, the queue around it, how far one is.

    `sent` came with a refused press, `made` is the label of a press that was just stored.
    """
    campaign, guideline = assignment.campaign, assignment.campaign.newest_guideline
    progress = progress_context(assignment, asked, made)
    return {
        **item_context(assignment, sent),
        **progress,
        **around(assignment, asked),
        "judge": judge_word(assignment),
        "others": other_words(assignment),
        "guideline_was": older_version(guideline, progress["last_label"]),
        "draws_next": campaign.is_pulled and campaign.state == Campaign.State.OPEN and asked.shows_all,
    }


def item_context(assignment: Assignment, sent: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One item and the form for it; nothing of the queue, and not the judge's word."""
    campaign, item = assignment.campaign, assignment.campaign_item.item
    labels, draft = own_labels_of(assignment), draft_of(assignment)
    pane = form_pane(assignment, labels, sent)
    return {
        "campaign": campaign,
        "assignment": assignment,
        "held": held_of(assignment),
        "item": item,
        "turns": item.turns,
        "model": item.model if shows_model(assignment) else "",
        "label": labels[0] if labels else None,
        "label_word": said(assignment, labels),
        "sent_back": sent_back(assignment),
        "pane": pane,
        "values": pane.values,
        "corrected": {name: pane.values[name] != getattr(item, name) for name in CORRECTABLE},
        "draft_at": parse_datetime(assignment.draft.get("at", "")) if draft else None,
        "draft_word": answer_word(draft["verdict"]) if draft.get("verdict") else "",
        "guideline": campaign.newest_guideline,
        "page_key": uuid4().hex,
        "has_ahead": True,
    }


def sent_back(assignment: Assignment) -> LabelReview | None:
    """What a lead said who gave one's label back; nothing once it is decided again."""
    if assignment.state not in (Assignment.State.DRAFT, Assignment.State.SKIPPED) or not assignment.draft:
        return None
    own = {"label__campaign": assignment.campaign_id, "label__annotator": assignment.annotator_id}
    newest = LabelReview.objects.filter(**own, label__item=assignment.campaign_item.item_id).order_by("-pk").first()
    return newest if newest and newest.outcome == LabelReview.Outcome.REJECTED else None


def older_version(guideline: Guideline | None, label: Label | None) -> int | None:
    """The version that one's last label followed, where there is a newer one since."""
    if guideline is None or label is None or label.guideline is None or label.guideline_id == guideline.pk:
        return None
    return label.guideline.version
