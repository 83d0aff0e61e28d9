"""What leads' pages of review cost while two campaigns are under way: every page, each filter of its lists.

    .venv/bin/python -m bench.lead_pages                                   # both databases, 100,000 items; minutes
    .venv/bin/python -m bench.lead_pages --databases sqlite --items 1000 --aim 300

Pages are asked for in this process, without a web server; a time is the best of `--repeat`, by the clock, with
the number of queries beside it. Above the aim they are marked.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from tests.run import postgres  # noqa: E402

ITEM_FILTERS = (
    "all", "open", "done", "untouched", "disagreement", "skipped", "decided", "undecided", "sent", "known", "extra",
    "removed",
)  # fmt: skip
LEAD_FILTERS = (
    "disagreement", "tie", "judge", "low", "skipped", "bad_question", "bad_reference", "sent", "all"
)  # fmt: skip
PLACE_FILTERS = ("all", "open", "pending", "draft", "submitted", "skipped", "flagged")


def main() -> None:
    """Fill a site for each database, measure it in a process of its own, and print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--aim", type=float, default=300, help="milliseconds")
    parser.add_argument("--measure-here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--fill-here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.fill_here or chosen.measure_here:
        here(chosen)
        return
    found = {name: measured(name, chosen) for name in chosen.databases}
    print(f"| page | {' | '.join(f'{name} ms | queries' for name in found)} |")
    print("|---" * (1 + 2 * len(found)) + "|")
    for page in next(iter(found.values())):
        print(f"| {page} | {' | '.join(cell(rows[page], chosen.aim) for rows in found.values())} |")
    print(f"\nLoad of the machine over the last minutes: {' '.join(f'{load:.1f}' for load in os.getloadavg())}.")


def cell(row: tuple[float, int], aim: float) -> str:
    """Time and queries; a page above the aim is marked."""
    taken, queries = row
    return f"{'**' if taken > aim else ''}{taken:.0f}{'**' if taken > aim else ''} | {queries}"


def measured(database: str, chosen: argparse.Namespace) -> dict[str, tuple[float, int]]:
    """Milliseconds and queries of every page."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evalsite-bench-")))
        url = stack.enter_context(postgres()) if database == "postgresql" else f"sqlite:///{folder / 'db.sqlite3'}"
        if not url:
            sys.exit("PostgreSQL did not start.")
        environment = os.environ | {"DATABASE_URL": url, "EVALSITE_DATA_DIR": str(folder / "data")}
        command = [sys.executable, "-m", "bench.lead_pages", "--items", str(chosen.items)]
        subprocess.run([*command, "--fill-here"], cwd=ROOT, env=environment, check=True)
        command += ["--repeat", str(chosen.repeat), "--measure-here"]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    rows: dict[str, tuple[float, int]] = json.loads(done.stdout)
    return rows


def here(chosen: argparse.Namespace) -> None:
    """A part of the work, on the database that DATABASE_URL names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evalsite.settings")
    import django

    django.setup()
    if chosen.fill_here:
        from bench.lead_site import fill

        fill(chosen.items)
    else:
        print(json.dumps(dict(times(chosen.repeat))))


def times(repeat: int) -> Iterator[tuple[str, tuple[float, int]]]:
    """Every page of both campaigns with what it takes."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="lead"))
    for name, address in pages():
        with CaptureQueriesContext(connection) as queries:
            status = client.get(address, follow=True).status_code
        assert status == 200, f"{address}: {status}"
        asked = len(queries)
        taken = []
        for _time in range(repeat):
            begun = time.perf_counter()
            client.get(address, follow=True)
            taken.append(1000 * (time.perf_counter() - begun))
        yield name, (round(min(taken), 1), asked)


def pages() -> Iterator[tuple[str, str]]:
    """Names and addresses."""
    from annotation.models import Annotator, Campaign

    yield "campaign list", "/campaigns/"
    person = Annotator.objects.order_by("pk").values_list("pk", flat=True)[0]
    for campaign in Campaign.objects.order_by("pk"):
        base = f"/campaigns/{campaign.pk}/"
        found = {"detail": base, "edit": f"{base}edit/", "guideline": f"{base}guideline/", "known": f"{base}known/"}
        found |= {f"items: {show}": f"{base}items/?show={show}" for show in ITEM_FILTERS}
        found |= {"items: a category": f"{base}items/?category=c0", "items: a search": f"{base}items/?q=99999"}
        found |= {"items: last page": f"{base}items/?page=99999"}
        found |= {f"queue: {show}": f"{base}queue/{person}/?show={show}" for show in PLACE_FILTERS}
        found |= {"queue: wrong": f"{base}queue/{person}/?verdict=wrong", "place": f"{base}queue/{person}/5/"}
        found |= {"queue: last page": f"{base}queue/{person}/?page=99999"}
        found |= {"re-review": f"{base}rereview/", "re-review: guideline": f"{base}rereview/?reason=guideline"}
        found |= {
            "re-review: a person": f"{base}rereview/?person={person}",
            "re-review: last": f"{base}rereview/?page=9999",
        }
        found |= {f"adjudication: {by}": f"/adjudication/{campaign.pk}/?filter={by}" for by in LEAD_FILTERS}
        for page, address in found.items():
            yield f"{campaign.name} {page}", address


if __name__ == "__main__":
    main()
