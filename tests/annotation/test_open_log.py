"""A folder of mdk's logs is opened: the newest work by time, and nothing of anybody's is lost."""

import json
import os
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from annotation.models import Assignment, Campaign, Label
from judging.models import Dataset, Item, Reply
from tests.annotation.review_help import press, url
from tests.mdk_logs import converter_entry, judge_entry, manual_entry, qa, write

pytestmark = pytest.mark.django_db
EARLY, LATE = "2026-01-30-18-00-00", "2026-01-31-09-05-07"


def at(stamp: str) -> float:
    """The time of a stamp, had the clock been UTC's."""
    return datetime.strptime(stamp, "%Y-%m-%d-%H-%M-%S").replace(tzinfo=UTC).timestamp()


def written(path: Path, entries: list[dict[str, Any]], when: float) -> Path:
    write(path, entries)
    os.utime(path, (when, when))
    return path


def original(folder: Path, count: int = 4) -> Path:
    entries = [judge_entry(number) for number in range(1, count + 1)]
    return written(folder / "experiment_log.json", entries, at(EARLY) - 3600)


def manual(folder: Path, stamp: str, *entries: dict[str, Any], when: float | None = None) -> Path:
    path = folder / f"experiment_log_manual_{stamp}.json"
    return written(path, list(entries), at(stamp) if when is None else when)


def autosave(folder: Path, *entries: dict[str, Any], when: float) -> Path:
    return written(folder / "experiment_log_autosave.json", list(entries), when)


def untouched(number: int) -> dict[str, Any]:
    """An entry that nobody looked at still has its replies as a list."""
    return manual_entry(number, output=["r"])


def opened(folder: Path, annotator: str = "annotator-1", *more: str) -> dict[str, Any]:
    out = StringIO()
    call_command("open_log_directory", str(folder), "--annotator", annotator, "--json", *more, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def refusal(folder: Path, *more: str) -> str:
    with pytest.raises(CommandError) as caught:
        opened(folder, "annotator-1", *more)
    return str(caught.value)


def verdicts(annotator: str = "annotator-1") -> dict[int, tuple[str, int | None]]:
    labels = Label.objects.current().filter(annotator__name=annotator)
    return {label.item.position: (label.verdict, label.error_count) for label in labels.select_related("item")}


def test_the_manual_log_becomes_labels_and_the_original_keeps_what_the_judge_said(
    tmp_path: Path, annotator: User
) -> None:
    original(tmp_path)
    manual(tmp_path, LATE, manual_entry(1), manual_entry(2, num_error=3), untouched(3), untouched(4))
    found = opened(tmp_path)
    assert (found["taken"], found["new"], found["start"]) == (f"experiment_log_manual_{LATE}.json", 2, 3)
    assert verdicts() == {1: ("clean", 0), 2: ("wrong", 3)}
    assert Reply.objects.filter(item__position=1).count() == 4
    campaign = Campaign.objects.get()
    assert (campaign.kind, campaign.run is not None, campaign.blind_judge) == (Campaign.Kind.REVIEW, True, False)


def test_a_manual_log_alone_is_enough(tmp_path: Path, annotator: User) -> None:
    manual(tmp_path, LATE, manual_entry(1), untouched(2))
    assert opened(tmp_path)["new"] == 1
    assert Item.objects.count() == 2


def test_the_original_alone_begins_at_its_first_item(tmp_path: Path, annotator: User) -> None:
    original(tmp_path)
    found = opened(tmp_path)
    assert (found["taken"], found["new"], found["start"]) == ("experiment_log.json", 0, 1)


def test_a_log_with_several_questions_an_entry_is_opened_question_by_question(tmp_path: Path, annotator: User) -> None:
    written(tmp_path / "experiment_log.json", [converter_entry(1, 2), converter_entry(3)], at(EARLY))
    manual(tmp_path, LATE, manual_entry(1), manual_entry(2, num_error=1), untouched(3))
    assert opened(tmp_path)["start"] == 3
    assert verdicts() == {1: ("clean", 0), 2: ("wrong", 1)}


def test_a_newer_autosave_is_taken_and_the_older_manual_log_is_named_with_what_differs(
    tmp_path: Path, annotator: User
) -> None:
    original(tmp_path)
    manual(tmp_path, LATE, manual_entry(1), manual_entry(2), untouched(3), untouched(4))
    autosave(
        tmp_path, manual_entry(1), manual_entry(2, num_error=1), manual_entry(3), untouched(4), when=at(LATE) + 500
    )
    found = opened(tmp_path)
    assert (found["taken"], found["start"]) == ("experiment_log_autosave.json", 4)
    assert "older" in found["sentences"][1]
    assert "other verdicts: 1; decided only there: 0; decided only in the file taken: 1" in found["sentences"][1]


def test_an_older_autosave_is_left(tmp_path: Path, annotator: User) -> None:
    original(tmp_path)
    manual(tmp_path, LATE, *[manual_entry(number) for number in range(1, 5)])
    autosave(tmp_path, *[untouched(number) for number in range(1, 5)], when=at(LATE) - 500)
    assert opened(tmp_path)["taken"] == f"experiment_log_manual_{LATE}.json"


@pytest.mark.parametrize("hours", [9, -5, 5.5])
def test_manual_logs_of_any_time_zone_are_compared_with_the_autosave(
    tmp_path: Path, annotator: User, hours: float
) -> None:
    original(tmp_path)
    saved = at(LATE) - hours * 3600
    manual(tmp_path, LATE, *[untouched(number) for number in range(1, 5)], when=saved)
    autosave(tmp_path, *[manual_entry(number) for number in range(1, 5)], when=saved + 60)
    assert opened(tmp_path)["taken"] == "experiment_log_autosave.json"


def test_copied_files_that_say_different_things_are_not_guessed(tmp_path: Path, annotator: User) -> None:
    original(tmp_path)
    copied = at(LATE) + 86400 + 411
    manual(tmp_path, LATE, manual_entry(1), untouched(2), untouched(3), untouched(4), when=copied)
    autosave(tmp_path, *[manual_entry(number) for number in range(1, 5)], when=copied)
    assert "name the one to take" in refusal(tmp_path)
    assert not Dataset.objects.exists()
    assert opened(tmp_path, "annotator-1", "--take", "experiment_log_autosave.json")["new"] == 4


def test_of_manual_logs_the_last_by_its_name_is_taken(tmp_path: Path, annotator: User) -> None:
    original(tmp_path, 1)
    manual(tmp_path, LATE, manual_entry(1, num_error=1), when=at(EARLY))
    manual(tmp_path, EARLY, manual_entry(1), when=at(LATE))
    assert opened(tmp_path)["taken"] == f"experiment_log_manual_{LATE}.json"


def test_what_was_left_out_before_the_last_decision_comes_when_the_rest_is_done(
    tmp_path: Path, annotator: User, annotator_client: Client
) -> None:
    original(tmp_path)
    manual(tmp_path, LATE, manual_entry(1), untouched(2), manual_entry(3), untouched(4))
    found = opened(tmp_path)
    campaign = Campaign.objects.get()
    assert found["start"] == 4
    address = f"/review/{campaign.pk}/"
    assert annotator_client.get(address)["Location"] == f"{address}4/"
    assert press(annotator_client, campaign, 4)["Location"].startswith(f"{address}2/")


def test_edited_texts_are_corrections(tmp_path: Path, annotator: User) -> None:
    original(tmp_path, 1)
    manual(tmp_path, LATE, manual_entry(1, qa=[qa(1) | {"answer": "It is driven at 24 volts."}]))
    assert opened(tmp_path)["corrections"] == 1
    assert Label.objects.get().correction == {"answer": "It is driven at 24 volts."}


def test_opening_again_changes_nothing_and_a_newer_log_supersedes(tmp_path: Path, annotator: User) -> None:
    original(tmp_path, 2)
    manual(tmp_path, EARLY, manual_entry(1), manual_entry(2))
    opened(tmp_path)
    again = opened(tmp_path)
    assert (again["new"], again["unchanged"]) == (0, 2)
    manual(tmp_path, LATE, manual_entry(1), manual_entry(2, num_error=2))
    assert opened(tmp_path)["changed"] == 1
    assert verdicts()[2] == ("wrong", 2)
    assert Label.objects.count() == 3


def test_what_was_decided_here_later_than_the_log_was_saved_stays(
    tmp_path: Path, annotator: User, annotator_client: Client
) -> None:
    original(tmp_path, 2)
    opened(tmp_path)
    press(annotator_client, Campaign.objects.get(), 1, "wrong")
    manual(tmp_path, LATE, manual_entry(1), manual_entry(2))
    found = opened(tmp_path)
    assert (found["kept"], found["new"]) == (1, 1)
    assert verdicts()[1][0] == "wrong"


def test_a_second_person_has_the_same_items_and_not_the_firsts_decisions(
    tmp_path: Path, annotator: User, other_annotator: User
) -> None:
    original(tmp_path)
    manual(tmp_path, LATE, *[manual_entry(number) for number in range(1, 5)])
    autosave(tmp_path, *[manual_entry(number) for number in range(1, 5)], when=at(LATE) + 60)
    opened(tmp_path)
    found = opened(tmp_path, "annotator-2")
    assert (found["new"], found["start"]) == (0, 1)
    assert sum("annotator-1" in sentence for sentence in found["sentences"]) == 2
    assert verdicts("annotator-2") == {}
    campaign = Campaign.objects.get()
    assert campaign.labels_per_item == 2
    assert set(campaign.campaign_items.values_list("wanted", "taken")) == {(2, 2)}
    own = Assignment.objects.filter(annotator__name="annotator-2").order_by("queue_rank")
    assert list(own.values_list("queue_rank", "campaign_item__item__position")) == [(n, n) for n in range(1, 5)]


def test_refusals_say_what_to_do_and_store_nothing(tmp_path: Path, annotator: User) -> None:
    assert "There is no log" in refusal(tmp_path)
    original(tmp_path, 1)
    manual(tmp_path, LATE, manual_entry(1, num_error=-1))
    assert f"experiment_log_manual_{LATE}.json:1: 'num_error' is -1" in refusal(tmp_path)
    with pytest.raises(CommandError, match="There is no user nobody"):
        opened(tmp_path, "nobody")
    assert not Dataset.objects.exists()


def test_a_dataset_of_the_same_name_from_elsewhere_is_refused(tmp_path: Path, annotator: User) -> None:
    original(tmp_path, 1)
    opened(tmp_path, "annotator-1", "--dataset", "pumps")
    written(tmp_path / "experiment_log.json", [judge_entry(7)], at(LATE))
    assert "choose another name" in refusal(tmp_path, "--dataset", "pumps")


def upload(client: Client, folder: Path, modified: dict[str, float] | None = None, **fields: str) -> Any:
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    times = {"modified": json.dumps({name: at * 1000 for name, at in modified.items()})} if modified else {}
    sent = {"logs": files, "dataset": "pumps", "annotator": "lead-1"} | times | fields
    return client.post("/campaigns/open-log/", sent)


def test_the_files_of_a_folder_can_be_uploaded(tmp_path: Path, lead_client: Client) -> None:
    original(tmp_path)
    log = manual(tmp_path, LATE, manual_entry(1), untouched(2), untouched(3), untouched(4))
    auto = autosave(tmp_path, *[manual_entry(number) for number in (1, 2, 3)], untouched(4), when=0)
    page = upload(lead_client, tmp_path, {log.name: at(LATE), auto.name: at(LATE) + 60}).content.decode()
    assert "Took experiment_log_autosave.json" in page
    assert "Go on at item 4" in page
    assert len(verdicts("lead-1")) == 3


def test_an_upload_without_times_asks_which_file_to_take(tmp_path: Path, lead_client: Client) -> None:
    original(tmp_path, 1)
    manual(tmp_path, LATE, untouched(1))
    autosave(tmp_path, manual_entry(1), when=0)
    assert "name the one to take" in upload(lead_client, tmp_path).content.decode()
    assert not Dataset.objects.exists()
    upload(lead_client, tmp_path, take="experiment_log_autosave.json")
    assert len(verdicts("lead-1")) == 1


def test_an_upload_of_something_else_is_refused_with_a_sentence(tmp_path: Path, lead_client: Client) -> None:
    (tmp_path / "experiment_log.json").write_text("[")
    page = upload(lead_client, tmp_path, modified={"experiment_log.json": 1e300})
    assert "experiment_log.json" in page.content.decode()
    assert "errorlist" in page.content.decode()
    assert not Dataset.objects.exists()


def test_the_counts_are_over_the_whole_file_with_the_judges_word_where_nobody_decided(
    tmp_path: Path, annotator: User, lead_client: Client
) -> None:
    judged = [judge_entry(n, num_error=n % 2) for n in range(1, 5)]
    written(tmp_path / "experiment_log.json", judged, at(EARLY) - 3600)
    manual(tmp_path, LATE, manual_entry(1, num_error=0), manual_entry(2, num_error=None), *map(untouched, (3, 4)))
    assert opened(tmp_path)["counts"] == {"clean": 2, "undefined": 1, "wrong": 1}


def test_next_and_previous_go_round_in_an_opened_log(tmp_path: Path, annotator: User, annotator_client: Client) -> None:
    original(tmp_path)
    opened(tmp_path)
    campaign = Campaign.objects.get()
    first, last = (url("review_item", campaign, rank) for rank in (1, 4))
    assert f'data-key="ArrowLeft" data-go="{last}"' in annotator_client.get(first).text
    assert f'data-key="ArrowRight" data-go="{first}"' in annotator_client.get(last).text
