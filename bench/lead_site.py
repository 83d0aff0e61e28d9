"""A site with two campaigns that are well under way, to measure its leads' pages: one dealt, one pulled.

`fill(items)` writes straight into the tables what days of work would leave; the counts are made by their one writer.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.db.models.functions import Mod
from django.utils import timezone

from annotation.actions.campaigns import assign_items
from annotation.actions.counts import rebuild_counts
from annotation.core.design import Design
from annotation.core.words import Terms
from annotation.models import Annotator, Assignment, Campaign, CampaignItem, GoldLabel, Guideline, Label
from bench.items import make_dataset
from judging.models import Dataset, Item, Judge, Judgment, Run

PEOPLE, WANTED, CHUNK = 8, 2, 5_000
DONE, SKIPPED, DRAFTS = 0.60, 0.02, 0.001
"""Shares of everybody's queue."""
LEAD = "lead"


def fill(items: int) -> None:
    """Everything; the campaigns are named after how they give their items out."""
    call_command("migrate", verbosity=0)
    names = make_people()
    dataset = make_dataset(items)
    Item.objects.filter(dataset=dataset).annotate(kind_of=Mod(F("position"), 5)).filter(kind_of=0).update(category="c0")
    run = make_run(dataset)
    for given in ("dealt", "pulled"):
        options: dict[str, Any] = {"labels_per_item": WANTED, "design": Design(distribution=given), "run": run}
        terms = Terms(guideline="# Look\n\nRead the whole answer.")
        campaign = assign_items(dataset, name=given, annotators=names, terms=terms, **options)
        if given == "pulled":
            draw_all(campaign, items)
        work(campaign)
        look_at(campaign, items)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def make_people() -> list[str]:
    """A lead and the annotators; their names."""
    User.objects.create_superuser(LEAD, password=make_password(None))
    group = Group.objects.get_or_create(name="annotator")[0]
    users = User.objects.bulk_create([User(username=f"person-{n}") for n in range(1, PEOPLE + 1)])
    for user in users:
        user.groups.add(group)
    return [user.username for user in users]


def make_run(dataset: Dataset) -> Run:
    """A judge who finds two of three clean."""
    judge = Judge.objects.create(name="judge", kind=Judge.Kind.IMPORTED)
    run = Run.objects.create(dataset=dataset, judge=judge, kind=Run.Kind.IMPORTED, state=Run.State.FINISHED)
    for chunk in chunks(Item.objects.filter(dataset=dataset).order_by("position").values_list("pk", "position")):
        Judgment.objects.bulk_create(judgment(run, pk, "clean" if position % 3 else "wrong") for pk, position in chunk)
    return run


def judgment(run: Run, item: int, word: str) -> Judgment:
    """One."""
    read = {"status": "scored", "n_read": 1, "n_replies": 1}
    return Judgment(run=run, item_id=item, value=word, verdict=word, imported=True, **read)


def draw_all(campaign: Campaign, items: int) -> None:
    """Places of a pulled campaign as if its people had drawn that far."""
    people = list(Annotator.objects.order_by("pk"))
    far = int(items * (DONE + SKIPPED + DRAFTS))
    rows = CampaignItem.objects.filter(campaign=campaign, rank__lte=far).order_by("rank")
    ranks = dict.fromkeys((person.pk for person in people), 0)
    for chunk in chunks(rows.values_list("pk", "rank")):
        Assignment.objects.bulk_create(
            place(campaign, pk, people[(rank + n) % PEOPLE], ranks) for pk, rank in chunk for n in range(WANTED)
        )
    rows.update(taken=WANTED)


def place(campaign: Campaign, campaign_item: int, person: Annotator, ranks: dict[int, int]) -> Assignment:
    """The next place of somebody's queue."""
    ranks[person.pk] += 1
    return Assignment(campaign=campaign, campaign_item_id=campaign_item, annotator=person, queue_rank=ranks[person.pk])


def work(campaign: Campaign) -> None:
    """Everybody has labelled, skipped and begun the first part of their queue, as the guideline of then says."""
    now, guideline = timezone.now(), campaign.newest_guideline
    for person in Annotator.objects.order_by("pk"):
        queue = Assignment.objects.queue(campaign.pk, person.pk)
        length = queue.last_rank()
        share = 1 if campaign.is_pulled else DONE + SKIPPED + DRAFTS
        drafts = int(length * share * (1 - DRAFTS / (DONE + SKIPPED + DRAFTS)))
        done = int(length * share * DONE / (DONE + SKIPPED + DRAFTS))
        for chunk in chunks(queue.filter(queue_rank__lte=done).values_list("campaign_item__item", "queue_rank")):
            said = (label(campaign, person, item, now - timedelta(seconds=9 * rank)) for item, rank in chunk)
            Label.objects.bulk_create(with_guideline(said, guideline))
        queue.filter(queue_rank__lte=done).update(state="submitted", opened_at=now)
        queue.filter(queue_rank__gt=done, queue_rank__lte=drafts).update(state="skipped", skip_reason="no idea")
        begun = queue.filter(queue_rank__gt=drafts, queue_rank__lte=int(length * share))
        begun.update(state="draft", held_until=now + timedelta(days=1) if campaign.is_pulled else None)
    rebuild_counts(campaign)


def label(campaign: Campaign, person: Annotator, item: int, at: datetime) -> Label:
    """One in ten is wrong; whoever says so is not always the same."""
    word = "wrong" if (item * 7 + person.pk) % 10 == 0 else "clean"
    return Label(
        campaign=campaign,
        item_id=item,
        annotator=person,
        value=word,
        verdict=word,
        flags=["bad_reference"] if item % 100 == 0 else [],
        run_id=campaign.run_id,
        seconds=8.5,
        client_key=f"{campaign.pk}-{item}-{person.pk}",
        at=at,
    )


def with_guideline(labels: Iterator[Label], guideline: Guideline | None) -> Iterator[Label]:
    """Stamped."""
    for one in labels:
        one.guideline = guideline
        yield one


def look_at(campaign: Campaign, items: int) -> None:
    """What the lead has done: known items, decisions, items sent to the adjudication page, and a newer guideline."""
    rows = CampaignItem.objects.filter(campaign=campaign)
    rows.annotate(part=Mod(F("rank"), max(1, items // 200))).filter(part=0).update(known_value="clean")
    rows.annotate(part=Mod(F("rank"), max(1, items // 100))).filter(part=1).update(for_adjudication=True)
    decided = rows.annotate(part=Mod(F("rank"), 50)).filter(part=3).values_list("item", flat=True)
    gold = {"value": "clean", "verdict": "clean", "method": GoldLabel.Method.ADJUDICATED, "at": timezone.now()}
    GoldLabel.objects.bulk_create(
        (GoldLabel(campaign=campaign, item_id=item, item_revision=1, **gold) for item in decided), batch_size=CHUNK
    )
    Guideline.objects.create(campaign=campaign, version=2, text="# Look\n\nRead the question as well.")


def chunks(rows: Any) -> Iterator[list[Any]]:
    """Rows, so many at a time."""
    found = list(rows)
    for at in range(0, len(found), CHUNK):
        yield found[at : at + CHUNK]
