"""Words with several answers, scores and sides of a pair: one label per criterion under one press."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from annotation.actions.counts import check_counts
from annotation.actions.labels import content_of, current_labels, open_assignment, save_draft, submit_label, undo_label
from annotation.actions.refusals import LabelRefused, StalePage
from annotation.core.asked import answer_of
from annotation.core.words import Answer, Word
from annotation.models import Assignment, Campaign, CampaignItem, ItemCount, Label
from judging.core.verdicts import PersonVerdict
from judging.models import Dataset, Item, Rubric
from tests import factories
from tests.annotation.review_help import make_review, place, view_of

pytestmark = pytest.mark.django_db
STEPS = {"low": 1, "high": 5, "step": 1}
CRITERIA = [
    {"name": "accuracy", "scale": STEPS, "direction": "higher", "clean_if": 4},
    {"name": "fluency", "scale": STEPS, "direction": "higher", "clean_if": None},
]
OTHER_TAB = "1" * 32


def make_scored(criteria: list[dict[str, Any]] | None = None, **options: Any) -> Campaign:
    """A campaign of two people with a rubric of criteria."""
    campaign = make_review(**options)
    rubric = factories.make_rubric("criteria", kind=Rubric.Kind.SCORE, criteria=criteria or CRITERIA)
    Campaign.objects.filter(pk=campaign.pk).update(rubric=rubric)
    return Campaign.objects.get(pk=campaign.pk)


def make_pairs() -> Dataset:
    dataset = factories.make_dataset("pairs")
    for n in range(1, 4):
        turns_b = [{"question": f"Q{n}?", "answer": "Second.", "reference": ""}]
        factories.make_item(dataset, f"Q{n}?", "First.", kind=Item.Kind.PAIR, turns_b=turns_b, model_b="model-b")
    return dataset


def word_on(assignment: Assignment, *texts: str, **fields: Any) -> Word:
    answers = zip(assignment.asked(), texts, strict=True)
    return Word(answers=tuple(answer_of(criterion, text) for criterion, text in answers), **fields)


def say(campaign: Campaign, *texts: str, rank: int = 1, name: str = "annotator-1", **fields: Any) -> Label:
    at = place(campaign, rank, name)
    return submit_label(at, word_on(at, *texts, **fields), view=view_of(at))


def stored(*fields: str) -> list[Any]:
    return list(Label.objects.current().order_by("pk").values_list(*fields))


@pytest.fixture
def scored(annotator: User, other_annotator: User) -> Campaign:
    return make_scored()


@pytest.fixture
def pairs(annotator: User, other_annotator: User) -> Campaign:
    return make_review(dataset=make_pairs())


def test_every_criterion_has_its_label_under_one_press(scored: Campaign) -> None:
    say(scored, "4", "2", comment="Dry", error_types=("style",), flags=("bad_question",))
    assert stored("criterion", "value", "score", "verdict") == [
        ("accuracy", "4", 4.0, "clean"),
        ("fluency", "2", 2.0, ""),
    ]
    beside = [("Dry", ["style"], ["bad_question"])] * 2
    assert stored("comment", "error_types", "flags") == beside
    assert Label.objects.values("client_key").distinct().count() == 1
    assert place(scored).state == "submitted"


def test_the_same_press_sent_twice_counts_once(scored: Campaign) -> None:
    view = view_of(place(scored))
    first = submit_label(place(scored), word_on(place(scored), "4", "2"), view=view)
    assert submit_label(place(scored), word_on(place(scored), "4", "2"), view=view) == first
    assert Label.objects.count() == 2


def test_another_answer_to_one_criterion_is_a_new_word_on_all(scored: Campaign) -> None:
    view = view_of(place(scored))
    for texts in (("4", "2"), ("4", "3")):
        submit_label(place(scored), word_on(place(scored), *texts), view=view)
    ended = Label.objects.filter(ended_by="superseded").values_list("criterion", "value")
    assert sorted(ended) == [("accuracy", "4"), ("fluency", "2")]
    assert stored("criterion", "value") == [("accuracy", "4"), ("fluency", "3")]


def test_undo_ends_all_of_a_press_and_puts_them_back(scored: Campaign) -> None:
    label = say(scored, "4", "undefined", comment="hm", error_types=("style",), flags=("bad_reference",))
    row = undo_label(label)
    assert set(Label.objects.values_list("ended_by", flat=True)) == {"undone"}
    wanted = {"value-1": "4", "value-2": "undefined", "comment": "hm"}
    assert wanted.items() <= row.draft.items()
    assert (row.state, row.draft["error_types"], row.draft["flags"]) == ("draft", ["style"], ["bad_reference"])


def test_undo_by_any_label_of_a_press_ends_all(scored: Campaign) -> None:
    say(scored, "4", "2")
    undo_label(Label.objects.get(criterion="fluency"))
    assert not Label.objects.current().exists()


def test_not_being_able_to_tell_is_possible_and_no_score(scored: Campaign) -> None:
    say(scored, "undefined", "5")
    assert stored("value", "score", "verdict")[0] == ("undefined", None, "undefined")


def test_kept_counts_are_right_for_every_criterion(scored: Campaign) -> None:
    say(scored, "4", "2")
    say(scored, "undefined", "2", name="annotator-2")
    undo_label(say(scored, "1", "5", rank=2))
    assert [check.criterion for check in check_counts(scored)] == ["accuracy", "fluency"]
    assert all(check.is_right for check in check_counts(scored))
    assert set(ItemCount.objects.values_list("criterion", "pattern")) == {
        ("accuracy", "0|0|0|1|0|1"),
        ("fluency", "0|2|0|0|0"),
    }


@pytest.mark.parametrize(
    "answers",
    [
        (),
        (Answer(criterion="accuracy", value="4", score=4.0, verdict="clean"),),
        (Answer(criterion="accuracy", value="4", score=4.0, verdict="clean"), Answer(criterion="taste", value="4")),
        (
            Answer(criterion="accuracy", value="9", score=9.0, verdict="clean"),
            Answer(criterion="fluency", value="2", score=2.0),
        ),
        (
            Answer(criterion="accuracy", value="4", score=4.0, verdict="wrong"),
            Answer(criterion="fluency", value="2", score=2.0),
        ),
        (
            Answer(criterion="accuracy", value="4", score=4.0, verdict="clean"),
            Answer(criterion="accuracy", value="4", score=4.0, verdict="clean"),
            Answer(criterion="fluency", value="2", score=2.0),
        ),
        (Answer.of(PersonVerdict.CLEAN),),
    ],
)
def test_answers_that_were_not_asked_for_are_refused(scored: Campaign, answers: tuple[Answer, ...]) -> None:
    with pytest.raises(LabelRefused, match="not those that this campaign asks for"):
        submit_label(place(scored), Word(answers=answers), view=view_of(place(scored)))
    assert not Label.objects.exists()
    assert place(scored).state == "pending"


def test_a_stale_tab_changes_no_criterion(scored: Campaign) -> None:
    stale = view_of(place(scored), OTHER_TAB)
    say(scored, "4", "2")
    with pytest.raises(StalePage):
        submit_label(place(scored), word_on(place(scored), "1", "1"), view=stale)
    assert stored("value") == [("4",), ("2",)]


@pytest.mark.parametrize(
    ("scale", "clean_if", "text", "score", "verdict"),
    [
        ({"low": 1, "high": 10}, 7, "10", 10.0, "clean"),
        ({"low": 1, "high": 10}, 7, "6", 6.0, "wrong"),
        ({"low": 0, "high": 1}, 0.5, "0.25", 0.25, "wrong"),
        ({"low": 0, "high": 1}, 0.5, "0.75", 0.75, "clean"),
    ],
)
def test_a_score_is_stored_with_what_it_means(
    annotator: User, other_annotator: User, scale: Any, clean_if: float, text: str, score: float, verdict: str
) -> None:
    campaign = make_scored([{"name": "", "scale": scale, "direction": "higher", "clean_if": clean_if}])
    say(campaign, text)
    assert stored("criterion", "value", "score", "verdict") == [("", text, score, verdict)]
    assert all(check.is_right for check in check_counts(campaign))


def test_a_comment_does_not_change_a_score(scored: Campaign) -> None:
    say(scored, "4", "2")
    at = place(scored)
    submit_label(at, word_on(at, "4", "2", comment="late thought"), view=view_of(at, OTHER_TAB))
    assert stored("value", "score", "comment") == [("4", 4.0, "late thought"), ("2", 2.0, "late thought")]


def test_pairs_are_asked_which_side_is_better(pairs: Campaign) -> None:
    say(pairs, "A")
    say(pairs, "tie", rank=2)
    assert stored("criterion", "value", "score", "verdict") == [("", "A", None, ""), ("", "tie", None, "")]
    assert all(check.is_right for check in check_counts(pairs))


def test_a_draft_of_a_pair_shows_the_side_that_was_pressed(pairs: Campaign) -> None:
    Assignment.objects.filter(pk=place(pairs).pk).update(swapped=True)
    label = say(pairs, "A")
    assert content_of(place(pairs), [label]) == {"value-1": "B"}
    assert undo_label(label).draft["value-1"] == "B"


def test_a_draft_of_answers_is_no_label(scored: Campaign) -> None:
    row = save_draft(place(scored), {"value-1": "3", "flags": ["bad_question"]}, view=view_of(place(scored)))
    assert (row.state, row.draft["value-1"]) == ("draft", "3")
    assert not current_labels(row)


def judged(campaign: Campaign, **verdicts: str) -> None:
    """A judge beside the campaign, whose words are shown on the first place."""
    run = factories.make_run(campaign.dataset)
    item = place(campaign).campaign_item.item
    for criterion, verdict in verdicts.items():
        factories.make_judgment(run, item, verdict, criterion="" if criterion == "overall" else criterion)
    Campaign.objects.filter(pk=campaign.pk).update(run=run, rules={"comment_on_override": True})
    open_assignment(place(campaign), judge_shown=True)


def test_overriding_a_judge_that_was_shown_needs_a_comment(scored: Campaign) -> None:
    judged(scored, accuracy="wrong")
    with pytest.raises(LabelRefused, match="write in the comment why"):
        say(scored, "4", "2", comment="  ")
    assert not Label.objects.exists()
    assert say(scored, "4", "2", comment="It is right.").judge_visible


@pytest.mark.parametrize("texts", [("3", "2"), ("undefined", "2")])
def test_agreeing_and_not_being_able_to_tell_need_none(scored: Campaign, texts: tuple[str, str]) -> None:
    judged(scored, accuracy="wrong")
    assert say(scored, *texts)


def test_a_judge_that_was_not_shown_is_not_overridden(scored: Campaign) -> None:
    judged(scored, accuracy="wrong")
    Assignment.objects.update(revealed_at=None)
    assert not say(scored, "5", "2").judge_visible


def test_the_only_word_of_a_judge_is_about_the_only_criterion(annotator: User, other_annotator: User) -> None:
    campaign = make_scored([{"name": "overall", "scale": STEPS, "direction": "higher", "clean_if": 4}])
    judged(campaign, overall="clean")
    with pytest.raises(LabelRefused, match="something else than the judge"):
        say(campaign, "2")


def test_a_label_names_guideline_rubric_and_judge_of_its_campaign(scored: Campaign) -> None:
    judged(scored, accuracy="clean")
    label = say(scored, "4", "2")
    campaign = Campaign.objects.get()
    assert (label.rubric, label.run) == (campaign.rubric, campaign.run)
    assert label.seconds is not None
    assert not label.surplus


def test_a_label_without_a_place_is_surplus(scored: Campaign) -> None:
    Assignment.objects.filter(pk=place(scored).pk).update(placed=False)
    CampaignItem.objects.update(taken=2, wanted=2)
    say(scored, "4", "2")
    assert stored("surplus") == [(True,), (True,)]
