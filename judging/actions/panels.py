"""Panels: several judges whose words on the same item become one judgment, with each word kept.

The members judge first, each in a run of its own over the same dataset. A panel asks no engine: its run reads the
newest finished run of each member, batch by batch like any other work. A panel with a rubric decides on the values that
its members gave to that rubric's criteria; one without decides on their verdicts, whatever they were asked.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from judging.actions.batches import BatchOutcome, claim_batch, write_batch
from judging.actions.judgments import judgment_row
from judging.core.decisions import Decision, check_decision, decide
from judging.core.judged import with_whole
from judging.core.scales import Criterion
from judging.core.specs import JudgeSpec, judge_from_json
from judging.core.verdicts import Reading, Reason, Scored, Unscored, Verdict
from judging.models import Dataset, Item, Judge, Judgment, Run
from judging.reports import judgments_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A judge of a panel, and the run whose words count."""

    judge: str
    run: int

    def as_json(self) -> dict[str, Any]:
        """The form that is stored in the snapshot of the panel's run."""
        return {"judge": self.judge, "run": self.run}


def panel_problems(panel: Judge, dataset: Dataset, *, limit: int | None) -> list[str]:
    """Why a panel cannot judge these items, as sentences that say what to do."""
    members = list(panel.members.select_related("rubric").order_by("name", "version"))
    if len(members) < 2 or panel in members:
        return [f"The panel {panel.name} needs at least two members other than itself."]
    problems = check_decision(panel.decision)
    problems += [problem for member in members for problem in rubric_problems(panel, member)]
    lacking = [member for member in members if member_run(member, dataset, limit=limit) is None]
    if lacking:
        commands = " ; ".join(command_for(member, dataset) for member in lacking)
        names = ", ".join(str(member) for member in lacking)
        problems.append(
            f"The panel {panel.name} needs a finished run of each member over these items; {names} has none. "
            f"First: {commands}"
        )
    return problems


def rubric_problems(panel: Judge, member: Judge) -> list[str]:
    """What a member cannot say of the criteria that the panel decides on."""
    if panel.rubric is None:
        return []
    said = {each.name: each.scale for each in member.rubric.parsed_criteria()} if member.rubric else {}
    return [
        f"The panel {panel.name} decides on the criterion {each.name or panel.rubric.name!r}, and its member {member} "
        "does not grade it on the same scale. Give the panel no rubric: then it decides on verdicts."
        for each in panel.rubric.parsed_criteria()
        if said.get(each.name) != each.scale
    ]


def command_for(member: Judge, dataset: Dataset) -> str:
    """What to type so that a member has a run."""
    if member.kind == Judge.Kind.IMPORTED or (member.rubric is None and member.kind != Judge.Kind.PANEL):
        return f"manage.py import_dataset (the judgments of {member.name} come with a file)"
    return f"manage.py run_judge {dataset.name} --judge {member.name}:{member.version}"


def member_run(member: Judge, dataset: Dataset, *, limit: int | None) -> Run | None:
    """The newest finished run of a judge that covers the first `limit` items of a dataset (None: all of them)."""
    finished = Run.objects.filter(dataset=dataset, judge=member, state=Run.State.FINISHED).order_by(
        "-finished_at", "-pk"
    )
    run: Run
    for run in finished:
        if run.scope.get("split"):
            continue
        judged = run.scope.get("limit")
        if judged is None or (limit is not None and judged >= limit):
            return run
    return None


def members_of(panel: Judge, dataset: Dataset, *, limit: int | None) -> list[dict[str, Any]]:
    """The members with their runs, as a snapshot keeps them."""
    runs = {member: member_run(member, dataset, limit=limit) for member in panel.members.order_by("name", "version")}
    return [Member(judge=str(member), run=run.pk).as_json() for member, run in runs.items() if run]


def judge_by_panel(run: Run, *, claimer: str, until: float, written: Callable[[int], None]) -> None:
    """Claim and judge batches of a panel's run until none is left or the time is over."""
    spec = judge_from_json(run.snapshot["judge"])
    while time.monotonic() < until:
        batch = claim_batch(run, claimer=claimer, now=timezone.now())
        if batch is None:
            return
        found = Item.objects.filter(dataset=run.dataset_id).between(batch.first_position, batch.last_position)
        items = {item.pk: item for item in found.in_split(run.scope.get("split", ""))}
        if write_batch(batch, BatchOutcome([], list(panel_judgments(run, spec, items)), {})):
            written(len(items))


Words = Mapping[tuple[int, int, str], Judgment]
"""Judgments by run, item and criterion."""


def panel_judgments(run: Run, spec: JudgeSpec, items: Mapping[int, Item]) -> Iterator[Judgment]:
    """The judgments of a panel on some items."""
    members = [Member(**data) for data in run.snapshot["members"]]
    by_verdict = run.snapshot["by_verdict"]
    words = words_on(members, items, by_verdict=by_verdict)
    for item in items.values():
        made, revisions = {}, {item.revision}
        for criterion in spec.rubric.criteria:
            said = [words.get((member.run, item.pk, criterion.name)) for member in members]
            revisions |= {word.item_revision for word in said if word}
            made[criterion.name] = panel_decision(members, said, criterion, spec, by_verdict=by_verdict)
        for name, decision in with_whole(spec.rubric, made).items():
            row = judgment_row(run, item, name, decision)
            # What a member judged before the text changed was not said of the text of today.
            row.item_revision = min(revisions)
            yield row


def words_on(members: Sequence[Member], items: Mapping[int, Item], *, by_verdict: bool) -> Words:
    """What the members said of some items; of verdicts that of the item as a whole, whatever its name was."""
    found: dict[tuple[int, int, str], Judgment] = {}
    for member in Run.objects.filter(pk__in={member.run for member in members}):
        judgments = judgments_of(member) if by_verdict else Judgment.objects.filter(run=member)
        for word in judgments.filter(item__in=list(items)):
            found[member.pk, word.item_id, "" if by_verdict else word.criterion] = word
    return found


def panel_decision(
    members: Sequence[Member],
    said: Sequence[Judgment | None],
    criterion: Criterion,
    spec: JudgeSpec,
    *,
    by_verdict: bool,
) -> Decision:
    """What the panel makes of its members' words on one criterion; `detail` keeps each word under its judge."""
    readings = [word_reading(word, by_verdict=by_verdict) for word in said]
    decision = decide(readings, criterion, spec.decision)
    kept = [member.as_json() | word_shown(word) for member, word in zip(members, said, strict=True)]
    return replace(decision, detail=decision.detail | {"members": kept})


def word_reading(word: Judgment | None, *, by_verdict: bool) -> Reading:
    """A member's judgment as the panel reads it."""
    if word is None:
        return Unscored(Reason.NOT_RECORDED, "The member has no judgment of this item.")
    if by_verdict and word.verdict in {Verdict.CLEAN, Verdict.WRONG}:
        return Scored(word.verdict)
    if not by_verdict and word.status == "scored":
        return Scored(word.value, word.score)
    return Unscored(Reason(word.reason) if word.reason else Reason.NO_VERDICT)


def word_shown(word: Judgment | None) -> dict[str, Any]:
    """A member's word as the panel's judgment keeps it."""
    if word is None:
        return {"reason": str(Reason.NOT_RECORDED)}
    said = {"value": word.value, "score": word.score, "verdict": word.verdict, "reason": word.reason}
    return {name: value for name, value in said.items() if value not in ("", None)}


def panel_snapshot(panel: Judge, dataset: Dataset, *, limit: int | None) -> dict[str, Any]:
    """What a panel's run adds to its snapshot: whose words count, and whether these are verdicts."""
    return {"members": members_of(panel, dataset, limit=limit), "by_verdict": panel.rubric is None}
