"""The `datasets` library opens what leaves, offline, and finds the trainer's columns."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from pyarrow import parquet

from judging.models import Dataset
from tests import factories
from training_export.actions import export_dataset
from training_export.core.writers import TrainingOptions
from training_export.core.writers import parquet as writer_module
from training_export.selection import select

pytestmark = pytest.mark.django_db
COLUMNS = {
    "trl_prompt_completion": {"prompt": "string", "completion": "string"},
    "trl_preference": {"prompt": "string", "chosen": "string", "rejected": "string"},
    "trl_unpaired": {"prompt": "string", "completion": "string", "label": "bool"},
    "text": {"text": "string"},
}


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The library, with a cache of the test's own and no network."""
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_DATASETS_DISABLE_PROGRESS_BARS"):
        monkeypatch.setenv(name, "1")
    for name in ("HF_HOME", "HF_DATASETS_CACHE", "HF_HUB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    library = pytest.importorskip("datasets")
    monkeypatch.setattr(library.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    yield library
    assert "torch" not in sys.modules


@pytest.fixture
def answers() -> Dataset:
    """Two answers to each of twenty questions, one clean and one wrong; every third wrong one corrected."""
    dataset = factories.make_dataset("ポンプ")
    campaign, person = factories.make_campaign(dataset), factories.make_annotator()
    for n in range(20):
        right = factories.make_item(dataset, f"問{n}は何ですか?", f"正しい答{n}。", model="a", extra={"n": n})
        wrong = factories.make_item(dataset, f"問{n}は何ですか?", f"まちがい{n}!", model="b")
        factories.make_label(campaign, right, person, "clean")
        correction = {"answer": f"直した答{n}。"} if n % 3 == 0 else None
        factories.make_label(campaign, wrong, person, "wrong", correction=correction)
    return dataset


def exported(dataset: Dataset, folder: Path, name: str, **options: Any) -> Path:
    export_dataset(select(dataset), folder, format_name=name, options=TrainingOptions(**options))
    return folder


@pytest.mark.parametrize("name", sorted(COLUMNS))
@pytest.mark.parametrize("files", ["jsonl", "parquet", "hub"])
def test_the_trainer_s_columns_are_there(
    datasets: ModuleType, answers: Dataset, tmp_path: Path, name: str, files: str
) -> None:
    folder = exported(answers, tmp_path / "out", name, files=files)
    if files == "hub":
        loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))["train"]
    else:
        kind = {"jsonl": "json"}.get(files, files)
        path = str(folder / f"train.{files}")
        loaded = datasets.load_dataset(kind, data_files=path, cache_dir=str(tmp_path / "cache"))["train"]
    assert {column: feature.dtype for column, feature in loaded.features.items()} == COLUMNS[name]
    assert len(loaded) >= 20


def test_chats_are_lists_of_messages(datasets: ModuleType, answers: Dataset, tmp_path: Path) -> None:
    folder = exported(answers, tmp_path / "out", "chat", files="hub")
    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))["train"]
    assert loaded[0]["messages"] == [
        {"role": "user", "content": "問0は何ですか?"},
        {"role": "assistant", "content": "正しい答0。"},
    ]


def test_the_folder_opens_with_its_splits_and_its_card(datasets: ModuleType, answers: Dataset, tmp_path: Path) -> None:
    folder = exported(answers, tmp_path / "out", "hf_dataset", split=(60, 20, 20))
    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert sum(len(rows) for rows in loaded.values()) == 40
    questions = [set(rows["question"]) for rows in loaded.values()]
    assert sum(map(len, questions)) == len(set().union(*questions)) == 20
    first = next(row for rows in loaded.values() for row in rows if row["id"] == "item-2")
    assert (first["verdict"], first["answer"], first["original_answer"]) == ("wrong", "直した答0。", "まちがい0!")
    assert "pretty_name: ポンプ" in (folder / "README.md").read_text(encoding="utf-8")


def test_large_sides_are_cut_into_files(
    datasets: ModuleType, answers: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "SHARD", 15)
    folder = exported(answers, tmp_path / "out", "hf_dataset")
    assert [path.name for path in sorted((folder / "data").iterdir())] == [f"train-0000{n}.parquet" for n in range(3)]
    assert len(datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))["train"]) == 40


def test_row_groups_are_written_as_they_fill_and_half_characters_escaped(
    answers: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL stores no half characters")
    monkeypatch.setattr(writer_module, "ROW_GROUP", 8)
    item = answers.items.get(position=1)
    item.turns[0]["answer"] = "半分\ud83d"
    item.save()
    folder = exported(answers, tmp_path / "out", "parquet")
    (path,) = folder.glob("*_clean.parquet")
    assert parquet.ParquetFile(path).num_row_groups == 3
    table = parquet.read_table(path)
    assert table.column("answer")[0].as_py() == "半分\\ud83d"
    assert (table.column("extra")[1].as_py(), table.column("context")[1].as_py()) == ('{"n": 1}', None)
