"""What a filter leaves of a queue."""

import pytest
from django.contrib.auth.models import User

from annotation.core.queue_filter import QueueFilter
from annotation.models import Assignment, Campaign, Label
from judging.models import Item
from tests import factories
from tests.annotation.review_help import make_review, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    """1 pending, 2 a draft, 3 wrong, 4 clean and flagged, 5 skipped; the other one said wrong, flagged, of all."""
    dataset = factories.make_dataset()
    for n in range(1, 6):
        factories.make_item(dataset, f"第{n}問：何色？", f"Answer {n}", category="even" if n % 2 == 0 else "odd")
    made = make_review(dataset=dataset)
    for rank, state in enumerate(("pending", "draft", "submitted", "submitted", "skipped"), 1):
        Assignment.objects.filter(pk=place(made, rank).pk).update(state=state)
    mine, other = place(made, 1).annotator, place(made, 1, "annotator-2").annotator
    factories.make_label(made, Item.objects.get(position=3), mine, "wrong")
    factories.make_label(made, Item.objects.get(position=4), mine, "clean", flags=["bad_question"])
    for item in Item.objects.all():
        factories.make_label(made, item, other, "wrong", flags=["bad_reference"])
    return made


@pytest.mark.parametrize(
    ("asked", "ranks"),
    [
        (QueueFilter(), [1, 2, 3, 4, 5]),
        (QueueFilter(show="open"), [1, 2]),
        (QueueFilter(show="draft"), [2]),
        (QueueFilter(show="submitted"), [3, 4]),
        (QueueFilter(show="skipped"), [5]),
        (QueueFilter(show="flagged"), [4]),
        (QueueFilter(verdict="wrong"), [3]),
        (QueueFilter(category="even"), [2, 4]),
        (QueueFilter(category="even", show="open"), [2]),
        (QueueFilter(q="第3問"), [3]),
        (QueueFilter(q="answer 2"), [2]),
        (QueueFilter(q="nowhere"), []),
        (QueueFilter(category="nowhere"), []),
    ],
)
def test_shows_what_was_asked_for_and_only_of_my_own(campaign: Campaign, asked: QueueFilter, ranks: list[int]) -> None:
    queue = Assignment.objects.queue(campaign.pk, place(campaign).annotator_id)
    assert list(queue.shown(asked).values_list("queue_rank", flat=True)) == ranks


def test_a_label_that_ended_is_not_what_i_say(campaign: Campaign) -> None:
    mine = Label.objects.filter(annotator__name="annotator-1", verdict="wrong")
    mine.update(ended_at="2026-01-01T00:00Z", ended_by="undone")
    queue = Assignment.objects.queue(campaign.pk, place(campaign).annotator_id)
    assert not queue.shown(QueueFilter(verdict="wrong")).exists()


def test_states_are_counted(campaign: Campaign) -> None:
    queue = Assignment.objects.queue(campaign.pk, place(campaign).annotator_id)
    assert queue.state_counts() == {"pending": 1, "draft": 1, "submitted": 2, "skipped": 1}
