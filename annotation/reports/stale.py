"""Labels that were given by an older guideline, rubric or judge than the campaign has now."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from annotation.models import Assignment, Campaign, Guideline, Label
from annotation.querysets import LabelQuerySet
from judging.models import Run

GUIDELINE = "guideline"
RUBRIC = "rubric"
JUDGE = "judge"
REASONS = (GUIDELINE, RUBRIC, JUDGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleCounts:
    """How many decisions are older, by what changed since; one may be in several."""

    guideline: int
    rubric: int
    judge: int
    total: int


def stale_counts(campaign: Campaign) -> StaleCounts:
    """Count them, without those that are with their annotators again already."""
    counts = {reason: stale_labels(campaign, [reason]).count() for reason in REASONS}
    return StaleCounts(**counts, total=stale_labels(campaign, REASONS).count())


def stale_labels(campaign: Campaign, reasons: Any) -> LabelQuerySet:
    """Standing labels, one per decision, older in one of these ways."""
    condition = Q(pk__in=[])
    for reason in reasons:
        condition |= CONDITIONS[reason](campaign)
    decided = Assignment.objects.filter(
        campaign_item__item=OuterRef("item"),
        campaign_item__campaign=campaign,
        annotator=OuterRef("annotator"),
        state=Assignment.State.SUBMITTED,
    )
    labels: LabelQuerySet = Label.objects.current().filter(condition, campaign=campaign).filter(Exists(decided))
    # Of several criteria the first label of a press stands for all.
    first = campaign.count_scales.order_by("pk").values_list("criterion", flat=True).first() or ""
    return labels.filter(criterion=first).order_by("annotator__name", "pk")


def by_guideline(campaign: Campaign) -> Q:
    """Given before the newest version."""
    newest = Guideline.objects.filter(campaign=campaign).order_by("-version").first()
    if newest is None:
        return Q(pk__in=[])
    return Q(guideline=None) | ~Q(guideline=newest.pk)


def by_rubric(campaign: Campaign) -> Q:
    """Given by another rubric than the campaign has now; labels that name none are not told apart."""
    return Q(rubric__isnull=False) & ~Q(rubric=campaign.rubric_id) if campaign.rubric_id else Q(rubric__isnull=False)


def by_judge(campaign: Campaign) -> Q:
    """Given beside a run of another judge, or of another version of it."""
    if campaign.run_id is None:
        return Q(run__isnull=False)
    judge = Run.objects.filter(pk=campaign.run_id).values_list("judge", flat=True).first()
    return Q(run__isnull=False) & ~Q(run__judge=judge)


CONDITIONS = {GUIDELINE: by_guideline, RUBRIC: by_rubric, JUDGE: by_judge}
