"""A document becomes passages, a teacher model makes questions of them, and these become items that people review."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from judging.actions.answers import open_answer_run
from judging.actions.candidates import Candidate
from judging.actions.queueing import enqueue_run
from judging.actions.runs import Place, RunRefused, RunScope
from judging.benchmarks.mmlu.teaching import MAX_TOKENS, TEMPERATURE, passages, teacher_prompt
from judging.benchmarks.mt_bench.answering import Asking
from judging.core.items import Turn, question_key
from judging.models import Dataset, Item, Run
from judging.reports.document_questions import STAGE, FromPassage, made_questions

BATCH = 500
PER_PASSAGE = 3
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text by name, which becomes the category of its questions."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """Who makes questions, and how: so many of each passage."""

    teacher: Candidate
    per_passage: int = PER_PASSAGE
    temperature: float = TEMPERATURE
    seed: int = 0


def start_teaching(documents: Sequence[Document], teaching: Teaching, *, by: User | None = None) -> Run:
    """Let a teacher make questions of documents; its unfinished run over the same ones goes on."""
    with transaction.atomic():
        run = open_teaching(documents, teaching, by=by)
        transaction.on_commit(lambda: enqueue_run(run))
    return run


@transaction.atomic
def open_teaching(documents: Sequence[Document], teaching: Teaching, *, by: User | None = None) -> Run:
    """As `start_teaching`, but on no queue: whoever calls this does the work. RunRefused says what is missing."""
    asking = Asking(temperature=teaching.temperature, max_tokens=MAX_TOKENS)
    scope = RunScope(seed=teaching.seed)
    dataset = passages_of(documents, teaching.per_passage, by)
    return open_answer_run(dataset, teaching.teacher, asking, scope=scope, by=by, place=Place(stage=STAGE))


def passages_of(documents: Sequence[Document], per_passage: int, by: User | None) -> Dataset:
    """The dataset of what a teacher is told of these documents; the same documents are the same dataset."""
    items = list(passage_items(documents, per_passage))
    if not items:
        raise RunRefused(gettext("There is no text to make questions of. Name a document that says something."))
    digest = sha256("".join(f"{item.category}\x1f{item.turns}" for item in items).encode()).hexdigest()[:8]
    name = f"document {documents[0].name[:150]} {digest}"
    found: Dataset
    found, made = Dataset.objects.get_or_create(name=name, defaults={"state": Dataset.State.READY, "made_by": by})
    if made:
        for item in items:
            item.dataset = found
        Item.objects.bulk_create(items, batch_size=BATCH)
    return found


def passage_items(documents: Sequence[Document], per_passage: int) -> Iterator[Item]:
    """One item per passage, whose question is what the teacher is told."""
    position = 0
    for number, document in enumerate(documents, start=1):
        for place, passage in enumerate(passages(document.text), start=1):
            position += 1
            turn = Turn(teacher_prompt(passage, per_passage))
            yield Item(
                key=f"{number}.{place}",
                position=position,
                question_key=question_key((turn,)),
                category=document.name[:LONGEST],
                turns=[turn.as_json()],
                context=passage,
                answer_state=Item.AnswerState.MISSING,
                extra={"document": document.name, "passage": place},
            )


@transaction.atomic
def store_questions(run: Run) -> Dataset:
    """The questions of a finished run as items for people; done twice, it changes nothing more.

    An item's question is the question with its choices, its answer the right one, its context the passage. RunRefused
    where the run is not finished or made no question.
    """
    run = Run.objects.select_for_update().select_related("dataset").get(pk=run.pk)
    if run.stage != STAGE or run.state != Run.State.FINISHED:
        raise RunRefused(
            gettext("Run %(run)s has no questions to review: it is %(state)s.")
            % {"run": run.pk, "state": run.get_state_display()}
        )
    if known := run.snapshot.get(STAGE):
        stored: Dataset = Dataset.objects.get(pk=known)
        return stored
    found = made_questions(run).questions
    if not found:
        raise RunRefused(
            gettext("Run %(run)s made no question. Look at its replies, or let another model try.") % {"run": run.pk}
        )
    name = f"{run.dataset.name[:170]} questions {run.pk}"
    dataset: Dataset = Dataset.objects.create(name=name, state=Dataset.State.READY, made_by=run.made_by)
    items = (question_item(run, dataset, position, each) for position, each in enumerate(found, start=1))
    Item.objects.bulk_create(items, batch_size=BATCH)
    run.snapshot = run.snapshot | {STAGE: dataset.pk}
    run.save(update_fields=["snapshot"])
    return dataset


def question_item(run: Run, dataset: Dataset, position: int, each: FromPassage) -> Item:
    """A question as people review it, with where it is from."""
    turn = Turn(each.made.shown, each.made.answer)
    return Item(
        dataset=dataset,
        key=f"{run.pk}:{each.passage.key}#{each.number}",
        position=position,
        question_key=question_key((turn,)),
        model=run.model[:LONGEST],
        category=each.passage.category,
        turns=[turn.as_json()],
        context=each.passage.context,
        extra={**each.passage.extra, "teacher": run.model, "run": run.pk, "shuffled": each.made.shuffled},
    )
