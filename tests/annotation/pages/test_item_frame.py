"""An untouched item, filled into what is made once: never another page than the template's."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from annotation.actions.campaigns import assign_items
from annotation.models import Assignment, Campaign, Guideline
from annotation.pages import item_frame
from annotation.pages.item_frame import item_of
from annotation.views.review_page import item_context
from annotation.views.review_queue import filter_context
from annotation.views.review_short import WHOLE_QUEUE
from judging.models import Item
from tests import factories
from tests.annotation.review_help import make_review, place

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*')


@pytest.fixture
def request_of_a_person(annotator_client: Any) -> HttpRequest:
    return RequestFactory().get("/")


def context_of(row: Assignment, **more: Any) -> dict[str, Any]:
    between = {"previous_rank": row.queue_rank - 1, "next_rank": row.queue_rank + 1, "draws_next": False, "total": 4}
    return item_context(row) | filter_context(WHOLE_QUEUE) | between | more


def plain(context: dict[str, Any], request: HttpRequest) -> str:
    return TOKEN.sub(r"\1", render_to_string("annotation/_review_item.html", context, request))


CHANGES: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "a reference": lambda: Item.objects.filter(position=3).update(
        turns=[{"question": "Question 3?", "answer": "Answer.", "reference": "r"}]
    ),
    "may not be skipped": lambda: Campaign.objects.update(rules={"skipped": "never"}),
    "error types": lambda: Campaign.objects.update(rules={"error_types": ["typing <1>"], "comment_on_skip": True}),
    "a revision": lambda: Item.objects.update(revision=7),
    "typed once": lambda: Assignment.objects.update(draft_rev=3),
    "closed": lambda: Campaign.objects.update(state="closed"),
    "another name": lambda: Campaign.objects.update(name="R & <D>"),
    "a category": lambda: Item.objects.filter(position__gt=2).update(category="<b>"),
    "a model": lambda: Item.objects.filter(position__gt=2).update(model="model & <1>"),
    "held": lambda: Assignment.objects.update(held_until=timezone.now()),
    "taken by others": lambda: Assignment.objects.filter(queue_rank__gt=2).update(placed=False),
    "a guideline": lambda: Guideline.objects.create(campaign=Campaign.objects.get(), version=1, text="**Read** <i>"),
    "what looks like a mark": lambda: Item.objects.update(category="model-of-frame", model="texts-of-frame"),
    "turns, a context and criteria": lambda: Item.objects.filter(position=3).update(
        turns=[{"question": "1", "answer": "2"}, {"question": "*3*", "answer": "4", "reference": "r"}],
        context="c",
        criteria="`x`",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"next_rank": None},
        {"next_rank": None, "is_ahead": True},
        {"next_rank": None, "draws_next": True, "has_ahead": False},
        {"total": 0, "guideline_was": 3},
    ],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_is_what_the_template_makes(
    request_of_a_person: HttpRequest, change: str, more: dict[str, Any], language: str
) -> None:
    campaign = make_review(("annotator-1",), items=4)
    CHANGES[change]()
    with translation.override(language):
        for rank in (2, 3, 4, 3):
            context = context_of(place(campaign, rank), **more)
            made = item_of(context, request_of_a_person)
            assert made is not None
            assert TOKEN.sub(r"\1", made) == plain(context, request_of_a_person)
            assert TOKEN.search(made)


def test_criteria_and_pairs_have_frames_of_their_own(request_of_a_person: HttpRequest) -> None:
    dataset = factories.make_dataset("both")
    factories.make_items(dataset, 3)
    Item.objects.filter(position=3).update(kind=Item.Kind.PAIR, turns_b=[{"question": "q", "answer": "b"}])
    campaign = assign_items(dataset, name="both", annotators=["annotator-1"], labels_per_item=1)
    for rank in (2, 3):
        context = context_of(place(campaign, rank))
        made = item_of(context, request_of_a_person)
        assert made is not None
        assert TOKEN.sub(r"\1", made) == plain(context, request_of_a_person)


def test_a_place_that_somebody_touched_has_its_own(request_of_a_person: HttpRequest) -> None:
    campaign = make_review(("annotator-1",), items=4)
    assert item_of(context_of(place(campaign, 1), previous_rank=None), request_of_a_person) is None
    for change in ({"draft": {"comment": "x"}}, {"state": "skipped"}, {"state": "submitted"}):
        Assignment.objects.filter(queue_rank=2).update(**{"draft": {}, "state": "pending"} | change)
        assert item_of(context_of(place(campaign, 2)), request_of_a_person) is None
    assert item_of(context_of(place(campaign, 3), query="?show=open"), request_of_a_person) is None
    assert item_of(context_of(place(campaign, 3), judge=object()), request_of_a_person) is None
    assert item_of(context_of(place(campaign, 3)), request_of_a_person) is not None


def test_old_frames_make_room(request_of_a_person: HttpRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_frame, "MOST", 2)
    campaign = make_review(("annotator-1",), items=4)
    for language in ("en", "ja", "zh-hans"):
        with translation.override(language):
            assert item_of(context_of(place(campaign, 2)), request_of_a_person) is not None
    assert len(item_frame.frames) == 2
