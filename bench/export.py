"""How fast a labelled dataset leaves, beside the bare reading of the same rows.

    .venv/bin/python bench/export.py --items 10000 100000 --formats qa_jsonl mdk

Every measurement is a process of its own on a generated database, so peak memory is that of one export.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BATCH = 10_000
LABELS = 2
NOW = "2026-01-31 00:00:00"


def main() -> None:
    """Measure every size and format, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--formats", nargs="+", default=["qa_jsonl", "mdk"])
    parser.add_argument("--source", default="gold")
    parser.add_argument("--folder", type=Path, help="where the databases are kept; a temporary folder if not given")
    parser.add_argument("--one", help="for the processes that this one starts")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one, chosen.source, chosen.folder)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.folder or Path(scratch)
        print("| items | what | rows/s | rows per CPU second | peak MB | MB written |\n|---|---|---|---|---|---|")
        for items in chosen.items:
            for what in ["read", *chosen.formats]:
                report(items, what, measured(folder / f"export-{items}", items, what, chosen.source))


def measured(folder: Path, items: int, what: str, source: str) -> dict[str, float]:
    """One measurement in its own process, on a database that is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "db.sqlite3"
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "EVALSITE_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "evalsite.settings",
        "PYTHONPATH": str(ROOT),
    }
    if not database.exists():
        manage = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
        subprocess.run(manage, env=environment, check=True)
        fill(database, items)
    command = [sys.executable, __file__, "--one", what, "--source", source, "--folder", str(folder)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def report(items: int, what: str, found: dict[str, float]) -> None:
    """One line of the table."""
    print(
        f"| {items:,} | {what} | {items / found['seconds']:,.0f} | {items / found['cpu']:,.0f} | "
        f"{found['peak_mb']:.0f} | {found['written_mb']:.0f} |",
        flush=True,
    )


def one(what: str, source: str, folder: Path) -> dict[str, float]:
    """Time of the bare reading of the rows, or of an export in one format."""
    written = 0
    if what == "read":
        database = sqlite3.connect(folder / "db.sqlite3")
        wall, cpu = time.perf_counter(), time.process_time()
        bare_reading(database)
    else:
        import django

        django.setup()
        from judging.models import Dataset
        from training_export.actions import export_dataset
        from training_export.selection import select

        dataset = Dataset.objects.get()
        wall, cpu = time.perf_counter(), time.process_time()
        with tempfile.TemporaryDirectory(dir=folder) as out:
            export = export_dataset(select(dataset, source=source), Path(out) / what, format_name=what)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        written = sum(file["bytes"] for file in export.files)
        return told(wall, cpu, written)
    return told(time.perf_counter() - wall, time.process_time() - cpu, written)


def told(wall: float, cpu: float, written: int) -> dict[str, float]:
    """A measurement as JSON."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": wall, "cpu": cpu, "peak_mb": peak, "written_mb": written / 1e6}


def bare_reading(database: sqlite3.Connection) -> None:
    """Read the columns that an export reads, in its order, and do nothing with them."""
    for statement in (
        "SELECT id, revision, key, position, kind, turns, category, model, context, criteria, extra "
        "FROM judging_item ORDER BY position",
        "SELECT item_id, item_revision, verdict, error_count, correction FROM annotation_label "
        "WHERE campaign_id = 1 AND criterion = '' AND verdict <> '' AND ended_at IS NULL ORDER BY item_id",
        "SELECT item_id, item_revision, verdict, score, reason FROM judging_judgment "
        "WHERE run_id = 1 AND criterion = '' ORDER BY item_id",
    ):
        for _row in database.execute(statement):
            pass


def fill(path: Path, items: int) -> None:
    """Items with two labels, a judgment and, every tenth time, a correction."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous=OFF")
    insert(database, "judging_dataset", {"id": 1, "name": "bench", "column_map": "{}", "state": "ready", "at": NOW})
    judge = {"id": 1, "name": "judge", "version": 1, "kind": "imported", "engine": "", "model": "", "sampling": "{}"}
    insert(database, "judging_judge", {**judge, "samples": 1, "decision": "{}"})
    run = {"id": 1, "dataset_id": 1, "kind": "imported", "judge_id": 1, "model": "", "scope": "{}", "snapshot": "{}"}
    insert(database, "judging_run", {**run, "state": "finished", "error": "", "created_at": NOW, "finished_at": NOW})
    for n in range(1, LABELS + 1):
        insert(database, "annotation_annotator", {"id": n, "name": f"rater-{n}", "source": "", "identity": "known"})
    insert(database, "annotation_campaign", campaign_row())
    for first in range(1, items + 1, BATCH):
        numbers = range(first, min(first + BATCH, items + 1))
        insert_many(database, "judging_item", [item_row(n) for n in numbers])
        insert_many(database, "judging_judgment", [judgment_row(n) for n in numbers])
        insert_many(database, "annotation_label", [label_row(n, by) for n in numbers for by in range(1, LABELS + 1)])
    database.commit()
    database.execute("ANALYZE")
    database.close()


def campaign_row() -> dict[str, object]:
    """One closed campaign of all items."""
    return {
        "id": 1,
        "dataset_id": 1,
        "name": "bench",
        "kind": "review",
        "labels_per_item": LABELS,
        "share": 1.0,
        "order": "sequential",
        "seed": 0,
        "blind_people": 1,
        "blind_judge": 1,
        "blind_model": 1,
        "rules": "{}",
        "hold_seconds": 1800,
        "state": "closed",
        "at": NOW,
    }


def item_row(n: int) -> dict[str, object]:
    """Question about 80 characters, answer 200, context 600, half of them Japanese."""
    question = (
        f"{n}番のポンプの電圧は何ボルトですか?" if n % 2 else f"What voltage does pump number {n} run at, and why?"
    )
    answer = "ポンプは十二ボルトで動く。" * 15 if n % 2 else f"Pump {n} runs at 12 volts, as its plate says. " * 5
    turns = [{"question": question, "answer": answer, "reference": ""}]
    return {
        "id": n,
        "dataset_id": 1,
        "key": f"{n:032x}",
        "position": n,
        "kind": "answer",
        "question_key": f"{n:064x}",
        "model": "m-1",
        "model_b": "",
        "category": "pumps",
        "split": "",
        "turns": json.dumps(turns),
        "gold_choice": "",
        "context": "The plate of the pump says 12 V. " * 18,
        "criteria": "",
        "revision": 1,
        "answer_state": "given",
        "answer_reason": "",
        "extra": json.dumps({"source": n}),
    }


def judgment_row(n: int) -> dict[str, object]:
    """Two of three clean."""
    word = "clean" if n % 3 else "wrong"
    return {
        "id": n,
        "run_id": 1,
        "item_id": n,
        "item_revision": 1,
        "criterion": "",
        "status": "scored",
        "value": word,
        "verdict": word,
        "reason": "",
        "n_read": 1,
        "n_replies": 1,
        "imported": 1,
        "detail": "{}",
        "score": 3.0,
    }


def label_row(n: int, by: int) -> dict[str, object]:
    """The first label of every tenth item corrects its answer."""
    word = "clean" if n % 4 else "wrong"
    correction = json.dumps({"answer": f"Pump {n} runs at 24 volts."}) if by == 1 and n % 10 == 0 else None
    return {
        "id": n * LABELS + by,
        "campaign_id": 1,
        "item_id": n,
        "annotator_id": by,
        "criterion": "",
        "value": word,
        "item_revision": 1,
        "verdict": word,
        "comment": "",
        "error_types": "[]",
        "flags": "[]",
        "surplus": 0,
        "judge_visible": 0,
        "client_key": f"{n}-{by}",
        "at": NOW,
        "ended_by": "",
        "correction": correction,
        "seconds": 7.5,
    }


def insert(database: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    """One row."""
    insert_many(database, table, [row])


def insert_many(database: sqlite3.Connection, table: str, rows: list[dict[str, object]]) -> None:
    """Rows with the same columns."""
    columns = ", ".join(f'"{name}"' for name in rows[0])
    places = ", ".join("?" * len(rows[0]))
    database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", [tuple(row.values()) for row in rows])


if __name__ == "__main__":
    main()
