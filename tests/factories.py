"""Rows for tests that no action makes. State that an action makes is made by that action."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from annotation.actions.counts import recount
from annotation.models import Annotator, Campaign, Label
from judging.core.items import Turn, question_key
from judging.models import BenchmarkRun, Dataset, Item, Judge, Judgment, Rubric, Run

PASSWORD = "a long password"


def make_user(name: str, *, role: str | None = None) -> User:
    """A user with a role; an annotator gets their row of Annotator too."""
    if role == "administrator":
        return User.objects.create_superuser(name, password=PASSWORD)
    user = User.objects.create_user(name, password=PASSWORD, is_staff=role == "lead")
    if role:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    if role == "annotator":
        Annotator.objects.create(name=name, user=user)
    return user


def make_dataset(name: str = "dataset", **fields: Any) -> Dataset:
    return Dataset.objects.create(name=name, **{"state": Dataset.State.READY} | fields)


def make_item(dataset: Dataset, question: str = "Q?", answer: str = "A.", reference: str = "", **fields: Any) -> Item:
    turn = Turn(question, answer, reference)
    position = fields.pop("position", dataset.items.count() + 1)
    return Item.objects.create(
        dataset=dataset,
        position=position,
        turns=[turn.as_json()],
        **{"key": f"item-{position}", "question_key": question_key((turn,))} | fields,
    )


def make_items(dataset: Dataset, count: int) -> list[Item]:
    return [make_item(dataset, f"Question {n}?", f"Answer {n}.") for n in range(1, count + 1)]


def make_rubric(name: str = "rubric", **fields: Any) -> Rubric:
    criteria = [{"name": "", "scale": {"values": ["clean", "wrong"]}, "direction": "higher", "clean_if": "clean"}]
    return Rubric.objects.create(name=name, **{"kind": Rubric.Kind.VERDICT, "criteria": criteria} | fields)


def make_judge(name: str = "judge", **fields: Any) -> Judge:
    return Judge.objects.create(name=name, **{"kind": Judge.Kind.IMPORTED} | fields)


def make_run(dataset: Dataset, judge: Judge | None = None, **fields: Any) -> Run:
    defaults = {"kind": Run.Kind.IMPORTED, "state": Run.State.FINISHED, "finished_at": timezone.now()}
    return Run.objects.create(dataset=dataset, judge=judge or make_judge(), **defaults | fields)


def make_benchmark_run(dataset: Dataset, **fields: Any) -> BenchmarkRun:
    """A finished benchmark of one candidate, which chose."""
    candidate = {"engine": "scripted", "model": "m1", "base_url": ""}
    made = BenchmarkRun.objects.create(
        dataset=dataset,
        **{
            "benchmark": "mmlu",
            "options": {"stage": "all", "first_n": None, "seed": 0},
            "candidates": [candidate],
            "state": BenchmarkRun.State.FINISHED,
        }
        | fields,
    )
    for number, each in enumerate(made.candidates):
        Run.objects.create(
            dataset=dataset,
            kind=Run.Kind.CHOICE,
            model=each["model"],
            benchmark_run=made,
            stage="choices",
            candidate=number,
            state=Run.State.FINISHED,
            snapshot={"candidate": each, "items": dataset.items.count()},
        )
    return made


def make_judgment(run: Run, item: Item, verdict: str = "clean", **fields: Any) -> Judgment:
    """A judgment with this verdict; 'invalid' is one without a value."""
    if verdict == "invalid":
        defaults: dict[str, Any] = {"status": "unscored", "verdict": "invalid", "reason": "no_verdict"}
    else:
        defaults = {"status": "scored", "verdict": verdict, "value": verdict, "n_read": 1}
    return Judgment.objects.create(run=run, item=item, n_replies=1, **defaults | fields)


def make_annotator(name: str = "rater", **fields: Any) -> Annotator:
    return Annotator.objects.create(name=name, **fields)


def make_campaign(dataset: Dataset, name: str = "campaign", **fields: Any) -> Campaign:
    return Campaign.objects.create(dataset=dataset, name=name, **fields)


def make_label(campaign: Campaign, item: Item, annotator: Annotator, verdict: str = "clean", **fields: Any) -> Label:
    defaults = {
        "value": verdict,
        "verdict": verdict,
        "client_key": f"{campaign.pk}-{item.pk}-{annotator.pk}-{Label.objects.count()}",
        "at": timezone.now(),
        "item_revision": item.revision,
    }
    label = Label.objects.create(campaign=campaign, item=item, annotator=annotator, **defaults | fields)
    recount(campaign, [item.pk], label.criterion)
    return label
