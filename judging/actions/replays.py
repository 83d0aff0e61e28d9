"""Judging on a machine without a network: prompts go out in a file, replies come back in one."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from judging.actions.judges import JudgeChoice, chosen_judge
from judging.actions.judgments import requests_for
from judging.actions.runs import REPLAYED, RunRefused, RunScope, open_run, scoped_items
from judging.core.items import RowProblem
from judging.core.prompts import check_prompts
from judging.core.readers.files import FileRefused
from judging.core.specs import JudgeSpec
from judging.engines.base import EngineReply, Request
from judging.engines.replayed import Recording
from judging.models import Dataset, Item, Judge, Run

SHOWN = 20
"""Problems of a file that are named one by one."""

KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsWritten:
    """What a file of prompts holds, and how many items have nothing to ask about."""

    prompts: int
    items: int
    items_left_out: int


def write_prompts(spec: JudgeSpec, dataset: Dataset, *, scope: RunScope, path: Path) -> PromptsWritten:
    """Write what the judge would be asked, as JSON lines, whole or not at all; nothing is stored here.

    Items without an answer, or without the reference that the prompt shows, are left out: a run says why.
    """
    if not spec.rubric.prompts:
        raise RunRefused(f"The judge {spec.name} asks no model: there are no prompts to write.")
    if problems := check_prompts(spec.rubric):
        raise RunRefused(f"The prompts of the rubric {spec.rubric.name} cannot be used. " + " ".join(problems))
    prompts = items = left_out = 0
    try:
        with written_whole(path) as file:
            for item in scoped_items(dataset, scope).iterator(chunk_size=1000):
                asked = requests_of(item, spec, scope.seed)
                file.writelines(json.dumps(prompt_line(item, each, spec), ensure_ascii=False) + "\n" for each in asked)
                prompts, items, left_out = prompts + len(asked), items + bool(asked), left_out + (not asked)
    except OSError as error:
        raise RunRefused(f"{path} cannot be written: {error.strerror}.") from error
    return PromptsWritten(prompts=prompts, items=items, items_left_out=left_out)


@contextmanager
def written_whole(path: Path) -> Iterator[Any]:
    """A file beside the path that takes its name at the end; nothing is left behind where that is not reached."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            yield file
            file.flush()
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def requests_of(item: Item, spec: JudgeSpec, seed: int) -> list[Request]:
    """What a run would ask about one item."""
    cannot_ask: list[EngineReply] = []
    if item.answer_state != Item.AnswerState.GIVEN:
        return []
    return requests_for(item, spec, seed, cannot_ask)


def prompt_line(item: Item, request: Request, spec: JudgeSpec) -> dict[str, Any]:
    """One line of the file of prompts."""
    _, part, sample = request.id
    messages = [{"role": role, "content": content} for role, content in request.prompt.messages]
    asked = {"messages": messages} if messages else {"prompt": request.prompt.text}
    return {
        "id": item.key,
        "part": part,
        "sample": sample,
        **asked,
        "seed": request.seed,
        "sampling": dict(spec.sampling),
        "model": spec.model,
    }


@transaction.atomic
def open_replay(
    choice: JudgeChoice, dataset: Dataset, *, recording: Recording, scope: RunScope, by: User | None = None
) -> Run:
    """A run that answers from a recording, or the unfinished one of the same file; RunRefused names what is wrong.

    Its judge is the chosen one with the engine `replayed`. On no queue: whoever calls this does the work.
    """
    judge = chosen_judge(replace(choice, engine=REPLAYED))
    problems = recording.problems[:SHOWN] or join_items(recording, judge, dataset)
    if problems:
        sentences = [f"{recording.path}, line {problem.line}: {problem.message}" for problem in problems]
        raise RunRefused("\n".join([*sentences, "Nothing was stored."]))
    return open_run(judge, dataset, scope=scope, by=by)


def recorded(path: Path) -> Recording:
    """The replies of a file; RunRefused where it cannot be read at all."""
    try:
        return Recording(path)
    except FileRefused as error:
        raise RunRefused(f"{path}, line {error.line}: {error.message} Nothing was stored.") from error
    except OSError as error:
        raise RunRefused(f"{path} cannot be opened: {error.strerror}.") from error


def join_items(recording: Recording, judge: Judge, dataset: Dataset) -> Sequence[RowProblem]:
    """Find the items of the ids, and the lines that answer nothing that was asked."""
    keys = recording.keys()
    while chunk := list(islice(keys, KEYS_AT_ONCE)):
        recording.join(dict(Item.objects.filter(dataset=dataset, key__in=chunk).values_list("key", "pk")))
    parts = judge.rubric.prompts if judge.rubric and judge.rubric.prompts else {"": {}}
    return recording.unjoined(parts, judge.samples, SHOWN)
