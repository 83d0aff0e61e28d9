"""The form pane: what is asked, what is sent, and what is refused."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotation.forms.review import LabelForm, SkipForm
from annotation.models import Assignment, Campaign, CampaignItem, Label
from judging.models import Item, Reply
from tests import factories
from tests.annotation.review_help import fields_of, make_review, place, press, url
from tests.annotation.test_labels_of_criteria import CRITERIA, make_pairs, make_scored

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def scored(annotator: User, other_annotator: User) -> Campaign:
    return make_scored()


@pytest.fixture
def verdicts(annotator: User, other_annotator: User) -> Campaign:
    campaign = make_review()
    Campaign.objects.update(rules={"error_types": ["style", "fact"]})
    return campaign


def page(client: Client, campaign: Campaign, rank: int = 1) -> str:
    """The page as one line."""
    return " ".join(client.get(url("review_item", campaign, rank)).content.decode().split())


def send(client: Client, campaign: Campaign, name: str = "review_submit", rank: int = 1, **fields: Any) -> Any:
    """Open an item and send the form; names of fields have a hyphen where Python has none."""
    sent = fields_of(client, url("review_item", campaign, rank))
    sent |= {key.replace("value_", "value-"): value for key, value in fields.items()}
    return client.post(url(name, campaign, rank), sent, headers=HX)


def stored(*names: str) -> list[Any]:
    return list(Label.objects.current().order_by("pk").values_list(*names))


def checked(html: str) -> set[str]:
    """Values of what is ticked."""
    return set(re.findall(r'value="([^"]*)"[^>]* checked', html))


def test_verdicts_have_their_keys_on_the_buttons(verdicts: Campaign, annotator_client: Client) -> None:
    html = page(annotator_client, verdicts)
    keys = re.findall(r'name="verdict" value="(\w+)"[^>]*data-key="(\w)"[^>]*>(\w+) <kbd>(\w)</kbd>', html)
    assert keys == [("clean", "g", "Good", "g"), ("undefined", "u", "Undefined", "u"), ("wrong", "b", "Bad", "b")]
    assert "data-submit" not in html


def test_criteria_have_names_scales_and_a_button_per_step(scored: Campaign, annotator_client: Client) -> None:
    html = page(annotator_client, scored)
    assert "accuracy" in html
    assert "1 to 5, good from 4" in html
    assert re.findall(r'type="radio" name="value-2" value="(\w+)" data-key="(\w)"', html) == [
        *((str(n), str(n)) for n in range(1, 6)),
        ("undefined", "u"),
    ]
    assert "error_count" not in html
    assert "data-submit" in html


def test_ten_is_on_the_key_zero(annotator: User, annotator_client: Client) -> None:
    scale = {"low": 1, "high": 10}
    campaign = make_scored([{"name": "", "scale": scale, "clean_if": 7}], people=("annotator-1",))
    html = page(annotator_client, campaign)
    assert 'name="value-1" value="10" data-key="0"' in html
    send(annotator_client, campaign, value_1="10")
    assert stored("value", "score", "verdict") == [("10", 10.0, "clean")]


def test_a_score_with_decimals_is_typed_or_cannot_be_told(annotator: User, annotator_client: Client) -> None:
    scale = {"low": 0, "high": 1}
    campaign = make_scored([{"name": "", "scale": scale, "clean_if": 0.5}], people=("annotator-1",))
    assert 'type="number" name="value-1" min="0" max="1" step="any"' in page(annotator_client, campaign)
    send(annotator_client, campaign, value_1="0.25")
    send(annotator_client, campaign, rank=2, value_1=["", "undefined"])
    assert stored("value", "score", "verdict") == [("0.25", 0.25, "wrong"), ("undefined", None, "undefined")]
    assert 'value="0.25"' in page(annotator_client, campaign)
    assert checked(page(annotator_client, campaign, 2)) == {"undefined"}


def test_a_part_of_a_point_has_its_ends_as_buttons(annotator: User, annotator_client: Client) -> None:
    scale = {"low": 0, "high": 1}
    campaign = make_scored([{"name": "", "scale": scale, "clean_if": 0.5}], people=("annotator-1",))
    html = page(annotator_client, campaign)
    keys = re.findall(r'type="checkbox" name="value-1" value="(\w+)" data-key="(\w)"', html)
    assert keys == [("1", "g"), ("undefined", "u"), ("0", "b")]
    assert "Pass <kbd>g</kbd>" in html
    send(annotator_client, campaign, value_1=["", "0"], comment="a comment changes no score")
    assert stored("value", "score", "verdict") == [("0", 0.0, "wrong")]


def test_answers_are_stored_and_stand_there_again(scored: Campaign, annotator_client: Client) -> None:
    response = send(annotator_client, scored, value_1="4", value_2="undefined", comment="fine")
    assert response.headers["HX-Push-Url"] == url("review_item", scored, 2)
    assert stored("criterion", "value") == [("accuracy", "4"), ("fluency", "undefined")]
    html = page(annotator_client, scored)
    assert checked(html) == {"4", "undefined"}
    assert "You said accuracy 4, fluency undefined" in html


def test_a_draft_keeps_answers_and_boxes(scored: Campaign, annotator_client: Client) -> None:
    Campaign.objects.update(rules={"error_types": ["style", "fact"]})
    fields = {"value_2": "3", "error_types": ["fact"], "flags": ["bad_question"], "sequence": "1"}
    send(annotator_client, scored, "review_draft", **fields)
    row = place(scored)
    assert (row.state, row.draft["value-2"], row.draft["error_types"]) == ("draft", "3", ["fact"])
    assert checked(page(annotator_client, scored)) == {"3", "fact", "bad_question"}
    assert not Label.objects.exists()


def test_unticking_what_was_submitted_is_a_draft_too(verdicts: Campaign, annotator_client: Client) -> None:
    press(annotator_client, verdicts, flags=["bad_question"])
    send(annotator_client, verdicts, "review_draft", sequence="1")
    assert place(verdicts).draft["flags"] == []
    assert checked(page(annotator_client, verdicts)) == set()


def test_error_types_flags_and_counts_go_with_a_verdict(verdicts: Campaign, annotator_client: Client) -> None:
    press(
        annotator_client, verdicts, 1, "wrong", error_types=["fact", "style"], flags=["bad_question"], error_count="7"
    )
    assert stored("error_types", "flags", "error_count") == [(["fact", "style"], ["bad_question"], 7)]


def test_a_bad_reference_is_reported_where_there_is_a_reference(verdicts: Campaign, annotator_client: Client) -> None:
    assert 'value="bad_reference"' not in page(annotator_client, verdicts)
    item = place(verdicts).campaign_item.item
    item.turns[0]["reference"] = "R"
    item.save()
    assert 'value="bad_reference"' in page(annotator_client, verdicts)


def test_sides_are_shown_and_stored_as_they_are_meant(annotator: User, annotator_client: Client) -> None:
    campaign = make_review(("annotator-1",), dataset=make_pairs())
    html = page(annotator_client, campaign)
    assert re.findall(r'name="value-1" value="(\w+)" data-key="(\w)"', html) == [
        ("A", "a"),
        ("B", "b"),
        ("tie", "e"),
        ("undefined", "u"),
    ]
    for rank, swapped in ((1, False), (2, True)):
        Assignment.objects.filter(queue_rank=rank).update(swapped=swapped)
        html = page(annotator_client, campaign, rank)
        assert (html.index("Second.") < html.index("First.")) is swapped
        send(annotator_client, campaign, rank=rank, value_1="A")
    assert stored("value") == [("A",), ("B",)]
    assert checked(page(annotator_client, campaign, 2)) == {"A"}
    assert "You said A" in page(annotator_client, campaign, 2)


def test_what_the_judge_said_of_a_pair_is_told_in_the_letters_of_the_page(
    annotator: User, annotator_client: Client
) -> None:
    campaign = make_review(("annotator-1",), dataset=make_pairs())
    run, item = factories.make_run(campaign.dataset), place(campaign).campaign_item.item
    factories.make_judgment(run, item, "", value="A")
    for part in ("ab", "ba"):
        Reply.objects.create(run=run, item=item, part=part, text=f"reply-{part}", status="scored", value="A")
    Campaign.objects.update(run=run, blind_judge=False)
    turned = "it calls B"
    for swapped, letter, part in ((False, "A", "ba"), (True, "B", "ab")):
        Assignment.objects.update(swapped=swapped)
        judge = page(annotator_client, campaign).split('class="review-judge"')[1].split("</section>")[0]
        assert f"<p> {letter}</p>" in judge
        assert judge.count(turned) == 1
        assert judge.index(turned) < judge.index(f"reply-{part}")


def test_the_queue_of_pairs_counts_no_verdicts(annotator: User, annotator_client: Client) -> None:
    campaign = make_review(("annotator-1",), dataset=make_pairs())
    assert "review-counts" not in page(annotator_client, campaign)


def test_models_of_a_pair_are_hidden_while_the_campaign_is_blind(annotator: User, annotator_client: Client) -> None:
    campaign = make_review(("annotator-1",), dataset=make_pairs())
    assert "model-b" not in page(annotator_client, campaign)
    Campaign.objects.update(blind_model=False)
    assert "model-b" in page(annotator_client, campaign)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Not answered yet"),
        ({"value_1": "4"}, "fluency: Not answered yet"),
        ({"value_1": "6", "value_2": "2"}, "6 is no answer here; there is a number from 1 to 5, or undefined"),
        ({"value_1": "3.5", "value_2": "2"}, "3.5 is no answer"),
        ({"value_1": "clean", "value_2": "2"}, "clean is no answer"),
        ({"value_1": "<script>bad()</script>", "value_2": "2"}, "is no answer"),
        ({"value_1": "4" * 100_000, "value_2": "2"}, "at most 100 characters"),
        ({"value_1": "4", "value_2": "2", "value_3": "5"}, "asks for other answers than this page"),
        ({"value_1": "4", "value_2": "2", "verdict": "clean"}, "asks for other answers than this page"),
        ({"value_1": "4", "value_2": "2", "error_count": "2"}, "does not count errors"),
        ({"value_1": "4", "value_2": "2", "error_types": ["style"]}, "style is no error type of this campaign"),
        ({"value_1": "4", "value_2": "2", "flags": ["boring"]}, "boring"),
        ({"value_1": "4", "value_2": "2", "comment": "x" * 100_001}, "20000 characters"),
        ({"value_1": "4", "value_2": "2", "page_key": "1"}, "out of date"),
    ],
)
def test_what_was_not_asked_for_is_refused_and_changes_nothing(
    scored: Campaign, annotator_client: Client, fields: dict[str, Any], words: str
) -> None:
    response = send(annotator_client, scored, **fields)
    assert response.status_code == 422
    assert words in response.json()["message"]
    assert not Label.objects.exists()
    assert (place(scored).state, place(scored).draft_rev) == ("pending", 0)


def test_a_refused_press_without_a_script_keeps_its_answers(scored: Campaign, annotator_client: Client) -> None:
    sent = fields_of(annotator_client, url("review_item", scored, 1)) | {"value-1": "5", "comment": "<b>mine</b>"}
    response = annotator_client.post(url("review_submit", scored, 1), sent)
    html = " ".join(response.content.decode().split())
    assert response.status_code == 422
    assert checked(html) == {"5"}
    assert "&lt;b&gt;mine" in html


def test_a_score_for_a_campaign_of_verdicts_is_refused(verdicts: Campaign, annotator_client: Client) -> None:
    response = send(annotator_client, verdicts, verdict="clean", value_1="5")
    assert "asks for other answers" in response.json()["message"]


def test_a_rubric_that_changed_meanwhile_asks_again(scored: Campaign, annotator_client: Client) -> None:
    sent = fields_of(annotator_client, url("review_item", scored, 1)) | {"value-1": "4", "value-2": "2"}
    Campaign.objects.update(rubric=None)
    response = annotator_client.post(url("review_submit", scored, 1), sent, headers=HX)
    assert response.status_code == 422
    assert not Label.objects.exists()


def test_markup_in_what_is_said_is_text(scored: Campaign, annotator_client: Client) -> None:
    Campaign.objects.update(rules={"error_types": ["<i>odd</i>"]})
    send(annotator_client, scored, value_1="4", value_2="2", comment="<script>x</script>", error_types=["<i>odd</i>"])
    html = page(annotator_client, scored)
    assert stored("comment")[0] == ("<script>x</script>",)
    assert "<script>x" not in html
    assert "<i>odd" not in html


def test_an_error_type_that_the_lead_took_off_the_list_stays_on_old_labels(
    verdicts: Campaign, annotator_client: Client
) -> None:
    press(annotator_client, verdicts, 1, "wrong", error_types=["fact"])
    Campaign.objects.update(rules={"error_types": ["style"]})
    assert "fact" in checked(page(annotator_client, verdicts))


def test_skipping_asks_for_a_reason_where_the_campaign_does(verdicts: Campaign, annotator_client: Client) -> None:
    Campaign.objects.update(rules={"comment_on_skip": True})
    response = send(annotator_client, verdicts, "review_skip", skip_reason=" ")
    assert response.status_code == 422
    assert "Say why you skip it" in response.json()["message"]
    send(annotator_client, verdicts, "review_skip", skip_reason="The question is in no language I know.")
    assert (place(verdicts).state, place(verdicts).skip_reason) == ("skipped", "The question is in no language I know.")


def test_the_rules_of_one_campaign_are_not_those_of_the_next(verdicts: Campaign) -> None:
    strict = place(make_review(dataset=factories.make_dataset("another"), items=1))
    strict.campaign.rules = {"error_types": ["tone"], "comment_on_skip": True}
    assert SkipForm({}, assignment=strict).errors["skip_reason"]
    assert "skip_reason" not in SkipForm({}, assignment=place(verdicts)).errors
    forms = [LabelForm({}, assignment=at) for at in (strict, place(verdicts))]
    choices = [getattr(form.fields["error_types"], "choices") for form in forms]  # noqa: B009
    assert choices == [[("tone", "tone")], [("style", "style"), ("fact", "fact")]]


def test_a_skipped_item_offers_to_be_open_again(verdicts: Campaign, annotator_client: Client) -> None:
    send(annotator_client, verdicts, "review_skip", skip_reason="")
    html = page(annotator_client, verdicts)
    assert url("review_reopen", verdicts, 1) in html
    assert url("review_skip", verdicts, 1) not in html


def test_the_help_knows_the_keys_of_every_kind(scored: Campaign, annotator_client: Client) -> None:
    html = page(annotator_client, scored)
    assert 'data-kind="values"' in html
    assert {"verdict", "sides", "values"} <= set(" ".join(re.findall(r'data-kinds="([^"]*)"', html)).split())


def test_a_closed_campaign_offers_nothing_to_press(scored: Campaign, annotator_client: Client) -> None:
    Campaign.objects.update(state="closed")
    html = page(annotator_client, scored)
    assert re.search(r"<button[^>]*data-submit[^>]* disabled>", html)
    assert html.count('<fieldset class="review-criterion" data-field="value-') == len(CRITERIA)
    assert html.count('disabled> <legend><span class="review-dot"') == len(CRITERIA)


def test_where_an_item_cannot_be_skipped_the_page_does_not_offer_it(annotator: User, annotator_client: Client) -> None:
    campaign = make_review(["annotator-1"])
    CampaignItem.objects.filter(rank=2).update(unskippable=True)
    pages = [annotator_client.get(url("review_item", campaign, n)).content.decode() for n in (1, 2)]
    assert ['name="skip_reason"' in page for page in pages] == [True, False]
    assert all("To the end of my queue" in page for page in pages)
    form = fields_of(annotator_client, url("review_item", campaign, 2))
    answer = annotator_client.post(url("review_skip", campaign, 2), form, headers=HX)
    assert (answer.status_code, "cannot be skipped" in answer.json()["message"]) == (422, True)


def test_a_context_is_corrected_as_question_and_answer_are(verdicts: Campaign, annotator_client: Client) -> None:
    Item.objects.filter(position=1).update(context="The pump runs at 12 V.")
    address = url("review_item", verdicts, 1)
    page = annotator_client.get(address).content.decode()
    assert page.count('name="context"') == 1
    assert 'name="context"' not in annotator_client.get(url("review_item", verdicts, 2)).content.decode()
    sent = fields_of(annotator_client, address) | {"verdict": "wrong", "context": "The pump runs at 24 V."}
    assert annotator_client.post(url("review_submit", verdicts, 1), sent, headers=HX).status_code == 200
    assert Label.objects.get().correction == {"context": "The pump runs at 24 V."}
    again = annotator_client.get(address).content.decode()
    assert "The pump runs at 24 V." in again
    draft = fields_of(annotator_client, address) | {"context": "The pump runs at 36 V.", "sequence": "1"}
    annotator_client.post(url("review_draft", verdicts, 1), draft, headers=HX)
    assert place(verdicts).draft["context"] == "The pump runs at 36 V."
