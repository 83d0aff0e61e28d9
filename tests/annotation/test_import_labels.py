"""Verdicts that people left in files become labels."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Annotator, Campaign, Label
from judging.actions.imports import InputFile, apply_import, plan_import
from judging.models import Dataset
from tests import factories
from tests.mdk_logs import converter_entry, gold_entry, judge_entry, manual_entry, qa, write

pytestmark = pytest.mark.django_db


def imported(*paths: Path, name: str = "d") -> Dataset:
    return apply_import(plan_import(name, [InputFile(path) for path in paths]))


def take(path: Path, annotator: str = "hanako", dataset: str = "d") -> dict[str, Any]:
    out = StringIO()
    arguments = [str(path), "--dataset", dataset, "--annotator", annotator, "--json"]
    call_command("import_labels", *arguments, stdout=out, stderr=StringIO())
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def verdicts(annotator: str = "hanako") -> list[tuple[int, str]]:
    labels = Label.objects.current().filter(annotator__name=annotator)
    return list(labels.order_by("item__position").values_list("item__position", "verdict"))


def test_manual_log_gives_labels_to_a_judge_logs_items(tmp_path: Path) -> None:
    imported(write(tmp_path / "experiment_log.json", [judge_entry(number) for number in (1, 2, 3, 4)]))
    manual = write(
        tmp_path / "experiment_log_manual_x.json",
        [
            manual_entry(1, num_error=0),
            manual_entry(2, num_error=2),
            manual_entry(3, num_error=None),
            gold_entry(4, num_error=1),
        ],
    )
    found = take(manual)
    assert (found["labels"], found["new"], found["unmatched"], found["problems"]) == (3, 3, [], [])
    assert verdicts() == [(1, "clean"), (2, "wrong"), (3, "undefined")]
    label = Label.objects.get(verdict="wrong")
    assert (label.error_count, label.value, label.correction) == (2, "wrong", None)
    campaign = Campaign.objects.get()
    assert (campaign.name, campaign.kind) == ("imported", Campaign.Kind.IMPORTED)
    assert Annotator.objects.get().identity == Annotator.Identity.KNOWN


def test_previous_error_counts_of_a_judge_log_become_labels(tmp_path: Path) -> None:
    log = write(tmp_path / "log.json", [judge_entry(1, previous_num_error=0), judge_entry(2), judge_entry(3)])
    imported(log)
    take(log)
    assert verdicts() == [(1, "clean")]


def test_gold_set_becomes_labels(tmp_path: Path) -> None:
    gold = write(tmp_path / "dataset_checked.json", [gold_entry(1, num_error=1), gold_entry(2)])
    imported(gold)
    take(gold)
    assert verdicts() == [(1, "wrong"), (2, "clean")]


def test_files_of_two_people_meet_in_one_campaign(tmp_path: Path) -> None:
    gold = write(tmp_path / "dataset_checked.json", [gold_entry(1)])
    imported(gold)
    take(gold, "hanako")
    take(write(tmp_path / "dataset_b_checked.json", [gold_entry(1, num_error=1)]), "taro")
    assert Campaign.objects.count() == 1
    assert (verdicts("hanako"), verdicts("taro")) == ([(1, "clean")], [(1, "wrong")])


def test_same_file_again_changes_nothing(tmp_path: Path) -> None:
    gold = write(tmp_path / "dataset_checked.json", [gold_entry(1), gold_entry(2, num_error=3)])
    imported(gold)
    take(gold)
    before = list(Label.objects.values())
    found = take(gold)
    assert (found["new"], found["unchanged"], found["changed"]) == (0, 2, 0)
    assert list(Label.objects.values()) == before


def test_changed_verdict_ends_the_old_label(tmp_path: Path) -> None:
    gold = write(tmp_path / "dataset_checked.json", [gold_entry(1)])
    imported(gold)
    take(gold)
    assert take(write(gold, [gold_entry(1, num_error=1)]))["changed"] == 1
    old, new = Label.objects.order_by("pk")
    assert (old.verdict, old.ended_by, new.verdict, new.ended_at) == ("clean", "superseded", "wrong", None)
    assert old.ended_at is not None


def test_edited_answer_is_a_correction(tmp_path: Path) -> None:
    imported(write(tmp_path / "log.json", [converter_entry(1, 2)]))
    edited = qa(2) | {"answer": "24 V"}
    found = take(write(tmp_path / "experiment_log_manual_x.json", [manual_entry(1), manual_entry(2, qa=[edited])]))
    assert found["corrections"] == 1
    assert Label.objects.get(item__position=2).correction == {"answer": "24 V"}


def test_edited_question_is_found_by_its_place(tmp_path: Path) -> None:
    imported(write(tmp_path / "log.json", [judge_entry(1), judge_entry(2), judge_entry(3)]))
    edited = qa(2) | {"question": "別の問い?"}
    entries = [manual_entry(1), manual_entry(2, qa=[edited], num_error=1), manual_entry(3)]
    take(write(tmp_path / "experiment_log_manual_x.json", entries))
    assert Label.objects.get(item__position=2).correction == {"question": "別の問い?"}
    assert verdicts() == [(1, "clean"), (2, "wrong"), (3, "clean")]


def test_edited_one_of_two_equal_questions_keeps_its_place(tmp_path: Path) -> None:
    imported(write(tmp_path / "log.json", [judge_entry(1), judge_entry(1)]))
    edited = qa(1) | {"question": "別の問い?"}
    entries = [manual_entry(1, qa=[edited], num_error=1), manual_entry(1)]
    take(write(tmp_path / "experiment_log_manual_x.json", entries))
    assert verdicts() == [(1, "wrong"), (2, "clean")]


def test_place_within_one_file_of_several_counts(tmp_path: Path) -> None:
    one = write(tmp_path / "one.json", [judge_entry(1), judge_entry(2), judge_entry(3)])
    two = write(tmp_path / "two.json", [judge_entry(4), judge_entry(5)])
    imported(one, two)
    edited = qa(5) | {"question": "別の問い?"}
    entries = [manual_entry(4), manual_entry(5, qa=[edited], num_error=1)]
    take(write(tmp_path / "experiment_log_manual_x.json", entries))
    assert verdicts() == [(4, "clean"), (5, "wrong")]


def test_row_without_an_item_is_listed(tmp_path: Path) -> None:
    imported(write(tmp_path / "log.json", [judge_entry(1)]))
    path = write(tmp_path / "experiment_log_manual_x.json", [manual_entry(1), manual_entry(2, page={"page": "other"})])
    found = take(path)
    assert [(row["file"], row["line"]) for row in found["unmatched"]] == [(str(path), 2)]
    assert verdicts() == [(1, "clean")]


def test_items_of_another_dataset_get_no_labels(tmp_path: Path) -> None:
    gold = write(tmp_path / "dataset_checked.json", [gold_entry(1)])
    imported(gold, name="other")
    imported(gold)
    take(gold)
    assert {label.item.dataset.name for label in Label.objects.all()} == {"d"}


def test_label_is_of_the_revision_that_the_item_has_now(tmp_path: Path) -> None:
    gold = write(tmp_path / "dataset_checked.json", [gold_entry(1)])
    imported(gold).items.update(revision=3)
    take(gold)
    assert Label.objects.get().item_revision == 3


def test_bad_file_stores_no_label_and_names_the_entry(tmp_path: Path) -> None:
    imported(write(tmp_path / "log.json", [judge_entry(1), judge_entry(2)]))
    bad = write(tmp_path / "experiment_log_manual_x.json", [manual_entry(1), manual_entry(2, num_error=-1)])
    out = StringIO()
    with pytest.raises(CommandError, match="no label was stored"):
        call_command("import_labels", str(bad), "--dataset", "d", "--annotator", "a", "--json", stdout=out)
    assert json.loads(out.getvalue())["problems"][0]["line"] == 2
    assert not Label.objects.exists()
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dataset", "absent", "--annotator", "a"], "no dataset 'absent'. Datasets: d"),
        (["--dataset", "d", "--annotator", " "], "name of an annotator"),
        (["--dataset", "d", "--annotator", "x" * 151], "name of an annotator"),
    ],
)
def test_wrong_names_are_refused(tmp_path: Path, arguments: list[str], words: str) -> None:
    gold = write(tmp_path / "dataset_checked.json", [gold_entry(1)])
    imported(gold)
    with pytest.raises(CommandError, match=words):
        call_command("import_labels", str(gold), *arguments)


def test_file_without_peoples_verdicts_is_refused(tmp_path: Path) -> None:
    log = write(tmp_path / "log.json", [judge_entry(1)])
    imported(log)
    with pytest.raises(CommandError, match="no verdicts of people"):
        take(log)


def test_file_of_another_dataset_is_refused(tmp_path: Path) -> None:
    imported(write(tmp_path / "log.json", [judge_entry(1), judge_entry(2)]))
    with pytest.raises(CommandError, match="No row of"):
        take(write(tmp_path / "dataset_checked.json", [gold_entry(9, page={"page": "other"})]))


def test_review_campaign_of_that_name_is_in_the_way(tmp_path: Path) -> None:
    gold = write(tmp_path / "dataset_checked.json", [gold_entry(1)])
    factories.make_campaign(imported(gold), "imported")
    with pytest.raises(CommandError, match="Rename it"):
        take(gold)
    assert not Annotator.objects.exists()
