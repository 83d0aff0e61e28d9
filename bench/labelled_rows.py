"""A labelled dataset of any size, written straight into the tables of an empty database."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BATCH = 10_000
LABELS = 2
NOW = "2026-01-31 00:00:00+00:00"
PUMPS, RARE, MODEL = "pumps", "valves", "m-1"
EVERY_RARE = 5_000


def one_fill(what: str, _source: str, _folder: Path) -> dict[str, float]:
    """Items with two labels, a judgment and, every tenth time, a correction."""
    import django

    django.setup()
    from django.db import connection, transaction

    from annotation.models import Annotator, Campaign, Label
    from judging.actions.batches import count_imported_run
    from judging.models import Dataset, ImportFile, Item, Judge, Judgment, Run

    items = int(what.split(":")[1])
    run = {"id": 1, "dataset_id": 1, "kind": "imported", "judge_id": 1, "state": "finished"}
    with transaction.atomic():
        insert(Dataset, [{"id": 1, "name": "bench", "state": "ready", "at": NOW}])
        insert(ImportFile, [file_row(items)])
        insert(Judge, [{"id": 1, "name": "judge", "kind": "imported"}])
        insert(Run, [{**run, "created_at": NOW, "finished_at": NOW}])
        insert(Annotator, [{"id": n, "name": f"rater-{n}"} for n in range(1, LABELS + 1)])
        insert(Campaign, [campaign_row()])
    for first in range(1, items + 1, BATCH):
        numbers = range(first, min(first + BATCH, items + 1))
        with transaction.atomic():
            insert(Item, [item_row(n) for n in numbers])
            insert(Judgment, [judgment_row(n) for n in numbers])
            insert(Label, [label_row(n, by) for n in numbers for by in range(1, LABELS + 1)])
    # As an import does, for the page of the run.
    count_imported_run(Run.objects.get())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {}


def insert(model: Any, rows: Sequence[dict[str, object]]) -> None:
    """Rows with the same columns; those that are not named have what the model says."""
    from django.db import connection

    from judging.actions.imports.bulk import insert as insert_rows

    blank = model()
    fields = [field for field in model._meta.local_fields if field.column not in rows[0]]
    rest = {field.column: field.get_db_prep_save(getattr(blank, field.attname), connection) for field in fields}
    rest.pop("id", None)
    insert_rows(model, [*rows[0], *rest], ((*row.values(), *rest.values()) for row in rows))


def file_row(items: int) -> dict[str, object]:
    """The file that an import would have noted, with the categories and models of its rows."""
    header = {"categories": [PUMPS, RARE], "models": [MODEL]}
    return {
        "id": 1,
        "dataset_id": 1,
        "name": "bench.jsonl",
        "sha256": "0" * 64,
        "format": "qa_jsonl",
        "rows": items,
        "header": json.dumps(header),
        "at": NOW,
    }


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
        "model": MODEL,
        "model_b": "",
        "category": RARE if n % EVERY_RARE == 0 else PUMPS,
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
