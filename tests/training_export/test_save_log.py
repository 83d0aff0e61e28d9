"""A person's decisions are saved as mdk saves them, and mdk reads them as its own."""

import ast
import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from annotation.models import Campaign, Label
from judging.core.readers import READERS, detect_format
from tests.annotation.review_help import fields_of, press
from tests.annotation.test_open_log import LATE, manual, opened, original, untouched, verdicts
from tests.conftest import logged_in
from tests.mdk_logs import manual_entry, qa
from training_export.actions import verify_export
from training_export.actions.log_saving import SavedLog
from training_export.models import Export

pytestmark = pytest.mark.django_db
FUTURE = "2099-01-01-00-00-00"


def saved(dataset: str, annotator: str = "annotator-1") -> list[Path]:
    out = StringIO()
    call_command("save_log", dataset, "--annotator", annotator, "--json", stdout=out)
    return [Path(name) for name in json.loads(out.getvalue())["files"]]


def log_of(files: list[Path]) -> list[dict[str, Any]]:
    log = next(path for path in files if path.name.startswith("experiment_log_manual_"))
    entries: list[dict[str, Any]] = json.loads(log.read_text())
    return entries


def as_mdk_chooses(folder: Path) -> Path:
    """Its rule for what to open: the last manual log by name."""
    return sorted(folder.glob("experiment_log_manual_*.json"))[-1]


@pytest.fixture
def folder(tmp_path: Path, annotator: User) -> Path:
    made = tmp_path / "outputs"
    made.mkdir()
    original(made)
    manual(made, LATE, manual_entry(1), manual_entry(2, num_error=3), untouched(3), untouched(4))
    return made


@pytest.fixture
def campaign(folder: Path) -> Campaign:
    opened(folder, "annotator-1", "--dataset", "pumps")
    return Campaign.objects.get()


def test_open_decide_save_is_what_mdk_opens_next(folder: Path, campaign: Campaign, annotator_client: Client) -> None:
    press(annotator_client, campaign, 3, "undefined")
    files = saved("pumps")
    assert as_mdk_chooses(folder) in files
    entries = log_of(files)
    assert [entry["num_error"] for entry in entries] == [0, 3, None, None]
    assert [type(entry["output"]) for entry in entries] == [str, str, str, list]
    assert all(isinstance(ast.literal_eval(entry["output"]), list) for entry in entries[:3])
    assert [entry["qa"] for entry in entries] == [[qa(number)] for number in range(1, 5)]
    assert detect_format(as_mdk_chooses(folder)) == "mdk_manual_log"
    assert len(list(READERS["mdk_manual_log"](as_mdk_chooses(folder)))) == 4


def test_the_verdict_files_have_the_stamp_of_the_log_and_its_corrected_texts(
    folder: Path, campaign: Campaign, annotator_client: Client
) -> None:
    press(annotator_client, campaign, 3, "clean", answer="At 24 volts.")
    files = saved("pumps")
    stamp = as_mdk_chooses(folder).stem.removeprefix("experiment_log_manual_")
    wanted = {f"dataset_manual_{stamp}_{verdict}.jsonl" for verdict in ("clean", "wrong", "invalid")}
    assert {path.name for path in files} == wanted | {as_mdk_chooses(folder).name}
    lines = (folder / f"dataset_manual_{stamp}_clean.jsonl").read_text().splitlines()
    assert json.loads(lines[-1]) == {"question": qa(3)["question"], "answer": "At 24 volts."}


def test_what_is_saved_is_newer_by_name_than_what_lies_there(folder: Path, campaign: Campaign) -> None:
    manual(folder, FUTURE, *[untouched(number) for number in range(1, 5)])
    files = saved("pumps")
    assert as_mdk_chooses(folder) in files
    assert as_mdk_chooses(folder).name == "experiment_log_manual_2099-01-01-00-00-01.json"


def test_saving_twice_overwrites_nothing(folder: Path, campaign: Campaign) -> None:
    assert not {*saved("pumps")} & {*saved("pumps")}
    assert not list(folder.glob(".*"))


def test_a_saved_log_opens_again_and_changes_nothing(folder: Path, campaign: Campaign, other_annotator: User) -> None:
    saved("pumps")
    before = verdicts()
    again = opened(folder, "annotator-1", "--dataset", "pumps")
    assert (again["new"], again["changed"], again["kept"], verdicts()) == (0, 0, 0, before)
    assert opened(folder, "annotator-2", "--dataset", "pumps")["new"] == 0


def test_everybody_saves_their_own_decisions(
    folder: Path, campaign: Campaign, other_annotator: User, annotator_client: Client
) -> None:
    opened(folder, "annotator-2", "--dataset", "pumps")
    with pytest.raises(CommandError, match="decided nothing yet"):
        saved("pumps", "annotator-2")
    assert [entry["num_error"] for entry in log_of(saved("pumps"))][:2] == [0, 3]


def test_the_export_of_a_saved_log_can_be_rebuilt(campaign: Campaign) -> None:
    saved("pumps")
    export = Export.objects.get()
    assert export.options["annotator"] == "annotator-1"
    assert verify_export(Path(export.folder) / "manifest.json") == []


def test_a_folder_that_cannot_be_written_says_where_the_files_are(folder: Path, campaign: Campaign) -> None:
    os.rename(folder, folder.with_name("moved"))
    with pytest.raises(CommandError, match="The files lie in"):
        saved("pumps")


def press_save(client: Client, campaign: Campaign, rank: int, **fields: str) -> Any:
    sent = fields_of(client, f"/review/{campaign.pk}/{rank}/") | {"here": str(rank)} | fields
    return client.post(f"/review/{campaign.pk}/save-log/", sent, follow=True)


def test_the_button_saves_the_item_on_the_screen_too(
    folder: Path, campaign: Campaign, annotator_client: Client
) -> None:
    page = press_save(annotator_client, campaign, 3, error_count="2").content.decode()
    assert str(as_mdk_chooses(folder)) in page
    assert "dataset_manual_" in page
    assert json.loads(as_mdk_chooses(folder).read_text())[2]["num_error"] == 2


def test_edits_on_the_screen_go_with_the_verdict_that_stands(
    folder: Path, campaign: Campaign, annotator_client: Client
) -> None:
    press_save(annotator_client, campaign, 2, answer="Edited.", error_count="3")
    entry = json.loads(as_mdk_chooses(folder).read_text())[1]
    assert (entry["qa"][0]["answer"], entry["num_error"]) == ("Edited.", 3)


def test_a_save_without_changes_makes_no_label(campaign: Campaign, annotator_client: Client) -> None:
    press_save(annotator_client, campaign, 2, error_count="3")
    assert Label.objects.count() == 2


def test_what_is_typed_without_a_verdict_stays_a_draft_and_is_said(
    campaign: Campaign, annotator_client: Client
) -> None:
    page = press_save(annotator_client, campaign, 3, answer="Half an ed").content.decode()
    assert "Item 3 on the screen is not decided yet" in page
    assert campaign.assignments.get(queue_rank=3).draft["answer"] == "Half an ed"


def test_a_contradiction_on_the_screen_saves_nothing(campaign: Campaign, annotator_client: Client) -> None:
    page = press_save(annotator_client, campaign, 3, error_count="-1")
    assert page.status_code == 422
    assert not Export.objects.exists()


def test_only_people_of_a_campaign_that_was_opened_from_a_log_save_it(
    campaign: Campaign, annotator_client: Client, other_annotator: User
) -> None:
    assert logged_in(other_annotator).post(f"/review/{campaign.pk}/save-log/").status_code == 404
    Campaign.objects.update(rules={})
    assert annotator_client.post(f"/review/{campaign.pk}/save-log/", {"here": "1"}).status_code == 404


@pytest.mark.parametrize(("decided", "words"), [(1, "Saved 1 decision: "), (2, "Saved 2 decisions: ")])
def test_what_was_saved_is_counted_in_words(decided: int, words: str) -> None:
    log = Path("experiment_log_manual_2026-01-01-00-00-00.json")
    assert SavedLog(export=Export(), files=(log,), decided=decided).sentence.startswith(words)
