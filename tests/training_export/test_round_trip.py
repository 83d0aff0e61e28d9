"""A log of mdk goes in, is labelled, leaves, and comes in again: nothing of the original entry is missing."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotation.actions.label_imports import import_labels
from annotation.models import Campaign
from judging.actions.imports import InputFile, apply_import, plan_import
from judging.models import Dataset, Judgment
from tests import factories
from training_export.actions import export_dataset
from training_export.selection import select

pytestmark = pytest.mark.django_db

ENTRIES: list[dict[str, Any]] = [
    {
        "convert_template": None,
        "evaluate_template": "ja/verify.jinja2",
        "prompt": ["… [ATTR_1]", "… [ATTR_2]"],
        "output": [" helpfulness: 3 [/ATTR_1]", " it's 'fine' [/ATTR_2]"],
        "page": {"page": "ポンプは12ボルトで動く。"},
        "qa": [{"question": "電圧は?", "answer": "12ボルト。", "source": "p. 3"}],
        "raw_score": [-0.3257],
        "score": -0.3257,
        "num_error": 0,
        "previous_num_error": 1,
        "note": {"seen": [1, 2.5, None]},
    },
    {
        "convert_template": "ja/qa.jinja2",
        "evaluate_template": "ja/verify.jinja2",
        "prompt": ["a", "b"],
        "output": ["x [/ATTR_1]", "y [/ATTR_2]"],
        "page": {"page": "本文\n二行目", "number": 7},
        "qa": [{"question": "色は?", "answer": "赤。"}],
        "raw_score": [],
        "score": None,
        "num_error": None,
        "previous_num_error": None,
    },
    {
        "convert_template": None,
        "evaluate_template": "ja/verify.jinja2",
        "prompt": ["a", "b"],
        "output": ["p [/ATTR_1]", "q [/ATTR_2]"],
        "page": {"page": ""},
        "qa": [{"question": "Q?", "answer": "A."}],
        "raw_score": [0.5],
        "score": 0.5,
        "num_error": 1,
        "previous_num_error": 0,
    },
]


def imported(name: str, path: Path) -> Dataset:
    plan = plan_import(name, [InputFile(path)])
    assert plan.problems == ()
    return apply_import(plan)


def labelled(dataset: Dataset) -> Campaign:
    """The first item is corrected and wrong twice over, the second undefined, the third nobody saw."""
    campaign = factories.make_campaign(dataset, "review")
    person = factories.make_annotator("reviewer-1")
    first, second, _third = dataset.items.order_by("position")
    correction = {"answer": "直流12ボルト。"}
    factories.make_label(campaign, first, person, "wrong", error_count=2, correction=correction)
    factories.make_label(campaign, second, person, "undefined")
    return campaign


def exported_log(dataset: Dataset, folder: Path, campaign: Campaign) -> Path:
    export_dataset(select(dataset, campaign=campaign), folder)
    (log,) = folder.glob("experiment_log_manual_*.json")
    return log


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The log after one loop."""
    source = tmp_path / "experiment_log.json"
    source.write_text(json.dumps(ENTRIES, ensure_ascii=False, indent=4), encoding="utf-8")
    dataset = imported("first", source)
    return exported_log(dataset, tmp_path / "out", labelled(dataset))


def test_nothing_of_the_original_entry_is_missing(log: Path) -> None:
    renamed = {"num_error": "judge_num_error"}
    for before, after in zip(ENTRIES, json.loads(log.read_text(encoding="utf-8")), strict=True):
        kept = {renamed.get(key, key): value for key, value in before.items() if key not in {"qa", "output"}}
        assert {key: after[key] for key in kept} == kept


def test_people_s_words_stand_where_mdk_puts_them(log: Path) -> None:
    first, second, third = json.loads(log.read_text(encoding="utf-8"))
    assert [entry["num_error"] for entry in (first, second, third)] == [2, None, None]
    assert first["qa"] == [{"question": "電圧は?", "answer": "直流12ボルト。", "source": "p. 3"}]
    assert first["original"] == {"answer": "12ボルト。"}
    assert first["output"] == repr(ENTRIES[0]["output"])
    assert second["output"] == repr(ENTRIES[1]["output"])
    assert third["output"] == ENTRIES[2]["output"]


def test_the_exported_log_comes_in_again_with_its_judgments_and_verdicts(log: Path) -> None:
    plan = plan_import("second", [InputFile(log)])
    assert (plan.problems, plan.formats) == ((), "mdk_manual_log")
    assert (plan.counts.items, plan.counts.judgments, plan.counts.human_verdicts) == (3, 3, 2)
    again = apply_import(plan)
    verdicts = Judgment.objects.filter(run__dataset=again).order_by("item__position")
    assert list(verdicts.values_list("verdict", "score")) == [("clean", -0.3257), ("invalid", None), ("wrong", 0.5)]


def test_the_second_loop_writes_the_same_entries(log: Path, tmp_path: Path) -> None:
    again = imported("second", log)
    import_labels(again, InputFile(log), annotator="reviewer-2")
    second = exported_log(again, tmp_path / "second", Campaign.objects.get(dataset=again))
    assert json.loads(second.read_text(encoding="utf-8")) == json.loads(log.read_text(encoding="utf-8"))


def test_labels_of_the_exported_log_find_their_items_again(log: Path) -> None:
    dataset = Dataset.objects.get(name="first")
    outcome = import_labels(dataset, InputFile(log), annotator="reviewer-2")
    assert (outcome.labels, outcome.corrections, outcome.unmatched) == (2, 1, ())


def test_a_key_that_entries_had_comes_back(tmp_path: Path) -> None:
    source = tmp_path / "experiment_log.json"
    source.write_text(json.dumps([ENTRIES[0] | {"key": "pump-1"}]), encoding="utf-8")
    dataset = imported("keyed", source)
    campaign = factories.make_campaign(dataset)
    factories.make_label(campaign, dataset.items.get(), factories.make_annotator(), "clean")
    (entry,) = json.loads(exported_log(dataset, tmp_path / "out", campaign).read_text(encoding="utf-8"))
    assert entry["key"] == "pump-1"
