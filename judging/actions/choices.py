"""A candidate model chooses: questions with choices -> how likely it finds each, and whether it is right."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext

from judging.actions.batches import BatchOutcome
from judging.actions.candidate_runs import open_candidate_run
from judging.actions.candidates import Candidate
from judging.actions.queueing import enqueue_run
from judging.actions.runs import (
    NOWHERE,
    Place,
    RunRefused,
    batch_ranges,
    refuse_unready,
)
from judging.actions.runs import RunScope as Scope
from judging.benchmarks.mmlu.prompts import Question, continued, prompts
from judging.benchmarks.mmlu.recipe import Continued, Recipe, Shown, Truncation, recipe_from_json
from judging.benchmarks.mmlu.scores import PER_CHARACTER, chosen, chosen_per_character
from judging.benchmarks.mmlu.shots import gathered, shots_before
from judging.core.verdicts import Verdict
from judging.engines.base import ChoiceReply, ChoiceRequest
from judging.models import Dataset, Item, Judgment, Reply, Run
from judging.models.runs import Status

DEV = "dev"
"""Questions of this part are shown solved, and never asked."""

CHUNK = 2000

Shots = Mapping[str, Sequence[Question]]
"""Solved questions by subject, in the order of their file."""


def start_choice_run(
    dataset: Dataset, candidate: Candidate, recipe: Recipe, *, limit: int | None = None, by: User | None = None
) -> Run:
    """Put a candidate before the questions of a dataset; its unfinished run by the same recipe goes on."""
    with transaction.atomic():
        run = open_choice_run(dataset, candidate, recipe, limit=limit, by=by)
        transaction.on_commit(lambda: enqueue_run(run))
    return run


def open_choice_run(
    dataset: Dataset,
    candidate: Candidate,
    recipe: Recipe,
    *,
    limit: int | None = None,
    by: User | None = None,
    place: Place = NOWHERE,
) -> Run:
    """As `start_choice_run`, but on no queue: whoever calls this does the work. RunRefused says what is missing."""
    scope = Scope(limit=limit, leave_out=DEV)
    refuse_unready(dataset)
    ranges = list(batch_ranges(dataset, scope))
    refuse_questions(dataset, recipe, empty=not ranges)
    return open_candidate_run(
        dataset,
        candidate,
        {"recipe": recipe.as_json()},
        kind=Run.Kind.CHOICE,
        scope=scope,
        ranges=ranges,
        place=place,
        by=by,
    )


def refuse_questions(dataset: Dataset, recipe: Recipe, *, empty: bool) -> None:
    """Raise RunRefused for a dataset that is no examination, or has not the solved questions that the recipe wants."""
    if empty:
        raise RunRefused(gettext("The dataset %(dataset)s has no questions to ask.") % {"dataset": dataset.name})
    if stranger := dataset.items.exclude(kind=Item.Kind.CHOICE).order_by("position").first():
        raise RunRefused(
            gettext(
                "Item %(position)s of the dataset %(dataset)s has no choices; import questions with choices "
                "into a dataset of their own."
            )
            % {"position": stranger.position, "dataset": dataset.name}
        )
    if recipe.shown is Shown.OTHERS:
        return
    solved = dict(solved_counts(dataset))
    asked = dataset.items.asked(DEV).order_by("category").values_list("category", flat=True).distinct()
    if short := [subject for subject in asked if solved.get(subject, 0) < recipe.shots]:
        raise RunRefused(
            gettext(
                "%(subject)s has %(solved)s solved questions and the recipe shows %(shots)s: import the dev files "
                "too (dev/%(file)s_dev.csv), or ask for fewer shots."
            )
            % {
                "subject": short[0] or "The dataset",
                "solved": solved.get(short[0], 0),
                "shots": recipe.shots,
                "file": short[0] or "subject",
            }
        )


def solved_counts(dataset: Dataset) -> list[tuple[str, int]]:
    """How many solved questions each subject has."""
    rows = dataset.items.filter(extra__part=DEV).order_by("category").values_list("category")
    return list(rows.annotate(n=Count("pk")))


def recipe_of_run(run: Run) -> Recipe:
    """The recipe of a choice run."""
    return recipe_from_json(run.snapshot["recipe"])


def solved_questions(run: Run) -> Shots:
    """What may be shown solved of the run's dataset, by subject."""
    recipe, shots = recipe_of_run(run), defaultdict(list)
    items = Item.objects.filter(dataset=run.dataset_id)
    for item in items.filter(extra__part=DEV).order_by("position"):
        shots[item.category].append(question_of(item))
    if recipe.shown is Shown.SOLVED or not recipe.shots:
        return shots
    known = items.asked(DEV).exclude(gold_choice="").order_by("position")
    others = ((item.category, question_of(item)) for item in known.iterator(chunk_size=CHUNK))
    return gathered(shots, others, recipe.shots)


def question_of(item: Item) -> Question:
    """An item as a question; `gold` is -1 where nobody knows the right choice."""
    gold = ascii_uppercase.index(item.gold_choice) if item.gold_choice else -1
    return Question(item.question, tuple(item.choices or ()), gold)


class ChoiceSheet:
    """A batch as a candidate works on it."""

    def __init__(self, run: Run, recipe: Recipe, shots: Shots, items: Mapping[int, Item]) -> None:
        self._run, self._recipe, self._shots = run, recipe, shots
        self._items = {pk: item for pk, item in items.items() if item.extra.get("part") != DEV}
        self._said: list[ChoiceReply] = []

    def first(self) -> list[ChoiceRequest]:
        """One request per question."""
        return [self._request(item) for item in self._items.values()]

    def then(self, said: ChoiceReply) -> list[ChoiceRequest]:
        """Nothing follows from an outcome."""
        self._said.append(said)
        return []

    def outcome(self, versions: dict[str, str]) -> BatchOutcome:
        """Per question a reply with its log-likelihoods, and a judgment that says whether it is right."""
        said = sorted(self._said, key=lambda reply: reply.id)
        return BatchOutcome(
            [reply_row(self._run, self._items[each.id[0]], each) for each in said],
            [self._judgment(self._items[each.id[0]], each) for each in said],
            versions,
        )

    def _request(self, item: Item) -> ChoiceRequest:
        question, recipe = question_of(item), self._recipe
        shots, left_out = shots_before(question, self._shots.get(item.category, ()), recipe)
        return ChoiceRequest(
            id=(item.pk, "", 0),
            prompts=prompts(question, shots, item.category, recipe),
            texts=continued(question, recipe),
            # Questions with other shots begin otherwise.
            group=item.category if left_out is None else f"{item.category} without {left_out}",
            bos=recipe.bos,
            longest=recipe.longest,
            cut_left=recipe.truncation is Truncation.LEFT,
        )

    def _judgment(self, item: Item, said: ChoiceReply) -> Judgment:
        """The judgment of a question, with how many shots it had where those were fewer than the recipe shows, and the
        choice per character where texts are weighed."""
        row = judgment_row(self._run, item, said)
        if row.status != Status.SCORED:
            return row
        shots, _ = shots_before(question_of(item), self._shots.get(item.category, ()), self._recipe)
        if len(shots) < self._recipe.shots:
            row.detail["shots"] = len(shots)
        if self._recipe.continued is Continued.TEXTS:
            place = chosen_per_character(said.loglikelihoods, item.choices or ()).place
            row.detail[PER_CHARACTER] = ascii_uppercase[place]
        return row


def reply_row(run: Run, item: Item, said: ChoiceReply) -> Reply:
    """An outcome as it is stored."""
    if said.failure:
        outcome: dict[str, Any] = {
            "status": Status.UNSCORED, "reason": said.failure.reason, "detail": said.failure.detail[:500]
        }  # fmt: skip
    else:
        letter = ascii_uppercase[chosen(said.loglikelihoods).place]
        lettered = dict(zip(ascii_uppercase, said.loglikelihoods, strict=False))
        outcome = {"status": Status.SCORED, "value": letter, "text": letter, "logprobs": lettered}
    return Reply(run=run, item=item, tokens=said.tokens or None, ms=said.ms, **outcome)


def judgment_row(run: Run, item: Item, said: ChoiceReply) -> Judgment:
    """Whether the choice is right; without a known right one there is a choice and no verdict."""
    row = Judgment(run=run, item=item, item_revision=item.revision, n_replies=1)
    if said.failure:
        row.status, row.reason = Status.UNSCORED, said.failure.reason
        return row
    choice = chosen(said.loglikelihoods)
    row.status, row.value, row.n_read = Status.SCORED, ascii_uppercase[choice.place], 1
    if item.gold_choice:
        row.verdict = Verdict.CLEAN if row.value == item.gold_choice else Verdict.WRONG
        row.score = float(row.value == item.gold_choice)
    row.detail = {
        "margin": choice.margin,
        "tie": choice.tie,
        "tokens": said.tokens,
        "computed": said.computed,
        "single": said.single,
        **({"cut": said.cut} if said.cut else {}),
        **({"shots_left_out": said.prompt} if said.prompt else {}),
    }
    return row
