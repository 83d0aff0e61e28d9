import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.actions.campaigns import add_guideline, assign_items
from annotation.actions.people import CampaignRefused
from annotation.core.design import Design
from annotation.core.words import Terms
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, Label
from judging.models import Dataset, Judgment, Run
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    made = factories.make_dataset()
    factories.make_items(made, 4)
    for name in ("a", "b", "c"):
        factories.make_user(name, role="annotator")
    return made


def queue_of(campaign: Campaign, name: str) -> list[int]:
    queue = Assignment.objects.filter(campaign=campaign, annotator__name=name).order_by("queue_rank")
    return list(queue.values_list("campaign_item__item__position", flat=True))


def test_gives_every_item_to_everybody(dataset: Dataset) -> None:
    campaign = assign_items(dataset, name="round 1", annotators=["a", "b"])
    assert queue_of(campaign, "a") == queue_of(campaign, "b") == [1, 2, 3, 4]
    assert set(CampaignItem.objects.values_list("how", "probability", "wanted", "taken")) == {("all", 1.0, 2, 2)}


def test_campaigns_are_blind_unless_said_otherwise(dataset: Dataset) -> None:
    campaign = assign_items(dataset, name="round 1", annotators=["a", "b"])
    assert (campaign.blind_people, campaign.blind_judge, campaign.blind_model) == (True, True, True)


def test_queues_count_from_one_without_gaps(dataset: Dataset) -> None:
    campaign = assign_items(dataset, name="round 1", annotators=["a", "b", "c"], labels_per_item=2)
    for person in Annotator.objects.all():
        ranks = list(Assignment.objects.queue(campaign.pk, person.pk).values_list("queue_rank", flat=True))
        assert ranks == list(range(1, len(ranks) + 1))


def test_random_order_is_the_same_for_everybody(dataset: Dataset) -> None:
    factories.make_items(dataset, 20)
    campaign = assign_items(dataset, name="round 1", annotators=["a", "b"], order="random", seed=5)
    assert queue_of(campaign, "a") == queue_of(campaign, "b")
    assert queue_of(campaign, "a") != sorted(queue_of(campaign, "a"))


def test_asked_again_adds_nothing(dataset: Dataset) -> None:
    first = assign_items(dataset, name="round 1", annotators=["a", "b"])
    assert assign_items(dataset, name="round 1", annotators=["b", "a"]) == first
    assert Assignment.objects.count() == 8


def test_asked_again_adds_the_items_that_are_new(dataset: Dataset) -> None:
    campaign = assign_items(dataset, name="round 1", annotators=["a", "b"])
    factories.make_items(dataset, 2)
    assign_items(dataset, name="round 1", annotators=["a", "b"])
    assert queue_of(campaign, "a") == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"annotators": ["a", "c"]}, "annotators"),
        ({"labels_per_item": 1}, "labels per item"),
        ({"order": "random"}, "order"),
        ({"seed": 9}, "seed"),
    ],
)
def test_other_settings_are_refused(dataset: Dataset, changes: dict[str, Any], words: str) -> None:
    assign_items(dataset, name="round 1", annotators=["a", "b"])
    with pytest.raises(CampaignRefused, match=rf"other settings \({words}\)"):
        assign_items(dataset, name="round 1", **{"annotators": ["a", "b"]} | changes)


def test_another_dataset_may_have_a_campaign_of_the_same_name(dataset: Dataset) -> None:
    assign_items(dataset, name="round 1", annotators=["a", "b"])
    other = factories.make_dataset("other")
    factories.make_items(other, 1)
    assert assign_items(other, name="round 1", annotators=["a", "c"]).dataset == other


def test_a_name_without_an_account_is_refused_and_named(dataset: Dataset) -> None:
    with pytest.raises(CampaignRefused, match="no user nobody"):
        assign_items(dataset, name="round 1", annotators=["a", "nobody"])
    assert not Campaign.objects.exists()


def test_an_account_without_a_role_is_refused_and_named(dataset: Dataset) -> None:
    factories.make_user("idle")
    with pytest.raises(CampaignRefused, match="User idle cannot review"):
        assign_items(dataset, name="round 1", annotators=["a", "idle"])


def test_a_lead_without_an_annotator_becomes_one(dataset: Dataset) -> None:
    user = factories.make_user("l", role="lead")
    assign_items(dataset, name="round 1", annotators=["l"], labels_per_item=1)
    assert Annotator.objects.get(name="l").user == user


def test_labels_imported_under_a_users_name_are_theirs(dataset: Dataset) -> None:
    user = factories.make_user("l", role="lead")
    imported = factories.make_annotator("l")
    assign_items(dataset, name="round 1", annotators=["l"], labels_per_item=1)
    imported.refresh_from_db()
    assert imported.user == user


def test_an_annotator_of_somebody_else_is_not_taken_over(dataset: Dataset) -> None:
    Annotator.objects.filter(name="c").update(name="l")
    factories.make_user("l", role="lead")
    with pytest.raises(CampaignRefused, match="belongs to somebody else"):
        assign_items(dataset, name="round 1", annotators=["l"], labels_per_item=1)


@pytest.mark.parametrize(("state", "words"), [("importing", "import is done"), ("failed", "import is done")])
def test_a_dataset_that_is_not_ready_is_refused(dataset: Dataset, state: str, words: str) -> None:
    dataset.state = state
    with pytest.raises(CampaignRefused, match=words):
        assign_items(dataset, name="round 1", annotators=["a", "b"])


def test_an_empty_dataset_is_refused(dataset: Dataset) -> None:
    with pytest.raises(CampaignRefused, match="has no items"):
        assign_items(factories.make_dataset("empty"), name="round 1", annotators=["a", "b"])


def test_a_run_over_another_dataset_is_refused(dataset: Dataset) -> None:
    run = factories.make_run(factories.make_dataset("other"))
    with pytest.raises(CampaignRefused, match="judged dataset other"):
        assign_items(dataset, name="round 1", annotators=["a", "b"], run=run)


def test_a_campaign_of_imported_labels_is_not_filled(dataset: Dataset) -> None:
    factories.make_campaign(dataset, "round 1", kind="imported")
    with pytest.raises(CampaignRefused, match="imported labels"):
        assign_items(dataset, name="round 1", annotators=["a", "b"])


def test_a_closed_campaign_is_not_filled(dataset: Dataset) -> None:
    assign_items(dataset, name="round 1", annotators=["a", "b"])
    Campaign.objects.update(state="closed")
    with pytest.raises(CampaignRefused, match="is closed"):
        assign_items(dataset, name="round 1", annotators=["a", "b"])


def test_a_guideline_is_version_one_and_a_new_text_is_the_next(dataset: Dataset) -> None:
    campaign = assign_items(dataset, name="r", annotators=["a", "b"], terms=Terms(guideline="Be fair."))
    assert campaign.guidelines.get().version == 1
    assert add_guideline(campaign, "Be fairer.").version == 2


def test_command_says_what_there_is(dataset: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("assign_items", "round 1", "--dataset", "dataset", "--annotators", "a, b")
    assert "round 1: 4 items of dataset; queues: a 4, b 4" in capsys.readouterr().out


def test_command_prints_one_json_document(dataset: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("assign_items", "r", "--dataset", "dataset", "--annotators", "a,b", "--labels-per-item", "1", "--json")
    printed = json.loads(capsys.readouterr().out)
    assert printed == {
        "campaign": "r",
        "dataset": "dataset",
        "items": 4,
        "labels_per_item": 1,
        "labels_wanted": 4,
        "distribution": "dealt",
        "parts_left_out": "",
        "annotators": {"a": 2, "b": 2},
    }


def test_command_makes_a_campaign_that_people_draw_from(dataset: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    factories.make_items(dataset, 16)
    options = ["--order", "random", "--sample", "10", "--share", "0.5", "--hold-minutes", "5", "--known-share", "0.1"]
    call_command("assign_items", "r", "--dataset", "dataset", "--group", "annotator", *options)
    assert "r: 10 items of dataset; 15 labels, drawn by a, b, c" in capsys.readouterr().out
    campaign = Campaign.objects.get()
    assert (campaign.distribution, campaign.group, campaign.hold_seconds) == ("pulled", "annotator", 300)
    assert campaign.rules == {"known_share": 0.1, "sample": 10, "drawn": {"": 0.5}, "drawn_to": [20]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dataset", "none", "--annotators", "a,b"], "no dataset none. Datasets: dataset"),
        (["--dataset", "dataset", "--annotators", "a,b", "--run", "99"], "no run 99"),
        (["--dataset", "dataset", "--annotators", "a"], "at least 2 annotators"),
        (["--dataset", "dataset", "--annotators", "a,zz"], "no user zz"),
        (["--dataset", "dataset", "--group", "nobody"], "no active members"),
        (["--dataset", "dataset", "--annotators", "a,b", "--order", "stratified"], "divide by"),
        (["--dataset", "dataset", "--annotators", "a,b", "--order", "lowest_margin"], "name the run"),
        (["--dataset", "dataset", "--annotators", "a,b", "--sample", "2", "--limit", "2"], "sample or for a limit"),
    ],
)
def test_command_refuses_in_words(dataset: Dataset, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("assign_items", "round 1", *arguments)


def test_people_with_labels_elsewhere_are_not_counted_here(dataset: Dataset) -> None:
    other = factories.make_dataset("other")
    factories.make_items(other, 3)
    assign_items(other, name="elsewhere", annotators=["a", "b"])
    campaign = assign_items(dataset, name="round 1", annotators=["a", "b"])
    assert queue_of(campaign, "a") == [1, 2, 3, 4]
    assert not Label.objects.exists()


def test_an_interrupted_call_is_finished_by_the_next_one_in_the_same_order(dataset: Dataset) -> None:
    factories.make_items(dataset, 20)
    whole = assign_items(dataset, name="whole", annotators=["a", "b"], order="random", seed=2)
    half = assign_items(dataset, name="half", annotators=["a", "b"], order="random", seed=2)
    CampaignItem.objects.filter(campaign=half, rank__gt=10).delete()
    assign_items(dataset, name="half", annotators=["a", "b"], order="random", seed=2)
    assert queue_of(half, "a") == queue_of(whole, "a")
    assert queue_of(half, "b") == queue_of(whole, "b")


def judged(dataset: Dataset, words: list[tuple[str, dict[str, Any]]], name: str = "judge") -> Run:
    """A run whose judge said these (verdict, more fields) of the items in file order."""
    run = factories.make_run(dataset, factories.make_judge(name, decision={"threshold": 5}))
    for item, (verdict, fields) in zip(dataset.items.order_by("position"), words, strict=True):
        value = {} if verdict == "invalid" else {"value": verdict}
        Judgment.objects.create(run=run, item=item, status="scored", verdict=verdict, **{"n_read": 1} | value | fields)
    return run


def order_of(campaign: Campaign) -> list[int]:
    return list(
        CampaignItem.objects.filter(campaign=campaign).order_by("rank").values_list("item__position", flat=True)
    )


def test_where_the_judge_contradicts_people_comes_first(dataset: Dataset) -> None:
    run = judged(dataset, [("clean", {}), ("wrong", {}), ("clean", {}), ("clean", {})])
    before = assign_items(dataset, name="before", annotators=["a", "b"])
    for position, verdict in ((1, "clean"), (3, "wrong")):
        item = dataset.items.get(position=position)
        factories.make_label(before, item, Annotator.objects.get(name="a"), verdict)
    campaign = assign_items(dataset, name="r", annotators=["a", "b"], run=run, order="judge_human")
    assert order_of(campaign)[:2] == [3, 1]
    assert set(CampaignItem.objects.filter(campaign=campaign).values_list("how", flat=True)) == {"disagreement"}


def test_where_judges_contradict_each_other_comes_first(dataset: Dataset) -> None:
    run = judged(dataset, [("clean", {})] * 4)
    other = judged(dataset, [("clean", {}), ("invalid", {"reason": "no_score"}), ("clean", {}), ("wrong", {})], "other")
    design = Design(judge_run2=other.pk, limit=2)
    campaign = assign_items(dataset, name="r", annotators=["a", "b"], run=run, order="judge_judge", design=design)
    assert order_of(campaign) == [4, 2]
    assert set(CampaignItem.objects.values_list("how", "probability")) == {("disagreement", None)}


def test_the_lowest_margin_comes_first(dataset: Dataset) -> None:
    fields = [{"score": 9}, {"score": 5.5}, {"score": 9, "detail": {"flip_rate": 0.4}}, {"score": 2}]
    run = judged(dataset, [("clean", one) for one in fields])
    campaign = assign_items(dataset, name="r", annotators=["a", "b"], run=run, order="lowest_margin")
    assert order_of(campaign) == [3, 2, 4, 1]


def test_strata_can_be_what_the_judge_said(dataset: Dataset) -> None:
    run = judged(dataset, [("clean", {}), ("clean", {}), ("clean", {}), ("wrong", {})])
    design = Design(stratify_by="verdict", sample=2)
    campaign = assign_items(dataset, name="r", annotators=["a", "b"], run=run, order="stratified", design=design)
    rows = set(CampaignItem.objects.filter(campaign=campaign).values_list("how", "stratum", "probability"))
    assert rows == {("stratified", "clean", 1 / 3), ("stratified", "wrong", 1.0)}


def test_nothing_to_compare_is_refused(dataset: Dataset) -> None:
    run = judged(dataset, [("clean", {})] * 4)
    with pytest.raises(CampaignRefused, match="nothing to compare"):
        assign_items(dataset, name="r", annotators=["a", "b"], run=run, order="judge_human")
    design = Design(judge_run2=run.pk)
    with pytest.raises(CampaignRefused, match="not another run"):
        assign_items(dataset, name="r", annotators=["a", "b"], run=run, order="judge_judge", design=design)
