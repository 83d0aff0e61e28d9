from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from annotation.actions.campaigns import add_guideline
from annotation.actions.labels import (
    LabelRefused,
    StalePage,
    open_assignment,
    save_draft,
    submit_label,
    undo_label,
)
from annotation.core.words import Terms
from annotation.models import Assignment, Campaign, Label
from judging.models import Item
from tests.annotation.review_help import make_review, place, view_of, word

pytestmark = pytest.mark.django_db
OTHER_TAB = "1" * 32


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review(terms=Terms(guideline="Be fair."))


def submit(campaign: Campaign, verdict: str = "clean", **fields: object) -> Label:
    return submit_label(place(campaign), word(verdict, **fields), view=view_of(place(campaign)))


def test_submitting_stores_the_word_and_closes_the_place(campaign: Campaign) -> None:
    label = submit(campaign, "wrong", error_count=2, comment="Two slips", correction={"answer": "Better."})
    assert (label.verdict, label.value, label.error_count, label.comment) == ("wrong", "wrong", 2, "Two slips")
    assert label.correction == {"answer": "Better."}
    assert (place(campaign).state, place(campaign).draft) == ("submitted", {})


def test_a_label_is_stamped_with_what_was_on_the_screen(campaign: Campaign) -> None:
    open_assignment(place(campaign), judge_shown=False)
    add_guideline(campaign, "Be fairer.")
    label = submit(campaign)
    assert label.guideline is not None
    assert (label.item_revision, label.guideline.version, label.judge_visible) == (1, 1, False)


def test_seconds_count_from_opening(campaign: Campaign) -> None:
    Assignment.objects.update(opened_at=timezone.now() - timedelta(seconds=90))
    assert submit(campaign).seconds == pytest.approx(90, abs=5)


def test_the_item_keeps_its_text_when_a_label_corrects_it(campaign: Campaign) -> None:
    submit(campaign, correction={"answer": "Better."})
    assert Item.objects.get(position=1).answer == "Answer 1."


def test_the_same_press_twice_counts_once(campaign: Campaign) -> None:
    view = view_of(place(campaign))
    first = submit_label(place(campaign), word("clean"), view=view)
    assert submit_label(place(campaign), word("clean"), view=view) == first
    assert Label.objects.count() == 1


def test_another_verdict_of_the_same_page_is_a_new_decision(campaign: Campaign) -> None:
    view = view_of(place(campaign))
    submit_label(place(campaign), word("clean"), view=view)
    submit_label(place(campaign), word("wrong"), view=view)
    assert list(Label.objects.values_list("verdict", "ended_by")) == [("clean", "superseded"), ("wrong", "")]


def test_a_change_ends_the_old_label_and_appends_the_new(campaign: Campaign) -> None:
    submit(campaign, "clean")
    submit_label(place(campaign), word("wrong"), view=view_of(place(campaign), OTHER_TAB))
    assert list(Label.objects.values_list("verdict", "ended_by")) == [("clean", "superseded"), ("wrong", "")]


def test_one_key_does_for_two_people_and_two_items(campaign: Campaign) -> None:
    submit(campaign)
    for other in (place(campaign, 2), place(campaign, 1, "annotator-2")):
        submit_label(other, word("clean"), view=view_of(other))
    assert Label.objects.current().count() == 3


def test_a_press_of_a_stale_tab_is_refused(campaign: Campaign) -> None:
    stale = view_of(place(campaign), OTHER_TAB)
    submit(campaign, "clean")
    with pytest.raises(StalePage, match="another tab or window, or by a lead"):
        submit_label(place(campaign), word("wrong"), view=stale)
    assert Label.objects.get().verdict == "clean"


def test_a_press_on_a_text_that_has_changed_is_refused(campaign: Campaign) -> None:
    view = view_of(place(campaign))
    Item.objects.update(revision=2)
    with pytest.raises(StalePage, match="text of this item has changed"):
        submit_label(place(campaign), word("clean"), view=view)


def test_a_label_of_a_page_that_showed_the_judge_says_so_even_after_undo(campaign: Campaign) -> None:
    open_assignment(place(campaign), judge_shown=True)
    first = submit(campaign)
    undo_label(first)
    open_assignment(place(campaign), judge_shown=False)
    assert first.judge_visible
    assert submit(campaign).judge_visible


def test_undo_ends_the_label_and_puts_its_content_back(campaign: Campaign) -> None:
    label = submit(campaign, "wrong", error_count=2, comment="Two", correction={"question": "Q!"})
    row = undo_label(label)
    label.refresh_from_db()
    assert label.ended_by == "undone"
    assert row.state == "draft"
    assert {"verdict": "wrong", "error_count": "2", "comment": "Two", "question": "Q!"}.items() <= row.draft.items()


def test_undoing_twice_changes_nothing_more(campaign: Campaign) -> None:
    label = submit(campaign)
    undo_label(label)
    again = submit(campaign, "wrong")
    undo_label(label)
    again.refresh_from_db()
    assert again.ended_at is None


def test_a_retried_press_does_not_bring_back_what_was_undone(campaign: Campaign) -> None:
    view = view_of(place(campaign))
    undo_label(submit_label(place(campaign), word("clean"), view=view))
    with pytest.raises(StalePage):
        submit_label(place(campaign), word("clean"), view=view)


def test_a_draft_is_kept_on_the_assignment_and_is_no_label(campaign: Campaign) -> None:
    row = save_draft(place(campaign), {"comment": "half a"}, view=view_of(place(campaign)), sequence=1)
    assert (row.state, row.draft["comment"], row.draft_rev) == ("draft", "half a", 1)
    assert not Label.objects.exists()


def test_emptying_a_draft_makes_the_place_pending_again(campaign: Campaign) -> None:
    view = view_of(place(campaign))
    save_draft(place(campaign), {"comment": "half a"}, view=view, sequence=1)
    assert save_draft(place(campaign), {}, view=view, sequence=2).state == "pending"


def test_a_draft_of_another_tab_is_not_overwritten(campaign: Campaign) -> None:
    stale = view_of(place(campaign), OTHER_TAB)
    save_draft(place(campaign), {"comment": "newer"}, view=view_of(place(campaign)), sequence=1)
    with pytest.raises(StalePage, match="another tab or window, or by a lead"):
        save_draft(place(campaign), {"comment": "older"}, view=stale, sequence=1)
    assert place(campaign).draft["comment"] == "newer"


def test_saves_that_overtake_each_other_leave_the_newest(campaign: Campaign) -> None:
    view = view_of(place(campaign))
    save_draft(place(campaign), {"comment": "two"}, view=view, sequence=2)
    save_draft(place(campaign), {"comment": "one"}, view=view, sequence=1)
    assert place(campaign).draft["comment"] == "two"


def test_a_save_that_arrives_after_the_press_is_refused(campaign: Campaign) -> None:
    view = view_of(place(campaign))
    submit_label(place(campaign), word("clean"), view=view)
    with pytest.raises(StalePage):
        save_draft(place(campaign), {"comment": "late"}, view=view, sequence=1)
    assert place(campaign).state == "submitted"


def test_a_draft_of_a_change_leaves_the_place_submitted(campaign: Campaign) -> None:
    submit(campaign)
    row = save_draft(place(campaign), {"comment": "hm"}, view=view_of(place(campaign), OTHER_TAB), sequence=1)
    assert (row.state, row.draft["comment"]) == ("submitted", "hm")


def test_a_closed_campaign_takes_nothing(campaign: Campaign) -> None:
    label = submit(campaign)
    Campaign.objects.update(state="closed")
    with pytest.raises(LabelRefused, match="closed"):
        undo_label(label)
    with pytest.raises(LabelRefused, match="closed"):
        save_draft(place(campaign, 2), {"comment": "x"}, view=view_of(place(campaign, 2)))
    with pytest.raises(LabelRefused, match="closed"):
        submit_label(place(campaign, 2), word("clean"), view=view_of(place(campaign, 2)))


@pytest.mark.parametrize(("told", "stored"), [(3.5, 3.5), (900.0, 60.0), (None, 60.0)])
def test_the_time_on_the_screen_is_as_the_page_says_and_no_longer_than_since_it_was_shown(
    campaign: Campaign, told: float | None, stored: float
) -> None:
    row = place(campaign)
    Assignment.objects.filter(pk=row.pk).update(opened_at=timezone.now() - timedelta(seconds=60))
    label = submit_label(row, word(), view=replace(view_of(row), seconds=told))
    assert label.seconds == pytest.approx(stored, abs=5)
