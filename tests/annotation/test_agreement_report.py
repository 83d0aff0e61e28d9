"""Whose words the agreement report counts, and against what."""

from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from annotation.core.intervals import Statistic, Undefined, Value
from annotation.core.resolution import HumanVerdict
from annotation.models import Campaign, GoldLabel, Label
from annotation.reports import (
    AgreementReport,
    ReportRefused,
    agreement_report,
    document_of,
    human_column,
    human_verdicts,
    items_of_cell,
)
from judging.models import Dataset, Item, Run
from tests import factories
from tests.annotation.worked_example import make_worked_example

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    return factories.make_dataset()


@pytest.fixture
def campaign(dataset: Dataset) -> Campaign:
    return factories.make_campaign(dataset)


def label(campaign: Campaign, items: list[Item], name: str, words: str, **fields: object) -> None:
    """Labels by one person: c, w and u per item, - for none."""
    person = factories.make_annotator(name)
    verdicts = {"c": "clean", "w": "wrong", "u": "undefined"}
    for item, word in zip(items, words, strict=True):
        if word != "-":
            factories.make_label(campaign, item, person, verdicts[word], **fields)


def gold(campaign: Campaign, item: Item, verdict: str, **fields: object) -> None:
    GoldLabel.objects.create(
        campaign=campaign, item=item, value=verdict, verdict=verdict, method="adjudicated", at=timezone.now(), **fields
    )


def value_of(statistic: Statistic) -> float:
    assert isinstance(statistic, Value)
    return statistic.value


def only_judge(report: AgreementReport) -> dict[str, dict[str, int]]:
    (judge,) = report.judges
    return judge.matrix.as_json()


def test_two_people_are_compared_on_the_items_both_decided(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 8)
    label(campaign, items, "anna", "ccccwwu-")
    label(campaign, items, "ben", "cccwwwcc")
    report = agreement_report(dataset)
    # both decided six items and agree on five: table [[3, 1], [0, 2]]
    agreement = report.human_human["percent_agreement"]
    assert isinstance(agreement, Value)
    assert (agreement.value, agreement.n) == (pytest.approx(5 / 6), 6)
    # pe = 4/6 * 3/6 + 2/6 * 3/6 = 1/2
    assert value_of(report.human_human["cohen_kappa"]) == pytest.approx((5 / 6 - 1 / 2) / (1 / 2))
    # D_o = 2/12, D_e = 2*7*5/(12*11)
    assert value_of(report.human_human["krippendorff_alpha"]) == pytest.approx(1 - (2 / 12) / (70 / 132))


def test_items_are_counted_once_by_what_people_say(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 7)
    label(campaign, items, "anna", "cwcuc--")
    label(campaign, items, "ben", "cwwuu--")
    gold(campaign, items[5], "wrong")
    counts = agreement_report(dataset).counts
    kinds = {kind: counts[kind] for kind in ("clean", "wrong", "ties", "undefined", "unreviewed")}
    assert kinds == {"clean": 1, "wrong": 2, "ties": 2, "undefined": 1, "unreviewed": 1}
    assert sum(kinds.values()) == counts["items"] == 7
    assert (counts["gold"], counts["annotators"], counts["labels"], counts["undefined_labels"]) == (1, 2, 10, 3)


def test_unreviewed_items_never_count_as_agreement(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 4)
    run = factories.make_run(dataset)
    for item in items:
        factories.make_judgment(run, item, "clean")
    label(campaign, items, "anna", "c---")
    report = agreement_report(dataset)
    assert only_judge(report)["clean"] == {"clean": 1, "wrong": 0, "unknown": 3}
    (judge,) = report.judges
    assert judge.human_unknown == {"ties": 0, "undefined": 0, "unreviewed": 3, "labelled_in_another_text": 0}
    agreement = judge.judge_human["percent_agreement"]
    assert isinstance(agreement, Value)
    assert (agreement.value, agreement.n) == (1, 1)


def test_gold_counts_before_the_majority_and_an_ended_one_does_not(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 3)
    run = factories.make_run(dataset)
    for item in items:
        factories.make_judgment(run, item, "wrong")
    label(campaign, items, "anna", "ccc")
    gold(campaign, items[0], "wrong")
    gold(campaign, items[1], "wrong", ended_at=timezone.now())
    gold(campaign, items[2], "undefined")
    assert only_judge(agreement_report(dataset))["wrong"] == {"clean": 1, "wrong": 1, "unknown": 1}


def test_labels_that_ended_do_not_count(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 1)
    label(campaign, items, "anna", "c", ended_at=timezone.now(), ended_by=Label.EndedBy.UNDONE)
    assert agreement_report(dataset).counts["unreviewed"] == 1


def test_labels_of_other_campaigns_and_datasets_do_not_count(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 2)
    other = factories.make_campaign(dataset, "other")
    foreign = factories.make_dataset("foreign")
    label(other, items, "anna", "cw")
    label(factories.make_campaign(foreign), factories.make_items(foreign, 2), "ben", "ww")
    assert agreement_report(dataset, campaign=campaign).counts["labels"] == 0
    assert agreement_report(dataset, campaign=other).counts["labels"] == 2


def test_labels_of_another_criterion_do_not_count(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 2)
    label(campaign, items, "anna", "cw", criterion="tone")
    label(campaign, items, "ben", "ww", criterion="style")
    label(campaign, items[:1], "carl", "w", criterion="style")
    assert agreement_report(dataset, criterion="tone").counts["labels"] == 2
    assert agreement_report(dataset, criterion="style").counts["labels"] == 3


def test_the_only_criterion_needs_no_name_and_several_are_not_mixed(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 2)
    label(campaign, items, "anna", "cw", criterion="tone")
    label(campaign, items, "ben", "cw", criterion="tone")
    report = agreement_report(dataset)
    assert (report.criterion, report.counts["labels"]) == ("tone", 4)
    label(campaign, items, "carl", "cw", criterion="style")
    report = agreement_report(dataset)
    assert (report.criterion, report.criteria) == (None, ("style", "tone"))
    assert set(report.human_human.values()) == {Undefined("several criteria: choose one with --criterion")}
    with pytest.raises(ReportRefused, match="no criterion 'taste'"):
        agreement_report(dataset, criterion="taste")


def test_a_judgment_is_compared_with_labels_on_the_same_text(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 3)
    run = factories.make_run(dataset)
    label(campaign, items, "anna", "ccc", item_revision=1)
    for item, revision in zip(items, (1, 2, 2), strict=True):
        factories.make_judgment(run, item, "clean", item_revision=revision)
    gold(campaign, items[2], "clean")
    (judge,) = agreement_report(dataset).judges
    assert judge.matrix.as_json()["clean"] == {"clean": 2, "wrong": 0, "unknown": 1}
    assert judge.human_unknown["labelled_in_another_text"] == 1


def test_people_are_compared_on_the_newest_text_that_was_labelled(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 2)
    label(campaign, items, "anna", "cc", item_revision=1)
    label(campaign, items[:1], "ben", "w", item_revision=2)
    report = agreement_report(dataset)
    assert report.counts["labels_of_older_text"] == 1
    assert (report.counts["clean"], report.counts["wrong"], report.counts["ties"]) == (1, 1, 0)
    assert report.human_human["percent_agreement"] == Undefined("one label per item")
    assert report.human_human["cohen_kappa"] == Undefined("no item with both labels")


def test_a_judgment_without_a_verdict_is_invalid_and_one_without_a_value_unscored(dataset: Dataset) -> None:
    items = factories.make_items(dataset, 4)
    run = factories.make_run(dataset)
    factories.make_judgment(run, items[0], "clean")
    factories.make_judgment(run, items[1], "invalid")
    factories.make_judgment(run, items[2], "invalid", reason="timeout")
    factories.make_judgment(run, items[3], "", status="scored", value="3", score=3.0)
    (judge,) = agreement_report(dataset).judges
    assert judge.counts == {
        "items": 4,
        "clean": 1,
        "wrong": 0,
        "invalid": 3,
        "unscored": 2,
        "unscored_by_reason": {"no_verdict": 1, "timeout": 1},
    }


def test_scores_are_averaged_over_what_was_scored(dataset: Dataset) -> None:
    items = factories.make_items(dataset, 3)
    run = factories.make_run(dataset)
    factories.make_judgment(run, items[0], "clean", value="5", score=5.0)
    factories.make_judgment(run, items[1], "wrong", value="2", score=2.0)
    factories.make_judgment(run, items[2], "invalid")
    (judge,) = agreement_report(dataset).judges
    assert isinstance(judge.mean_score, Value)
    assert (judge.mean_score.value, judge.mean_score.n) == (3.5, 2)
    assert (judge.counts["clean"], judge.counts["wrong"]) == (1, 1)


def test_a_rubric_without_a_clean_score_is_named(dataset: Dataset) -> None:
    criteria = [{"name": "", "scale": {"low": 1, "high": 5, "step": 1}, "direction": "higher", "clean_if": None}]
    judge = factories.make_judge(rubric=factories.make_rubric(criteria=criteria))
    run = factories.make_run(dataset, judge)
    factories.make_judgment(run, factories.make_item(dataset), "", value="3", score=3.0)
    (found,) = agreement_report(dataset).judges
    assert any("does not say which scores are clean" in note for note in found.notes)


def test_every_finished_run_of_a_judge_is_reported_newest_first(dataset: Dataset) -> None:
    judge = factories.make_judge()
    first, second = factories.make_run(dataset, judge), factories.make_run(dataset, judge)
    factories.make_run(dataset, judge, state=Run.State.RUNNING)
    factories.make_run(factories.make_dataset("foreign"), judge)
    Run.objects.create(dataset=dataset, kind=Run.Kind.GENERATE, model="m", state=Run.State.FINISHED)
    assert [found.run for found in agreement_report(dataset).judges] == [second.pk, first.pk]


def test_an_unfinished_run_can_be_asked_for_and_says_so(dataset: Dataset) -> None:
    run = factories.make_run(dataset, state=Run.State.RUNNING)
    (judge,) = agreement_report(dataset, runs=[run]).judges
    assert judge.notes == ("The run is running: the numbers cover 0 judged items so far.",)


def test_without_labels_or_runs_every_number_is_undefined(dataset: Dataset) -> None:
    report = agreement_report(dataset)
    assert set(report.human_human.values()) == {Undefined("no labels")}
    assert report.judges == ()
    assert document_of(report)["campaign"] is None


def test_cohens_kappa_is_for_two_people_with_names(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 2)
    label(campaign, items, "anna", "cw")
    assert agreement_report(dataset).human_human["cohen_kappa"] == Undefined("for two people; 1 labelled")
    column = factories.make_annotator("column 1", identity="positional", source="table.csv")
    factories.make_label(campaign, items[0], column)
    assert agreement_report(dataset).human_human["cohen_kappa"] == Undefined(
        "the raters are columns of a table, not known people"
    )
    label(campaign, items, "carl", "cw")
    assert agreement_report(dataset).human_human["cohen_kappa"] == Undefined("for two people; 3 labelled")


def test_several_campaigns_are_not_mixed(dataset: Dataset, campaign: Campaign) -> None:
    factories.make_campaign(dataset, "again")
    with pytest.raises(ReportRefused, match="has 2 campaigns: 'again', 'campaign'"):
        agreement_report(dataset)
    assert agreement_report(dataset, campaign=campaign).campaign == "campaign"


def test_campaigns_and_runs_of_other_datasets_are_refused(dataset: Dataset) -> None:
    foreign = factories.make_dataset("foreign")
    with pytest.raises(ReportRefused, match="is not of dataset"):
        agreement_report(dataset, campaign=factories.make_campaign(foreign))
    with pytest.raises(ReportRefused, match="is not of dataset"):
        agreement_report(dataset, runs=[factories.make_run(foreign)])


def test_reviewers_who_clash_are_warned_of_before_any_judge(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 6)
    label(campaign, items, "anna", "cccwww")
    label(campaign, items, "ben", "wcwcwc")
    (note,) = agreement_report(dataset).notes
    assert note.startswith("People may not agree reliably")


def test_skewed_labels_are_named(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 10)
    label(campaign, items, "anna", "cccccccccc")
    label(campaign, items, "ben", "cccccccccw")
    assert any("skewed" in note for note in agreement_report(dataset).notes)


def test_a_judge_worse_than_always_saying_the_same_is_told_so() -> None:
    (judge,) = agreement_report(make_worked_example()).judges
    assert judge.notes == ("Always answering clean would reach 0.532020, more than this judge.",)


def test_judge_and_people_are_two_raters_of_the_items_both_decided() -> None:
    (judge,) = agreement_report(make_worked_example()).judges
    assert round(value_of(judge.judge_human["cohen_kappa"]), 4) == 0.2100
    assert round(value_of(judge.judge_human["percent_agreement"]), 6) == 0.612903
    assert judge.judge_human.keys() >= {"percent_agreement", "cohen_kappa", "krippendorff_alpha", "gwet_ac1"}


def test_human_verdicts_hold_every_item_with_a_word_on_it(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 5)
    label(campaign, items, "anna", "cwcu-")
    label(campaign, items[:3], "ben", "cww")
    found = human_verdicts(dataset, campaign)
    assert found == {
        items[0].pk: HumanVerdict.CLEAN,
        items[1].pk: HumanVerdict.WRONG,
        items[2].pk: HumanVerdict.TIE,
        items[3].pk: HumanVerdict.UNDEFINED,
    }
    assert human_verdicts(dataset, None) == {}
    with pytest.raises(ValueError, match="another dataset"):
        human_verdicts(factories.make_dataset("foreign"), campaign)


def test_a_cell_opens_its_items(dataset: Dataset, campaign: Campaign) -> None:
    items = factories.make_items(dataset, 4)
    run = factories.make_run(dataset)
    for item, verdict in zip(items, ("clean", "wrong", "wrong", "invalid"), strict=True):
        factories.make_judgment(run, item, verdict)
    label(campaign, items, "anna", "ccw-")
    column = human_column(campaign)
    assert items_of_cell(run, column, judge="wrong", human="clean") == [(items[1].pk, "wrong", HumanVerdict.CLEAN)]
    assert [pk for pk, _, _ in items_of_cell(run, column, judge="wrong", human="")] == [items[1].pk, items[2].pk]
    assert items_of_cell(run, column, judge="", human="unknown") == [(items[3].pk, "invalid", HumanVerdict.UNREVIEWED)]


def test_the_number_of_queries_does_not_grow_with_the_labels(
    dataset: Dataset, campaign: Campaign, django_assert_num_queries: Any
) -> None:
    items = factories.make_items(dataset, 20)
    run = factories.make_run(dataset)
    for item in items:
        factories.make_judgment(run, item)
    label(campaign, items, "anna", "c" * 20)
    label(campaign, items, "ben", "w" * 20)
    with django_assert_num_queries(21):
        agreement_report(dataset)


def test_numbers_are_exact_for_many_items(dataset: Dataset, campaign: Campaign) -> None:
    """Random labels by three people: the report equals a count by hand."""
    generator = np.random.default_rng(3)
    items = factories.make_items(dataset, 60)
    words = generator.choice(list("cwu-"), size=(3, 60))
    for number, row in enumerate(words):
        label(campaign, items, f"rater {number}", "".join(row))
    by_item = [
        [a == b for at, a in enumerate(column) for b in column[at + 1 :] if {a, b} <= {"c", "w"}] for column in words.T
    ]
    expected = np.mean([np.mean(pairs) for pairs in by_item if pairs])
    found = agreement_report(dataset).human_human["percent_agreement"]
    assert isinstance(found, Value)
    assert found.value == pytest.approx(expected)
    assert found.n == sum(bool(pairs) for pairs in by_item)
