"""How far a campaign is: its people with their pace, what is held, what was skipped and why, and what will go wrong."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotation.core.lead_reasons import BY_LEADS
from annotation.core.pace import Pace, pace_of
from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, GoldLabel, ItemCount, Label
from annotation.reports.flagged import flags_given
from annotation.reports.which import Which

LATEST = 200
MOST_HELD = 50
MOST_REASONS = 20
IDLE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonProgress:
    """One annotator of a campaign."""

    pk: int
    name: str
    active: bool = True
    states: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    held: int = 0
    pace: Pace = field(default_factory=Pace)
    finish: datetime | None = None
    hours: float | None = None

    @property
    def total(self) -> int:
        """Places in this queue."""
        return sum(self.states.values())

    @property
    def done(self) -> int:
        """Items with a label."""
        return self.states.get(Assignment.State.SUBMITTED, 0)

    @property
    def skipped(self) -> int:
        """Items put aside."""
        return self.states.get(Assignment.State.SKIPPED, 0)

    @property
    def left(self) -> int:
        """Items that still want a decision."""
        return self.states.get(Assignment.State.PENDING, 0) + self.states.get(Assignment.State.DRAFT, 0)

    @property
    def percent(self) -> int:
        """How much of the queue is done or put aside."""
        return 100 * (self.done + self.skipped) // self.total if self.total else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignProgress:
    """A campaign as its lead sees it."""

    people: tuple[PersonProgress, ...]
    items: int
    wanted: int
    taken: int
    labels: int
    gold: int
    in_doubt: int
    flagged: Mapping[str, int]
    held: tuple[Assignment, ...]
    skip_reasons: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]
    finish: datetime | None

    @property
    def total(self) -> int:
        """Places there are, given out or not."""
        return max(self.wanted, sum(person.total for person in self.people))

    @property
    def done(self) -> int:
        """Places with a label."""
        return sum(person.done for person in self.people)

    @property
    def free(self) -> int:
        """Places that nobody has yet."""
        return max(0, self.wanted - self.taken)

    @property
    def percent(self) -> int:
        """How much is done."""
        return 100 * self.done // self.total if self.total else 0


def campaign_progress(campaign: Campaign, now: datetime) -> CampaignProgress:
    """Everything that the page of a campaign shows in numbers."""
    sums = campaign.campaign_items.aggregate(items=Count("pk"), wanted=Sum("wanted"), taken=Sum("taken"))
    free = max(0, (sums["wanted"] or 0) - (sums["taken"] or 0))
    held = held_places(campaign, now)
    people = people_of(campaign, held, now)
    gold = GoldLabel.objects.filter(campaign=campaign, ended_at__isnull=True)
    return CampaignProgress(
        people=people,
        items=sums["items"],
        wanted=sums["wanted"] or 0,
        taken=sums["taken"] or 0,
        labels=Label.objects.current().filter(campaign=campaign).count(),
        gold=gold.order_by().values("item").distinct().count(),
        in_doubt=ItemCount.objects.filter(campaign=campaign, newest=True, entropy__gt=0)
        .values("item")
        .distinct()
        .count(),
        flagged={flag: n for flag, n in flags_given(campaign, Which()).items() if n},
        held=tuple(held[:MOST_HELD]),
        skip_reasons=skip_reasons(campaign, people),
        warnings=tuple(warnings(campaign, people, free, now)),
        finish=finish(people, free, now),
    )


def places_wanted(campaigns: Iterable[Campaign]) -> dict[int, int]:
    """Of the campaigns that people draw from: how many places each has, drawn or not."""
    pulled = [campaign.pk for campaign in campaigns if campaign.is_pulled]
    rows = CampaignItem.objects.filter(campaign__in=pulled).order_by().values_list("campaign")
    return dict(rows.annotate(places=Sum("wanted")))


def people_of(campaign: Campaign, held: Sequence[Assignment], now: datetime) -> tuple[PersonProgress, ...]:
    """Everybody with a queue, by name."""
    states: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Assignment.objects.filter(campaign=campaign).order_by().values_list("annotator", "state")
    for annotator, state, count in rows.annotate(n=Count("pk")):
        states[annotator][state] = count
    skippers = [pk for pk, counts in states.items() if counts.get(Assignment.State.SKIPPED)]
    closed = Assignment.objects.filter(campaign=campaign, annotator__in=skippers).put_aside() if skippers else {}
    for (_campaign, annotator), count in closed.items():
        states[annotator][Assignment.State.SKIPPED] -= count
    invited = CampaignRules.from_json(campaign.rules).annotators
    known = Annotator.objects.filter(pk__in=states) | Annotator.objects.filter(user__username__in=invited)
    return tuple(
        person_of(campaign, one, states.get(one.pk, {}), held, now)
        for one in known.distinct().select_related("user").order_by("name")
    )


def person_of(
    campaign: Campaign, one: Annotator, states: dict[str, int], held: Sequence[Assignment], now: datetime
) -> PersonProgress:
    """One annotator with what their labels tell."""
    criterion = first_criterion(campaign)
    labels = Label.objects.own(campaign.pk, one.pk, criterion)
    pace = pace_from(labels, now)
    left = sum(count for state, count in states.items() if state in {"pending", "draft"})
    return PersonProgress(
        pk=one.pk,
        name=one.name,
        active=one.user is None or one.user.is_active,
        states=states,
        said=labels.verdict_counts(),
        held=sum(place.annotator_id == one.pk for place in held),
        pace=pace,
        finish=pace.finish(left, now),
        hours=pace.hours(left),
    )


def pace_from(labels: Any, now: datetime) -> Pace:
    """The pace of a person's newest labels."""
    rows = list(labels.order_by("-at").values_list("at", "seconds")[:LATEST])
    return pace_of([at for at, _spent in rows], [spent for _at, spent in rows if spent is not None], now)


def first_criterion(campaign: Campaign) -> str:
    """The criterion that every label of the campaign has: one press gives one label on it."""
    known = campaign.count_scales.order_by("pk").values_list("criterion", flat=True).first()
    return known or ""


def held_places(campaign: Campaign, now: datetime) -> list[Assignment]:
    """Places reserved at this moment, the one that ends first in front."""
    rows = Assignment.objects.open().filter(campaign=campaign, held_until__gt=now)
    return list(rows.select_related("annotator", "campaign_item__item").order_by("held_until")[: MOST_HELD * 4])


def skip_reasons(campaign: Campaign, people: Sequence[PersonProgress]) -> tuple[tuple[str, int], ...]:
    """Why items were put aside, the most frequent reason first."""
    # Each person's own are one part of an index; those of the whole campaign are not.
    whose = [person.pk for person in people if person.skipped]
    skipped = Assignment.objects.filter(campaign=campaign, annotator__in=whose, state=Assignment.State.SKIPPED)
    skipped = skipped.exclude(skip_reason__in=BY_LEADS)
    rows = skipped.order_by().values_list("skip_reason").annotate(n=Count("pk")).order_by("-n", "skip_reason")
    return tuple((reason, count) for reason, count in rows[:MOST_REASONS])


def finish(people: Sequence[PersonProgress], free: int, now: datetime) -> datetime | None:
    """When everything is done: the last of the queues, and what nobody has yet at the pace of all together."""
    ends = [person.finish for person in people if person.left]
    if any(end is None for end in ends):
        return None
    together = Pace(per_day=sum(person.pace.per_day or 0 for person in people)).finish(free, now) if free else None
    if free and together is None:
        return None
    known = [end for end in (*ends, together) if end is not None]
    return max(known, default=None)


def warnings(campaign: Campaign, people: Sequence[PersonProgress], free: int, now: datetime) -> list[str]:
    """What stands in the way of the campaign's end."""
    if campaign.state != Campaign.State.OPEN or campaign.kind != Campaign.Kind.REVIEW:
        return []
    found = [*too_few(campaign, people, free), *gone(people)]
    open_places = free + sum(person.left for person in people)
    last = last_seen(campaign, people, now) if open_places else now
    if now - last > IDLE:
        days = (now - last).days
        text = ngettext(
            "Nobody has opened an item for a day, and %(open)d places are open.",
            "Nobody has opened an item for %(days)d days, and %(open)d places are open.",
            days,
        )
        found.append(text % {"days": days, "open": open_places})
    return found


def last_seen(campaign: Campaign, people: Sequence[PersonProgress], now: datetime) -> datetime:
    """When somebody worked last; who opened what is looked up only where nobody has labelled lately."""
    labelled = max((person.pace.last for person in people if person.pace.last), default=campaign.at)
    opened = Assignment.objects.filter(campaign=campaign, opened_at__gt=labelled)
    latest = opened.aggregate(last=Max("opened_at"))["last"] if now - labelled > IDLE else None
    return latest or labelled


def too_few(campaign: Campaign, people: Sequence[PersonProgress], free: int) -> list[str]:
    """Labels that nobody is there to give: each of an item's labels is another person's."""
    able = sum(person.active for person in people)
    rules = CampaignRules.from_json(campaign.rules)
    most = rules.extra_most if rules.extra_below else 0
    if campaign.labels_per_item > able and free:
        return [
            _("Every item wants %(wanted)d labels, and there are %(people)d people: add people, or ask for fewer.")
            % {"wanted": campaign.labels_per_item, "people": able}
        ]
    if most and campaign.labels_per_item + most > able:
        return [
            _(
                "Where people disagree up to %(most)d more are asked, which takes %(wanted)d people, and there are "
                "%(people)d: add people, or allow fewer more."
            )
            % {"most": most, "wanted": campaign.labels_per_item + most, "people": able}
        ]
    return []


def gone(people: Sequence[PersonProgress]) -> list[str]:
    """People whose account is closed and whose queue is not empty."""
    return [
        _("%(name)s can no longer log in, and has %(left)d open items: hand them over to somebody else.")
        % {"name": person.name, "left": person.left}
        for person in people
        if not person.active and person.left
    ]
