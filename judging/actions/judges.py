"""Judges and rubrics: a spec finds or makes its version, a version is frozen when a run uses it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from judging.core.attributes import read_coefficients
from judging.core.builtin import CLEAN_OR_WRONG, JUDGES, RUBRICS
from judging.core.decisions import LINEAR
from judging.core.specs import JudgeSpec, RubricSpec
from judging.engines import ENGINES
from judging.models import Judge, Rubric

PANEL_VERDICTS = RubricSpec(name="verdicts of a panel", kind="verdict", criteria=(CLEAN_OR_WRONG,))
"""What a panel without a rubric decides on: the verdicts of its members."""


class UnknownName(ValueError):
    """No judge, rubric or engine has this name, or none can be made like that; the message says what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeChoice:
    """A judge by name (`name`, or `name:version` of a stored one), and what to change of it; '' changes nothing."""

    name: str
    rubric: str = ""
    engine: str = ""
    model: str = ""
    samples: int | None = None
    coefficients: str = ""


def chosen_judge(choice: JudgeChoice) -> Judge:
    """The judge that a choice means; a version is made where none says the same. UnknownName for what there is not."""
    panel = named_panel(choice.name)
    if panel is not None:
        refuse_changes(choice)
        return panel
    return judge_for(chosen_spec(choice))


def chosen_spec(choice: JudgeChoice) -> JudgeSpec:
    """The judge that a choice means as a value; nothing is stored. UnknownName for what there is not."""
    spec = named_judge(choice.name)
    if choice.engine and choice.engine not in ENGINES:
        raise UnknownName(f"There is no engine {choice.engine!r}. Engines: {', '.join(sorted(ENGINES))}.")
    return replace(
        spec,
        rubric=named_rubric(choice.rubric) if choice.rubric else spec.rubric,
        engine=choice.engine or spec.engine,
        model=choice.model or spec.model,
        samples=choice.samples or spec.samples,
        decision=dict(spec.decision) | with_coefficients(choice, spec),
    )


def with_coefficients(choice: JudgeChoice, spec: JudgeSpec) -> dict[str, Any]:
    """The coefficients of the file that was chosen, as a judge's decision keeps them, so that a run can be rebuilt."""
    if not choice.coefficients:
        return {}
    if spec.decision.get("rule") != LINEAR:
        raise UnknownName(f"The judge {spec.name} does not decide by the rule {LINEAR}, so it takes no coefficients.")
    try:
        return {"coefficients": read_coefficients(Path(choice.coefficients)).as_json()}
    except ValueError as error:
        raise UnknownName(str(error)) from error


def named_panel(name: str) -> Judge | None:
    """The newest panel of this name, or the version in `name:version`; None where the newest judge is no panel."""
    stem, _, version = name.partition(":")
    newest: Judge | None = Judge.objects.newest(stem).numbered(version).select_related("rubric").first()
    return newest if newest is not None and newest.kind == Judge.Kind.PANEL and name not in JUDGES else None


def refuse_changes(choice: JudgeChoice) -> None:
    """A panel has nothing that could be changed for one run: UnknownName says so."""
    changed = [name for name in ("rubric", "engine", "model", "samples", "coefficients") if getattr(choice, name)]
    if changed:
        raise UnknownName(f"{choice.name} is a panel, which asks no model of its own: leave out {', '.join(changed)}.")


def named_judge(name: str) -> JudgeSpec:
    """The built-in judge of this name, else the newest stored one; `name:version` is always a stored one."""
    if name in JUDGES:
        return JUDGES[name]
    stem, _, version = name.partition(":")
    found = Judge.objects.newest(stem).filter(rubric__isnull=False).select_related("rubric")
    judge: Judge | None = found.numbered(version).first()
    if judge is None:
        own = set(Judge.objects.usable().values_list("name", flat=True))
        raise UnknownName(f"There is no judge {name!r}. Judges: {', '.join(sorted(own | set(JUDGES)))}.")
    return spec_of(judge)


def named_rubric(name: str) -> RubricSpec:
    """The built-in rubric of this name, else the newest stored one; `name:version` is always a stored one."""
    if name in RUBRICS:
        return RUBRICS[name]
    stem, _, version = name.partition(":")
    rubric: Rubric | None = Rubric.objects.newest(stem).numbered(version).first()
    if rubric is None:
        own = set(Rubric.objects.values_list("name", flat=True))
        raise UnknownName(f"There is no rubric {name!r}. Rubrics: {', '.join(sorted(own | set(RUBRICS)))}.")
    return rubric_spec_of(rubric)


@transaction.atomic
def judge_for(spec: JudgeSpec) -> Judge:
    """The newest version of this name that says exactly this, else a new version."""
    wanted = stored(spec.as_json())
    versions = Judge.objects.newest(spec.name).select_related("rubric")
    judge: Judge
    for judge in versions.filter(rubric__isnull=False):
        if stored(spec_of(judge).as_json()) == wanted:
            return judge
    newest = versions.first()
    return Judge.objects.create(
        name=spec.name,
        version=newest.version + 1 if newest else 1,
        kind=spec.kind,
        engine=spec.engine,
        model=spec.model,
        rubric=rubric_for(spec.rubric),
        sampling=wanted["sampling"],
        samples=spec.samples,
        decision=wanted["decision"],
    )


@transaction.atomic
def rubric_for(spec: RubricSpec) -> Rubric:
    """The newest version of this name that says exactly this, else a new version."""
    wanted = stored(spec.as_json())
    versions = Rubric.objects.newest(spec.name)
    rubric: Rubric
    for rubric in versions:
        if stored(rubric_spec_of(rubric).as_json()) == wanted:
            return rubric
    newest = versions.first()
    return Rubric.objects.create(
        name=spec.name,
        version=newest.version + 1 if newest else 1,
        kind=spec.kind,
        criteria=wanted["criteria"],
        style=spec.style,
        needs_question=spec.needs_question,
        prompts=wanted["prompts"],
    )


@transaction.atomic
def freeze_judge(judge: Judge) -> None:
    """From now on this judge and its rubric say what they say: a run uses them."""
    now = timezone.now()
    Judge.objects.filter(pk=judge.pk).freeze(now)
    if judge.rubric:
        Rubric.objects.filter(pk=judge.rubric.pk).freeze(now)


@transaction.atomic
def copy_judge(judge: Judge) -> Judge:
    """A new version of a judge that may still be edited."""
    newest = Judge.objects.newest(judge.name)[0]
    copied = Judge.objects.get(pk=judge.pk)
    copied.pk, copied.version, copied.frozen_at = None, newest.version + 1, None
    copied.save(force_insert=True)
    copied.members.set(judge.members.all())
    return copied


@transaction.atomic
def copy_rubric(rubric: Rubric) -> Rubric:
    """A new version of a rubric that may still be edited."""
    newest = Rubric.objects.newest(rubric.name)[0]
    copied = Rubric.objects.get(pk=rubric.pk)
    copied.pk, copied.version, copied.frozen_at = None, newest.version + 1, None
    copied.save(force_insert=True)
    return copied


def spec_of(judge: Judge) -> JudgeSpec:
    """A stored judge as a value; ValueError where it has no rubric (a judge that ran elsewhere)."""
    if judge.kind == Judge.Kind.PANEL:
        rubric = rubric_spec_of(judge.rubric) if judge.rubric else PANEL_VERDICTS
        return JudgeSpec(name=judge.name, kind=judge.kind, engine="", rubric=rubric, decision=judge.decision)
    if judge.rubric is None:
        raise ValueError(f"The judge {judge.name} has no rubric: its judgments came from a file.")
    return JudgeSpec(
        name=judge.name,
        kind=judge.kind,
        engine=judge.engine,
        model=judge.model,
        rubric=rubric_spec_of(judge.rubric),
        sampling=judge.sampling,
        samples=judge.samples,
        decision=judge.decision,
    )


def rubric_spec_of(rubric: Rubric) -> RubricSpec:
    """A stored rubric as a value."""
    return RubricSpec(
        name=rubric.name,
        kind=rubric.kind,
        criteria=rubric.parsed_criteria(),
        style=rubric.style,
        needs_question=rubric.needs_question,
        prompts=rubric.prompts,
    )


def stored(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data as it comes back from the database: tuples are lists then."""
    return dict(json.loads(json.dumps(data)))
