"""Before submitting, nothing of judge, model and other people reaches an annotator, wherever they look."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from annotation.models import Assignment, Campaign, GoldLabel, Label, LabelReview
from judging.models import Dataset, Item, Reply, Run
from tests import factories
from tests.annotation.review_help import fields_of, make_review, place, press, url
from tests.conftest import logged_in

pytestmark = pytest.mark.django_db

JUDGE = {
    "reply": "planted-reply",
    "reply value": "planted-reply-value",
    "reason": "planted-reason",
    "value": "planted-judgment-value",
    "score": "0.73519",
    "judge": "planted-judge",
    "judge model": "planted-judging-model",
    "file": "planted-file-word",
}
MODEL = {"model": "planted-answering-model"}
PEOPLE = {
    "comment": "planted-comment",
    "correction": "planted-correction",
    "draft": "planted-draft",
    "error count": "7717",
}
LINK = re.compile(r'(?:href|action|formaction|data-go|data-draft-url|data-ahead|data-next)="([^"#]+)"')
KEY_OF_A_SHOWING = re.compile(
    r'[0-9a-f]{32}|csrfmiddlewaretoken" value="[^"]*"|x-csrftoken": "[^"]*"|\d{4}-\d\d-\d\dT[\d:.]+'
)
PLANTED = {**JUDGE, **MODEL, **PEOPLE}


@pytest.fixture
def dataset() -> Dataset:
    made = factories.make_dataset("reviewed")
    extra = {"mdk": {"output": JUDGE["file"]}, "previous_num_error": JUDGE["file"]}
    for n in range(3):
        factories.make_item(made, f"Question {n}?", model=MODEL["model"], extra=extra)
    return made


@pytest.fixture
def run(dataset: Dataset) -> Run:
    run = factories.make_run(dataset, factories.make_judge(JUDGE["judge"], model=JUDGE["judge model"]))
    for item in dataset.items.all():
        detail = {"raw": JUDGE["score"], "why": JUDGE["reason"]}
        judged: dict[str, Any] = {"value": JUDGE["value"], "score": float(JUDGE["score"]), "detail": detail}
        factories.make_judgment(run, item, "wrong", **judged)
        Reply.objects.create(
            run=run, item=item, text=f"{JUDGE['reply']}: {JUDGE['reason']}", status="scored", value=JUDGE["reply value"]
        )
    return run


@pytest.fixture
def campaign(annotator: User, other_annotator: User, dataset: Dataset, run: Run) -> Campaign:
    """Both people are asked; the other one has labelled two items and drafted the third."""
    made = make_review(dataset=dataset, run=run)
    other = place(made, 1, "annotator-2").annotator
    for item in Item.objects.filter(position__lte=2):
        words = {"comment": PEOPLE["comment"], "correction": {"answer": PEOPLE["correction"]}, "error_count": 7717}
        factories.make_label(made, item, other, "wrong", **words)
    Assignment.objects.filter(annotator=other, queue_rank__lte=2).update(state="submitted")
    Assignment.objects.filter(annotator=other, queue_rank=3).update(state="draft", draft={"comment": PEOPLE["draft"]})
    return made


def leaks(response: Any, planted: dict[str, str] = PLANTED) -> list[str]:
    """What of the planted words an answer carries, in its body or its headers."""
    told = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    seen = KEY_OF_A_SHOWING.sub("", response.content.decode() + str(told))
    return [name for name, word in planted.items() if word in seen]


def named(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace is None:
                yield from named(entry)
        elif entry.name:
            yield entry.name, entry


def crawl(client: Client, start: str) -> dict[str, Any]:
    """Every page that can be reached by links from a start, followed to its answer; logging out is not a page."""
    found: dict[str, Any] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address in found or not address.startswith("/") or address.startswith(("/static/", "/logout")):
            continue
        response = found[address] = client.get(address)
        waiting += LINK.findall(response.content.decode())
        waiting += [response.headers["Location"]] if "Location" in response.headers else []
    return found


def test_no_page_within_reach_says_anything(campaign: Campaign, annotator_client: Client) -> None:
    pages = crawl(annotator_client, "/")
    assert url("review_item", campaign, 3) in pages
    assert {address: leaks(response) for address, response in pages.items() if leaks(response)} == {}


@pytest.mark.parametrize("distribution", ["dealt", "pulled"])
@pytest.mark.parametrize("show", ["all", "open", "flagged"])
def test_items_ahead_and_answers_without_a_page_say_nothing(
    campaign: Campaign, annotator_client: Client, distribution: str, show: str
) -> None:
    rules = {"annotators": ["annotator-1", "annotator-2"]}
    Campaign.objects.update(distribution=distribution, rules=rules)
    script = {"HX-Request": "true"}
    ahead = annotator_client.get(url("review_ahead", campaign, 1), {"show": show}, headers=script)
    assert leaks(ahead) == []
    assert any("Question 1?" in item["html"] for item in ahead.json()["items"]) == (show != "flagged")
    for name in ("review_hold", "review_release", "review_later", "review_skip", "review_reopen"):
        sent = fields_of(annotator_client, url("review_item", campaign, 1)) | {"filter": f"show={show}"}
        for headers in ({}, script):
            assert leaks(annotator_client.post(url(name, campaign, 1), sent, headers=headers)) == [], name
    for name in ("review_next", "review_done", "review_jump"):
        asked = {"show": show, "number": "2", "q": "planted"}
        assert leaks(annotator_client.get(url(name, campaign), asked, headers=script, follow=True)) == [], name


def test_what_leads_decide_and_think_reaches_nobody_else(
    campaign: Campaign, lead: User, annotator_client: Client
) -> None:
    """Gold labels, reviews of labels and adjudication are for leads."""
    words = {"comment": PEOPLE["comment"], "value": "wrong", "verdict": "wrong", "at": timezone.now(), "by": lead}
    for item in Item.objects.all():
        GoldLabel.objects.create(campaign=campaign, item=item, method="adjudicated", **words)
    for label in Label.objects.all():
        LabelReview.objects.create(
            label=label, lead=lead, outcome="rejected", comment=PEOPLE["comment"], at=words["at"]
        )
    pages = crawl(annotator_client, "/")
    assert {address: leaks(response) for address, response in pages.items() if leaks(response)} == {}
    for name in ("campaign_detail", "campaign_items", "adjudication_next"):
        assert annotator_client.get(url(name, campaign)).status_code == 403


def test_no_address_of_the_site_says_anything(campaign: Campaign, annotator_client: Client) -> None:
    for name, entry in named(get_resolver()):
        for number in {1, campaign.pk, campaign.dataset_id, campaign.run_id}:
            wanted = entry.pattern.converters
            arguments = {key: number if "Int" in type(kind).__name__ else "x" for key, kind in wanted.items()}
            address = reverse(name, kwargs=arguments)
            if name != "logout":
                assert leaks(annotator_client.get(address)) == [], address
                assert leaks(annotator_client.get(address, headers={"HX-Request": "true"})) == [], address


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize(
    ("name", "rest", "fields"),
    [
        ("review_submit", (1,), {"verdict": ""}),
        ("review_submit", (1,), {"verdict": "clean", "known_rev": "99"}),
        ("review_submit", (1,), {"verdict": "clean", "item_revision": "9"}),
        ("review_submit", (1,), {"verdict": "clean"}),
        ("review_draft", (1,), {"comment": "typing"}),
        ("review_draft", (1,), {"comment": "typing", "known_rev": "99"}),
        ("review_draft", (1,), {"comment": "typing", "to": "77"}),
        ("review_undo", (), {"label": "1"}),
    ],
)
def test_no_answer_to_anything_sent_says_anything(
    campaign: Campaign,
    annotator_client: Client,
    name: str,
    rest: tuple[int, ...],
    fields: dict[str, str],
    headers: dict[str, str],
) -> None:
    sent = fields_of(annotator_client, url("review_item", campaign, 1)) | fields
    assert leaks(annotator_client.post(url(name, campaign, *rest), sent, headers=headers)) == []


def test_pages_are_the_same_whatever_the_judge_and_the_others_say(campaign: Campaign, annotator_client: Client) -> None:
    """Counts, order, marks and lengths: apart from keys made for every showing, nothing differs."""
    addresses = ["/review/", *(url("review_item", campaign, rank) for rank in (1, 2, 3))]
    before = [steady(annotator_client.get(address)) for address in addresses]
    Label.objects.update(verdict="clean", value="clean", comment="")
    campaign.run.judgments.update(verdict="clean", value="clean", score=None)  # type: ignore[union-attr]
    campaign.run.replies.all().delete()  # type: ignore[union-attr]
    assert [steady(annotator_client.get(address)) for address in addresses] == before


def steady(response: Any) -> str:
    return KEY_OF_A_SHOWING.sub("", response.content.decode())


@pytest.mark.parametrize("order", ["sequential", "random"])
def test_the_queue_does_not_depend_on_the_judge(
    annotator: User, other_annotator: User, dataset: Dataset, run: Run, order: str
) -> None:
    positions = []
    for name, beside in (("with", run), ("without", None)):
        made = make_review(dataset=dataset, run=beside, order=order, seed=4, name=name)
        queue = Assignment.objects.filter(campaign=made, annotator__name="annotator-1").order_by("queue_rank")
        positions.append(list(queue.values_list("campaign_item__item__position", flat=True)))
    assert positions[0] == positions[1]


def test_judge_model_and_other_people_are_shown_after_submitting(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1)
    seen = leaks(annotator_client.get(url("review_item", campaign, 1)))
    assert {"reply", "value", "model", "comment", "correction"} <= set(seen)
    assert "draft" not in seen
    assert leaks(annotator_client.get(url("review_item", campaign, 2))) == []


def test_other_people_have_no_names_where_they_were_hidden(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1)
    page = annotator_client.get(url("review_item", campaign, 1)).content.decode()
    assert "Person A" in page
    assert "annotator-2" not in page


def test_what_a_lead_thinks_of_others_is_not_shown_with_their_words(
    campaign: Campaign, lead: User, annotator_client: Client
) -> None:
    Label.objects.update(comment="")
    for label in Label.objects.all():
        review = {"lead": lead, "outcome": "rejected", "comment": "planted-comment", "at": timezone.now()}
        LabelReview.objects.create(label=label, **review)
    press(annotator_client, campaign, 1)
    seen = leaks(annotator_client.get(url("review_item", campaign, 1)))
    assert "correction" in seen
    assert "comment" not in seen


def test_a_campaign_that_hides_nobody_shows_what_others_said_before(campaign: Campaign, annotator: User) -> None:
    Campaign.objects.update(blind_people=False)
    client = logged_in(annotator)
    response = client.get(url("review_item", campaign, 1))
    assert sorted(leaks(response)) == ["comment", "correction", "error count"]
    assert "annotator-2" in response.content.decode()


def test_an_undone_word_hides_the_others_again(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1)
    label = Label.objects.get(annotator__name="annotator-1")
    annotator_client.post(url("review_undo", campaign), {"label": label.pk})
    assert leaks(annotator_client.get(url("review_item", campaign, 1)), PEOPLE | MODEL) == []


def test_a_label_given_blind_says_so_and_one_changed_after_the_reveal_does_too(
    campaign: Campaign, annotator_client: Client
) -> None:
    press(annotator_client, campaign, 1, "clean")
    press(annotator_client, campaign, 1, "wrong")
    own = Label.objects.filter(annotator__name="annotator-1").order_by("pk")
    assert list(own.values_list("judge_visible", flat=True)) == [False, True]


def test_an_undo_before_looking_back_keeps_the_item_blind(campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 1, "clean")
    label = Label.objects.get(annotator__name="annotator-1")
    annotator_client.post(url("review_undo", campaign), {"label": label.pk})
    assert leaks(annotator_client.get(url("review_item", campaign, 1))) == []
    press(annotator_client, campaign, 1, "wrong")
    assert not Label.objects.current().get(annotator__name="annotator-1").judge_visible


def test_an_undo_after_looking_back_does_not_make_the_next_label_blind(
    campaign: Campaign, annotator_client: Client
) -> None:
    press(annotator_client, campaign, 1, "clean")
    annotator_client.get(url("review_item", campaign, 1))
    label = Label.objects.get(annotator__name="annotator-1")
    annotator_client.post(url("review_undo", campaign), {"label": label.pk})
    press(annotator_client, campaign, 1, "wrong")
    assert Label.objects.current().get(annotator__name="annotator-1").judge_visible


def test_a_campaign_that_is_not_blind_shows_the_judge_and_says_so_on_the_label(
    campaign: Campaign, annotator: User
) -> None:
    Campaign.objects.update(blind_judge=False, blind_model=False)
    client = logged_in(annotator)
    response = client.get(url("review_item", campaign, 1))
    assert {"reply", "model"} <= set(leaks(response))
    assert leaks(response, PEOPLE) == []
    press(client, campaign, 1)
    assert Label.objects.get(annotator__name="annotator-1").judge_visible


def test_without_a_judgment_nothing_was_visible(campaign: Campaign, annotator_client: Client) -> None:
    Campaign.objects.update(blind_judge=False)
    campaign.run.judgments.all().delete()  # type: ignore[union-attr]
    campaign.run.replies.all().delete()  # type: ignore[union-attr]
    press(annotator_client, campaign, 1)
    assert not Label.objects.get(annotator__name="annotator-1").judge_visible
