from typing import Any

import pytest
from django.contrib.auth.models import User

from annotation.actions.adjudication import AdjudicationRefused, adjudicate, undo_adjudication
from annotation.actions.counts import recount
from annotation.core.adjudication import Decided
from annotation.core.words import Answer
from annotation.models import Campaign, CampaignItem, GoldLabel, Label
from annotation.reports.adjudication import Filter, first_open, neighbours, next_open, queue_of, undecided
from annotation.reports.adjudication import found_by as found
from annotation.reports.cases import case_of
from judging.core.verdicts import PersonVerdict
from judging.models import Item
from tests import factories
from tests.annotation.review_help import make_review

pytestmark = pytest.mark.django_db
PEOPLE = ("annotator-1", "annotator-2", "annotator-3")


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    factories.make_user("annotator-3", role="annotator")
    return make_review(PEOPLE, items=5)


def item(position: int) -> Item:
    return Item.objects.get(position=position)


def say(campaign: Campaign, position: int, *verdicts: str, **fields: Any) -> list[Label]:
    """Labels of the first people on an item, counted as an action would."""
    found = []
    for place, verdict in zip(
        campaign.assignments.filter(campaign_item__item__position=position).order_by("annotator__name"),
        verdicts,
        strict=False,
    ):
        found.append(factories.make_label(campaign, item(position), place.annotator, verdict, **fields))
        place.state = place.State.SUBMITTED
        place.save(update_fields=["state"])
    recount(campaign, [item(position).pk])
    return found


def decided(verdict: str = "wrong", **fields: Any) -> Decided:
    given: dict[str, Any] = {"answers": (Answer.of(PersonVerdict(verdict)),), "revision": 1}
    return Decided(**given | fields)


def positions(campaign: Campaign, chosen: Filter) -> list[int]:
    return [one.position for one in found(campaign, chosen)]


def test_a_decision_is_a_gold_label(campaign: Campaign, lead: User) -> None:
    adjudicate(campaign, item(1), decided(comment="see the reference"), by=lead)
    gold = GoldLabel.objects.get()
    assert (gold.value, gold.verdict, gold.comment, gold.by, gold.method) == (
        "wrong",
        "wrong",
        "see the reference",
        lead,
        "adjudicated",
    )
    assert item(1).revision == 1


def test_a_score_keeps_its_number_and_every_criterion_its_row(campaign: Campaign, lead: User) -> None:
    answers = (
        Answer(criterion="accuracy", value="4", score=4.0, verdict="clean"),
        Answer(criterion="style", value="2", score=2.0),
    )
    adjudicate(campaign, item(1), decided(answers=answers), by=lead)
    rows = GoldLabel.objects.order_by("criterion").values_list("criterion", "value", "score", "verdict")
    assert list(rows) == [("accuracy", "4", 4.0, "clean"), ("style", "2", 2.0, "")]


def test_a_new_decision_ends_the_old_one(campaign: Campaign, lead: User) -> None:
    [first] = adjudicate(campaign, item(1), decided(), by=lead)
    [second] = adjudicate(campaign, item(1), decided("clean", known=first.pk), by=lead)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert (first.value, second.value, second.ended_at) == ("wrong", "clean", None)


def test_the_same_press_twice_is_one_decision(campaign: Campaign, lead: User) -> None:
    wish = decided(texts={"answer": "better"})
    adjudicate(campaign, item(1), wish, by=lead)
    adjudicate(campaign, item(1), wish, by=lead)
    assert GoldLabel.objects.count() == 1
    assert item(1).revision == 2


def test_two_leads_do_not_decide_past_each_other(campaign: Campaign, lead: User) -> None:
    other = factories.make_user("lead-2", role="lead")
    adjudicate(campaign, item(1), decided("clean"), by=other)
    with pytest.raises(AdjudicationRefused, match="Somebody else"):
        adjudicate(campaign, item(1), decided("wrong"), by=lead)
    assert GoldLabel.objects.get().value == "clean"


def test_a_corrected_text_is_the_next_revision_and_labels_stay_as_they_are(campaign: Campaign, lead: User) -> None:
    [label] = say(campaign, 1, "wrong")
    adjudicate(campaign, item(1), decided("clean", texts={"answer": "Better."}), by=lead)
    assert (item(1).answer, item(1).revision) == ("Better.", 2)
    assert item(1).revisions.get().author == lead
    assert GoldLabel.objects.get().correction == {"answer": "Better."}
    label.refresh_from_db()
    assert (label.item_revision, label.ended_at) == (1, None)


def test_a_text_that_changed_meanwhile_is_said_and_nothing_stored(campaign: Campaign, lead: User) -> None:
    Item.objects.filter(position=1).update(revision=2)
    with pytest.raises(AdjudicationRefused, match="has changed since"):
        adjudicate(campaign, item(1), decided(texts={"answer": "Better."}), by=lead)
    assert not GoldLabel.objects.exists()


@pytest.mark.parametrize("answers", [(), (Answer.of(PersonVerdict.CLEAN), Answer.of(PersonVerdict.WRONG))])
def test_a_decision_needs_one_answer_per_criterion(campaign: Campaign, lead: User, answers: tuple[Answer, ...]) -> None:
    with pytest.raises(AdjudicationRefused, match="one answer per criterion"):
        adjudicate(campaign, item(1), decided(answers=answers), by=lead)


def test_taking_back_ends_the_decision_and_restores_the_text(campaign: Campaign, lead: User) -> None:
    adjudicate(campaign, item(1), decided(texts={"answer": "Better."}), by=lead)
    undo_adjudication(campaign, item(1), by=lead)
    assert item(1).answer == "Answer 1."
    assert item(1).revision == 3
    assert GoldLabel.objects.get().ended_at is not None


def test_a_decision_is_about_the_text_that_it_leaves(campaign: Campaign, lead: User) -> None:
    adjudicate(campaign, item(1), decided(), by=lead)
    adjudicate(campaign, item(2), decided(texts={"answer": "Better."}), by=lead)
    assert list(GoldLabel.objects.order_by("item").values_list("item_revision", flat=True)) == [1, 2]


def test_taking_back_revives_the_decision_that_was_replaced(campaign: Campaign, lead: User) -> None:
    first = adjudicate(campaign, item(1), decided("clean", comment="first"), by=lead)[0]
    second = decided("wrong", known=first.pk, texts={"answer": "Better."})
    adjudicate(campaign, item(1), second, by=lead)
    undo_adjudication(campaign, item(1), by=lead)
    standing = GoldLabel.objects.get(ended_at=None)
    assert (standing.value, standing.comment, standing.item_revision) == ("clean", "first", item(1).revision)
    undo_adjudication(campaign, item(1), by=lead)
    assert not GoldLabel.objects.filter(ended_at=None).exists()
    assert GoldLabel.objects.count() == 3


def test_a_decision_that_was_taken_back_itself_is_not_revived(campaign: Campaign, lead: User) -> None:
    adjudicate(campaign, item(1), decided("clean"), by=lead)
    undo_adjudication(campaign, item(1), by=lead)
    adjudicate(campaign, item(1), decided("wrong"), by=lead)
    undo_adjudication(campaign, item(1), by=lead)
    assert not GoldLabel.objects.filter(ended_at=None).exists()


def test_taking_back_twice_changes_nothing_more(campaign: Campaign, lead: User) -> None:
    adjudicate(campaign, item(1), decided(), by=lead)
    assert undo_adjudication(campaign, item(1), by=lead)
    assert undo_adjudication(campaign, item(1), by=lead) == []


def test_a_decision_from_a_file_is_not_taken_back(campaign: Campaign, lead: User) -> None:
    campaign.gold_labels.create(item=item(1), value="clean", verdict="clean", method="imported", at=campaign.at)
    with pytest.raises(AdjudicationRefused, match="came with a file"):
        undo_adjudication(campaign, item(1), by=lead)


def test_the_worst_disagreement_comes_first(campaign: Campaign) -> None:
    say(campaign, 1, "clean", "clean", "clean")
    say(campaign, 2, "clean", "clean", "wrong")
    say(campaign, 4, "clean", "wrong")
    assert positions(campaign, Filter.DISAGREEMENT) == [4, 2]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filter.TIE, [4]),
        (Filter.LOW, [4, 2]),
        (Filter.SKIPPED, [5]),
        (Filter.BAD_QUESTION, [1]),
        (Filter.BAD_REFERENCE, []),
        (Filter.SENT, [3]),
        (Filter.ALL, [1, 2, 3, 4, 5]),
    ],
)
def test_filters(campaign: Campaign, chosen: Filter, expected: list[int]) -> None:
    say(campaign, 1, "clean", flags=["bad_question"])
    say(campaign, 2, "clean", "clean", "wrong")
    say(campaign, 4, "clean", "wrong")
    CampaignItem.objects.filter(item__position=3).update(for_adjudication=True)
    campaign.assignments.filter(campaign_item__item__position=5, annotator__name="annotator-1").update(state="skipped")
    assert positions(campaign, chosen) == expected


def test_a_filter_finds_only_items_of_its_campaign(campaign: Campaign) -> None:
    say(campaign, 4, "clean", "wrong")
    other = make_review(PEOPLE, dataset=campaign.dataset, name="round 2")
    assert positions(other, Filter.DISAGREEMENT) == []


def test_where_the_judge_says_something_else_than_most_people(campaign: Campaign) -> None:
    campaign.run = factories.make_run(campaign.dataset)
    campaign.save(update_fields=["run"])
    for position, judge in ((1, "wrong"), (2, "clean"), (3, "wrong"), (4, "invalid")):
        factories.make_judgment(campaign.run, item(position), judge)
        say(campaign, position, "clean", "clean")
    say(campaign, 5, "clean", "wrong")
    assert positions(campaign, Filter.JUDGE) == [1, 3]


def test_without_a_judge_nothing_is_against_it(campaign: Campaign) -> None:
    say(campaign, 1, "clean")
    assert positions(campaign, Filter.JUDGE) == []


def test_decided_items_leave_the_queue_and_stay_in_the_filter(campaign: Campaign, lead: User) -> None:
    say(campaign, 2, "clean", "wrong")
    say(campaign, 4, "clean", "wrong")
    adjudicate(campaign, item(2), decided(), by=lead)
    queue = queue_of(campaign, Filter.DISAGREEMENT)
    assert (queue.total, queue.decided, queue.open, queue.percent) == (2, 1, 1, 50)
    assert first_open(campaign, Filter.DISAGREEMENT) == item(4)
    assert list(undecided(campaign, found(campaign, Filter.DISAGREEMENT))) == [item(4)]
    assert neighbours(campaign, Filter.DISAGREEMENT, item(4)) == (item(2), None)


def test_after_the_last_comes_the_worst_that_was_passed_over(campaign: Campaign) -> None:
    for position in (1, 2, 4):
        say(campaign, position, "clean", "wrong")
    assert next_open(campaign, Filter.DISAGREEMENT, item(2)) == item(4)
    assert next_open(campaign, Filter.DISAGREEMENT, item(4)) == item(1)
    assert next_open(campaign, Filter.DISAGREEMENT, item(3)) == item(1)


def test_a_case_has_everybodys_word_with_what_they_changed(campaign: Campaign) -> None:
    say(campaign, 1, "wrong", correction={"answer": "Answer one."}, comment="typo")
    case = case_of(campaign, item(1))
    [opinion] = case.opinions
    assert opinion.letter == "A"
    [(name, parts)] = opinion.corrections
    assert name == "answer"
    assert [(part.kind, part.text) for part in parts] == [
        ("same", "Answer "),
        ("gone", "1"),
        ("new", "one"),
        ("same", "."),
    ]
    assert case.known == 0


def test_a_correction_is_compared_with_the_text_it_was_about(campaign: Campaign, lead: User) -> None:
    say(campaign, 1, "wrong", correction={"answer": "Answer one."})
    adjudicate(campaign, item(1), decided(texts={"answer": "Something else."}), by=lead)
    [(_name, parts)] = case_of(campaign, item(1)).opinions[0].corrections
    assert "".join(part.text for part in parts if part.kind != "new") == "Answer 1."


def test_imported_labels_are_decided_too(lead: User) -> None:
    dataset = factories.make_dataset("imported")
    factories.make_items(dataset, 2)
    campaign = factories.make_campaign(dataset, kind="imported")
    first = Item.objects.get(dataset=dataset, position=1)
    for name, value in (("x", "4"), ("y", "2")):
        rater = factories.make_annotator(name)
        factories.make_label(campaign, first, rater, "", value=value, score=float(value), criterion="help")
    recount(campaign, [first.pk], "help")
    assert list(found(campaign, Filter.DISAGREEMENT)) == [first]
    assert list(found(campaign, Filter.ALL)) == [first]
    [criterion] = case_of(campaign, first).asked
    assert (criterion.name, criterion.scale.values) == ("help", ("2", "4"))


def test_of_measured_labels_a_lead_decides_a_number(lead: User) -> None:
    dataset = factories.make_dataset("measured")
    items, rater = factories.make_items(dataset, 102), factories.make_annotator("x")
    campaign = factories.make_campaign(dataset, kind="imported")
    for at, each in enumerate(items):
        factories.make_label(campaign, each, rater, "", value=str(at / 7), score=at / 7)
    recount(campaign, [each.pk for each in items])
    [criterion] = case_of(campaign, items[0]).asked
    assert (criterion.scale.values, criterion.scale.low, criterion.scale.high) == ((), 0.0, 101 / 7)
