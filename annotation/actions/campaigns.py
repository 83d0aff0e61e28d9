"""Making a campaign and giving its items to people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from annotation.actions.draws import is_swapped, lock_queues
from annotation.actions.people import CampaignRefused, person_of, users_named
from annotation.core.assignment import Order, check_places, share_out_each
from annotation.core.design import BY_DOUBT, Chosen, Design, Facts, Stratum, overlap, plan
from annotation.core.rules import CampaignRules
from annotation.core.words import Terms
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, Guideline
from annotation.reports.doubts import doubt_of, strata_of
from judging.models import Dataset, Item, Run

BATCH = 1000
STRATUM_LENGTH = 100
DRAWN = (CampaignItem.How.RANDOM, CampaignItem.How.STRATIFIED)


def assign_items(
    dataset: Dataset,
    *,
    name: str,
    annotators: Sequence[str] = (),
    run: Run | None = None,
    labels_per_item: int = 2,
    order: str = Order.SEQUENTIAL,
    seed: int = 0,
    terms: Terms | None = None,
    design: Design | None = None,
) -> Campaign:
    """Give the items of a dataset to annotators (user names, or a group in `design`); the campaign they are in.

    Without a design everybody's items are dealt and every item is taken. Asked again with the same settings, it adds
    what the dataset has gained since, or what an interrupted call left; with other settings it refuses.
    CampaignRefused says why nothing was done.
    """
    asked = design or Design()
    refuse_dataset(dataset, run)
    refuse_design(dataset, asked, Order(order), run)
    names = names_of(annotators, asked.group)
    if problem := check_places(names, labels_per_item):
        raise CampaignRefused(problem)
    people = [person_of(user) for user in users_named(names)]
    settings = settings_of(asked, names) | {
        "run": run,
        "labels_per_item": labels_per_item,
        "order": Order(order).value,
        "seed": seed,
    }
    with transaction.atomic():
        campaign = campaign_with(dataset, name, settings, terms)
        for person in people:
            person.save()
    fill(campaign, people)
    return campaign


def names_of(annotators: Sequence[str], group: str) -> list[str]:
    """User names of the people: those named, or the active members of the group."""
    if not group:
        return list(annotators)
    if annotators:
        raise CampaignRefused(gettext("Name annotators or a group, not both."))
    users = User.objects.filter(groups__name=group, is_active=True).order_by("username")
    if not users:
        raise CampaignRefused(
            gettext("Group %(group)s has no active members; add some in the admin, or correct its name.")
            % {"group": group}
        )
    return [user.username for user in users]


def settings_of(design: Design, names: Sequence[str]) -> dict[str, Any]:
    """The columns of a campaign that a design decides."""
    rules = replace(
        design.rules,
        annotators=() if design.group else tuple(sorted(names)),
        sample=design.sample,
        limit=design.limit,
        stratify_by=design.stratify_by,
        judge_run2=design.judge_run2,
    )
    return {
        "rules": rules.as_json(),
        "distribution": design.distribution,
        "group": design.group,
        "share": design.share,
        "hold_seconds": design.hold_seconds,
    }


def refuse_design(dataset: Dataset, design: Design, order: Order, run: Run | None) -> None:
    """A design that contradicts itself, or looks at a judge or at people who have said nothing."""
    if problem := design.problem(order):
        raise CampaignRefused(problem)
    if run is None and (order in BY_DOUBT or design.stratify_by == Stratum.VERDICT):
        raise CampaignRefused(gettext("This order looks at what a judge said: name the run."))
    other = Run.objects.filter(pk=design.judge_run2).first() if design.judge_run2 else None
    if design.judge_run2 and (other is None or other.dataset_id != dataset.pk or other == run):
        raise CampaignRefused(
            gettext("Run %(judge_run2)s is not another run over dataset %(dataset)s.")
            % {"judge_run2": design.judge_run2, "dataset": dataset.name}
        )
    if order in BY_DOUBT and not doubt_of(order, dataset, run, other):
        raise CampaignRefused(
            gettext(
                "The order %(order)s finds nothing to compare: no item of %(dataset)s has both words that it looks at."
            )
            % {"order": order, "dataset": dataset.name}
        )


def refuse_dataset(dataset: Dataset, run: Run | None) -> None:
    """Only a complete dataset is reviewed, beside a judge that looked at that dataset."""
    if dataset.state != Dataset.State.READY:
        raise CampaignRefused(
            gettext("Dataset %(dataset)s is %(state)s; it can be reviewed when its import is done.")
            % {"dataset": dataset.name, "state": dataset.get_state_display()}
        )
    if not dataset.items.exists():
        raise CampaignRefused(
            gettext("Dataset %(dataset)s has no items; import some first.") % {"dataset": dataset.name}
        )
    if run is not None and run.dataset_id != dataset.pk:
        raise CampaignRefused(
            gettext("Run %(run)s judged dataset %(name)s, not %(dataset)s; choose another run.")
            % {"run": run.pk, "name": run.dataset.name, "dataset": dataset.name}
        )


def campaign_with(dataset: Dataset, name: str, settings: Mapping[str, Any], terms: Terms | None) -> Campaign:
    """The campaign of this name, made if new; one with other settings or a closed one is refused."""
    found: Campaign | None = Campaign.objects.select_for_update().filter(dataset=dataset, name=name).first()
    if found is None:
        return new_campaign(dataset, name, settings, terms or Terms())
    if found.kind != Campaign.Kind.REVIEW:
        raise CampaignRefused(gettext("Campaign %(name)s holds imported labels; choose another name.") % {"name": name})
    if found.state != Campaign.State.OPEN:
        raise CampaignRefused(
            gettext("Campaign %(name)s is closed; open it again in the admin or choose another name.") % {"name": name}
        )
    stored = {key: getattr(found, key) for key in settings} | {"rules": without_draws(found.rules)}
    if changed := [key for key, value in settings.items() if stored[key] != value]:
        words = ", ".join(
            rules_changed(stored, settings) if key == "rules" else key.replace("_", " ") for key in changed
        )
        raise CampaignRefused(
            gettext(
                "Campaign %(name)s of dataset %(dataset)s exists with other settings (%(words)s); repeat its "
                "settings to add new items, or choose another name."
            )
            % {"name": name, "dataset": dataset.name, "words": words}
        )
    return found


def without_draws(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The rules a lead asked for, without what later draws noted."""
    return replace(
        CampaignRules.from_json(rules), drawn={}, drawn_by="", drawn_to=(), opened_log=False, log_folder="", logs={}
    ).as_json()


def rules_changed(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    """The rules that differ, in words."""
    one, two = stored["rules"], asked["rules"]
    return ", ".join(key.replace("_", " ") for key in sorted({*one, *two}) if one.get(key) != two.get(key))


def new_campaign(dataset: Dataset, name: str, settings: Mapping[str, Any], terms: Terms) -> Campaign:
    """A campaign and the first version of its guideline."""
    if not name.strip():
        raise CampaignRefused(gettext("A campaign needs a name."))
    campaign = Campaign.objects.create(
        dataset=dataset,
        name=name,
        blind_people=terms.blind_people,
        blind_judge=terms.blind_judge,
        blind_model=terms.blind_model,
        rubric_id=terms.rubric,
        **settings,
    )
    if terms.guideline.strip():
        Guideline.objects.create(campaign=campaign, text=terms.guideline)
    return campaign


def fill(campaign: Campaign, people: Sequence[Annotator]) -> None:
    """Queue the items of the plan that the campaign does not have yet, behind those it has.

    Batches are committed one by one, so that a large campaign never keeps others from writing for long.
    """
    rules = CampaignRules.from_json(campaign.rules)
    there = CampaignItem.objects.filter(campaign=campaign).exclude(how=CampaignItem.How.CHECK)
    if (size := rules.sample or rules.limit) and there.count() >= size:
        return
    known = set(CampaignItem.objects.filter(campaign=campaign).values_list("item", flat=True))
    # The whole plan is made, then the known left out: an interrupted call goes on as it began.
    planned = plan_of(campaign, rules)
    note_draws(campaign, {one.stratum: one.probability or 0 for one in planned if one.how in DRAWN}, rules.stratify_by)
    queue_plan(campaign, [one for one in planned if one.item not in known], people)


@transaction.atomic
def note_draws(campaign: Campaign, chances: Mapping[str, float], by: str) -> None:
    """Keep with which chance the items of each stratum were drawn so far, for a later draw."""
    if chances:
        row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        last = Item.objects.filter(dataset=row.dataset_id).last_position()
        drawn_to = CampaignRules.from_json(row.rules).drawn_to or (last,)
        row.rules = row.rules | {"drawn": dict(chances), "drawn_to": list(drawn_to)} | ({"drawn_by": by} if by else {})
        row.save(update_fields=["rules"])
        campaign.rules = row.rules


def plan_of(campaign: Campaign, rules: CampaignRules) -> list[Chosen]:
    """The items of a campaign, ordered and drawn by its settings."""
    order = Order(campaign.order)
    items = Item.objects.filter(dataset=campaign.dataset_id).order_by("position").values_list("pk", flat=True)
    other = Run.objects.filter(pk=rules.judge_run2).first() if rules.judge_run2 else None
    by = rules.stratify_by
    facts = Facts(
        items=list(items),
        strata=strata_of(campaign.dataset, by, campaign.run) if by else {},
        doubt=doubt_of(order, campaign.dataset, campaign.run, other) if order in BY_DOUBT else {},
    )
    design = Design(sample=rules.sample, limit=rules.limit, stratify_by=by)
    return plan(facts, design, order=order, seed=campaign.seed)


def queue_plan(campaign: Campaign, chosen: Sequence[Chosen], people: Sequence[Annotator]) -> int:
    """Put planned items into the campaign, batch by batch; how many."""
    start = CampaignItem.objects.filter(campaign=campaign).count()
    labels = overlap(len(chosen), campaign.share, campaign.labels_per_item, campaign.seed + start)
    wants = list(zip(chosen, labels, strict=True))
    return sum(queue_items(campaign, wants[at : at + BATCH], people) for at in range(0, len(wants), BATCH))


@transaction.atomic
def queue_items(campaign: Campaign, wants: Sequence[tuple[Chosen, int]], people: Sequence[Annotator]) -> int:
    """Put items into the campaign, each wanting its number of labels, and when they are dealt at the ends of queues.

    Those put there by somebody else meanwhile stay. Returns how many were put.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    there = CampaignItem.objects.filter(campaign=campaign)
    taken = set(there.filter(item__in=[one.item for one, _ in wants]).values_list("item", flat=True))
    rank = there.aggregate(last=Max("rank"))["last"] or 0
    fresh = [(one, labels) for one, labels in wants if one.item not in taken]
    rows = [
        CampaignItem(
            campaign=campaign,
            item_id=one.item,
            rank=rank + n,
            wanted=labels,
            taken=0 if campaign.is_pulled else labels,
            how=one.how,
            stratum=one.stratum[:STRATUM_LENGTH],
            probability=one.probability,
        )
        for n, (one, labels) in enumerate(fresh, start=1)
    ]
    CampaignItem.objects.bulk_create(rows)
    if not campaign.is_pulled:
        deal(campaign, rows, people)
    return len(rows)


def deal(campaign: Campaign, rows: Sequence[CampaignItem], people: Sequence[Annotator]) -> None:
    """Give new items to people, to everybody the same number, each at the end of their queue."""
    lock_queues(people)
    places = {person.name: Assignment.objects.queue(campaign.pk, person.pk).last_rank() for person in people}
    first = rows[0].rank - 1 if rows else 0
    shares = share_out_each([row.wanted for row in rows], list(places), campaign.seed + first, places)
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
    items = Item.objects.only("pk", "kind").in_bulk([row.item_id for row in rows])
    for row, share in zip(rows, shares, strict=True):
        for name in share:
            places[name] += 1
            yield Assignment(
                campaign=campaign,
                campaign_item=row,
                annotator=by_name[name],
                queue_rank=places[name],
                swapped=is_swapped(campaign, items[row.item_id], by_name[name]),
            )


def add_guideline(campaign: Campaign, text: str) -> Guideline:
    """The next version of a campaign's guideline; labels from now on name it."""
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        newest = campaign.guidelines.order_by("-version").first()
        version = newest.version + 1 if newest else 1
        return Guideline.objects.create(campaign=campaign, version=version, text=text, at=timezone.now())
