"""Every format that leaves: out, in by the command, out again is the same, or it is said why it only leaves.

Every format that comes in: which export it returns from, or why nothing writes it.
"""

import json
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.management import call_command
from django.db import connection
from openpyxl import load_workbook
from pyarrow import parquet

from annotation.models import Campaign
from judging.core.readers import READERS
from judging.models import Dataset
from tests import factories
from tests.training_export.test_files_back_in import TRICKY, fastchat_tree
from training_export.core.writers import WRITERS

pytestmark = pytest.mark.django_db


class Returns(NamedTuple):
    """Which files come in again, and who then says the verdicts: the file as `labels`, its `judge`, else a person."""

    files: str
    by: str = ""
    same: tuple[str, ...] = ()
    source: str = "qa"

    @property
    def compared(self) -> tuple[str, ...]:
        """The files that are the same in the end."""
        return self.same or (self.files,)


RETURNING = {
    "mdk": Returns("experiment_log_manual_*.json", "labels"),
    "qa_jsonl": Returns("*_clean.jsonl"),
    "parquet": Returns("*_clean.parquet"),
    "chat": Returns("train.jsonl"),
    "text": Returns("train.jsonl"),
    "trl_prompt_completion": Returns("train.jsonl"),
    "trl_preference": Returns("train.jsonl", "judge", source="pairs"),
    "trl_unpaired": Returns("train.jsonl", "judge"),
    "mdk_gold": Returns(
        "dataset_checked.*", "labels", same=("dataset_checked.csv", "dataset_checked.json", "dataset_checked.xlsx")
    ),
    "promptfoo_csv": Returns("tests.csv"),
    "promptfoo": Returns("results.json", "labels"),
    "fastchat": Returns("**/*.jsonl", source="fastchat"),
    "label_studio": Returns("tasks.json", "labels"),
    "labels": Returns("labels.csv", "table"),
}
ONLY_WRITTEN = {"hf_dataset": "a table for `datasets`: it says whose verdict a row has, which no label can be made of"}
READ_FROM = {
    "mdk_manual_log": "mdk",
    "mdk_gold": "mdk_gold",
    "mdk_gold_table": "mdk_gold",
    "csv": "promptfoo_csv",
    "xlsx": "mdk_gold",
    "texts": "text",
    "preference": "trl_preference",
    **{f"fastchat_{part}": "fastchat" for part in ("question", "answer", "reference", "judgment", "votes")},
    **{name: name for name in ("qa_jsonl", "parquet", "chat", "promptfoo", "label_studio")},
}
ONLY_READ = {
    "argilla": "another tool's own: Label Studio's tasks and the table of labels leave",
    "choices": "a benchmark's questions, which nobody answers by a text",
    "elyza": "a benchmark's tasks: they leave as qa_jsonl",
    "inspect_log": "the log of another tool's run",
    "judge_bench": "a published set of grades",
    "lm_eval": "the log of another tool's run",
    "mdk_converter_log": "made before anybody judged: it leaves as the manual log",
    "mdk_judge_log": "what a judge wrote: it leaves within the manual log, with all its keys",
    "mmlu": "a benchmark's questions, which nobody answers by a text",
    "oasst": "conversations: they leave as chat",
    "openai_evals": "the log of another tool's run",
    "pairs": "pairs leave as trl_preference and fastchat",
    "promptfoo_db": "another tool's database, opened for reading only: results leave as promptfoo",
    "promptfoo_table": "shows less than the results, which leave as promptfoo",
    "rated_answers": "an item per answer: they leave as qa_jsonl and, by their scores, as trl_preference",
    "taxonomy": "checked by its own schema: questions and answers leave as qa_jsonl",
}


def test_every_format_returns_or_says_why_not() -> None:
    assert sorted([*RETURNING, *ONLY_WRITTEN]) == sorted(WRITERS)
    assert sorted([*READ_FROM, *ONLY_READ]) == sorted(READERS)
    assert set(READ_FROM.values()) <= set(RETURNING)


def written(path: Path, *rows: dict[str, object]) -> list[Path]:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return [path]


def sources(kind: str, folder: Path) -> list[Path]:
    folder.mkdir()
    if kind == "fastchat":
        return fastchat_tree(folder)
    if kind == "pairs":
        answers = [
            {"question": f"問{n}?", "answer": f"{m} {text}", "model": m} for n, text in enumerate(TRICKY) for m in "ab"
        ]
        return written(folder / "in.jsonl", *answers)
    rows = [
        {"id": f"k{n}", "question": f"問{n}? {text}", "answer": text, "model": "m", "level": {"n": [n, None, 1.5]}}
        for n, text in enumerate(TRICKY)
    ]
    rows[0] |= {"context": "本文 'x'\n{}", "reference": "12", "category": "c"}
    return written(folder / "in.jsonl", *rows)


def imported(name: str, paths: list[Path], *options: str) -> Dataset:
    call_command("import_dataset", *paths, "--name", name, *options, stdout=StringIO(), stderr=StringIO())
    return Dataset.objects.get(name=name)


def labelled(dataset: Dataset, person: str, wrong: int = 0) -> None:
    """Clean, but for one item, and of two answers to one question the second; every third item carries a comment."""
    campaign, rater = factories.make_campaign(dataset), factories.make_annotator(person)
    for item in dataset.items.order_by("position"):
        verdict = "wrong" if item.model == "b" or item.position == wrong else "clean"
        factories.make_label(campaign, item, rater, verdict, comment="なぜ?" if item.position % 3 == 0 else "")


def labelled_from(dataset: Dataset, files: list[Path], how: Returns) -> None:
    if how.by == "labels":
        call_command("import_labels", files[0], "--dataset", dataset.name, "--annotator", "reader 1", stdout=StringIO())
    elif how.by == "table":
        call_command("import_labels", files[0], "--dataset", dataset.name, stdout=StringIO())
    elif how.by != "judge":
        labelled(dataset, "reader 2")


def exported(dataset: Dataset, folder: Path, name: str, how: Returns) -> Path:
    source = "judge" if how.by == "judge" and not Campaign.objects.filter(dataset=dataset).exists() else "gold"
    call_command(
        "export_dataset", dataset.name, "--format", name, "--output", folder, "--source", source, stdout=StringIO()
    )
    return folder


def content(path: Path) -> object:
    """The cells of a packed file, the bytes of every other."""
    if path.suffix == ".parquet":
        return parquet.read_table(path).to_pylist()
    if path.suffix == ".xlsx":
        return [[cell.value for cell in row] for row in load_workbook(path).active]
    if path.suffix == ".json" and connection.vendor == "postgresql":
        return json.loads(path.read_bytes())  # what came with an item keeps its keys there, not their order
    return path.read_bytes()


def contents(folder: Path, pattern: str) -> list[object]:
    return [content(path) for path in sorted(folder.glob(pattern)) if path.name != "provenance.jsonl"]


@pytest.mark.parametrize("name", sorted(RETURNING))
def test_out_in_and_out_again_is_the_same(tmp_path: Path, name: str) -> None:
    how = RETURNING[name]
    came = sources(how.source, tmp_path / "in")
    first = imported("first", came)
    labelled(first, "reader 1", wrong=2)
    once = exported(first, tmp_path / "1", name, how)
    for place, pattern in enumerate(how.compared):
        files = [path for path in sorted(once.glob(pattern)) if path.name != "provenance.jsonl"]
        second = imported(f"second {place}", came if how.by == "table" else files)
        labelled_from(second, files, how)
        twice = exported(second, tmp_path / f"2 {place}", name, how)
        assert contents(once, pattern)
        assert contents(twice, pattern) == contents(once, pattern)
