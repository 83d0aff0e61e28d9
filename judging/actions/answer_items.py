"""The answers of a finished run as items, so that judges and people see them as they see all others."""

from collections.abc import Iterator

from django.db import transaction

from judging.actions.runs import RunRefused
from judging.models import Dataset, Item, Judgment, Reply, Run
from judging.models.runs import Status

BATCH = 500


@transaction.atomic
def store_answers(run: Run) -> Dataset:
    """The dataset that holds a candidate's answers, one item per question; done twice, it changes nothing more.

    Its items follow each other, so that a judge can be sent to just them: `run.snapshot["answers"]` says where. An
    item whose question could not be answered is there too, as failed. RunRefused for a run that is not finished.
    """
    run = Run.objects.select_for_update().get(pk=run.pk)
    if run.kind != Run.Kind.GENERATE or run.state != Run.State.FINISHED:
        raise RunRefused(f"Run {run.pk} has no answers to keep: it is a {run.kind} run and {run.state}.")
    if known := run.snapshot.get("answers"):
        stored: Dataset = Dataset.objects.get(pk=known["dataset"])
        return stored
    dataset = answers_dataset(run)
    first = dataset.items.last_position() + 1
    made = Item.objects.bulk_create(answer_items(run, dataset, first), batch_size=BATCH)
    place = {"dataset": dataset.pk, "first": first, "last": first + len(made) - 1}
    run.snapshot = run.snapshot | {"answers": place}
    run.save(update_fields=["snapshot"])
    return dataset


def answers_dataset(run: Run) -> Dataset:
    """Beside the questions, the dataset of all candidates' answers to them; kept from others until this is over."""
    name = f"{run.dataset.name} answers"[:200]
    found: Dataset
    found, _ = Dataset.objects.select_for_update().get_or_create(
        name=name, defaults={"state": Dataset.State.READY, "made_by": run.made_by}
    )
    return found


def answer_items(run: Run, dataset: Dataset, first: int) -> Iterator[Item]:
    """One item per question that was asked, in the order of the questions."""
    texts = {(reply.item_id, reply.part): reply.text for reply in newest_replies(run)}
    judged = Judgment.objects.filter(run=run).select_related("item").order_by("item__position")
    for place, judgment in enumerate(judged.iterator(chunk_size=BATCH), start=first):
        item = judgment.item
        answers = [texts.get((item.pk, f"turn_{number}"), "") for number in range(1, len(item.turns) + 1)]
        given = judgment.status == Status.SCORED
        yield Item(
            dataset=dataset,
            key=f"{item.key[:180]}@{run.pk}",
            position=place,
            question_key=item.question_key,
            model=run.model[:200],
            category=item.category,
            turns=[answered(item, turn, answer) for turn, answer in zip(item.turns, answers, strict=True)],
            context=item.context,
            criteria=item.criteria,
            answer_state=Item.AnswerState.GIVEN if given else Item.AnswerState.FAILED,
            answer_reason=judgment.reason,
            extra={**item.extra, "question": item.key, "answered_by": run.pk},
        )


def answered(item: Item, turn: dict[str, str], answer: str) -> dict[str, str]:
    """A turn with a candidate's answer. Where a set of questions brings answers that no model gave, they are what the
    set thinks right."""
    own = "" if item.model else turn["answer"]
    return {**turn, "answer": answer, "reference": turn["reference"] or own}


def newest_replies(run: Run) -> Iterator[Reply]:
    """Replies in order of attempt, so that the last one of a turn counts."""
    yield from Reply.objects.filter(run=run).order_by("attempt").iterator(chunk_size=BATCH)
