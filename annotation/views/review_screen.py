"""What stands on the screen when somebody saves: it is decided first, where it says enough to be a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from annotation.actions.labels import open_assignment, save_draft, says, submit_label
from annotation.actions.queue import hold
from annotation.actions.refusals import LabelRefused, StalePage
from annotation.core.words import Word
from annotation.forms.review import DraftForm, LabelForm
from annotation.models import Assignment, Label
from annotation.permissions import own_assignment
from annotation.views.review import UNPROCESSABLE, page
from annotation.views.review_form import baseline
from annotation.views.review_page import own_labels_of, page_context
from annotation.views.review_queue import filter_of, url_of
from annotation.views.review_steps import CONFLICT
from judging.core.verdicts import PersonVerdict


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of the screen; with a `status` it was refused, for the reason in the sentence."""

    sentence: str = ""
    status: int = 0


def rank_on_screen(request: HttpRequest) -> int:
    """The place that the page shows; 0 where it does not say."""
    here = request.POST.get("here", "")
    return int(here) if here.isascii() and here.isdecimal() and len(here) < 10 else 0


def decide_screen(assignment: Assignment, sent: QueryDict) -> Decided:
    """Store what is on the screen as a decision, else as a draft."""
    labels = own_labels_of(assignment)
    verdict = verdict_on_screen(labels, sent)
    try:
        if verdict:
            return decide(assignment, labels, sent, verdict)
        return keep_typed(assignment, sent)
    except StalePage as problem:
        return Decided(str(problem), CONFLICT)
    except LabelRefused as problem:
        return Decided(str(problem), UNPROCESSABLE)


def verdict_on_screen(labels: Sequence[Label], sent: QueryDict) -> str:
    """What the typed number of errors says, else the verdict that stands; '' where there is neither."""
    typed = sent.get("error_count", "").strip()
    if typed and not (labels and labels[0].verdict == PersonVerdict.UNDEFINED):
        return (PersonVerdict.CLEAN if typed == "0" else PersonVerdict.WRONG).value
    return labels[0].verdict if labels else ""


def decide(assignment: Assignment, labels: Sequence[Label], sent: QueryDict, verdict: str) -> Decided:
    """A decision as if its button had been pressed; the one that stands already is not given again."""
    data = sent.copy()
    data["verdict"] = verdict
    form = LabelForm(data, assignment=assignment)
    if not form.is_valid():
        return Decided(form.sentence(), UNPROCESSABLE)
    word: Word = form.word()
    if not (labels and says(labels, word)):
        submit_label(assignment, word, view=form.view())
    return Decided()


def keep_typed(assignment: Assignment, sent: QueryDict) -> Decided:
    """What was typed without a verdict stays a draft, and is in no file."""
    form = DraftForm(sent, assignment=assignment)
    if not form.is_valid():
        return Decided(form.sentence(), UNPROCESSABLE)
    content = form.content(baseline(assignment, []))
    if not content:
        return Decided()
    save_draft(assignment, content, view=form.view(), sequence=assignment.draft.get("sequence", 0) + 1)
    return Decided(
        _("Item %(rank)d on the screen is not decided yet: what you typed there is a draft, and not in the files.")
        % {"rank": assignment.queue_rank}
    )


def show_again(request: HttpRequest, assignment: Assignment, sentence: str) -> HttpResponseBase:
    """The same item as it is now, with what was done."""
    asked = filter_of(request)
    if not request.headers.get("HX-Request"):
        messages.success(request, sentence)
        return redirect(url_of(assignment.campaign_id, assignment.queue_rank, asked))
    kept = hold(own_assignment(request.user, assignment.campaign_id, assignment.queue_rank))
    context = page_context(kept, asked)
    open_assignment(kept, judge_shown=context["judge"] is not None)
    return page(request, "review_item", kept, context | {"saved": sentence})
