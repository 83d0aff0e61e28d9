"""The answers of several models as pairs, so that a judge can compare them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet

from judging.actions.runs import RunRefused
from judging.models import Dataset, Item, Run

BATCH = 500


@dataclass(frozen=True, slots=True)
class Side:
    """One model's answers, by question."""

    model: str
    items: Mapping[str, Item]


def store_pairs(answers: Sequence[Run], *, baseline: str = "") -> Dataset:
    """The dataset of all pairs of what these answer runs brought, or of each with the baseline's.

    Done twice, it is the same dataset. RunRefused where there is nothing to compare.
    """
    return pairs_of([side_of(run) for run in answers], baseline=baseline)


def pairs_in(dataset: Dataset, models: Sequence[str], *, baseline: str = "") -> Dataset:
    """The same for answers that came with a file: those of these models, the last one to a question."""
    return pairs_of(
        [Side(model, by_question(dataset.items.filter(model=model).select_related("dataset"))) for model in models],
        baseline=baseline,
    )


def side_of(run: Run) -> Side:
    """What a run answered. RunRefused where its answers are not stored."""
    place = run.snapshot.get("answers")
    if not place:
        raise RunRefused(f"The answers of run {run.pk} are not stored yet: let it finish first.")
    items = (
        Item.objects.filter(dataset=place["dataset"]).between(place["first"], place["last"]).select_related("dataset")
    )
    return Side(run.model[:200], by_question(items))


def by_question(items: QuerySet[Item]) -> dict[str, Item]:
    """Answers by their question, the last of several."""
    return {item.question_key: item for item in items.exclude(kind=Item.Kind.PAIR).order_by("position")}


@transaction.atomic
def pairs_of(sides: Sequence[Side], *, baseline: str) -> Dataset:
    """The dataset of these pairs, made where it is not there yet."""
    pairs = list(paired(sides, baseline))
    if not pairs:
        who = f"{baseline} and another model" if baseline else "two models"
        raise RunRefused(f"There is no question that {who} answered.")
    digest = sha256(repr([(first.pk, second.pk) for first, second in pairs]).encode()).hexdigest()
    base = pairs[0][0].dataset.name.removesuffix(" answers")
    found: Dataset
    found, made = Dataset.objects.get_or_create(
        name=f"{base[:150]} pairs {digest[:12]}", defaults={"state": Dataset.State.READY}
    )
    if made:
        rows = (pair_item(found, place, *pair) for place, pair in enumerate(pairs, start=1))
        Item.objects.bulk_create(rows, batch_size=BATCH)
    return found


def paired(sides: Sequence[Side], baseline: str) -> Iterator[tuple[Item, Item]]:
    """Every model with every later one, or with the baseline, question by question."""
    for place, first in enumerate(sides):
        others = [side for side in sides if side.model == baseline] if baseline else sides[place + 1 :]
        for second in others:
            if first.model != second.model:
                yield from ((item, second.items[key]) for key, item in first.items.items() if key in second.items)


def pair_item(dataset: Dataset, position: int, first: Item, second: Item) -> Item:
    """Two answers to one question; failed where either is no answer."""
    given = all(item.answer_state == Item.AnswerState.GIVEN for item in (first, second))
    number = question_of(first)
    return Item(
        dataset=dataset,
        key=f"{number[:60]}:{first.model}:{second.model}" if len(first.model + second.model) < 130 else f"{position}",
        position=position,
        kind=Item.Kind.PAIR,
        question_key=first.question_key,
        model=first.model,
        model_b=second.model,
        category=first.category,
        turns=first.turns,
        turns_b=second.turns,
        context=first.context,
        criteria=first.criteria,
        answer_state=Item.AnswerState.GIVEN if given else Item.AnswerState.FAILED,
        answer_reason=first.answer_reason or second.answer_reason,
        extra={"question": number, "items": [first.pk, second.pk]},
    )


def question_of(item: Item) -> str:
    """The number of an item's question in its question file."""
    if "question" in item.extra:
        return str(item.extra["question"])
    models = ":".join(name for name in (item.model, item.model_b) if name)
    return item.key.removesuffix(f":{models}") if models else item.key
