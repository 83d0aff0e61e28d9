"""A labelled dataset of any size, written straight into an empty SQLite database."""

import json
import sqlite3
from pathlib import Path
from typing import Any

BATCH = 10_000
LABELS = 2
NOW = "2026-01-31 00:00:00"


def one_fill(what: str, _source: str, folder: Path) -> dict[str, float]:
    """Items with two labels, a judgment and, every tenth time, a correction; counts are kept as in ordinary work."""
    import django

    django.setup()
    from annotation.models import Annotator, Campaign, Label
    from judging.models import Dataset, Item, Judge, Judgment, Run

    items = int(what.split(":")[1])
    database = sqlite3.connect(folder / "db.sqlite3")
    database.execute("PRAGMA synchronous=OFF")
    insert(database, Dataset, [{"id": 1, "name": "bench", "state": "ready", "at": NOW}])
    insert(database, Judge, [{"id": 1, "name": "judge", "kind": "imported"}])
    run = {"id": 1, "dataset_id": 1, "kind": "imported", "judge_id": 1, "state": "finished"}
    insert(database, Run, [{**run, "created_at": NOW, "finished_at": NOW}])
    insert(database, Annotator, [{"id": n, "name": f"rater-{n}"} for n in range(1, LABELS + 1)])
    insert(database, Campaign, [campaign_row()])
    for first in range(1, items + 1, BATCH):
        numbers = range(first, min(first + BATCH, items + 1))
        insert(database, Item, [item_row(n) for n in numbers])
        insert(database, Judgment, [judgment_row(n) for n in numbers])
        insert(database, Label, [label_row(n, by) for n in numbers for by in range(1, LABELS + 1)])
    database.commit()
    database.execute("ANALYZE")
    database.close()
    return {}


def insert(database: sqlite3.Connection, model: Any, rows: list[dict[str, object]]) -> None:
    """Rows with the same columns; those that are not named have what the model says."""
    from django.db import connection

    blank = model()
    fields = [field for field in model._meta.local_fields if field.column not in rows[0]]
    rest = {field.column: field.get_db_prep_save(getattr(blank, field.attname), connection) for field in fields}
    rest.pop("id", None)
    names = [*rows[0], *rest]
    columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    values = [(*row.values(), *rest.values()) for row in rows]
    database.executemany(f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({places})", values)


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
        # As imports store them: characters are not escaped.
        "turns": json.dumps(turns, ensure_ascii=False),
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
