"""How many decisions a second the review page takes from people who work at once, and what one of them costs.

    .venv/bin/python -m bench.review_load                                   # both databases; some ten minutes
    .venv/bin/python -m bench.review_load --databases sqlite --items 1000 --sessions 50 --distributions pulled

A session is a person without a browser: it logs in, opens an item, and then submits and gets the next one as the
page's script does, with cookies and CSRF token, asking for items ahead when those it keeps run low. Nobody thinks
between two decisions. The server is `manage.py serve`, as the README starts it, on a site of its own in a temporary
folder; the sessions run on the same machine and share its processors. A step is the request that submits and brings
the next item; the rate counts steps by the clock, requests for items ahead included in the time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from bench.review_site import PASSWORD, person_name  # noqa: E402
from bench.reviewer import Reviewer, logged_in  # noqa: E402
from tests.run import postgres  # noqa: E402

AIM_RATE, AIM_MS = 200, 400
RAW_SECONDS = 3.0
ADDITIONS = 10_000_000
HEAD = (
    "database",
    "items",
    "given out",
    "sessions",
    "steps",
    "p50 ms",
    "p95 ms",
    "steps/s",
    "server ms",
    "database ms",
    "sessions ms",
)
PEERS = """Server, database and sessions ms: the processors' time of each for a step; all three share the machine.
Peers, a cycle of the same kind at 50 sessions and 100,000 items on two cores: doccano 11.8 a second, p95 5.2 s;
Label Studio 6.3 a second, p95 11.3 s (PostgreSQL), 1.5 a second, p95 60 s (SQLite)."""


def main() -> None:
    """Measure every combination that was asked for and print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--items", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--distributions", nargs="+", choices=["dealt", "pulled"], default=["dealt", "pulled"])
    parser.add_argument("--submits", type=int, default=2_000)
    chosen = parser.parse_args()
    before = additions()
    print(f"| {' | '.join(HEAD)} |\n{'|---' * len(HEAD)}|", flush=True)
    for database in chosen.databases:
        for items in chosen.items:
            with site(database, items, chosen) as (folder, address, processes):
                measure(folder, address, processes, database, items, chosen)
    print(f"| aim | | | 50 | | | {AIM_MS} | {AIM_RATE} | | | |\n")
    print(PEERS)
    print(f"Processor's time of {ADDITIONS:,} additions in Python: {before:.2f} s before, {additions():.2f} s after.")
    print(f"Load of the machine over the last minutes: {' '.join(f'{load:.1f}' for load in os.getloadavg())}.")


def additions() -> float:
    """How fast the machine is just now, which on a shared one changes by half: the seconds of a fixed piece of work."""
    begun, total = time.process_time(), 0
    for number in range(ADDITIONS):
        total += number
    return time.process_time() - begun


@contextmanager
def site(database: str, items: int, chosen: argparse.Namespace) -> Iterator[tuple[Path, str, "Processes"]]:
    """A site with its campaigns, and its server; for PostgreSQL a database server of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evalsite-bench-")))
        url = stack.enter_context(postgres()) if database == "postgresql" else f"sqlite:///{folder / 'db.sqlite3'}"
        if not url:
            sys.exit("PostgreSQL did not start.")
        os.environ |= {"DATABASE_URL": url, "EVALSITE_DATA_DIR": str(folder / "data"), "REDIS_URL": ""}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "evalsite.settings", "NO_PROXY": "127.0.0.1"}
        part("fill", {"items": items, "sessions": chosen.sessions, "distributions": chosen.distributions})
        serve = [sys.executable, str(ROOT / "manage.py"), "serve", "--port", "0", "--workers", "1"]
        server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
        stack.callback(stop, server)
        assert server.stdout is not None
        address = server.stdout.readline().split(" is at ")[1].split()[0]
        yield folder, address, Processes(server.pid, url)


def stop(server: "subprocess.Popen[str]") -> None:
    """As Ctrl-C does."""
    server.terminate()
    server.wait()


def part(name: str, told: dict[str, object]) -> dict[str, object]:
    """A part of the work in a process of its own, which knows the database by its environment."""
    command = [sys.executable, "-m", "bench.review_site", name, json.dumps(told)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def measure(
    folder: Path, address: str, processes: "Processes", database: str, items: int, chosen: argparse.Namespace
) -> None:
    """One row for every number of sessions and every way of giving out; then what is stored, and the bare limit."""
    people = logged_in(address, [person_name(n) for n in range(max(chosen.sessions))], PASSWORD)
    for given in chosen.distributions:
        for sessions in chosen.sessions:
            campaign = part("campaign", {"name": f"{given} {sessions}"})["pk"]
            each = min(chosen.submits // sessions, 2 * items // max(2, sessions))
            reviewers = [Reviewer(person, f"/review/{campaign}/") for person in people[:sessions]]
            with ThreadPoolExecutor(sessions) as pool:
                list(pool.map(Reviewer.open, reviewers))
                before, begun = processes.seconds(), time.perf_counter()
                list(pool.map(lambda reviewer, steps=each: reviewer.work(steps), reviewers))
                seconds, after = time.perf_counter() - begun, processes.seconds()
            print(
                row(database, items, given, reviewers, seconds, [b - a for a, b in zip(before, after, strict=True)]),
                flush=True,
            )
            stored = sorted(pk for reviewer in reviewers for pk in reviewer.stored)
            print(told(part("check", {"campaign": campaign, "stored": stored})), file=sys.stderr)
    for sessions in chosen.sessions:
        rate = part("raw", {"processes": sessions, "seconds": RAW_SECONDS})["rate"]
        print(f"| {database} | {items:,} | bare INSERT + UPDATE | {sessions} | | | | {rate:,.0f} | | | |", flush=True)


def row(
    database: str, items: int, given: str, reviewers: Sequence[Reviewer], seconds: float, cpu: Sequence[float]
) -> str:
    """A line of the table."""
    times = sorted(taken for reviewer in reviewers for taken in reviewer.times)
    web, base, own = (f"{1000 * spent / len(times):.1f}" for spent in cpu)
    p50, p95 = (1000 * times[int(share * (len(times) - 1))] for share in (0.5, 0.95))
    return (
        f"| {database} | {items:,} | {given} | {len(reviewers)} | {len(times):,} | {p50:.0f} | {p95:.0f} | "
        f"{len(times) / seconds:.0f} | {web} | {base if database == 'postgresql' else ''} | {own} |"
    )


def told(found: dict[str, object]) -> str:
    """What the check says, in a line."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found.items())


class Processes:
    """The processors' time of the server and of the database: whatever descends from them."""

    def __init__(self, server: int, url: str) -> None:
        self.server = server
        self.base = postmaster(url) if url.startswith("postgres") else 0

    def seconds(self) -> tuple[float, float, float]:
        """Seconds that web server, database and these sessions have used since they were started."""
        children: dict[int, list[int]] = {}
        used: dict[int, float] = {}
        for place in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = place.read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            pid = int(place.parent.name)
            children.setdefault(int(fields[1]), []).append(pid)
            used[pid] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        base = family(self.base, children, used) if self.base else 0.0
        return family(self.server, children, used), base, time.process_time()


def family(pid: int, children: dict[int, list[int]], used: dict[int, float]) -> float:
    """The seconds of a process and of all that descend from it."""
    return used.get(pid, 0.0) + sum(family(child, children, used) for child in children.get(pid, []))


def postmaster(url: str) -> int:
    """The process that all processes of a PostgreSQL server descend from: it keeps its number in its folder."""
    import psycopg

    with psycopg.connect(url) as connection:
        found = connection.execute("SHOW data_directory").fetchone()
    assert found is not None
    return int((Path(found[0]) / "postmaster.pid").read_text().split()[0])


if __name__ == "__main__":
    main()
