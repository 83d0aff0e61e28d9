"""What each kind of run asks of its engine: a judge replies to prompts, a candidate answers or chooses."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from judging.actions.answers import AnswerSheet, asking_of_run
from judging.actions.choices import ChoiceSheet, recipe_of_run, solved_questions
from judging.actions.desk import SheetFor
from judging.actions.judge_sheet import JudgeSheet
from judging.core.fingerprints import fingerprint, is_model
from judging.core.specs import judge_from_json
from judging.engines.base import Choosing, Engine, EngineError, EngineOptions
from judging.models import Run

Answers = Callable[[Iterator[Any]], Iterator[Any]]
"""Requests in, outcomes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An engine by name, how it is made, what each batch asks of it, and by which of its ways."""

    engine: str
    options: EngineOptions
    sheet_for: SheetFor
    answers_of: Callable[[Engine], Answers]


def judge_task(run: Run) -> Task:
    """A judge's run, from its snapshot alone."""
    spec = judge_from_json(run.snapshot["judge"])
    return Task(
        engine=spec.engine,
        options=options_for(
            spec.engine,
            model=spec.model,
            base_url=run.snapshot["base_url"],
            sampling=spec.sampling,
            style=spec.rubric.style,
        ),
        sheet_for=lambda items: JudgeSheet(run, spec, items),
        answers_of=lambda engine: engine.replies,
    )


def choice_task(run: Run) -> Task:
    """A candidate's run over questions with choices."""
    candidate, recipe, shots = run.snapshot["candidate"], recipe_of_run(run), solved_questions(run)
    return Task(
        engine=candidate["engine"],
        options=options_for(candidate["engine"], model=candidate["model"], base_url=candidate["base_url"]),
        sheet_for=lambda items: ChoiceSheet(run, recipe, shots, items),
        answers_of=choices_of,
    )


def answer_task(run: Run) -> Task:
    """A candidate's run over questions that it answers."""
    candidate, asking = run.snapshot["candidate"], asking_of_run(run)
    return Task(
        engine=candidate["engine"],
        options=options_for(candidate["engine"], model=candidate["model"], base_url=candidate["base_url"]),
        sheet_for=lambda items: AnswerSheet(run, asking, items),
        answers_of=lambda engine: engine.replies,
    )


def refuse_changed_model(run: Run) -> None:
    """Raise EngineError where the folder of a candidate no longer holds what was to be examined."""
    candidate = run.snapshot.get("candidate", {})
    content, folder = candidate.get("content", ""), Path(candidate.get("model", ""))
    if not content:
        return
    if not is_model(folder):
        raise EngineError(
            f"The folder {folder} holds no model on this machine. Put it there, or start a new examination."
        )
    if fingerprint(folder) != content:
        raise EngineError(
            f"The folder {folder} holds another model than when this was planned: its files have changed. Put the old "
            "ones back, or start a new examination of those that are there now."
        )


def choices_of(engine: Engine) -> Answers:
    """How an engine weighs texts; EngineError for one that only talks."""
    if not isinstance(engine, Choosing):
        raise EngineError("This engine cannot tell how likely a text is; a benchmark with choices needs one that can.")
    return engine.choices


def options_for(engine: str, **how: Any) -> EngineOptions:
    """Options with what this machine's settings say of an engine."""
    arguments, limits = settings.ENGINE_ARGUMENTS.get(engine, {}), settings.ENGINE_LIMITS.get(engine, {})
    return EngineOptions(arguments=arguments, **how, **limits)


TASKS: Mapping[Run.Kind, Callable[[Run], Task]] = {
    Run.Kind.JUDGE: judge_task,
    Run.Kind.GENERATE: answer_task,
    Run.Kind.CHOICE: choice_task,
}
