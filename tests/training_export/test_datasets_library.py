"""The `datasets` library opens what leaves, offline, and finds the trainer's columns."""

import json
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
from training_export.core.writers import WRITERS, TrainingOptions
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


CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": {"name": "w"}}]}
SPOKEN = [
    {"role": "system", "content": "短く。"},
    {"role": "user", "content": [{"type": "text", "text": "天気は?"}]},
    CALL,
    {"role": "tool", "tool_call_id": "c", "content": "晴れ"},
    {"role": "assistant", "content": "晴れです。"},
]


@pytest.mark.parametrize("files", ["jsonl", "parquet", "hub"])
def test_chats_with_tools_beside_plain_ones_are_opened(
    datasets: ModuleType, answers: Dataset, tmp_path: Path, files: str
) -> None:
    item = answers.items.get(position=1)
    item.turns = [{"question": "天気は?", "answer": "晴れです。", "reference": ""}]
    item.extra = {"messages": SPOKEN, "system": "短く。"}
    item.save()
    folder = exported(answers, tmp_path / "out", "chat", files=files)
    rows = opened(datasets, folder / f"train.{files}" if files != "hub" else folder, tmp_path)
    assert [message["role"] for message in rows[0]["messages"]] == [message["role"] for message in SPOKEN]
    assert rows[0]["messages"][1]["content"] == "天気は?"
    assert [message["role"] for message in rows[1]["messages"]] == ["user", "assistant"]


def opened(datasets: ModuleType, path: Path, folder: Path) -> Any:
    """The rows of a file, or of the side `train` of a folder."""
    kind = {".jsonl": "json", ".json": "json", "": ""}.get(path.suffix, path.suffix[1:])
    named = {"path": kind, "data_files": str(path)} if kind else {"path": str(path)}
    return datasets.load_dataset(**named, cache_dir=str(folder / "cache"))["train"]


@pytest.mark.parametrize("name", sorted(WRITERS.keys() - {"promptfoo", "label_studio"}))
def test_every_file_of_rows_is_opened(datasets: ModuleType, answers: Dataset, tmp_path: Path, name: str) -> None:
    # Results of promptfoo and tasks of Label Studio are documents of those tools.
    folder = exported(answers, tmp_path / "out", name)
    rows = {file["name"]: file["rows"] for file in manifest_of(folder)["files"] if file["rows"]}
    named = [
        file for file in rows if Path(file).suffix in {".jsonl", ".csv", ".parquet"} and file != "provenance.jsonl"
    ]
    found = {file: len(opened(datasets, folder / file, tmp_path)) for file in named}
    assert found == {file: rows[file] for file in named}
    assert sum(found.values()) >= 20


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


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
