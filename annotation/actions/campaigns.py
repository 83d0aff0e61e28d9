"""Making a campaign and giving its items to people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotation.core.assignment import Order, check_places, ordered, share_out
from annotation.core.words import Terms
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, Guideline
from judging.models import Dataset, Item, Run
from judging.permissions import role_of

BATCH = 1000


class CampaignRefused(ValueError):
    """Why a campaign cannot be made or filled, as a sentence."""


def assign_items(
    dataset: Dataset,
    *,
    name: str,
    annotators: Sequence[str],
    run: Run | None = None,
    labels_per_item: int = 2,
    order: str = Order.SEQUENTIAL,
    seed: int = 0,
    terms: Terms | None = None,
) -> Campaign:
    """Give every item of a dataset to `labels_per_item` of the annotators (user names); the campaign they are in.

    Asked again with the same settings, it adds what the dataset has gained since, or what an interrupted call left;
    with other settings it refuses. CampaignRefused says why nothing was done.
    """
    refuse_dataset(dataset, run)
    if problem := check_places(annotators, labels_per_item):
        raise CampaignRefused(problem)
    people = [person_of(user) for user in users_named(annotators)]
    settings = {
        "run": run,
        "labels_per_item": labels_per_item,
        "order": Order(order).value,
        "seed": seed,
        "rules": {"annotators": sorted(annotators)},
    }
    with transaction.atomic():
        campaign = campaign_with(dataset, name, settings, terms)
        for person in people:
            person.save()
    fill(campaign, people)
    return campaign


def refuse_dataset(dataset: Dataset, run: Run | None) -> None:
    """Only a complete dataset is reviewed, beside a judge that looked at that dataset."""
    if dataset.state != Dataset.State.READY:
        raise CampaignRefused(f"Dataset {dataset.name} is {dataset.state}; it can be reviewed when its import is done.")
    if not dataset.items.exists():
        raise CampaignRefused(f"Dataset {dataset.name} has no items; import some first.")
    if run is not None and run.dataset_id != dataset.pk:
        raise CampaignRefused(
            f"Run {run.pk} judged dataset {run.dataset.name}, not {dataset.name}; choose another run."
        )


def users_named(names: Sequence[str]) -> list[User]:
    """The accounts of these names, in name order; a name without an account or without a role is refused."""
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    if missing := sorted(set(names) - set(users)):
        raise CampaignRefused(
            f"There is no user {', '.join(missing)}; make the account in the admin (group annotator), "
            "or correct the name."
        )
    if idle := sorted(name for name, user in users.items() if role_of(user) is None):
        raise CampaignRefused(
            f"User {', '.join(idle)} cannot review; activate the account and add it to group annotator."
        )
    return [users[name] for name in sorted(users)]


def person_of(user: User) -> Annotator:
    """The annotator a user labels as, not stored yet where new; labels imported under their name become theirs."""
    known = Annotator.objects.filter(user=user).first()
    if known:
        return known
    namesake = Annotator.objects.filter(name=user.username, source="").first()
    if namesake is None:
        return Annotator(name=user.username, user=user)
    if namesake.user_id is not None or namesake.identity != Annotator.Identity.KNOWN:
        raise CampaignRefused(f"Annotator {namesake.name} belongs to somebody else; rename it in the admin first.")
    namesake.user = user
    return namesake


def campaign_with(dataset: Dataset, name: str, settings: Mapping[str, Any], terms: Terms | None) -> Campaign:
    """The campaign of this name, made if new; one with other settings or a closed one is refused."""
    found: Campaign | None = Campaign.objects.select_for_update().filter(dataset=dataset, name=name).first()
    if found is None:
        return new_campaign(dataset, name, settings, terms or Terms())
    if found.kind != Campaign.Kind.REVIEW:
        raise CampaignRefused(f"Campaign {name} holds imported labels; choose another name.")
    if found.state != Campaign.State.OPEN:
        raise CampaignRefused(f"Campaign {name} is closed; open it again in the admin or choose another name.")
    if changed := [key for key, value in settings.items() if getattr(found, key) != value]:
        words = ", ".join("annotators" if key == "rules" else key.replace("_", " ") for key in changed)
        raise CampaignRefused(
            f"Campaign {name} of dataset {dataset.name} exists with other settings ({words}); "
            "repeat its settings to add new items, or choose another name."
        )
    return found


def new_campaign(dataset: Dataset, name: str, settings: Mapping[str, Any], terms: Terms) -> Campaign:
    """A campaign and the first version of its guideline."""
    if not name.strip():
        raise CampaignRefused("A campaign needs a name.")
    campaign = Campaign.objects.create(
        dataset=dataset,
        name=name,
        blind_people=terms.blind_people,
        blind_judge=terms.blind_judge,
        blind_model=terms.blind_model,
        **settings,
    )
    if terms.guideline.strip():
        Guideline.objects.create(campaign=campaign, text=terms.guideline)
    return campaign


def fill(campaign: Campaign, people: Sequence[Annotator]) -> None:
    """Queue the items of the dataset that the campaign does not have yet, behind those it has.

    Batches are committed one by one, so that a large campaign never keeps others from writing for long.
    """
    everything = Item.objects.filter(dataset=campaign.dataset_id).order_by("position")
    known = set(CampaignItem.objects.filter(campaign=campaign).values_list("item", flat=True))
    # All items are ordered, then the known left out: an interrupted call goes on in the order it began with.
    order = ordered(list(everything.values_list("pk", flat=True)), Order(campaign.order), campaign.seed)
    fresh = [item for item in order if item not in known]
    for start in range(0, len(fresh), BATCH):
        queue_items(campaign, fresh[start : start + BATCH], people)


@transaction.atomic
def queue_items(campaign: Campaign, items: Sequence[int], people: Sequence[Annotator]) -> None:
    """Put items into the campaign and at the ends of queues; those put there by somebody else meanwhile stay."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    there = CampaignItem.objects.filter(campaign=campaign)
    taken = set(there.filter(item__in=items).values_list("item", flat=True))
    rank = there.aggregate(last=Max("rank"))["last"] or 0
    fresh = [item for item in items if item not in taken]
    places = {person.name: Assignment.objects.queue(campaign.pk, person.pk).last_rank() for person in people}
    names = [person.name for person in people]
    shares = share_out(len(fresh), names, campaign.labels_per_item, campaign.seed + rank, places)
    rows = [
        CampaignItem(campaign=campaign, item_id=item, rank=rank + n, wanted=len(share), taken=len(share))
        for n, (item, share) in enumerate(zip(fresh, shares, strict=True), start=1)
    ]
    CampaignItem.objects.bulk_create(rows)
    Assignment.objects.bulk_create(queued(campaign, rows, shares, people, places))


def queued(
    campaign: Campaign,
    rows: Sequence[CampaignItem],
    shares: Sequence[tuple[str, ...]],
    people: Sequence[Annotator],
    places: dict[str, int],
) -> Iterator[Assignment]:
    """The assignments, each at the next free place of its annotator's queue."""
    by_name = {person.name: person for person in people}
    for row, share in zip(rows, shares, strict=True):
        for name in share:
            places[name] += 1
            yield Assignment(campaign=campaign, campaign_item=row, annotator=by_name[name], queue_rank=places[name])


def add_guideline(campaign: Campaign, text: str) -> Guideline:
    """The next version of a campaign's guideline; labels from now on name it."""
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        newest = campaign.guidelines.order_by("-version").first()
        version = newest.version + 1 if newest else 1
        return Guideline.objects.create(campaign=campaign, version=version, text=text, at=timezone.now())
