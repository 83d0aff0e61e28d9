"""New versions of a judge, by a person: from an edited rubric, a draft that was accepted, a threshold, coefficients.

Nothing here changes a version that a run used, and nothing is switched in: a new version judges when somebody runs it.
"""

from collections.abc import Mapping
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from annotation.core.tuning.refit import Refit, refit
from annotation.models import Campaign, RubricDraft
from annotation.reports.tuning import attribute_samples, spec_of_run
from annotation.reports.which import EVERY, about
from judging.actions.judges import judge_for, spec_of
from judging.core.attributes import Coefficients, coefficients_from_json
from judging.core.decisions import LINEAR
from judging.core.judged import check_judge
from judging.core.prompts import check_prompts
from judging.core.specs import JudgeSpec
from judging.models import Dataset, Judge, Rubric, Run

Prompts = Mapping[str, Mapping[str, str]]


class TuningRefused(ValueError):
    """The version cannot be made; the message says why and what to do."""


@transaction.atomic
def draft_rubric(
    dataset: Dataset,
    judge: Judge,
    prompts: Prompts,
    *,
    by: User | None = None,
    proposed_by: str = "",
    shown: list[int] | None = None,
) -> RubricDraft:
    """Keep new prompts for a judge's rubric as a draft, which nobody judges by.

    TuningRefused where they could not work, or say what the rubric says already.
    """
    spec = with_prompts(judge, prompts)
    if problems := check_prompts(spec.rubric):
        raise TuningRefused(" ".join(problems))
    draft: RubricDraft = RubricDraft.objects.create(
        dataset=dataset,
        judge=judge,
        base=rubric_of(judge),
        prompts=spec.as_json()["rubric"]["prompts"],
        proposed_by=proposed_by,
        shown=shown or [],
        made_by=by,
    )
    return draft


def with_prompts(judge: Judge, prompts: Prompts) -> JudgeSpec:
    """The judge with other prompts; TuningRefused for one that has none, and where nothing changed."""
    rubric_of(judge)
    spec = spec_of(judge)
    old = {part: dict(roles) for part, roles in spec.rubric.prompts.items()}
    new = {part: dict(roles) for part, roles in prompts.items()}
    if new == old:
        raise TuningRefused(gettext("The prompts are those of the rubric already: nothing was saved."))
    if {part: set(roles) for part, roles in new.items()} != {part: set(roles) for part, roles in old.items()}:
        raise TuningRefused(gettext("A new version has the parts and roles of the rubric that it is made from."))
    return replace(spec, rubric=replace(spec.rubric, prompts=new))


def rubric_of(judge: Judge) -> Rubric:
    """The rubric with the prompts that a judge asks by; TuningRefused where there are none."""
    if judge.rubric is None or not judge.rubric.prompts:
        raise TuningRefused(
            gettext("The judge %(judge)s asks by no prompt, so there is none to edit.") % {"judge": judge}
        )
    return judge.rubric


@transaction.atomic
def accept_draft(draft: RubricDraft, *, by: User | None) -> Judge:
    """Make a draft a version of the rubric, and of the judge; TuningRefused where it was decided before."""
    draft = _open(draft)
    made = judge_for(with_prompts(draft.judge, draft.prompts))
    _decide(draft, RubricDraft.State.ACCEPTED, by, made)
    return made


@transaction.atomic
def decline_draft(draft: RubricDraft, *, by: User | None) -> None:
    """Put a draft aside; it stays to be read."""
    _decide(_open(draft), RubricDraft.State.DECLINED, by, None)


def _open(draft: RubricDraft) -> RubricDraft:
    locked: RubricDraft = RubricDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.state != RubricDraft.State.OPEN:
        raise TuningRefused(gettext("This draft was %(state)s already.") % {"state": locked.get_state_display()})
    return locked


def _decide(draft: RubricDraft, state: str, by: User | None, made: Judge | None) -> None:
    draft.state, draft.decided_by, draft.decided_at, draft.accepted = state, by, timezone.now(), made
    draft.save(update_fields=["state", "decided_by", "decided_at", "accepted"])


@transaction.atomic
def save_rubric(dataset: Dataset, judge: Judge, prompts: Prompts, *, by: User | None) -> Judge:
    """A person's edit, saved: the new version of the judge."""
    return accept_draft(draft_rubric(dataset, judge, prompts, by=by), by=by)


def with_threshold(judge: Judge, threshold: float) -> Judge:
    """The version of a judge that decides by this threshold; TuningRefused where it could not decide by it."""
    return _decided_by(judge, {"threshold": threshold})


def with_refit(judge: Judge, coefficients: Coefficients) -> Judge:
    """The version of an attribute judge that scores with these coefficients."""
    if judge.decision.get("rule") != LINEAR:
        raise TuningRefused(
            gettext("The judge %(judge)s does not decide by the rule %(rule)s, so it takes no coefficients.")
            % {"judge": judge, "rule": LINEAR}
        )
    return _decided_by(judge, {"coefficients": coefficients.as_json()})


def refitted(run: Run, campaign: Campaign, criterion: str, *, seed: int = 0) -> Refit:
    """Fitted to the items to tune on alone."""
    with about(run.dataset, campaign, EVERY):
        samples = attribute_samples(run, campaign, criterion)
    old, threshold = decision_of(run)
    return refit(samples, old, threshold, seed=seed)


def decision_of(run: Run) -> tuple[Coefficients, float]:
    """The coefficients and the threshold that the run decided by."""
    decision = spec_of_run(run).decision
    if decision.get("threshold") is None:
        raise TuningRefused(gettext("The judge has no threshold: nothing says which scores are clean."))
    return coefficients_from_json(decision["coefficients"]), float(decision["threshold"])


def _decided_by(judge: Judge, changed: Mapping[str, object]) -> Judge:
    if judge.rubric is None:
        raise TuningRefused(
            gettext("The judge %(judge)s was used elsewhere: it has no rubric to decide by.") % {"judge": judge}
        )
    spec = spec_of(judge)
    fresh = replace(spec, decision={**spec.decision, **changed})
    if problems := check_judge(fresh):
        raise TuningRefused(" ".join(problems))
    return judge_for(fresh)
