from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import strip_tags

from annotation.models import Assignment, Campaign, Label
from judging.models import Item
from tests import factories
from tests.annotation.review_help import fields_of, make_review, place, press, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review()


def text_at(client: Client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers or None).content.decode()


def test_shows_everything_that_helps_judging(annotator: User, annotator_client: Client) -> None:
    dataset = factories.make_dataset()
    factories.make_item(dataset, "何色？", "青", "赤", context="文脈", criteria="基準", category="色")
    html = text_at(annotator_client, url("review_item", make_review(("annotator-1",), dataset=dataset), 1))
    assert all(text in html for text in ("何色？", "青", "赤", "文脈", "基準", "色"))


def test_text_is_text_and_never_markup(annotator: User, annotator_client: Client) -> None:
    dataset = factories.make_dataset()
    factories.make_item(dataset, "<script>bad()</script>", "</textarea><b>x</b>")
    html = text_at(annotator_client, url("review_item", make_review(("annotator-1",), dataset=dataset), 1))
    assert "<script>bad" not in html
    assert "<b>x" not in html


def test_a_press_is_stored_and_leads_to_the_next_open_item(campaign: Campaign, annotator_client: Client) -> None:
    response = press(annotator_client, campaign, 1, "wrong", comment="Nein", error_count="2")
    label = Label.objects.get()
    assert (label.verdict, label.comment, label.error_count) == ("wrong", "Nein", 2)
    assert response.headers["Location"] == f"{url('review_item', campaign, 2)}?done={label.pk}"


def test_a_script_gets_the_next_item_in_the_answer(campaign: Campaign, annotator_client: Client) -> None:
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"verdict": "clean"}
    response = annotator_client.post(url("review_submit", campaign, 1), sent, headers={"HX-Request": "true"})
    html = response.content.decode()
    assert response.headers["HX-Push-Url"] == url("review_item", campaign, 2)
    assert "<html" not in html
    assert "Item 1: good, stored." in html


def test_the_next_open_item_wraps_round_and_then_all_is_done(campaign: Campaign, annotator_client: Client) -> None:
    assert url("review_item", campaign, 1) in press(annotator_client, campaign, 3).headers["Location"]
    assert url("review_item", campaign, 2) in press(annotator_client, campaign, 1).headers["Location"]
    assert url("review_done", campaign) in press(annotator_client, campaign, 2).headers["Location"]


def test_resumes_at_the_first_open_item(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1)
    response = annotator_client.get(url("review_next", campaign))
    assert response.headers["Location"] == url("review_item", campaign, 2)


def test_a_draft_counts_as_open(campaign: Campaign, annotator_client: Client) -> None:
    save(annotator_client, campaign, 1, comment="half")
    response = annotator_client.get(url("review_next", campaign))
    assert response.headers["Location"] == url("review_item", campaign, 1)


def save(client: Client, campaign: Campaign, rank: int = 1, **fields: str) -> Any:
    sent = fields_of(client, url("review_item", campaign, rank)) | {"sequence": "1"} | fields
    return client.post(url("review_draft", campaign, rank), sent, headers={"HX-Request": "true"})


def test_a_draft_is_there_after_a_reload(campaign: Campaign, annotator_client: Client) -> None:
    assert save(annotator_client, campaign, comment="half a thought").json()["known_rev"] == 1
    html = text_at(annotator_client, url("review_item", campaign, 1))
    assert "half a thought" in html
    assert "Draft from" in html


def test_a_draft_of_the_other_person_is_not_shown(campaign: Campaign, annotator_client: Client) -> None:
    Assignment.objects.filter(annotator__name="annotator-2").update(draft={"comment": "theirs"}, state="draft")
    assert "theirs" not in text_at(annotator_client, url("review_item", campaign, 1))


def test_nothing_typed_makes_no_draft(campaign: Campaign, annotator_client: Client) -> None:
    save(annotator_client, campaign, comment="", question="Question 1?", answer="Answer 1.")
    assert place(campaign).state == "pending"


def test_moving_without_a_script_keeps_the_draft(campaign: Campaign, annotator_client: Client) -> None:
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"comment": "half", "to": "2"}
    response = annotator_client.post(url("review_draft", campaign, 1), sent)
    assert response.headers["Location"] == url("review_item", campaign, 2)
    assert place(campaign).draft["comment"] == "half"


def test_only_texts_that_changed_are_a_correction(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1, question="Question 1?", answer="Answer 1,\r\nbetter.")
    assert Label.objects.get().correction == {"answer": "Answer 1,\nbetter."}


def test_line_ends_of_a_browser_are_no_correction(campaign: Campaign, annotator_client: Client) -> None:
    Item.objects.filter(position=1).update(turns=[{"question": "a\nb", "answer": "c", "reference": ""}])
    press(annotator_client, campaign, 1, question="a\r\nb", answer="c")
    assert Label.objects.get().correction is None


def test_going_back_shows_my_label_and_lets_me_change_it(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1, "clean", comment="fine")
    html = text_at(annotator_client, url("review_item", campaign, 1))
    assert "You said good" in html
    assert "fine" in html
    press(annotator_client, campaign, 1, "wrong")
    assert list(Label.objects.values_list("verdict", "ended_by")) == [("clean", "superseded"), ("wrong", "")]


def test_undo_leads_back_to_the_item_with_its_text(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1, "wrong", comment="not so sure")
    response = annotator_client.post(url("review_undo", campaign), {"label": Label.objects.get().pk})
    assert response.headers["Location"] == url("review_item", campaign, 1)
    html = text_at(annotator_client, url("review_item", campaign, 1))
    assert "not so sure" in html
    assert "was bad" in html


def test_counts_are_my_own(campaign: Campaign, annotator_client: Client) -> None:
    factories.make_label(campaign, Item.objects.get(position=1), place(campaign, 1, "annotator-2").annotator, "wrong")
    press(annotator_client, campaign, 1, "clean")
    text = strip_tags(text_at(annotator_client, url("review_item", campaign, 2)))
    assert "good 1" in text
    assert "bad 0" in text
    assert "1 of 3 done" in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"verdict": ""}, "Choose good, undefined or bad"),
        ({"verdict": "perfect"}, "perfect"),
        ({"verdict": "clean", "error_count": "2"}, "press bad, or empty"),
        ({"verdict": "wrong", "error_count": "0"}, "Bad with 0 errors"),
        ({"verdict": "wrong", "error_count": "-1"}, "Number of errors"),
        ({"verdict": "clean", "answer": "  "}, "cannot be empty"),
        ({"verdict": "clean", "comment": "x" * 100_000}, "20000 characters"),
        ({"verdict": "clean", "page_key": "zzz"}, "out of date"),
    ],
)
def test_input_that_cannot_be_is_refused_and_kept(
    campaign: Campaign, annotator_client: Client, fields: dict[str, str], words: str
) -> None:
    response = press(annotator_client, campaign, 1, **{"comment": "my work"} | fields)
    html = response.content.decode()
    assert response.status_code == 422
    assert words in html
    assert fields.get("comment", "my work")[:50] in html
    assert not Label.objects.exists()


def test_a_stale_press_is_a_conflict_that_says_so(campaign: Campaign, annotator_client: Client) -> None:
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"verdict": "wrong"}
    press(annotator_client, campaign, 1, "clean")
    response = annotator_client.post(url("review_submit", campaign, 1), sent, headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert "another tab" in response.json()["message"]
    assert Label.objects.get().verdict == "clean"


@pytest.mark.parametrize("number", ["0", "4", "-1", "", "many", "99999999999999999999"])
def test_a_jump_out_of_the_queue_says_what_there_is(campaign: Campaign, annotator_client: Client, number: str) -> None:
    address = f"{url('review_jump', campaign)}?number={number}&here=2"
    told = annotator_client.get(address, headers={"HX-Request": "true"})
    assert "numbers 1 to 3" in told.json()["message"]
    assert annotator_client.get(address).headers["Location"] == url("review_item", campaign, 2)


def test_a_jump_goes_to_the_item(campaign: Campaign, annotator_client: Client) -> None:
    response = annotator_client.get(f"{url('review_jump', campaign)}?number=3")
    assert response.headers["Location"] == url("review_item", campaign, 3)


def test_the_end_says_what_can_still_be_changed(campaign: Campaign, annotator_client: Client) -> None:
    for rank in (1, 2, 3):
        press(annotator_client, campaign, rank)
    html = text_at(annotator_client, url("review_done", campaign))
    assert "All done" in html
    assert "can still be changed" in html


def test_there_is_no_end_while_items_are_open(campaign: Campaign, annotator_client: Client) -> None:
    assert annotator_client.get(url("review_done", campaign)).headers["Location"] == url("review_item", campaign, 1)


def test_the_rail_is_a_window_of_a_long_queue(annotator: User, annotator_client: Client) -> None:
    campaign = make_review(("annotator-1",), items=80)
    html = text_at(annotator_client, url("review_item", campaign, 40))
    assert html.count("data-go class=") == 51
    assert '<span class="beginning" dir="auto">Question 65?</span>' in html


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("One\n\n  line?", "One line?"),
        ("x" * 300, "x" * 60),
        ("<script>", "&lt;script&gt;"),
        ("量子コンピュータとは何か。", "量子コンピュータとは何か。"),
        ("", ""),
    ],
)
def test_the_rail_shows_how_questions_begin(
    annotator: User, annotator_client: Client, question: str, shown: str
) -> None:
    dataset = factories.make_dataset("beginnings")
    for text in ("First?", question):
        factories.make_item(dataset, text)
    campaign = make_review(("annotator-1",), dataset=dataset)
    html = text_at(annotator_client, url("review_item", campaign, 1))
    assert html.count(f'<span class="beginning" dir="auto">{shown}</span>') == 1


def test_a_step_asks_the_database_little_and_the_same_for_any_queue(
    annotator: User, annotator_client: Client, django_assert_max_num_queries: Any
) -> None:
    campaign = make_review(("annotator-1",), items=60)
    with django_assert_max_num_queries(13):
        annotator_client.get(url("review_item", campaign, 30))


def test_my_campaigns_are_listed_with_progress(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1)
    html = text_at(annotator_client, "/review/")
    assert "1 of 3 done, 2 open" in html
    assert "Continue" in html


def test_somebody_without_a_campaign_is_told_what_happens_next(annotator_client: Client) -> None:
    assert "You are in no campaign yet" in text_at(annotator_client, "/review/")


def test_a_closed_campaign_is_read_and_walked_through(campaign: Campaign, annotator_client: Client) -> None:
    Campaign.objects.update(state="closed")
    html = text_at(annotator_client, url("review_item", campaign, 1))
    assert "This campaign is closed" in html
    assert html.count("disabled>") >= 7
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"to": "2"}
    response = annotator_client.post(url("review_draft", campaign, 1), sent)
    assert response.headers["Location"] == url("review_item", campaign, 2)


def test_a_place_that_a_lead_put_aside_is_called_withdrawn_and_not_skipped(
    annotator_client: Client, annotator: User
) -> None:
    campaign = make_review(("annotator-1",))
    Assignment.objects.filter(queue_rank=2).update(state="skipped", skip_reason="removed from the campaign")
    html = text_at(annotator_client, url("review_item", campaign, 2), **{"Accept-Language": "ja"})
    assert html.count("取り下げ") == 2
    assert "キャンペーンから除外" in html
    assert "removed from the campaign" not in html
