"""Choices on the pages of people and leads: a list with the right one marked, wherever they are kept."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from annotation.actions.campaigns import assign_items
from annotation.templatetags.choices import Listed, choices_of
from judging.models import Item
from tests.conftest import logged_in
from tests.factories import make_dataset, make_item, make_user

pytestmark = pytest.mark.django_db
WRITTEN = "Where is <Oslo>?\n\nA) north\nB) south\nC) east\nD) west"
RIGHT = re.compile(r'<li dir="auto" class="right">([^<]*)')


def chosen(**fields: object) -> Item:
    more = {"kind": Item.Kind.CHOICE, "choices": ["<b>ice</b>", "fire", "air"], "gold_choice": "B"}
    return make_item(make_dataset(), "Which burns?", "", **more | fields)


def taught(answer: str = "B) south", question: str = WRITTEN) -> Item:
    return make_item(make_dataset(), question, answer, extra={"teacher": "m"})


def test_the_choices_of_a_question_and_which_is_right() -> None:
    assert choices_of(chosen()) == Listed("Which burns?", [("<b>ice</b>", False), ("fire", True), ("air", False)])


def test_a_question_whose_right_choice_nobody_knows_marks_none() -> None:
    assert not any(right for _, right in choices_of(chosen(gold_choice="")).choices)  # type: ignore[union-attr]


def test_the_choices_in_a_teachers_text() -> None:
    listed = [("north", False), ("south", True), ("east", False), ("west", False)]
    assert choices_of(taught()) == Listed("Where is <Oslo>?", listed)


@pytest.mark.parametrize("item", [("B) south", "Where is Oslo?"), ("nobody knows", WRITTEN)])
def test_a_teachers_text_that_is_no_question_stays_a_text(item: tuple[str, str]) -> None:
    assert choices_of(taught(*item)) is None


def test_other_items_have_none() -> None:
    assert choices_of(make_item(make_dataset(), WRITTEN, "B) south")) is None


@pytest.fixture
def annotator() -> Client:
    return logged_in(make_user("ann", role="annotator"))


def page_of(client: Client, item: Item) -> str:
    campaign = assign_items(item.dataset, name="c", annotators=["ann"], labels_per_item=1)
    response = client.get(reverse("review_item", args=[campaign.pk, 1]))
    assert response.status_code == 200
    return str(response.content.decode())


def test_people_see_the_choices_of_a_question(annotator: Client) -> None:
    page = page_of(annotator, chosen())
    assert RIGHT.findall(page) == ["fire "]
    assert "&lt;b&gt;ice&lt;/b&gt;" in page
    assert "<b>ice" not in page


def test_people_see_a_teachers_choices_as_a_list_and_mend_them_as_a_text(annotator: Client) -> None:
    page = page_of(annotator, taught())
    shown = page.split('<div class="review-shown">')[1].split("</div>\n")[0]
    assert "Where is &lt;Oslo&gt;?" in shown
    assert "A) north" not in shown
    assert RIGHT.findall(page) == ["south "]
    assert "A) north\nB) south" in page.split("<textarea")[1].split("</textarea>")[0]


def test_leads_see_them_too(annotator: Client) -> None:
    item = taught()
    campaign = assign_items(item.dataset, name="c", annotators=["ann"], labels_per_item=1)
    lead = logged_in(make_user("lea", role="lead"))
    page = lead.get(reverse("adjudication_item", args=[campaign.pk, 1])).content.decode()
    assert '<div class="text" dir="auto">Where is &lt;Oslo&gt;?</div>' in page
    assert RIGHT.findall(page) == ["south "]
