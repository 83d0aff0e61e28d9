"""How fast a file of questions and answers comes in, beside the bare load of the same rows.

    .venv/bin/python bench/imports.py --items 10000 100000          # SQLite; 1000000 takes minutes
    DATABASE_URL=postgres://... .venv/bin/python bench/imports.py   # an empty database of its own

The bare load puts the finished rows, already in memory, into the table with its indexes: `executemany` on SQLite, COPY
on PostgreSQL. Every measurement is a process of its own, so peak memory is that of one import.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AIM_SHARE, AIM_MB = 0.5, 300
WORDS = 5000


def main() -> None:
    """Measure every size and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--one", choices=["import", "bare"], help="for the processes that this one starts")
    parser.add_argument("--file", type=Path)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(imported(chosen.file) if chosen.one == "import" else bare()))
        return
    print("| items | bare load, rows/s | import, rows/s | share of the bare load | the same in CPU seconds | peak MB |")
    print("|---|---|---|---|---|---|")
    for items in chosen.items:
        with tempfile.TemporaryDirectory() as folder:
            print(row(items, Path(folder)), flush=True)
    print(f"| aim | | | at least {AIM_SHARE:.0%} | | under {AIM_MB} |")


def row(items: int, folder: Path) -> str:
    """One line of the table."""
    file = folder / "qa.jsonl"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(lines(items))
    took = measured("import", folder, file)
    limit = measured("bare", folder, file)
    return (
        f"| {items:,} | {items / limit['seconds']:,.0f} | {items / took['seconds']:,.0f} "
        f"| {limit['seconds'] / took['seconds']:.0%} | {limit['cpu'] / took['cpu']:.0%} | {took['peak_mb']:.0f} |"
    )


def lines(items: int) -> Iterator[str]:
    """Questions of 90 characters and answers of 200, a third of them Japanese."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(WORDS)]
    for number in range(items):
        tail = "ポンプは何ボルトで動きますか規格に従って説明してください" if number % 3 == 0 else ""
        question = f"{' '.join(chance.choices(words, k=14))} {number}?"
        answer = f"{' '.join(chance.choices(words, k=30))}{tail}"
        yield json.dumps({"question": question, "answer": answer}, ensure_ascii=False) + "\n"


def measured(what: str, folder: Path, file: Path) -> dict[str, float]:
    """One measurement in a process of its own."""
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        **os.environ,
        "EVALSITE_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "evalsite.settings",
        "PYTHONPATH": str(ROOT),
    }
    if what == "import":
        manage = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
        subprocess.run(manage, env=environment, check=True)
    command = [sys.executable, __file__, "--one", what, "--file", str(file)]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return found


def imported(file: Path) -> dict[str, float]:
    """The import as the command does it."""
    import django

    django.setup()
    from judging.actions.imports import InputFile, import_files

    begun, worked = time.perf_counter(), time.process_time()
    plan = import_files("bench", [InputFile(file)])
    took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - worked}
    if not plan.is_acceptable:
        raise SystemExit(str(plan.problems[0]))
    return took | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def bare() -> dict[str, float]:
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
        cursor.execute(f"DELETE FROM {table}")
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


if __name__ == "__main__":
    main()
