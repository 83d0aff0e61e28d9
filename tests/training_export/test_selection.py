"""Which items leave, and whose word they carry."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.models import Campaign, GoldLabel, Label
from annotation.reports import human_verdicts
from judging.core.verdicts import PersonVerdict, Verdict
from judging.models import Dataset, Item, Reply, Run
from tests import factories
from training_export.core.records import Need, Origin, Record, Source, destination
from training_export.selection import (
    Asked,
    ExportProblem,
    campaign_named,
    count_selection,
    dataset_named,
    records,
    run_numbered,
    select,
)
from training_export.selection import words as words_module
from training_export.selection.columns import plain_chunks
from training_export.selection.words import item_rows

pytestmark = pytest.mark.django_db


def labelled(verdicts: list[list[str]]) -> tuple[Campaign, list[Item]]:
    """A dataset whose items have these labels, one annotator per place."""
    dataset = factories.make_dataset()
    items = factories.make_items(dataset, len(verdicts))
    campaign = factories.make_campaign(dataset)
    people = [factories.make_annotator(f"rater-{n}") for n in range(max(map(len, verdicts)))]
    for item, given in zip(items, verdicts, strict=True):
        for person, verdict in zip(people, given, strict=False):
            factories.make_label(campaign, item, person, verdict)
    return campaign, items


def make_gold(campaign: Campaign, item: Item, verdict: str, **fields: object) -> GoldLabel:
    defaults = {"value": verdict, "verdict": verdict, "method": "adjudicated", "at": timezone.now()}
    return GoldLabel.objects.create(campaign=campaign, item=item, **defaults | fields)


def people_of(dataset: Dataset, source: str = "") -> list[tuple[str, str | None]]:
    return [(r.people.origin.value, r.people.verdict) for r in records(select(dataset, source=source))]


VERDICTS = [["clean", "clean"], ["wrong"], ["clean", "wrong"], ["undefined"], []]


def test_the_majority_decides() -> None:
    campaign, _items = labelled(VERDICTS)
    assert people_of(campaign.dataset) == [
        ("majority", "clean"),
        ("majority", "wrong"),
        ("tie", None),
        ("majority", "undefined"),
        ("unreviewed", None),
    ]


def test_a_lead_s_decision_comes_first_but_not_where_people_alone_decide() -> None:
    campaign, items = labelled(VERDICTS)
    make_gold(campaign, items[2], "wrong", correction={"answer": "B."})
    record = list(records(select(campaign.dataset)))[2]
    assert (record.people.origin, record.people.verdict) == (Origin.GOLD, PersonVerdict.WRONG)
    assert record.corrected_turns[0].answer == "B."
    assert people_of(campaign.dataset, "human")[2] == ("tie", None)


def test_a_decision_that_was_taken_back_does_not_count() -> None:
    campaign, items = labelled(VERDICTS)
    make_gold(campaign, items[0], "wrong", ended_at=timezone.now())
    assert people_of(campaign.dataset)[0] == ("majority", "clean")


def test_says_what_the_agreement_report_says() -> None:
    campaign, items = labelled(VERDICTS)
    make_gold(campaign, items[2], "clean")
    column = human_verdicts(campaign.dataset, campaign)
    ours = {r.position: r.people.verdict or r.people.origin for r in records(select(campaign.dataset))}
    assert ours == {item.position: column.get(item.pk, "unreviewed") for item in items}


def test_labels_beyond_the_wanted_number_count_as_on_the_agreement_page() -> None:
    campaign, items = labelled([["clean", "wrong"], ["clean"]])
    factories.make_label(campaign, items[0], factories.make_annotator("late"), "wrong", surplus=True)
    column = human_verdicts(campaign.dataset, campaign)
    assert [r.people.verdict for r in records(select(campaign.dataset))] == [column[item.pk].value for item in items]


def with_judge(verdicts: list[list[str]], judged: list[str]) -> Dataset:
    """Labelled items with the judgments of a run."""
    campaign, items = labelled(verdicts)
    run = factories.make_run(campaign.dataset)
    for item, verdict in zip(items, judged, strict=False):
        factories.make_judgment(run, item, verdict)
    return campaign.dataset


RULES: list[dict[str, object]] = [
    {"source": "gold"},
    {"source": "human", "asked": Asked(min_agreement=0.6)},
    {"source": "judge"},
    {"source": "gold-then-judge"},
    {"source": "gold-then-judge", "asked": Asked(min_agreement=1.0)},
]


@pytest.mark.parametrize("rule", RULES)
def test_counts_beforehand_what_every_rule_comes_to(rule: dict[str, object]) -> None:
    verdicts = [["clean"] * 3, ["clean", "clean", "wrong"], ["clean", "wrong"], ["undefined"], [], [], []]
    dataset = with_judge(verdicts, ["clean", "wrong", "wrong", "wrong", "wrong", "invalid"])
    selection = select(dataset, **rule)  # type: ignore[arg-type]
    found = Counter(destination(record, selection.rule).value for record in records(selection))
    counts = count_selection(selection).as_json(selection.source)
    written = {verdict.value: counts[verdict] for verdict in Verdict if counts[verdict]}
    assert written | counts["left_out"] == found


def test_a_share_that_is_none_and_a_share_of_a_judge_are_refused() -> None:
    dataset = with_judge([["clean"]], ["clean"])
    assert "it is a number from 0 to 1" in refused(dataset, asked=Asked(min_agreement=1.5))
    assert "leave one out" in refused(dataset, source="judge", asked=Asked(min_agreement=0.5))


def test_a_judge_that_fills_in_has_to_exist() -> None:
    campaign, _items = labelled([["clean"]])
    assert "No judge has finished a run" in refused(campaign.dataset, source="gold-then-judge")


def test_items_that_lie_far_apart_are_read_one_by_one() -> None:
    campaign, items = labelled([["clean"], ["wrong"]])
    far = factories.make_item(campaign.dataset, pk=items[-1].pk + 10_000)
    factories.make_label(campaign, far, factories.make_annotator("far"), "clean")
    assert people_of(campaign.dataset) == [("majority", "clean"), ("majority", "wrong"), ("majority", "clean")]


def test_counts_beforehand_what_the_records_come_to() -> None:
    campaign, items = labelled(VERDICTS)
    make_gold(campaign, items[2], "clean")
    assert count_selection(select(campaign.dataset)).as_json(Source.GOLD) == {
        "items": 5,
        "clean": 2,
        "wrong": 1,
        "invalid": 1,
        "left_out": {"unreviewed": 1},
        "undefined": 1,
        "corrected": 0,
        "verdict_from": {"gold": 1, "majority": 3},
    }


def test_counts_judgments_beforehand() -> None:
    dataset = factories.make_dataset()
    run = factories.make_run(dataset)
    for item, verdict in zip(factories.make_items(dataset, 4), ["clean", "clean", "invalid"], strict=False):
        factories.make_judgment(run, item, verdict)
    tally = count_selection(select(dataset, source="judge"))
    assert tally.as_json(Source.JUDGE) == {
        "items": 4,
        "clean": 2,
        "wrong": 0,
        "invalid": 1,
        "left_out": {"not_judged": 1},
    }


def test_labels_on_an_older_text_say_nothing_of_this_one() -> None:
    campaign, items = labelled([["clean"], ["wrong"]])
    run = factories.make_run(campaign.dataset)
    factories.make_judgment(run, items[0])
    Item.objects.filter(pk=items[0].pk).update(revision=2)
    first, second = records(select(campaign.dataset))
    assert (first.people.origin, first.judge) == (Origin.UNREVIEWED, None)
    assert second.people.verdict == PersonVerdict.WRONG
    assert count_selection(select(campaign.dataset)).as_json(Source.GOLD)["left_out"] == {"unreviewed": 1}


def test_a_selection_keeps_showing_its_moment() -> None:
    campaign, items = labelled([["clean"], ["wrong"]])
    selection = select(campaign.dataset)
    later = timezone.now() + timedelta(seconds=1)
    Label.objects.filter(item=items[0]).update(ended_at=later, ended_by="undone")
    factories.make_label(campaign, items[1], factories.make_annotator("late"), "clean")
    assert [r.people.verdict for r in records(selection)] == [PersonVerdict.CLEAN, PersonVerdict.WRONG]


def test_another_campaign_and_dataset_have_no_part_in_it() -> None:
    campaign, items = labelled([["clean"]])
    other = factories.make_campaign(campaign.dataset, "other")
    factories.make_label(other, items[0], factories.make_annotator("x"), "wrong")
    foreign = factories.make_dataset("foreign")
    factories.make_item(foreign)
    (record,) = records(select(campaign.dataset, campaign=campaign))
    assert (record.people.verdict, record.people.agreement) == (PersonVerdict.CLEAN, 1.0)


def test_the_judge_s_words_and_replies_come_from_the_run() -> None:
    dataset = factories.make_dataset()
    item = factories.make_item(dataset)
    run = factories.make_run(dataset)
    factories.make_judgment(run, item, "wrong", score=2.0)
    told = {"status": "scored", "value": "wrong"}
    for part, sample, attempt, text in [("b", 0, 1, "3"), ("a", 1, 1, "2"), ("a", 0, 1, "old"), ("a", 0, 2, "1")]:
        Reply.objects.create(run=run, item=item, part=part, sample=sample, attempt=attempt, text=text, **told)
    (record,) = records(select(dataset, source="judge"), needs={Need.REPLIES})
    assert record.judge is not None
    assert (record.judge.verdict, record.judge.score) == (Verdict.WRONG, 2.0)
    assert record.replies == ("1", "2", "3")


def test_the_only_criterion_decides() -> None:
    dataset = factories.make_dataset()
    item = factories.make_item(dataset)
    factories.make_judgment(factories.make_run(dataset), item, "wrong", criterion="correctness")
    (record,) = records(select(dataset, source="judge"))
    assert record.judge is not None
    assert record.judge.verdict == Verdict.WRONG


def test_several_criteria_without_an_overall_verdict_are_refused() -> None:
    dataset = factories.make_dataset()
    item, run = factories.make_item(dataset), factories.make_run(dataset)
    for criterion in ("turn_1", "turn_2"):
        factories.make_judgment(run, item, "wrong", criterion=criterion)
    with pytest.raises(ExportProblem, match="turn_1, turn_2"):
        list(records(select(dataset, source="judge")))


def test_takes_the_newest_finished_run_of_a_judge() -> None:
    dataset = factories.make_dataset()
    judge = factories.make_judge()
    factories.make_run(dataset, judge)
    newest = factories.make_run(dataset, judge)
    factories.make_run(dataset, judge, state=Run.State.RUNNING)
    factories.make_run(factories.make_dataset("foreign"), judge)
    assert select(dataset, source="judge").run == newest


def test_beside_labels_stands_the_run_of_their_campaign() -> None:
    campaign, _items = labelled([["clean"]])
    shown = factories.make_run(campaign.dataset)
    factories.make_run(campaign.dataset, shown.judge)
    campaign.run = shown
    campaign.save()
    assert select(campaign.dataset).run == shown


def test_reads_in_chunks(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object) -> None:
    campaign, _items = labelled([["clean"]] * 5)
    selection = select(campaign.dataset)
    monkeypatch.setattr(words_module, "CHUNK", 2)
    rows = item_rows(selection, ()).order_by("position")
    assert [len(chunk) for chunk in plain_chunks(rows, size=2)] == [2, 2, 1]
    # labels' criteria, whether items came later, items, then labels and gold labels of each of the three chunks
    with django_assert_num_queries(3 + 2 * 3):  # type: ignore[operator]
        found: list[Record] = list(records(selection))
    assert [record.position for record in found] == [1, 2, 3, 4, 5]


def refused(dataset: Dataset, **options: object) -> str:
    with pytest.raises(ExportProblem) as problem:
        select(dataset, **options)  # type: ignore[arg-type]
    return str(problem.value)


def test_without_labels_the_sentence_names_the_other_source() -> None:
    dataset = factories.make_dataset()
    assert "take the judge's verdicts" in refused(dataset)
    factories.make_campaign(dataset, "empty")
    assert "Nobody has labelled an item in campaign “empty”" in refused(dataset)


def test_several_campaigns_are_named() -> None:
    campaign, _items = labelled([["clean"]])
    factories.make_campaign(campaign.dataset, "second")
    assert "There are: second, campaign. Choose one." in refused(campaign.dataset)


def test_a_judge_that_never_finished_is_refused() -> None:
    dataset = factories.make_dataset()
    assert "No judge has finished a run" in refused(dataset, source="judge")
    running = factories.make_run(dataset, state=Run.State.RUNNING)
    assert "is running" in refused(dataset, source="judge", run=running)


def test_a_run_without_a_judge_is_refused() -> None:
    dataset = factories.make_dataset()
    run = Run.objects.create(dataset=dataset, kind=Run.Kind.GENERATE, state=Run.State.FINISHED)
    assert "has no judge" in refused(dataset, source="judge", run=run)


def test_names_that_do_not_exist_are_answered_with_those_that_do() -> None:
    dataset = factories.make_dataset("日本語")
    factories.make_dataset("half", state=Dataset.State.IMPORTING)
    factories.make_campaign(dataset, "spring")
    run = factories.make_run(dataset)
    assert dataset_named("日本語") == dataset
    with pytest.raises(ExportProblem, match="There are: 日本語"):
        dataset_named("half")
    with pytest.raises(ExportProblem, match="There are: spring"):
        campaign_named(dataset, "autumn")
    with pytest.raises(ExportProblem, match=f"Finished runs of judges: {run.pk}"):
        run_numbered(dataset, 10**9)
