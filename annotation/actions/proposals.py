"""New prompts for a rubric, proposed by a model from items on which the judge was wrong. Always a draft.

The model sees items to tune on and never one of the locked test part.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.translation import gettext

from annotation.actions.splits import settle_split
from annotation.actions.tuning import TuningRefused, draft_rubric, rubric_of
from annotation.core.tuning.proposals import Case, NoTemplate, new_template, proposal_prompt
from annotation.models import Campaign, RubricDraft
from annotation.reports.tuning import items_beside, spec_of_run
from annotation.reports.which import EVERY, about
from annotation.reports.words import said_in, scale_of
from judging.actions.judges import spec_of
from judging.actions.judgments import text_of
from judging.actions.runs import address_for
from judging.actions.trials import HERE, TRIAL_SECONDS
from judging.actions.work import EngineFactory, make_engine
from judging.core.prompts import Prompt
from judging.engines import ENGINES, QUEUES
from judging.engines.base import EngineError, EngineOptions, EngineReply, Request
from judging.models import Item, Reply, Run

MOST_CASES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposer:
    """The model that is asked: engine and model, '' for those of the judge; `sampling` as of a judge."""

    engine: str = ""
    model: str = ""
    base_url: str = ""
    part: str | None = None


def propose_rubric(
    run: Run,
    campaign: Campaign,
    criterion: str,
    proposer: Proposer,
    *,
    by: User | None = None,
    engine: EngineFactory = make_engine,
) -> RubricDraft:
    """Ask a model for better prompts, and keep its answer as a draft. TuningRefused says why there is none."""
    judge = run.judge
    if judge is None:
        raise TuningRefused(gettext("This run has no judge."))
    rubric = rubric_of(judge)
    settle_split(run.dataset)
    cases = cases_of(run, campaign, criterion)
    if not cases:
        raise TuningRefused(gettext("Judge and people differ on no item to tune on: there is nothing to learn from."))
    part = proposer.part if proposer.part is not None else next(iter(rubric.prompts))
    role, template = main_template(rubric.prompts, part)
    text = asked(run, proposer, proposal_prompt(template, cases), cases, engine)
    prompts = {name: dict(roles) for name, roles in rubric.prompts.items()}
    try:
        prompts[part][role] = new_template(text)
    except NoTemplate as nothing:
        raise TuningRefused(
            gettext("The model's answer holds no prompt between two lines of three backticks.")
        ) from nothing
    spec = spec_of(judge)
    who = " ".join(filter(None, [proposer.engine or spec.engine, proposer.model or spec.model]))
    return draft_rubric(run.dataset, judge, prompts, by=by, proposed_by=who, shown=[case.position for case in cases])


def main_template(prompts: dict[str, dict[str, str]], part: str) -> tuple[str, str]:
    """The role of a part that shows the item, and its template."""
    if part not in prompts:
        raise TuningRefused(
            gettext("The rubric has no part %(part)s. Parts: %(names)s.")
            % {"part": repr(part), "names": ", ".join(map(repr, prompts))}
        )
    roles = prompts[part]
    role = next((name for name in ("raw", "user") if name in roles), next(iter(roles)))
    return role, roles[role]


def cases_of(run: Run, campaign: Campaign, criterion: str) -> list[Case]:
    """Items to tune on where judge and people differ, those of either way by turns."""
    with about(run.dataset, campaign, EVERY):
        scale = scale_of(said_in(campaign, criterion, None), None, campaign.declared_scale(criterion))
        found = items_beside(run, campaign, criterion, scale)
    values = found.scale.values
    rows = [at for at in range(len(found.items)) if found.people[at] >= 0 and found.judge[at] != found.people[at]]
    ways: dict[int, list[int]] = {}
    for at in rows:
        ways.setdefault(int(found.people[at]), []).append(at)
    turns = [at for turn in zip(*[pad(way, len(rows)) for way in ways.values()], strict=True) for at in turn if at >= 0]
    chosen = turns[:MOST_CASES]
    items = Item.objects.in_bulk([int(found.items[at]) for at in chosen])
    replies = _replies(run, list(items))
    return [
        Case(
            position=items[int(found.items[at])].position,
            text=text_of(items[int(found.items[at])]),
            judge=values[found.judge[at]] if found.judge[at] >= 0 else "no readable verdict",
            people=values[found.people[at]],
            reply=replies.get(int(found.items[at]), ""),
        )
        for at in chosen
    ]


def pad(rows: Sequence[int], length: int) -> list[int]:
    """As long as the longest."""
    return [*rows, *[-1] * (length - len(rows))]


def _replies(run: Run, items: Sequence[int]) -> dict[int, str]:
    rows = Reply.objects.filter(run=run, item__in=items).order_by("-sample", "attempt")
    return dict(rows.values_list("item_id", "text"))


def asked(run: Run, proposer: Proposer, prompt: Prompt, cases: Sequence[Case], engine: EngineFactory) -> str:
    """What the model answers; TuningRefused where it could not be asked."""
    spec = spec_of_run(run)
    name = proposer.engine or spec.engine
    if name not in ENGINES:
        raise TuningRefused(
            gettext("There is no engine %(name)s. Engines: %(names)s.")
            % {"name": repr(name), "names": ", ".join(sorted(ENGINES))}
        )
    if QUEUES[name] != HERE:
        raise TuningRefused(
            gettext("The engine %(name)s works in a worker only. Choose a server with an OpenAI-compatible API.")
            % {"name": name}
        )
    options = EngineOptions(
        model=proposer.model or spec.model,
        base_url=address_for(spec, proposer.base_url),
        sampling=spec.sampling,
        style="chat",
        timeout_seconds=TRIAL_SECONDS * 4,
    )
    request = Request(id=(0, "proposal", 0), prompt=prompt, item=cases[0].text, seed=0)
    try:
        with closing(engine(name, options)) as running:
            replies: list[EngineReply] = list(running.replies([request]))
    except (EngineError, ValueError) as error:
        raise TuningRefused(str(error)) from error
    if not replies or replies[0].failure is not None:
        raise TuningRefused(
            gettext("The model gave no answer: %(what)s.")
            % {"what": replies[0].failure if replies else "nothing came back"}
        )
    return replies[0].text
