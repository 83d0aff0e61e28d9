"""How fast a million items come in and leave, beside the bare limits, and how fast their pages open.

    .venv/bin/python -m bench.import_export --items 10000 100000 1000000     # SQLite; a million takes some ten minutes
    .venv/bin/python -m bench.import_export --parts export --formats qa_jsonl mdk
    .venv/bin/python -m bench.import_export --database postgresql            # a server of its own, gone afterwards

The bare load puts the finished rows, already in memory, into the table with its indexes: `executemany` on SQLite, COPY
on PostgreSQL. The bare dump selects what an export reads and writes each row with json.dumps. Every measurement is a
process of its own on a generated database, so peak memory is that of one import or export; what a PostgreSQL server
does is in no CPU second. The load of the machine stands under the tables: rates of a machine that does other work are
those of that moment. Whatever ends the command, its files go with it.
"""

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from bench.labelled_rows import RARE, one_fill  # noqa: E402
from tests.run import postgres  # noqa: E402

WORDS = 5000
IMPORT_SHARE, IMPORT_MB = 0.5, 300
EXPORT_RATE, EXPORT_MB = 50_000, 200
PAGE_MS = 300
OPENINGS = 7
PAGES = (
    *("/datasets/", "/datasets/1/", "/datasets/1/?page=50", "/datasets/1/items/77/", f"/datasets/1/?category={RARE}"),
    *("/datasets/1/?q=pump", "/datasets/1/?q=no-such-text", f"/datasets/1/?q=voltage&category={RARE}"),
    *("/runs/", "/runs/1/", "/datasets/imports/", "/exports/", "/exports/new/?dataset=1"),
)


def main() -> None:
    """Measure every size and print Markdown tables with the aims beside."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument(
        "--parts", nargs="+", choices=["import", "export", "pages"], default=["import", "export", "pages"]
    )
    parser.add_argument("--formats", nargs="+", default=["qa_jsonl", "trl_prompt_completion", "mdk"])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--source", default="gold")
    parser.add_argument("--folder", type=Path, help="where the databases are kept; a temporary folder if not given")
    parser.add_argument("--one", help="for the processes that this one starts")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(ONE[chosen.one.split(":")[0]](chosen.one, chosen.source, chosen.folder)))
        return
    # As Ctrl-C does, so that files and server go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as ends:
        folder = chosen.folder or Path(ends.enter_context(tempfile.TemporaryDirectory()))
        if chosen.database == "postgresql":
            SERVER.append(ends.enter_context(postgres()) or sys.exit("PostgreSQL did not start."))
        for part in chosen.parts:
            print(TABLES[part](chosen, folder), flush=True)
    print(f"Load of the machine over the last minutes: {' '.join(f'{load:.1f}' for load in os.getloadavg())}.")


def import_table(chosen: argparse.Namespace, folder: Path) -> str:
    """Import beside the bare load."""
    lines = [
        "| items | bare load, rows/s | import, rows/s | share | the same in CPU seconds | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    for items in chosen.items:
        place = folder / f"import-{items}"
        place.mkdir(parents=True, exist_ok=True)
        with (place / "qa.jsonl").open("w", encoding="utf-8") as out:
            out.writelines(qa_lines(items))
        new_database(place)
        took, limit = measured(place, "import", chosen), measured(place, "load", chosen)
        lines.append(
            f"| {items:,} | {items / limit['seconds']:,.0f} | {items / took['seconds']:,.0f} | "
            f"{limit['seconds'] / took['seconds']:.0%} | {limit['cpu'] / took['cpu']:.0%} | {took['peak_mb']:.0f} |"
        )
    return "\n".join([*lines, f"| aim | | | {IMPORT_SHARE:.0%} or more | | under {IMPORT_MB} |", ""])


def export_table(chosen: argparse.Namespace, folder: Path) -> str:
    """Exports beside the bare reading and the bare dump."""
    lines = ["| items | what | rows/s | rows per CPU second | peak MB | MB written |", "|---|---|---|---|---|---|"]
    for items in chosen.items:
        place = filled(folder, items)
        for what in ["read", "dump", *(f"format:{name}" for name in chosen.formats)]:
            found = measured(place, what, chosen)
            lines.append(
                f"| {items:,} | {what.removeprefix('format:')} | {items / found['seconds']:,.0f} | "
                f"{items / found['cpu']:,.0f} | {found['peak_mb']:.0f} | {found['written_mb']:.0f} |"
            )
    return "\n".join([*lines, f"| aim | lines of JSON | {EXPORT_RATE:,} or more | | under {EXPORT_MB} | |", ""])


def pages_table(chosen: argparse.Namespace, folder: Path) -> str:
    """Pages of the labelled dataset, the median of some openings."""
    lines = ["| items | page | ms |", "|---|---|---|"]
    for items in chosen.items:
        found = measured(filled(folder, items), "pages", chosen)
        lines += [f"| {items:,} | {path} | {found[path]:.0f} |" for path in found]
    return "\n".join([*lines, f"| aim | every page | under {PAGE_MS} |", ""])


TABLES = {"import": import_table, "export": export_table, "pages": pages_table}


SERVER: list[str] = []
"""Address of the PostgreSQL server that was started, if any."""


def database_url(place: Path) -> str:
    """The database of a folder: in it, or of its name on the server."""
    if not SERVER:
        return f"sqlite:///{place / 'db.sqlite3'}"
    return urlsplit(SERVER[0])._replace(path=f"/{place.name}").geturl()


def environment(place: Path) -> dict[str, str]:
    """Database, data folder and settings of a measurement."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(place),
        "EVALSITE_DATA_DIR": str(place / "data"),
        "DJANGO_SETTINGS_MODULE": "evalsite.settings",
        "PYTHONPATH": str(ROOT),
    }


def new_database(place: Path) -> None:
    """An empty database."""
    place.mkdir(parents=True, exist_ok=True)
    if SERVER:
        with psycopg.connect(SERVER[0], autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(place.name)))
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(place.name)))
    for file in place.glob("db.sqlite3*"):
        file.unlink()
    manage = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(manage, env=environment(place), check=True)


def filled(folder: Path, items: int) -> Path:
    """A folder with a labelled dataset of this size, made where it is missing."""
    place = folder / f"export-{items}"
    done = place / f"filled-{'postgresql' if SERVER else 'sqlite'}"
    if not done.exists():
        new_database(place)
        command = [sys.executable, "-m", "bench.import_export", "--one", f"fill:{items}", "--folder", str(place)]
        subprocess.run(command, cwd=ROOT, env=environment(place), check=True, stdout=subprocess.DEVNULL)
        # A server of this run's own takes its databases with it.
        if not SERVER:
            done.touch()
    return place


def measured(place: Path, what: str, chosen: argparse.Namespace) -> dict[str, float]:
    """One measurement in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "bench.import_export",
        "--one",
        what,
        "--source",
        chosen.source,
        "--folder",
        str(place),
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment(place), check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def qa_lines(items: int) -> Iterator[str]:
    """Questions of 90 characters and answers of 200, a third of them Japanese."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(WORDS)]
    for number in range(items):
        tail = "ポンプは何ボルトで動きますか規格に従って説明してください" if number % 3 == 0 else ""
        question = f"{' '.join(chance.choices(words, k=14))} {number}?"
        answer = f"{' '.join(chance.choices(words, k=30))}{tail}"
        yield json.dumps({"question": question, "answer": answer}, ensure_ascii=False) + "\n"


def one_import(_what: str, _source: str, folder: Path) -> dict[str, float]:
    """The import as the command does it."""
    import django

    django.setup()
    from judging.actions.imports import InputFile, import_files

    begun, worked = time.perf_counter(), time.process_time()
    plan = import_files("bench", [InputFile(folder / "qa.jsonl")])
    took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - worked}
    if not plan.is_acceptable:
        raise SystemExit(str(plan.problems[0]))
    return took | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def one_load(_what: str, _source: str, _folder: Path) -> dict[str, float]:
    """The same rows from memory into an empty table of the same columns and indexes, in one transaction."""
    import django

    django.setup()
    from django.db import connection, transaction

    from judging.models import Item

    columns = [field.column for field in Item._meta.local_fields if field.column != "id"]
    names, table = ", ".join(f'"{column}"' for column in columns), Item._meta.db_table
    # Values as they are stored: JSON as its text.
    wanted = ", ".join(f'CAST("{name}" AS TEXT)' if name in {"turns", "extra"} else f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM {table} ORDER BY id")
        rows = cursor.fetchall()
        # Deleting leaves the indexes full of the old rows there.
        cursor.execute(f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}")
        begun, worked = time.perf_counter(), time.process_time()
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for values in rows:
                        copy.write_row(values)
            else:
                places = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)
        return {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - worked}


def one_format(what: str, source: str, folder: Path) -> dict[str, float]:
    """An export in one format."""
    import django

    django.setup()
    from judging.models import Dataset
    from training_export.actions import export_dataset
    from training_export.selection import select

    name, dataset = what.removeprefix("format:"), Dataset.objects.get()
    with tempfile.TemporaryDirectory(dir=folder) as out:
        wall, cpu = time.perf_counter(), time.process_time()
        export = export_dataset(select(dataset, source=source), Path(out) / name, format_name=name)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return told(wall, cpu, sum(file["bytes"] for file in export.files))


def one_read(_what: str, _source: str, _folder: Path) -> dict[str, float]:
    """The bare reading of the columns of an export."""
    import django

    django.setup()
    wall, cpu = time.perf_counter(), time.process_time()
    for statement in READ:
        for _row in bare_rows(statement):
            pass
    return told(time.perf_counter() - wall, time.process_time() - cpu, 0)


def one_dump(_what: str, _source: str, folder: Path) -> dict[str, float]:
    """Select and json.dumps: what leaves without anything decided about it."""
    import django

    django.setup()
    names = ("key", "turns", "category", "model", "context", "criteria", "extra")
    columns = ", ".join(f"CAST({name} AS TEXT)" for name in names)
    with tempfile.TemporaryFile("w", dir=folder, encoding="utf-8") as out:
        wall, cpu = time.perf_counter(), time.process_time()
        for row in bare_rows(f"SELECT {columns} FROM judging_item ORDER BY position"):
            held = dict(zip(names, row, strict=True))
            held |= {"turns": json.loads(held["turns"]), "extra": json.loads(held["extra"])}
            out.write(json.dumps(held, ensure_ascii=False) + "\n")
        written = out.tell()
    return told(time.perf_counter() - wall, time.process_time() - cpu, written)


def one_pages(_what: str, _source: str, _folder: Path) -> dict[str, float]:
    """Milliseconds of a page as a lead opens it, without a network."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(User.objects.filter(username="bench").first() or User.objects.create_superuser("bench"))
    found = {}
    for path in PAGES:
        times = []
        for _opening in range(OPENINGS):
            begun = time.perf_counter()
            response = client.get(path)
            times.append(1000 * (time.perf_counter() - begun))
        if response.status_code != 200:
            raise SystemExit(f"{path} answers {response.status_code}.")
        found[path] = sorted(times)[len(times) // 2]
    return found


def told(wall: float, cpu: float, written: int) -> dict[str, float]:
    """A measurement as JSON."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": wall, "cpu": cpu, "peak_mb": peak, "written_mb": written / 1e6}


READ = (
    "SELECT id, revision, key, position, kind, CAST(turns AS TEXT), category, model, context, criteria, "
    "CAST(extra AS TEXT) FROM judging_item ORDER BY position",
    "SELECT item_id, item_revision, verdict, error_count, CAST(correction AS TEXT) FROM annotation_label "
    "WHERE campaign_id = 1 AND criterion = '' AND verdict <> '' AND ended_at IS NULL ORDER BY item_id",
    "SELECT item_id, item_revision, verdict, score, reason FROM judging_judgment "
    "WHERE run_id = 1 AND criterion = '' ORDER BY item_id",
)
"""The columns that an export reads, in its order."""


def bare_rows(statement: str) -> Iterator[tuple[Any, ...]]:
    """Rows as the driver gives them; a server keeps those that were not fetched yet."""
    from django.db import connection, transaction

    with transaction.atomic():
        bare = connection.connection
        cursor = bare.cursor(name="bare") if connection.vendor == "postgresql" else bare.cursor()
        cursor.execute(statement)
        while found := cursor.fetchmany(2000):
            yield from found
        cursor.close()


ONE = {
    "import": one_import,
    "load": one_load,
    "read": one_read,
    "dump": one_dump,
    "format": one_format,
    "pages": one_pages,
    "fill": one_fill,
}

if __name__ == "__main__":
    main()
