"""The decisions of a log as labels of one person's queue, in which every item of the campaign stands in its order."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import uuid4

from django.db.models import F
from django.utils import timezone

from annotation.actions.campaigns import BATCH
from annotation.actions.counts import recount
from annotation.actions.draws import lock_queues
from annotation.actions.label_imports.logs import Word, supersede
from annotation.core.log_folder import place_to_start
from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of the decisions of a log. `kept`: decided here after the log was saved; `without`: no such item."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    corrections: int = 0
    without: int = 0

    def as_json(self) -> dict[str, int]:
        """The form that commands print."""
        return asdict(self)


def join_log(campaign: Campaign, person: Annotator) -> None:
    """Every item of the campaign stands in this person's queue; each wants one label more where it did not yet."""
    lock_queues([person])
    row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    names = CampaignRules.from_json(row.rules).annotators
    known = Assignment.objects.filter(campaign=row, annotator=person).values("campaign_item")
    missing = CampaignItem.objects.filter(campaign=row).exclude(pk__in=known).order_by("rank")
    ranks = list(missing.values_list("pk", flat=True))
    last = Assignment.objects.queue(row.pk, person.pk).last_rank()
    Assignment.objects.bulk_create(
        (
            Assignment(campaign=row, campaign_item_id=pk, annotator=person, queue_rank=last + number)
            for number, pk in enumerate(ranks, start=1)
        ),
        batch_size=BATCH,
    )
    for at in range(0, len(ranks), BATCH):
        chosen = CampaignItem.objects.filter(pk__in=ranks[at : at + BATCH])
        chosen.update(wanted=F("wanted") + 1, taken=F("taken") + 1)
    if person.user is not None and person.user.username not in names:
        row.rules = row.rules | {"annotators": sorted({*names, person.user.username})}
        row.labels_per_item = len(row.rules["annotators"])
        row.save(update_fields=["rules", "labels_per_item"])
    campaign.refresh_from_db()


def store_words(
    campaign: Campaign, person: Annotator, words: Sequence[Word], *, saved: datetime | None, unmatched: int = 0
) -> Stored:
    """Store what is newer than the person's labels here. `saved`: when it was; `unmatched`: words without an item."""
    at = min(saved, timezone.now()) if saved else timezone.now()
    places = {row.campaign_item.item_id: row for row in queue_of(campaign, person)}
    current = {label.item_id: label for label in campaign.labels.current().filter(annotator=person, criterion="")}
    later = decided_later(campaign, person, at)
    here = [word for word in words if word.item.pk in places]
    unchanged = [word for word in here if word.item.pk in current and word.says(current[word.item.pk])]
    same = {word.item.pk for word in unchanged}
    fresh = [word for word in here if word.item.pk not in later and word.item.pk not in same]
    changed = [current[word.item.pk] for word in fresh if word.item.pk in current]
    supersede(changed)
    rows = [places[word.item.pk] for word in fresh]
    Label.objects.bulk_create(
        [label_of(row, word, at) for row, word in zip(rows, fresh, strict=True)], batch_size=BATCH
    )
    settle_places(rows, at)
    recount(campaign, [word.item.pk for word in fresh])
    return Stored(
        new=len(fresh) - len(changed),
        changed=len(changed),
        unchanged=len(unchanged),
        kept=len(here) - len(unchanged) - len(fresh),
        corrections=sum(word.correction is not None for word in fresh),
        without=len(words) - len(here) + unmatched,
    )


def already_stored(campaign: Campaign, person: Annotator, words: Sequence[Word]) -> Stored:
    """A log that was taken before changes nothing: how many of its decisions still stand here."""
    current = {label.item_id: label for label in campaign.labels.current().filter(annotator=person, criterion="")}
    standing = sum(word.item.pk in current and word.says(current[word.item.pk]) for word in words)
    return Stored(unchanged=standing, kept=len(words) - standing)


def queue_of(campaign: Campaign, person: Annotator) -> list[Assignment]:
    """The whole queue, locked."""
    rows = Assignment.objects.queue(campaign.pk, person.pk).select_related("campaign_item")
    return list(rows.select_for_update(of=("self",)))


def decided_later(campaign: Campaign, person: Annotator, at: datetime) -> set[int]:
    """Items on which the person said something here, or took something back, after that moment."""
    own = Label.objects.filter(campaign=campaign, annotator=person, criterion="")
    said = own.filter(at__gt=at).values_list("item", flat=True)
    taken_back = [Label.EndedBy.UNDONE, Label.EndedBy.REJECTED]
    ended = own.filter(ended_at__gt=at, ended_by__in=taken_back).values_list("item", flat=True)
    return {*said, *ended}


def label_of(row: Assignment, word: Word, at: datetime) -> Label:
    """mdk shows the judge's verdict before anybody decides, so that it counts as seen."""
    return Label(
        campaign_id=row.campaign_id,
        item_id=word.item.pk,
        annotator_id=row.annotator_id,
        item_revision=word.item.revision,
        value=word.person.verdict.value,
        verdict=word.person.verdict.value,
        error_count=word.person.error_count,
        score=word.person.score,
        comment=word.person.comment,
        correction=word.correction,
        judge_visible=True,
        client_key=uuid4().hex,
        at=at,
    )


def settle_places(rows: Sequence[Assignment], at: datetime) -> None:
    """Their places are submitted; a page that shows one of them is older than this."""
    for row in rows:
        row.state, row.draft, row.lap = Assignment.State.SUBMITTED, {}, 0
        row.draft_rev, row.revealed_at = row.draft_rev + 1, row.revealed_at or at
    Assignment.objects.bulk_update(rows, ["state", "draft", "lap", "draft_rev", "revealed_at"], batch_size=500)


def start_behind(campaign: Campaign, person: Annotator) -> int:
    """Behind the last decided item; what was left out before it comes again when the rest is done."""
    queue = Assignment.objects.queue(campaign.pk, person.pk)
    states = list(queue.values_list("state", flat=True))
    start = place_to_start([state == Assignment.State.SUBMITTED for state in states])
    if any(state == Assignment.State.PENDING for state in states[start - 1 :]):
        left_out = queue.filter(queue_rank__lt=start, state=Assignment.State.PENDING, lap=0)
        left_out.update(lap=1)
    return start
