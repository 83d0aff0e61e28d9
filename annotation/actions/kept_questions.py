"""Questions that a teacher made and people approved become questions of MMLU-Branch; nothing else of them does."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from string import ascii_uppercase

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from annotation.actions.campaigns import assign_items
from annotation.actions.people import CampaignRefused
from annotation.core.design import Design
from annotation.core.resolution import HumanVerdict, resolve
from annotation.core.words import Terms
from annotation.models import Campaign, GoldLabel, Label
from judging.actions.document_questions import store_questions
from judging.benchmarks.mmlu.prompts import Question
from judging.benchmarks.mmlu.teaching import Bad, read_question
from judging.core.items import Turn, question_key
from judging.models import Dataset, Item, Run

BATCH = 500
UNREADABLE = "unreadable"
"""Why an approved question is not kept: what people made of its text is no question with four choices."""

GUIDELINE = gettext_noop(
    """\
Is this a good question about the passage beside it?

- **Good**: it can be understood without the passage, exactly one choice is right, it is the one given as the answer, \
and the passage says so.
- **Bad**: anything else.
- You may mend question, choices and answer. What you mended counts as you wrote it. Keep the four lines "A) ..." to \
"D) ...", and the answer as the letter with its text.

Only questions that people approved are asked."""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewers:
    """Who reviews questions, in a campaign of which name."""

    campaign: str
    annotators: Sequence[str] = ()
    group: str = ""
    labels_per_item: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a review came to: the dataset of what was approved, and how many were not, by what people said.

    `mended`: how many of the approved ones stand as people wrote them.
    """

    dataset: Dataset
    kept: int
    mended: int
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Approved:
    """A question that people want, and whether they changed it."""

    item: Item
    question: Question
    mended: bool


def review_questions(run: Run, reviewers: Reviewers) -> Campaign:
    """Give the questions of a teacher's run to people. RunRefused or CampaignRefused says why not."""
    distribution = Campaign.Distribution.PULLED if reviewers.group else Campaign.Distribution.DEALT
    return assign_items(
        store_questions(run),
        name=reviewers.campaign,
        annotators=reviewers.annotators,
        labels_per_item=reviewers.labels_per_item,
        terms=Terms(guideline=gettext(GUIDELINE)),
        design=Design(group=reviewers.group, distribution=distribution.value),
    )


@transaction.atomic
def keep_questions(campaign: Campaign, *, by: User | None = None) -> Kept:
    """The approved questions of a campaign as a dataset for MMLU-Branch; the same ones are the same dataset.

    CampaignRefused where none is approved yet, or the campaign reviews something else.
    """
    if not campaign.dataset.items.filter(extra__has_key="teacher").exists():
        raise CampaignRefused(
            gettext("Campaign %(campaign)s reviews no questions of a teacher: %(name)s.")
            % {"campaign": campaign.name, "name": campaign.dataset.name}
        )
    left_out: Counter[str] = Counter()
    approved = []
    for verdict, found in decided(campaign):
        if isinstance(found, Approved):
            approved.append(found)
        else:
            left_out[verdict] += 1
    if not approved:
        said = ", ".join(f"{reason} {n}" for reason, n in sorted(left_out.items()))
        raise CampaignRefused(
            gettext("No question of campaign %(campaign)s is approved yet (%(what)s).")
            % {"campaign": campaign.name, "what": said or "it has none"}
        )
    mended = sum(each.mended for each in approved)
    dataset = dataset_of(campaign, approved, by)
    return Kept(dataset=dataset, kept=len(approved), mended=mended, left_out=dict(sorted(left_out.items())))


def decided(campaign: Campaign) -> Iterator[tuple[str, Approved | None]]:
    """What people say of every question of the campaign, as it reads now."""
    labels: dict[int, list[Label]] = defaultdict(list)
    for label in Label.objects.current().filter(campaign=campaign, criterion="").order_by("pk"):
        labels[label.item_id].append(label)
    decisions = GoldLabel.objects.filter(campaign=campaign, criterion="", ended_at__isnull=True)
    gold = {each.item_id: each for each in decisions}
    items = Item.objects.filter(pk__in=campaign.campaign_items.values("item")).order_by("position")
    for item in items.iterator(chunk_size=BATCH):
        about = [label for label in labels[item.pk] if label.item_revision == item.revision]
        last = gold.get(item.pk)
        if last and last.verdict and last.item_revision in (None, item.revision):
            # What a lead mended is the item's own text.
            yield approval(item, (), HumanVerdict(last.verdict))
        else:
            yield approval(item, about, resolve([label.verdict for label in about if label.verdict]))


def approval(item: Item, labels: Sequence[Label], verdict: HumanVerdict) -> tuple[str, Approved | None]:
    """The question that people want, if they do. One that is bad as it stands is wanted as somebody mended it."""
    mending = next(
        (dict(label.correction) for label in reversed(labels) if label.correction and label.verdict == verdict.value),
        {},
    )
    if verdict != HumanVerdict.CLEAN and not (verdict == HumanVerdict.WRONG and mending):
        return verdict.value, None
    text = {"question": item.question, "answer": item.answer} | mending
    question = read_question(text["question"], text["answer"])
    if isinstance(question, Bad):
        return UNREADABLE, None
    return verdict.value, Approved(item, question, bool(mending) or item.revision > 1)


def dataset_of(campaign: Campaign, approved: Sequence[Approved], by: User | None) -> Dataset:
    """The dataset of these questions."""
    said = json.dumps(
        [[each.item.key, each.question.text, each.question.choices, each.question.gold] for each in approved]
    )
    name = f"mmlu_branch {campaign.name[:150]} {sha256(said.encode()).hexdigest()[:8]}"
    found: Dataset
    found, made = Dataset.objects.get_or_create(name=name, defaults={"state": Dataset.State.READY, "made_by": by})
    if made:
        items = (choice_item(found, position, each, campaign) for position, each in enumerate(approved, start=1))
        Item.objects.bulk_create(items, batch_size=BATCH)
    return found


def choice_item(dataset: Dataset, position: int, each: Approved, campaign: Campaign) -> Item:
    """A question as models are asked it."""
    turn = Turn(each.question.text)
    return Item(
        dataset=dataset,
        key=each.item.key,
        position=position,
        kind=Item.Kind.CHOICE,
        question_key=question_key((turn,)),
        category=each.item.category,
        turns=[turn.as_json()],
        choices=list(each.question.choices),
        gold_choice=ascii_uppercase[each.question.gold],
        context=each.item.context,
        answer_state=Item.AnswerState.MISSING,
        extra={**each.item.extra, "reviewed_in": campaign.pk, "mended": each.mended},
    )
