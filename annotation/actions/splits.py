"""The locked test part of a dataset: locked once, and every look at it kept."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from annotation.core.kept import decoded
from annotation.core.splits import SplitRule, later_side, sides
from annotation.models import Campaign, GoldLabel, ItemCount, LockedSplit, TestLook
from annotation.reports.counts import CountsNotKept, columns_of, majority_places
from annotation.reports.which import locked_split
from judging.models import Dataset, Item, Judge

CHUNK = 5000
NO_WORD = "no word"


class SplitRefused(ValueError):
    """The dataset cannot be split; the message says why and what to do."""


@transaction.atomic
def lock_split(
    dataset: Dataset, rule: SplitRule, *, campaign: Campaign | None = None, criterion: str = "", by: User | None = None
) -> dict[str, int]:
    """Lock a part of the items away for one test; items by side.

    Drawn by the rule's seed in strata of people's word in the campaign and the category; all items of one question go
    to one side. SplitRefused where it was locked before: a split that can be drawn again is none.
    """
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    if LockedSplit.objects.filter(pk=dataset.pk).exists():
        raise SplitRefused(
            gettext("The split of %(dataset)s is locked already, and is not drawn twice.") % {"dataset": dataset.name}
        )
    found = sides(rule, strata_of(dataset, words_of(campaign, criterion) if campaign else {}))
    if len(set(found.values())) < 2:
        raise SplitRefused(
            gettext("The dataset %(dataset)s has too few questions to leave some on either side.")
            % {"dataset": dataset.name}
        )
    for side in (Item.Split.DEV, Item.Split.TEST):
        questions = [question for question, its in found.items() if its == side]
        for start in range(0, len(questions), CHUNK):
            dataset.items.filter(question_key__in=questions[start : start + CHUNK]).update(split=side)
    dataset._locked_split = LockedSplit.objects.create(  # type: ignore[attr-defined]
        dataset=dataset,
        seed=rule.seed,
        test_share=rule.test_share,
        campaign=campaign,
        by=by,
        settled_to=dataset.items.last_position(),
    )
    return {side: dataset.items.filter(split=side).count() for side in ("dev", "test")}


@transaction.atomic
def settle_split(dataset: Dataset) -> int:
    """Give the items that came after the split was locked their side: that of their question, else by the same rule.

    How many there were; without a locked split nothing happens. Called wherever numbers of a part are asked for: until
    then such items are in no part.
    """
    split = locked_split(dataset)
    last = dataset.items.last_position() if split else 0
    if split is None or last <= split.settled_to:
        return 0
    split = LockedSplit.objects.select_for_update().get(pk=dataset.pk)
    later = dataset.items.filter(position__gt=split.settled_to)
    fresh = list(later.order_by("position").values_list("pk", "question_key"))
    for start in range(0, len(fresh), CHUNK):
        _settle(dataset, split.rule, fresh[start : start + CHUNK])
    split.settled_to = last
    split.save(update_fields=["settled_to"])
    return len(fresh)


def _settle(dataset: Dataset, rule: SplitRule, fresh: Sequence[tuple[int, str]]) -> None:
    questions = {question for _, question in fresh}
    settled = dataset.items.filter(question_key__in=questions).exclude(split=Item.Split.NONE)
    known = dict(settled.values_list("question_key", "split"))
    for side in (Item.Split.DEV, Item.Split.TEST):
        chosen = [pk for pk, question in fresh if known.get(question, later_side(rule, question)) == side]
        Item.objects.filter(pk__in=chosen).update(split=side)


def strata_of(dataset: Dataset, words: dict[int, str]) -> dict[str, str]:
    """Question -> the words of people on its items, and their categories."""
    kinds: dict[str, set[str]] = defaultdict(set)
    rows = dataset.items.order_by("pk").values_list("pk", "question_key", "category")
    for item, question, category in rows.iterator(chunk_size=CHUNK):
        kinds[question].add(f"{words.get(item, NO_WORD)}/{category}")
    return {question: " ".join(sorted(kind)) for question, kind in kinds.items()}


def words_of(campaign: Campaign, criterion: str) -> dict[int, str]:
    """Item -> what people say: the gold label, else the value with more labels than any other."""
    gold = GoldLabel.objects.filter(campaign=campaign, criterion=criterion, ended_at=None)
    decided = dict(gold.values_list("item_id", "value"))
    try:
        values = [value for value, _ in columns_of(campaign, criterion)]
    except CountsNotKept:
        return decided
    counts = ItemCount.objects.filter(campaign=campaign, criterion=criterion, newest=True)
    rows = list(counts.order_by().values_list("item_id", "pattern"))
    kinds = list(dict.fromkeys(pattern for _, pattern in rows))
    places = majority_places(decoded(kinds, len(values))).tolist() if kinds else []
    word = {kind: values[at] if at >= 0 else "tie" for kind, at in zip(kinds, places, strict=True)}
    return {item: word[pattern] for item, pattern in rows} | decided


@transaction.atomic
def look_at_test(dataset: Dataset, *, judges: Iterable[Judge], where: str, by: User | None = None) -> TestLook:
    """Keep that somebody asks for numbers of the test part. SplitRefused where nothing is locked away."""
    if locked_split(dataset) is None:
        raise SplitRefused(
            gettext("Nothing of %(dataset)s is locked away: lock a test part first.") % {"dataset": dataset.name}
        )
    look = TestLook.objects.create(dataset=dataset, by=by, where=where)
    look.judges.set(judges)
    return look
