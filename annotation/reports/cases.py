"""Everything that was said of one item in a campaign: what a lead reads before deciding."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Max, Min

from annotation.core.asked import criteria_asked
from annotation.core.differences import Part, differences
from annotation.core.kept import UNDEFINED, VERDICT_COLUMNS
from annotation.core.label_tables import is_number
from annotation.models import Assignment, Campaign, CountScale, GoldLabel, Label, LabelReview
from judging.actions.revisions import REVISABLE
from judging.core.scales import Criterion, Scale
from judging.models import Item, ItemRevision, Judgment, Reply

MOST_REPLIES = 20
MOST_HISTORY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One person's standing word: a label per criterion, and what goes with all of them."""

    letter: str
    labels: tuple[Label, ...]
    corrections: tuple[tuple[str, tuple[Part, ...]], ...]
    review: LabelReview | None

    @property
    def first(self) -> Label:
        """What the labels of one press share stands on each of them."""
        return self.labels[0]

    @property
    def texts(self) -> dict[str, str]:
        """The texts as this person left them."""
        return dict(self.first.correction or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An item with all that people and the judge said of it, and what leads decided."""

    item: Item
    asked: tuple[Criterion, ...]
    opinions: tuple[Opinion, ...]
    skipped: tuple[Assignment, ...]
    gold: tuple[GoldLabel, ...]
    history: tuple[GoldLabel, ...]
    revisions: tuple[ItemRevision, ...]
    judgments: tuple[Judgment, ...] = ()
    replies: tuple[Reply, ...] = field(default=())

    @property
    def known(self) -> int:
        """What a page remembers the standing decision by."""
        return max((gold.pk for gold in self.gold), default=0)

    @property
    def can_be_corrected(self) -> bool:
        """Whether its texts can be."""
        return self.item.kind == Item.Kind.ANSWER


def case_of(campaign: Campaign, item: Item) -> Case:
    """Read it all."""
    gold = list(GoldLabel.objects.filter(campaign=campaign, item=item).select_related("by").order_by("-pk"))
    judged: dict[str, Any] = {"run": campaign.run_id, "item": item}
    skipped = Assignment.objects.filter(campaign=campaign, campaign_item__item=item, state=Assignment.State.SKIPPED)
    return Case(
        item=item,
        asked=asked_in(campaign, item),
        opinions=opinions_on(campaign, item),
        skipped=tuple(skipped.select_related("annotator")),
        gold=tuple(one for one in gold if one.ended_at is None),
        history=tuple(one for one in gold if one.ended_at is not None)[:MOST_HISTORY],
        revisions=tuple(item.revisions.select_related("author").order_by("-number")[:MOST_HISTORY]),
        judgments=tuple(Judgment.objects.filter(**judged).order_by("criterion")) if campaign.run_id else (),
        replies=tuple(Reply.objects.filter(**judged)[:MOST_REPLIES]) if campaign.run_id else (),
    )


def asked_in(campaign: Campaign, item: Item) -> tuple[Criterion, ...]:
    """What a decision answers: the rubric's criteria; without a rubric, those that the labels are on."""
    is_pair = item.kind == Item.Kind.PAIR
    if campaign.rubric is not None:
        return criteria_asked(campaign.rubric.parsed_criteria(), is_pair=is_pair)
    scales = CountScale.objects.filter(campaign=campaign).order_by("criterion")
    found = tuple(criterion_of(scale) for scale in scales if scale.columns)
    return criteria_asked(found, is_pair=is_pair)


def criterion_of(scale: CountScale) -> Criterion:
    """A criterion from what labels said on it."""
    columns = [(value, verdict) for value, verdict in scale.columns if value != UNDEFINED]
    if set(columns) <= set(VERDICT_COLUMNS):
        return Criterion(scale.criterion, Scale(values=("clean", "wrong")), clean_if="clean")
    values = tuple(dict.fromkeys(value for value, _verdict in columns))
    measured = None if scale.kept or not all(map(is_number, values)) else _measured_scale(scale)
    return Criterion(scale.criterion, measured or Scale(values=values))


def _measured_scale(scale: CountScale) -> Scale | None:
    """From the smallest to the largest number that was said; None where there is no such span."""
    labels = Label.objects.current().filter(campaign=scale.campaign_id, criterion=scale.criterion)
    low, high = labels.aggregate(low=Min("score"), high=Max("score")).values()
    return Scale(low=low, high=high) if low is not None and low < high else None


def opinions_on(campaign: Campaign, item: Item) -> tuple[Opinion, ...]:
    """People's standing words, the first one given as A."""
    labels = Label.objects.current().filter(campaign=campaign, item=item).select_related("annotator", "guideline")
    by_person = sorted(labels, key=lambda label: (label.annotator_id, label.pk))
    words = [tuple(group) for _person, group in groupby(by_person, key=lambda label: label.annotator_id)]
    words.sort(key=lambda word: word[0].pk)
    reviews = newest_reviews([label.pk for label in by_person])
    return tuple(
        Opinion(
            letter=letter_of(number),
            labels=word,
            corrections=corrections_of(item, word[0]),
            review=next((reviews[label.pk] for label in word if label.pk in reviews), None),
        )
        for number, word in enumerate(words)
    )


def letter_of(number: int) -> str:
    """What the page calls somebody whose name is hidden."""
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def newest_reviews(labels: Sequence[int]) -> dict[int, LabelReview]:
    """Label -> what a lead thinks of it, the newest word; nothing where that was taken back."""
    rows = LabelReview.objects.filter(label__in=labels).select_related("lead").order_by("pk")
    newest = {review.label_id: review for review in rows}
    return {label: one for label, one in newest.items() if one.outcome != LabelReview.Outcome.TAKEN_BACK}


def corrections_of(item: Item, label: Label) -> tuple[tuple[str, tuple[Part, ...]], ...]:
    """What a label changes in the texts that it was about."""
    before = text_at(item, label.item_revision)
    return tuple(
        (name, differences(before.get(name, ""), text))
        for name, text in (label.correction or {}).items()
        if name in REVISABLE
    )


def text_at(item: Item, revision: int) -> dict[str, Any]:
    """The first turn and the context as they were in a revision."""
    kept = list(ItemRevision.objects.filter(item=item, number__gte=revision).order_by("number"))
    turns = next((row.fields["turns"] for row in kept if "turns" in row.fields), item.turns)
    context = next((row.fields["context"] for row in kept if "context" in row.fields), item.context)
    return {**turns[0], "context": context}
