"""Labels that were given by an older guideline, rubric or judge than the campaign has now."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from annotation.models import Assignment, Campaign, Label
from annotation.querysets import LabelQuerySet
from judging.models import Run

GUIDELINE = "guideline"
RUBRIC = "rubric"
JUDGE = "judge"
REASONS = (GUIDELINE, RUBRIC, JUDGE)


class Stamp(NamedTuple):
    """What a label names."""

    guideline: int | None
    rubric: int | None
    run: int | None

    def condition(self) -> Q:
        """Labels that name just these."""
        known = {name: pk for name, pk in self._asdict().items() if pk is not None}
        return Q(**known, **{f"{name}__isnull": True for name in self._asdict() if name not in known})


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleCounts:
    """How many decisions are older, by what changed since; one may be in several."""

    guideline: int
    rubric: int
    judge: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """The older labels of a campaign: how many of whom name what, and what of that is older.

    Those that are with their annotators again already are not among them.
    """

    campaign: Campaign
    groups: Mapping[tuple[int, Stamp], int]
    older: Mapping[Stamp, frozenset[str]]

    def count(self, reasons: Collection[str] = REASONS, annotator: int | None = None) -> int:
        """Labels that are older in one of these ways, of everybody or of one person."""
        return sum(
            n
            for (person, stamp), n in self.groups.items()
            if self.older[stamp] & set(reasons) and annotator in (None, person)
        )

    def counts(self) -> StaleCounts:
        """For every reason."""
        return StaleCounts(**{reason: self.count([reason]) for reason in REASONS}, total=self.count())

    def people(self) -> list[int]:
        """Who gave them."""
        return sorted({person for (person, stamp), n in self.groups.items() if n > 0 and self.older[stamp]})

    def labels(self, reasons: Collection[str] = REASONS) -> LabelQuerySet:
        """One per decision, each person's in the order that they were given in."""
        stale = [stamp.condition() for stamp, given in self.older.items() if given & set(reasons)]
        decided = Assignment.objects.filter(
            campaign_item__item=OuterRef("item"),
            campaign_item__campaign=self.campaign,
            annotator=OuterRef("annotator"),
            state=Assignment.State.SUBMITTED,
        )
        labels = words(self.campaign).filter(reduce(or_, stale, Q(pk__in=[])), Exists(decided))
        # In the order of an index: the first page is found without sorting all of them.
        return labels.order_by("annotator_id", "at", "pk")


def stale_of(campaign: Campaign) -> Stale:
    """Look for them."""
    groups = standing(campaign)
    stamps = {stamp for _person, stamp in groups}
    return Stale(campaign=campaign, groups=groups, older=dict(older(campaign, stamps)))


def words(campaign: Campaign) -> LabelQuerySet:
    """Standing labels, one per decision: of several criteria the first label of a press stands for all."""
    first = campaign.count_scales.order_by("pk").values_list("criterion", flat=True).first() or ""
    labels: LabelQuerySet = Label.objects.current().filter(campaign=campaign, criterion=first)
    return labels


def standing(campaign: Campaign) -> Counter[tuple[int, Stamp]]:
    """Whose decided items have labels that name what."""
    labels, names = words(campaign), Stamp._fields
    given = labels.order_by().values_list("annotator", *names).annotate(n=Count("pk"))
    counted = Counter({(person, Stamp(*stamp)): n for person, *stamp, n in given})
    # What was put back still has its label: looked for among the few places that were begun and are not decided.
    own = labels.filter(item=OuterRef("campaign_item__item"), annotator=OuterRef("annotator")).order_by()
    begun = Assignment.objects.filter(
        Exists(own),
        campaign=campaign,
        annotator__in={person for person, _stamp in counted},
        state__in=[Assignment.State.DRAFT, Assignment.State.SKIPPED],
    )
    named = begun.order_by().values_list("annotator", *(Subquery(own.values(name)[:1]) for name in names))
    counted.subtract((person, Stamp(*stamp)) for person, *stamp in named)
    return counted


def older(campaign: Campaign, stamps: Iterable[Stamp]) -> Iterator[tuple[Stamp, frozenset[str]]]:
    """What of each is older than the campaign's own. A rubric or a run that a label does not name is not told apart."""
    newest = campaign.guidelines.order_by("-version").values_list("pk", flat=True).first()
    named = [campaign.run_id, *(stamp.run for stamp in stamps)]
    runs = Run.objects.filter(pk__in=[run for run in named if run is not None])
    judges = dict(runs.values_list("pk", "judge"))
    for stamp in stamps:
        found = {
            GUIDELINE: newest is not None and stamp.guideline != newest,
            RUBRIC: stamp.rubric is not None and stamp.rubric != campaign.rubric_id,
            JUDGE: stamp.run is not None and judges[stamp.run] != judges.get(campaign.run_id),
        }
        yield stamp, frozenset(reason for reason, is_older in found.items() if is_older)
