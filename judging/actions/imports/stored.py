"""What a row looks like as an item, and what the dataset already has of it."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from judging.core.items import ItemRow
from judging.models import Dataset, Item

TEXT_FIELDS = ("turns", "turns_b", "choices", "context", "criteria")
OTHER_FIELDS = ("kind", "model", "model_b", "category", "gold_choice", "answer_state", "extra")


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item of the dataset, as digests of its fields."""

    pk: int
    revision: int
    text: bytes
    other: bytes


def item_fields(row: ItemRow) -> dict[str, Any]:
    """The columns of the item that a row becomes, without its place and identity."""
    state = Item.AnswerState.GIVEN if row.has_answer else Item.AnswerState.MISSING
    return {
        "kind": row.kind,
        "turns": [turn.as_json() for turn in row.turns],
        "turns_b": [turn.as_json() for turn in row.turns_b] if row.turns_b else None,
        "choices": list(row.choices) if row.choices else None,
        "gold_choice": row.gold_choice,
        "context": row.context,
        "criteria": row.criteria,
        "model": row.model,
        "model_b": row.model_b,
        "category": row.category,
        "answer_state": state,
        "extra": dict(row.extra),
    }


def digests(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    """Digest of the texts and digest of the rest, equal where a database gives back equal values."""
    return _digest([fields[name] for name in TEXT_FIELDS]), _digest([_plain(fields[name]) for name in OTHER_FIELDS])


def _digest(values: list[Any]) -> bytes:
    return sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).digest()[:16]


def _plain(value: Any) -> Any:
    """1e16 comes back from jsonb as 10000000000000000: whole floats count as the integers they are."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def stored_items(dataset: Dataset) -> dict[str, StoredItem]:
    """Every item of the dataset by its key: the texts stay in the database."""
    columns = ("pk", "key", "revision", *TEXT_FIELDS, *OTHER_FIELDS)
    return {
        values["key"]: StoredItem(values["pk"], values["revision"], *digests(values))
        for values in dataset.items.values(*columns).iterator(chunk_size=2000)
    }
