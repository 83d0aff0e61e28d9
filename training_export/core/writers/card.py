"""The dataset card of a folder that `datasets.load_dataset` opens."""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
VERDICTS_OF = {
    "gold": "people: a lead's decision where there is one, else the majority of the labels",
    "human": "people: the majority of the labels",
    "judge": "a judge, not people",
    "gold-then-judge": "people, and a judge where nobody labelled",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the split."""

    name: str
    rows: int


def card_of(title: str, source: str, sides: Sequence[Side], columns: Sequence[str]) -> str:
    """YAML that names the files of each split, then the card's text. A side without rows is in no split."""
    filled = [side for side in sides if side.rows]
    head = {
        "pretty_name": title,
        "size_categories": [size_of(sum(side.rows for side in filled))],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": side.name, "path": f"data/{side.name}-*.parquet"} for side in filled],
            }
        ],
    }
    rows = "\n".join(f"| {side.name} | {side.rows} |" for side in sides)
    named = ", ".join(f"`{column}`" for column in columns)
    return f"""---
{yaml.safe_dump(head, allow_unicode=True, sort_keys=False)}---

# {title}

Exported by evalsite. The verdicts are those of {VERDICTS_OF[source]}. `manifest.json` says who labelled, which
guideline, rubric and judge they followed, what was left out and why, and has the checksum of every file;
`provenance.jsonl` has the item of each row, in the order of the rows.

| split | rows |
|---|---|
{rows}

Columns: {named}.

    from datasets import load_dataset
    dataset = load_dataset("PATH/OF/THIS/FOLDER")
"""


def size_of(rows: int) -> str:
    """The hub's word for so many rows."""
    return next((name for limit, name in SIZES if rows < limit), "1M<n<10M" if rows < 10_000_000 else "n>10M")
