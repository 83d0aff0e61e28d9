"""Trying a judge: one real call of its engine for each part of its prompt, shown and not stored."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from time import monotonic

from django.utils.translation import gettext

from judging.actions.judgments import batch_outcome, readings_of, requests_for, text_of
from judging.actions.runs import address_for
from judging.actions.work import EngineFactory, make_engine
from judging.core.extraction.shown import shown_text
from judging.core.judged import check_judge
from judging.core.prompts import Prompt, check_prompts
from judging.core.specs import JudgeSpec
from judging.core.verdicts import Reading
from judging.engines import ENGINES, QUEUES
from judging.engines.base import EngineError, EngineOptions, EngineReply, Request
from judging.models import Item, Judge, Judgment, Run

TRIAL_SECONDS = 30.0
"""How long a person waits for a page."""

HERE = "default"
"""The queue whose engines need nothing that only a worker has."""


class TrialRefused(ValueError):
    """The judge cannot be asked here; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCall:
    """What was asked for one part, what came back, and what was read from it, per criterion."""

    part: str
    prompt: Prompt | None
    outcome: EngineReply | None = None
    readings: Mapping[str, Reading] | None = None

    @property
    def without_thinking(self) -> str:
        """What is left of the reply where thinking was skipped; '' where nothing was."""
        shown = shown_text(self.outcome.text) if self.outcome else None
        return shown.strip() if self.outcome and shown and shown.strip() != self.outcome.text.strip() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The calls, and the judgments that a run would have stored. `waits_for`: the queue that has to do the asking."""

    calls: Sequence[TrialCall]
    judgments: Sequence[Judgment] = ()
    seconds: float = 0.0
    waits_for: str = ""


def try_judge(spec: JudgeSpec, item: Item, *, base_url: str = "", engine: EngineFactory = make_engine) -> Trial:
    """Ask the judge's engine about one item, as a run with one sample would, and store nothing.

    An engine that only a worker has is not asked: the trial then shows the prompts alone. TrialRefused says what is
    missing; a failure of the call is an outcome like any other.
    """
    refuse_unready(spec)
    decision = {name: value for name, value in spec.decision.items() if name != "min_replies"}
    spec = replace(spec, samples=1, decision=decision)
    refused: list[EngineReply] = []
    requests = requests_for(item, spec, 0, refused)
    if QUEUES[spec.engine] != HERE:
        return Trial(calls=calls_of(requests, refused, spec, item), waits_for=QUEUES[spec.engine])
    options = EngineOptions(
        model=spec.model,
        base_url=address_for(spec, base_url),
        sampling=spec.sampling,
        style=spec.rubric.style,
        timeout_seconds=TRIAL_SECONDS,
        attempts=1,
    )
    started = monotonic()
    outcomes = [*refused, *asked(engine, spec.engine, options, requests)]
    seconds = monotonic() - started
    rows = batch_outcome(Run(snapshot={"judge": spec.as_json()}), spec, {item.pk: item}, outcomes, {})
    return Trial(calls=calls_of(requests, outcomes, spec, item), judgments=rows.judgments, seconds=seconds)


def refuse_unready(spec: JudgeSpec) -> None:
    """Raise TrialRefused for what could only fail."""
    if spec.kind == Judge.Kind.PANEL:
        raise TrialRefused(gettext("The panel %(spec)s asks nobody itself: try its members.") % {"spec": spec.name})
    if spec.engine not in ENGINES:
        raise TrialRefused(
            gettext("There is no engine %(engine)s. Engines: %(names)s.")
            % {"engine": repr(spec.engine), "names": ", ".join(sorted(ENGINES))}
        )
    if spec.engine == "openai_api" and not spec.model:
        raise TrialRefused(
            gettext("The judge %(spec)s needs a model: say which one the server offers.") % {"spec": spec.name}
        )
    if problems := check_judge(spec):
        raise TrialRefused(" ".join(problems))
    if problems := check_prompts(spec.rubric):
        raise TrialRefused(f"The prompts of the rubric {spec.rubric.name} cannot be used. " + " ".join(problems))


def asked(engine: EngineFactory, name: str, options: EngineOptions, requests: Sequence[Request]) -> list[EngineReply]:
    """The outcomes of all requests; what keeps the whole engine from working is a TrialRefused."""
    try:
        with closing(engine(name, options)) as running:
            return list(running.replies(requests))
    except (EngineError, ValueError) as error:
        raise TrialRefused(str(error)) from error


def calls_of(
    requests: Sequence[Request], outcomes: Sequence[EngineReply], spec: JudgeSpec, item: Item
) -> list[TrialCall]:
    """One entry per part, in the order of the rubric."""
    prompts = {request.id[1]: request.prompt for request in requests}
    replies = {outcome.id[1]: outcome for outcome in outcomes}
    calls = []
    for part in list(spec.rubric.prompts) or [""]:
        outcome = replies.get(part)
        readings = readings_of(outcome, spec, text_of(item)) if outcome else None
        calls.append(TrialCall(part=part, prompt=prompts.get(part), outcome=outcome, readings=readings))
    return calls


SAMPLES: dict[str, dict[str, str]] = {
    "en": {
        "question": "What is the capital of Australia, and on which continent does it lie?",
        "answer": "The capital of Australia is Sydney. It lies in Oceania.",
        "better": "The capital of Australia is Canberra. It lies in Oceania.",
        "reference": "Canberra, in Oceania.",
    },
    "ja": {
        "question": "オーストラリアの首都はどこですか。どの大陸にありますか。",
        "answer": "オーストラリアの首都はシドニーです。オセアニアにあります。",
        "better": "オーストラリアの首都はキャンベラです。オセアニアにあります。",
        "reference": "キャンベラ。オセアニアにある。",
    },
}
"""Items to try a judge on before there is a dataset; each has one mistake. `better` is the other answer of a pair."""


def sample_item(language: str, spec: JudgeSpec) -> Item:
    """The built-in item of this language, as the rubric of the judge needs it; it is in no dataset."""
    text = SAMPLES[language]
    parts = {part for part in spec.rubric.prompts if part.startswith("turn_")}
    turn = {name: text[name] for name in ("question", "answer", "reference")}
    item = Item(pk=0, position=0, key="sample", turns=[turn] * max(1, len(parts)), category="sample")
    if spec.rubric.kind == "pair":
        item.kind, item.turns_b = Item.Kind.PAIR, [turn | {"answer": text["better"]}]
    return item
