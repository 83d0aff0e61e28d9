"""What a person does to an item of their queue: open it, draft, submit, undo. A label is appended, never edited."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.actions.counts import recount
from annotation.actions.refusals import LabelRefused, StalePage, elsewhere, refuse_closed
from annotation.core.words import PageView, Word
from annotation.models import Assignment, Guideline, Label


def open_assignment(assignment: Assignment, *, judge_shown: bool) -> None:
    """Note that an item is on its annotator's screen, and whether the judge's word is beside it."""
    now = timezone.now()
    changes: dict[str, Any] = {"opened_at": now}
    if judge_shown:
        changes["revealed_at"] = Coalesce(F("revealed_at"), now)
    Assignment.objects.filter(pk=assignment.pk).update(**changes)


@transaction.atomic
def submit_label(assignment: Assignment, word: Word, *, view: PageView) -> Label:
    """Store a person's word; an earlier one of theirs is superseded. The same press sent twice counts once."""
    row = locked(assignment)
    current = current_label(row)
    if current and made_by(current, row, view) and says(current, word):
        return current
    refuse_closed(row.campaign)
    refuse_stale(row, current, view)
    now = timezone.now()
    if current:
        end_label(current, Label.EndedBy.SUPERSEDED, now)
    label = append_label(row, word, next_client_key(row, view), now)
    store_draft(row, {}, Assignment.State.SUBMITTED)
    recount(row.campaign, [label.item_id])
    return label


@transaction.atomic
def undo_label(label: Label) -> Assignment:
    """Take a decision back: the label ends, its content is the draft again. A label that has ended stays as it is."""
    row = locked(Assignment.objects.of_items(label.campaign_id, label.annotator_id, [label.item_id]).get())
    fresh = Label.objects.get(pk=label.pk)
    if fresh.ended_at is not None:
        return row
    refuse_closed(row.campaign)
    now = timezone.now()
    end_label(fresh, Label.EndedBy.UNDONE, now)
    recount(row.campaign, [fresh.item_id], fresh.criterion)
    store_draft(row, content_of(fresh) | {"at": now.isoformat()}, Assignment.State.DRAFT)
    return row


@transaction.atomic
def save_draft(assignment: Assignment, content: Mapping[str, Any], *, view: PageView, sequence: int = 0) -> Assignment:
    """Keep what is typed but not submitted; empty content empties the draft.

    `sequence` grows with every save of one page view, so that saves overtaking each other leave the newest.
    """
    row = locked(assignment)
    refuse_closed(row.campaign)
    same_page = row.draft.get("page") == view.key
    if same_page and sequence <= row.draft.get("sequence", 0):
        return row
    if not same_page and row.draft_rev != view.known_rev:
        raise StalePage(elsewhere())
    submitted = row.state == Assignment.State.SUBMITTED
    mark = {"page": view.key, "sequence": sequence, "at": timezone.now().isoformat()}
    state = Assignment.State.DRAFT if content else Assignment.State.PENDING
    store_draft(row, {**content, **mark}, Assignment.State.SUBMITTED if submitted else state)
    return row


def locked(assignment: Assignment) -> Assignment:
    """The assignment as it is now, kept from others until the transaction ends."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("campaign", "campaign_item__item")
    row: Assignment = rows.get(pk=assignment.pk)
    return row


def current_label(row: Assignment) -> Label | None:
    """The person's standing word on the item."""
    labels = Label.objects.own(row.campaign_id, row.annotator_id)
    return labels.filter(item=row.campaign_item.item_id).first()


def page_of(row: Assignment, view: PageView) -> str:
    """How the client keys of one page view begin; they hold the assignment, so that no two queues share one."""
    return f"{row.pk}-{view.key}."


def made_by(label: Label, row: Assignment, view: PageView) -> bool:
    """Whether a label was given on this very page view."""
    return label.client_key.startswith(page_of(row, view))


def next_client_key(row: Assignment, view: PageView) -> str:
    """A page view may decide again, after a browser's Back for example; each decision has its number."""
    item = row.campaign_item.item_id
    history = Label.objects.filter(campaign=row.campaign_id, criterion="", item=item, annotator=row.annotator_id)
    return f"{page_of(row, view)}{sum(made_by(label, row, view) for label in history) + 1}"


def says(label: Label, word: Word) -> bool:
    """Whether a label holds this word."""
    stored = (label.verdict, label.error_count, label.comment, label.correction or {})
    return stored == (word.verdict.value, word.error_count, word.comment, dict(word.correction or {}))


def refuse_stale(row: Assignment, current: Label | None, view: PageView) -> None:
    """A press counts only for what was on the screen, or as the next word of the same page."""
    if row.campaign_item.item.revision != view.item_revision:
        raise StalePage(_("The text of this item has changed since you opened it. Reload to read it as it is now."))
    mine = row.draft.get("page") == view.key or (current is not None and made_by(current, row, view))
    if row.draft_rev != view.known_rev and not mine:
        raise StalePage(elsewhere())


def end_label(label: Label, by: str, now: datetime) -> None:
    """A label changes in these two fields only."""
    label.ended_at, label.ended_by = now, by
    label.save(update_fields=["ended_at", "ended_by"])


def append_label(row: Assignment, word: Word, client_key: str, now: datetime) -> Label:
    """A new label, stamped with what was on the screen when it was given."""
    item, opened = row.campaign_item.item, row.opened_at
    return Label.objects.create(
        campaign=row.campaign,
        item=item,
        annotator_id=row.annotator_id,
        item_revision=item.revision,
        guideline=guideline_shown(row),
        value=word.verdict.value,
        verdict=word.verdict.value,
        error_count=word.error_count,
        comment=word.comment,
        correction=dict(word.correction) if word.correction else None,
        judge_visible=row.revealed_at is not None,
        seconds=(now - opened).total_seconds() if opened else None,
        client_key=client_key,
        at=now,
    )


def guideline_shown(row: Assignment) -> Guideline | None:
    """The newest guideline there was when the item was opened."""
    before = Q(at__lte=row.opened_at) if row.opened_at else Q()
    return Guideline.objects.filter(before, campaign=row.campaign_id).order_by("-version").first()


def store_draft(row: Assignment, draft: Mapping[str, Any], state: str) -> None:
    """Every write of a draft counts, so that an older page is known as one."""
    row.draft, row.state, row.draft_rev = dict(draft), state, row.draft_rev + 1
    row.save(update_fields=["draft", "state", "draft_rev"])


def content_of(label: Label) -> dict[str, Any]:
    """A label's content as a draft holds it."""
    content = {"verdict": label.verdict, "comment": label.comment, **(label.correction or {})}
    if label.error_count is not None:
        content["error_count"] = str(label.error_count)
    return {key: value for key, value in content.items() if value != ""}
