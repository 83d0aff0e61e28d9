"""The site that `bench.review_load` measures: its campaigns, what is stored in them afterwards, and the bare limit.

Each is a process of its own, on the database that DATABASE_URL names: `python -m bench.review_site fill '{...}'`.
"""

import json
import os
import sqlite3
import sys
import time
from multiprocessing import get_context
from typing import Any

PASSWORD = "reviewers-of-a-bench"
BARE = (
    "INSERT INTO bench_label (item, value) VALUES ({mark}, 'clean')",
    "UPDATE bench_place SET state = 'submitted', rev = rev + 1 WHERE id = {mark}",
)


def person_name(number: int) -> str:
    """The account of a session."""
    return f"reviewer-{number + 1:02}"


def fill(told: dict[str, Any]) -> dict[str, object]:
    """Accounts, items, and a campaign for every number of sessions; two labels an item where there are two people."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from annotation.actions.campaigns import assign_items
    from annotation.core.design import Design
    from bench.items import make_dataset

    password, group = make_password(PASSWORD), Group.objects.get_or_create(name="annotator")[0]
    names = [person_name(number) for number in range(max(told["sessions"]))]
    for user in User.objects.bulk_create([User(username=name, password=password) for name in names]):
        user.groups.add(group)
    dataset = make_dataset(told["items"])
    for given in told["distributions"]:
        for sessions in told["sessions"]:
            people, design = names[:sessions], Design(distribution=given)
            options: dict[str, Any] = {"labels_per_item": min(2, sessions), "design": design}
            assign_items(dataset, name=f"{given} {sessions}", annotators=people, **options)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {}


def campaign(told: dict[str, Any]) -> dict[str, object]:
    """The number of a campaign."""
    from annotation.models import Campaign

    return {"pk": Campaign.objects.get(name=told["name"]).pk}


def check(told: dict[str, Any]) -> dict[str, object]:
    """What is wrong with what is stored: nothing may be lost, twice, uncounted, or above what was wanted."""
    from django.db.models import Count, F, Q

    from annotation.actions.counts import check_counts
    from annotation.models import Campaign, CampaignItem, Label

    found = Campaign.objects.get(pk=told["campaign"])
    labels = Label.objects.current().filter(campaign=found)
    placed = Count("assignments", filter=Q(assignments__placed=True))
    rows = CampaignItem.objects.filter(campaign=found).annotate(placed=placed)
    twice = labels.values("item", "annotator").annotate(n=Count("pk")).filter(n__gt=1)
    acknowledged = set(told["stored"])
    return {
        "campaign": found.name,
        "labels": labels.count(),
        "lost": len(acknowledged - set(labels.values_list("pk", flat=True))),
        "not_acknowledged": labels.exclude(pk__in=acknowledged).count() if len(acknowledged) < 30_000 else -1,
        "twice": twice.count(),
        "surplus": labels.filter(surplus=True).count(),
        "places_miscounted": rows.exclude(placed=F("taken")).count() + rows.filter(taken__gt=F("wanted")).count(),
        "counts_wrong": sum(not checked.is_right for checked in check_counts(found)),
    }


def raw(told: dict[str, Any]) -> dict[str, object]:
    """Transactions of an INSERT and an UPDATE per second, from so many processes at once: what the database allows."""
    url = os.environ["DATABASE_URL"]
    with_tables(url)
    with get_context("fork").Pool(told["processes"]) as pool:
        counts = pool.starmap(transactions, [(url, number, told["seconds"]) for number in range(told["processes"])])
    return {"rate": sum(counts) / told["seconds"]}


def opened(url: str) -> Any:
    """A connection without Django, set up as the site's are."""
    if url.startswith("sqlite"):
        made = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20, isolation_level=None)
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("PRAGMA synchronous=NORMAL")
        return made
    import psycopg

    return psycopg.connect(url, autocommit=True)


def with_tables(url: str) -> None:
    """Two small tables."""
    base = opened(url)
    kind = "INTEGER PRIMARY KEY" if url.startswith("sqlite") else "SERIAL PRIMARY KEY"
    for name, columns in (("bench_label", "item INTEGER, value TEXT"), ("bench_place", "state TEXT, rev INTEGER")):
        base.execute(f"DROP TABLE IF EXISTS {name}")
        base.execute(f"CREATE TABLE {name} (id {kind}, {columns})")
    for _number in range(100):
        base.execute("INSERT INTO bench_place (state, rev) VALUES ('pending', 0)")
    base.close()


def transactions(url: str, number: int, seconds: float) -> int:
    """How many one process gets through."""
    base, mark = opened(url), "?" if url.startswith("sqlite") else "%s"
    statements = [statement.format(mark=mark) for statement in BARE]
    begin, done, until = "BEGIN IMMEDIATE" if mark == "?" else "BEGIN", 0, time.monotonic() + seconds
    while time.monotonic() < until:
        base.execute(begin)
        for statement in statements:
            base.execute(statement, (number + 1,))
        base.execute("COMMIT")
        done += 1
    base.close()
    return done


PARTS = {"fill": fill, "campaign": campaign, "check": check, "raw": raw}

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evalsite.settings")
    django.setup()
    print(json.dumps(PARTS[sys.argv[1]](json.loads(sys.argv[2]))))
