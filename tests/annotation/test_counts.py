"""Kept counts equal what a rebuild makes of the labels, whatever happened to them."""

import io
import json
import random
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.actions.counts import check_counts, rebuild_counts, recount
from annotation.actions.label_imports import import_labels
from annotation.actions.labels import submit_label, undo_label
from annotation.models import Campaign, CountScale, ItemCount, Label
from annotation.reports.words import MeasuredWords, read_words, said_in
from judging.actions.imports import InputFile, apply_import, plan_import
from judging.models import Item
from tests import factories
from tests.annotation.review_help import make_review, place, view_of, word
from tests.mdk_logs import judge_entry, manual_entry, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(annotator: User, other_annotator: User) -> Campaign:
    return make_review()


def kept(campaign: Campaign) -> list[tuple[int, str, bool]]:
    return list(ItemCount.objects.filter(campaign=campaign).values_list("item__position", "pattern", "newest"))


def everything() -> list[tuple[object, ...]]:
    return list(
        ItemCount.objects.values_list("campaign", "criterion", "item", "item_revision", "newest", "pattern", "n")
    )


def submit(campaign: Campaign, verdict: str, *, rank: int = 1, name: str = "annotator-1", key: str = "0" * 32) -> Label:
    seat = place(campaign, rank, name)
    return submit_label(seat, word(verdict), view=view_of(seat, key))


def test_a_submitted_label_is_counted_at_once(campaign: Campaign) -> None:
    submit(campaign, "clean")
    submit(campaign, "wrong", name="annotator-2")
    row = ItemCount.objects.get()
    assert (row.pattern, row.n, row.entropy) == ("1|1|0", 2, 1.0)


def test_a_superseded_label_counts_no_more(campaign: Campaign) -> None:
    submit(campaign, "clean")
    submit(campaign, "wrong", key="1" * 32)
    assert kept(campaign) == [(1, "0|1|0", True)]


def test_an_undone_label_leaves_no_count(campaign: Campaign) -> None:
    undo_label(submit(campaign, "clean"))
    assert kept(campaign) == []


def test_each_labelled_text_has_its_count_and_the_last_one_speaks(campaign: Campaign) -> None:
    submit(campaign, "clean")
    Item.objects.filter(position=1).update(revision=2)
    submit(campaign, "wrong", name="annotator-2")
    assert sorted(kept(campaign)) == [(1, "0|1|0", True), (1, "1|0|0", False)]


def import_file(campaign: Campaign, folder: Path, draw: random.Random) -> None:
    """One person's verdicts on all items, in a file."""
    entries = [manual_entry(number, num_error=draw.choice([0, 1, None])) for number in range(1, 5)]
    path = write(folder / "experiment_log_manual_x.json", entries)
    import_labels(campaign.dataset, InputFile(path), annotator=draw.choice(["ann", "bob", "cy"]))


@pytest.mark.parametrize("seed", range(5))
def test_after_any_sequence_the_counts_are_those_of_a_rebuild(
    annotator: User, other_annotator: User, tmp_path: Path, seed: int
) -> None:
    log = write(tmp_path / "experiment_log.json", [judge_entry(number) for number in range(1, 5)])
    dataset = apply_import(plan_import("logs", [InputFile(log)]))
    draw, campaign = random.Random(seed), make_review(dataset=dataset)
    for step in range(40):
        rank, name = draw.randint(1, 4), draw.choice(["annotator-1", "annotator-2"])
        act = draw.choice(["submit", "submit", "submit", "undo", "revise", "import"])
        if act == "submit":
            submit(campaign, draw.choice(["clean", "wrong", "undefined"]), rank=rank, name=name, key=f"{step:032x}")
        elif act == "undo" and (labels := list(Label.objects.current().filter(campaign=campaign))):
            undo_label(draw.choice(labels))
        elif act == "revise" and draw.random() < 0.3:
            item = campaign.dataset.items.get(position=rank)
            item.revision += 1
            item.save()
        elif act == "import":
            import_file(campaign, tmp_path, draw)
    before = everything()
    assert before
    for each in Campaign.objects.all():
        assert all(check.is_right for check in rebuild_counts(each))
    assert sorted(everything()) == sorted(before)


def test_a_value_beyond_the_scale_widens_every_pattern() -> None:
    dataset = factories.make_dataset()
    items, ann = factories.make_items(dataset, 2), factories.make_annotator()
    campaign = factories.make_campaign(dataset)
    for item, value in zip(items, ("5", "3"), strict=True):
        factories.make_label(campaign, item, ann, "", value=value, score=float(value), criterion="style")
        recount(campaign, [item.pk], "style")
    assert kept(campaign) == [(1, "0|1", True), (2, "1|0", True)]
    assert check_counts(campaign)[0].is_right


def test_the_rubric_of_a_campaign_gives_the_whole_scale() -> None:
    criteria = [{"name": "style", "scale": {"low": 1, "high": 3, "step": 1}, "clean_if": 2}]
    dataset = factories.make_dataset()
    campaign = factories.make_campaign(dataset, rubric=factories.make_rubric(kind="score", criteria=criteria))
    item = factories.make_item(dataset)
    factories.make_label(campaign, item, factories.make_annotator(), "clean", value="2", criterion="style")
    recount(campaign, [item.pk], "style")
    assert kept(campaign) == [(1, "0|1|0", True)]


def test_a_continuous_scale_is_not_kept() -> None:
    dataset = factories.make_dataset()
    campaign, ann = factories.make_campaign(dataset), factories.make_annotator()
    items = factories.make_items(dataset, 101)
    for at, item in enumerate(items):
        factories.make_label(campaign, item, ann, "", value=str(at / 7), score=at / 7)
    recount(campaign, [item.pk for item in items])
    assert (CountScale.objects.get().kept, ItemCount.objects.count()) == (False, 0)
    assert check_counts(campaign)[0].is_right


def test_labels_of_a_scale_that_is_not_kept_cost_the_same_one_by_one() -> None:
    dataset = factories.make_dataset()
    campaign, ann = factories.make_campaign(dataset), factories.make_annotator()
    items = factories.make_items(dataset, 130)
    for at, item in enumerate(items):
        factories.make_label(campaign, item, ann, "", value=str(at / 7), score=at / 7)
        if at < 120:
            recount(campaign, [item.pk])
    scale = CountScale.objects.get()
    assert (scale.kept, len(scale.columns), ItemCount.objects.count()) == (False, 101, 0)
    recount(campaign, [items[120].pk])
    with CaptureQueriesContext(connection) as asked:
        recount(campaign, [items[121].pk])
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []
    assert CountScale.objects.get().columns == scale.columns


def test_a_word_among_measured_numbers_is_told_all_the_same() -> None:
    dataset = factories.make_dataset()
    campaign, ann = factories.make_campaign(dataset), factories.make_annotator()
    items = factories.make_items(dataset, 103)
    for at, item in enumerate(items[:102]):
        factories.make_label(campaign, item, ann, "", value=str(at / 7), score=at / 7)
    recount(campaign, [item.pk for item in items])
    words = read_words(campaign, "", at_most=1000, labels=102)
    assert isinstance(words, MeasuredWords)
    factories.make_label(campaign, items[102], ann, "", value="broken")
    recount(campaign, [items[102].pk])
    mixed = read_words(campaign, "", at_most=1000, labels=103)
    assert mixed is not None
    assert not isinstance(mixed, MeasuredWords)
    assert ("broken", "") in said_in(campaign, "", None)


def test_the_command_finds_and_mends_what_is_wrong(campaign: Campaign) -> None:
    submit(campaign, "clean")
    submit(campaign, "wrong", rank=2)
    ItemCount.objects.filter(item__position=1).update(pattern="9|0|0")
    ItemCount.objects.filter(item__position=2).delete()
    with pytest.raises(CommandError, match="'round 1' are wrong"):
        call_command("rebuild_counts", "--check", stdout=io.StringIO())
    out = io.StringIO()
    call_command("rebuild_counts", "--campaign", "round 1", "--json", stdout=out)
    assert json.loads(out.getvalue()) == [
        {"campaign": "round 1", "criterion": "", "rows": 2, "missing": 1, "different": 1, "surplus": 0}
    ]
    call_command("rebuild_counts", "--check", stdout=io.StringIO())


def test_the_command_names_the_campaigns_there_are(campaign: Campaign) -> None:
    with pytest.raises(CommandError, match=r"no campaign 'other'\. Campaigns: 'round 1'"):
        call_command("rebuild_counts", "--campaign", "other")
