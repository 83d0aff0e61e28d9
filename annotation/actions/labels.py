"""What a person does to an item of their queue: open it, draft, submit, undo. A label is appended, never edited."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.actions.counts import recount_one
from annotation.actions.extras import want_one_less
from annotation.actions.queue import hold, keep_place, locked, settle
from annotation.actions.refusals import LabelRefused, StalePage, elsewhere, refuse_closed
from annotation.core.asked import UNDEFINED, is_answer, is_one_verdict, side
from annotation.core.rules import CampaignRules
from annotation.core.words import Answer, PageView, Word
from annotation.models import Assignment, Guideline, Label
from judging.models import Judgment
from judging.prepared import Planned, PreparedInsert, PreparedUpdate

OWN_LABELS = Planned(
    lambda campaign, person, item: Label.objects.filter(campaign=campaign, annotator=person, item=item).order_by("pk"),
    3,
)
OPENED = PreparedUpdate(lambda pk, now: (Assignment.objects.filter(pk=pk), {"opened_at": now}), 2)
REVEALED = PreparedUpdate(lambda pk, now: (Assignment.objects.filter(pk=pk, revealed_at=None), {"revealed_at": now}), 2)
DRAFTED = PreparedUpdate(
    lambda pk, draft, state, rev, held: (
        Assignment.objects.filter(pk=pk),
        {"draft": draft, "state": state, "draft_rev": rev, "held_until": held},
    ),
    5,
)
STORED = PreparedInsert(Label)


def open_assignment(assignment: Assignment, *, judge_shown: bool) -> None:
    """Note that an item is on its annotator's screen, and whether the judge's word is beside it."""
    now = timezone.now()
    OPENED(assignment.pk, now)
    if judge_shown and assignment.revealed_at is None:
        REVEALED(assignment.pk, now)


@transaction.atomic
def submit_label(assignment: Assignment, word: Word, *, view: PageView) -> Label:
    """Store a person's word, one label per criterion; an earlier word of theirs is superseded.

    The same press sent twice counts once. Returns the label of the first criterion, which stands for all of them.
    """
    return decide(locked(assignment), word, view=view)[0]


def decide(row: Assignment, word: Word, *, view: PageView) -> list[Label]:
    """What submit_label does, for a place that this transaction has locked already; all labels of the press."""
    history = [] if row.is_untouched else labels_of(row)
    current = [label for label in history if label.ended_at is None]
    if current and made_by(current[0], row, view) and says(current, word):
        return current
    refuse_closed(row.campaign)
    refuse_stale(row, current, view)
    refuse_word(row, word)
    now = timezone.now()
    end_labels(current, Label.EndedBy.SUPERSEDED, now)
    labels = append_labels(row, word, next_client_key(row, view, history), now, on_screen(row, view, now))
    row.held_until = None
    store_draft(row, {}, Assignment.State.SUBMITTED)
    recount_all(row, [*current, *labels])
    settle(row)
    return labels


@transaction.atomic
def undo_label(label: Label) -> Assignment:
    """Take a decision back: every label of its press ends, and what it said is the draft again.

    A label that has ended stays as it is.
    """
    row = locked(Assignment.objects.of_items(label.campaign_id, label.annotator_id, [label.item_id]).get())
    current = [found for found in current_labels(row) if found.client_key == label.client_key]
    if not current:
        return row
    refuse_closed(row.campaign)
    now = timezone.now()
    content = content_of(row, current)
    end_labels(current, Label.EndedBy.UNDONE, now)
    recount_all(row, current)
    store_draft(row, content | {"at": now.isoformat()}, Assignment.State.DRAFT)
    want_one_less(row.campaign_item)
    return hold(row)


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


def current_labels(row: Assignment) -> list[Label]:
    """The person's standing word on the item, in the order that its answers were stored in."""
    return [label for label in labels_of(row) if label.ended_at is None]


def labels_of(row: Assignment) -> list[Label]:
    """Everything the person has said of the item, ended or not, in the order that it was stored in."""
    return OWN_LABELS(row.campaign_id, row.annotator_id, row.campaign_item.item_id)


def page_of(row: Assignment, view: PageView) -> str:
    """How the client keys of one page view begin; they hold the assignment, so that no two queues share one."""
    return f"{row.pk}-{view.key}."


def made_by(label: Label, row: Assignment, view: PageView) -> bool:
    """Whether a label was given on this very page view."""
    return label.client_key.startswith(page_of(row, view))


def next_client_key(row: Assignment, view: PageView, history: Sequence[Label]) -> str:
    """A page view may decide again, after a browser's Back for example; each decision has its number."""
    first = row.asked()[0].name
    earlier = sum(label.criterion == first and made_by(label, row, view) for label in history)
    return f"{page_of(row, view)}{earlier + 1}"


def says(labels: Sequence[Label], word: Word) -> bool:
    """Whether the labels of a press hold this word."""
    answers = {(label.criterion, label.value) for label in labels}
    beside = (word.error_count, word.comment, list(word.error_types), dict(word.correction or {}), list(word.flags))
    return answers == {(answer.criterion, answer.value) for answer in word.answers} and all(
        (label.error_count, label.comment, label.error_types, label.correction or {}, label.flags) == beside
        for label in labels
    )


def refuse_stale(row: Assignment, current: Sequence[Label], view: PageView) -> None:
    """A press counts only for what was on the screen, or as the next word of the same page."""
    if row.campaign_item.item.revision != view.item_revision:
        raise StalePage(_("The text of this item has changed since you opened it. Reload to read it as it is now."))
    mine = row.draft.get("page") == view.key or (bool(current) and made_by(current[0], row, view))
    if row.draft_rev != view.known_rev and not mine:
        raise StalePage(elsewhere())


def refuse_word(row: Assignment, word: Word) -> None:
    """A word answers every criterion once and none that was not asked; what the rules demand is in it."""
    asked = {criterion.name: criterion for criterion in row.asked()}
    answers = {answer.criterion: answer for answer in word.answers}
    fits = answers.keys() == asked.keys() and len(answers) == len(word.answers)
    if not fits or not all(is_answer(asked[name], answer) for name, answer in answers.items()):
        raise LabelRefused(
            _("The answers are not those that this campaign asks for. Reload the page and answer again.")
        )
    rules = CampaignRules.from_json(row.campaign.rules)
    if rules.comment_on_override and not word.comment.strip() and overrides(row, word):
        raise LabelRefused(
            _("You say something else than the judge, whose word was shown to you: write in the comment why.")
        )


def overrides(row: Assignment, word: Word) -> bool:
    """Whether a person who saw the judge's word decides otherwise. Not being able to tell is no decision."""
    if row.revealed_at is None or row.campaign.run_id is None:
        return False
    judgments = Judgment.objects.filter(run=row.campaign.run_id, item=row.campaign_item.item_id, status="scored")
    judged = {found.criterion: found for found in judgments}
    if len(judged) == len(word.answers) == 1:
        judged = {word.answers[0].criterion: next(iter(judged.values()))}
    return any(
        answer.criterion in judged and differs(answer, judged[answer.criterion])
        for answer in word.answers
        if answer.value != UNDEFINED
    )


def differs(answer: Answer, judgment: Judgment) -> bool:
    """Whether a person's answer is another verdict than the judge's, or another value where one has no verdict."""
    if answer.verdict and judgment.verdict:
        return answer.verdict != judgment.verdict
    return answer.value != judgment.value


def end_labels(labels: Sequence[Label], by: str, now: datetime) -> None:
    """A label changes in these two fields only."""
    if labels:
        Label.objects.filter(pk__in=[label.pk for label in labels]).update(ended_at=now, ended_by=by)


def append_labels(row: Assignment, word: Word, client_key: str, now: datetime, seconds: float | None) -> list[Label]:
    """A new label for each criterion, stamped with what was on the screen when it was given.

    What goes with all answers stands in each of the labels: whoever reads one criterion reads the whole word.
    """
    item = row.campaign_item.item
    shared = {
        "campaign": row.campaign,
        "item": item,
        "annotator_id": row.annotator_id,
        "item_revision": item.revision,
        "guideline": guideline_shown(row),
        "rubric_id": row.campaign.rubric_id,
        "run_id": row.campaign.run_id,
        "error_count": word.error_count,
        "comment": word.comment,
        "error_types": list(word.error_types),
        "correction": dict(word.correction) if word.correction else None,
        "flags": list(word.flags),
        "judge_visible": row.revealed_at is not None,
        "surplus": not keep_place(row),
        "seconds": seconds,
        "client_key": client_key,
        "at": now,
    }
    return [STORED(Label(**shared, **answered)) for answered in map(asdict, word.answers)]


def on_screen(row: Assignment, view: PageView, now: datetime) -> float | None:
    """How long the person looked: as the page says, never longer than since the server showed it; a press that waited
    for a connection did not take that long."""
    since = (now - row.opened_at).total_seconds() if row.opened_at else None
    if view.seconds is None:
        return since
    return view.seconds if since is None else min(view.seconds, since)


def recount_all(row: Assignment, labels: Sequence[Label]) -> None:
    """Count the item of a locked place anew on every criterion that labels came or went on."""
    for criterion in sorted({label.criterion for label in labels}):
        recount_one(row.campaign, row.campaign_item.item_id, criterion)


def guideline_shown(row: Assignment) -> Guideline | None:
    """The newest guideline there was when the item was opened."""
    newest = row.campaign.newest_guideline
    if newest is None or row.opened_at is None or newest.at <= row.opened_at:
        return newest
    before = Guideline.objects.filter(campaign=row.campaign_id, at__lte=row.opened_at)
    return before.order_by("-version").first()


def store_draft(row: Assignment, draft: Mapping[str, Any], state: str) -> None:
    """Every write of a draft counts, so that an older page is known as one. Stores the place's hold with it."""
    row.draft, row.state, row.draft_rev = dict(draft), state, row.draft_rev + 1
    DRAFTED(row.pk, row.draft, row.state, row.draft_rev, row.held_until)


def content_of(row: Assignment, labels: Sequence[Label]) -> dict[str, Any]:
    """What the labels of a press say, as the fields of a draft hold it: sides as they are shown."""
    if not labels:
        return {}
    label, asked = labels[0], row.asked()
    said = {found.criterion: found.value for found in labels}
    content: dict[str, Any] = {
        "verdict" if is_one_verdict(asked) else f"value-{number}": side(said[criterion.name], swapped=row.swapped)
        for number, criterion in enumerate(asked, 1)
        if criterion.name in said
    }
    content |= {"comment": label.comment, "error_types": label.error_types, "flags": label.flags}
    content |= label.correction or {}
    if label.error_count is not None:
        content["error_count"] = str(label.error_count)
    return {key: value for key, value in content.items() if value not in ("", [])}
