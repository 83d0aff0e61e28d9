"""Summaries of promptfoo's results, of every version and of datasets with labels."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from annotation.actions.campaigns import assign_items
from annotation.actions.label_imports import import_labels
from annotation.actions.terms import usual_terms
from annotation.models import Assignment, Campaign
from judging.actions.imports import InputFile, import_files
from judging.models import Dataset, Rubric
from tests import factories, promptfoo_files
from tests.promptfoo_files import PROVIDERS, database, version_1, version_2, version_3, written

FINETUNED, BASELINE = PROVIDERS
MACHINE = {FINETUNED: 60.0, BASELINE: 40.0}
CORRECTED = {FINETUNED: 50.0, BASELINE: 60.0}


def summary(*names: object, **options: Any) -> str:
    out = StringIO()
    call_command("summarize_promptfoo", *map(str, names), stdout=out, **options)
    return out.getvalue()


def percents(*names: object, **options: Any) -> list[dict[str, tuple[float, float]]]:
    """Machine and corrected by provider, one per name."""
    found = json.loads(summary(*names, json=True, **options))
    return [{one["provider"]: (one["machine_percent"], one["percent"]) for one in each["providers"]} for each in found]


BOTH = {provider: (MACHINE[provider], CORRECTED[provider]) for provider in PROVIDERS}


@pytest.mark.django_db
def test_prints_the_name_and_a_line_per_provider_with_four_decimals(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", version_3())
    assert summary(path).splitlines() == [
        str(path),
        f"{FINETUNED} : 50.0000 %",
        f"{BASELINE} : 60.0000 %",
        "|provider|machine|corrected|results|corrected results|failed calls|",
        "|---|---|---|---|---|---|",
        f"|{FINETUNED}|60.0000 %|50.0000 %|5|2|0|",
        f"|{BASELINE}|40.0000 %|60.0000 %|5|1|0|",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("made", [version_2, version_3], ids=["version 2", "version 3"])
def test_corrections_count_wherever_a_version_keeps_them(tmp_path: Path, made: Any) -> None:
    assert percents(written(tmp_path / "r.json", made())) == [BOTH]


@pytest.mark.django_db
def test_the_first_version_passes_or_fails(tmp_path: Path) -> None:
    expected = {provider: (MACHINE[provider], MACHINE[provider]) for provider in PROVIDERS}
    assert percents(written(tmp_path / "r.json", version_1())) == [expected]


@pytest.mark.django_db
def test_a_correction_is_not_lost_when_it_was_commented_afterwards(tmp_path: Path) -> None:
    document = version_2()
    passed = document["table"]["body"][2]["outputs"][1]
    passed |= {"score": 0, "gradingResult": passed["gradingResult"] | {"comment": "right after all"}}
    assert percents(written(tmp_path / "r.json", document)) == [BOTH]


@pytest.mark.django_db
def test_a_database_is_looked_up_by_id_and_read_whole_by_name(tmp_path: Path) -> None:
    path = database(tmp_path / "promptfoo.db")
    assert percents("eval-old", "eval-new", database=path) == [BOTH, BOTH]
    assert percents(path) == [BOTH, BOTH]
    assert summary("eval-old", database=path).splitlines()[0] == "eval-old"


@pytest.mark.django_db
def test_the_database_is_where_promptfoo_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database(tmp_path / "promptfoo.db")
    monkeypatch.setenv("PROMPTFOO_CONFIG_DIR", str(tmp_path))
    assert percents("eval-new") == [BOTH]


@pytest.mark.django_db
def test_writes_the_file_that_pipelines_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    path = written(tmp_path / "in" / "r.json", version_2())
    summary(path, "eval-old", database=database(tmp_path / "promptfoo.db"), write_summary=True)
    # The order of providers is that of the results, which is that of completion.
    for name in ("in/r_summary.json", "eval-old_summary.json"):
        assert json.loads((tmp_path / name).read_text(encoding="utf-8")) == CORRECTED


@pytest.mark.django_db
def test_a_dataset_counts_with_the_labels_taken_from_its_file_and_given_here(tmp_path: Path, annotator: User) -> None:
    dataset = imported(written(tmp_path / "r.json", version_2()))
    assert percents(dataset.name) == [{name: (MACHINE[name], MACHINE[name]) for name in PROVIDERS}]
    import_labels(dataset, InputFile(tmp_path / "r.json"), annotator="in the viewer")
    assert percents(dataset.name) == [BOTH]
    campaign = assign_items(
        dataset, name="review", annotators=[annotator.username], labels_per_item=1, terms=usual_terms(dataset)
    )
    say(campaign, FINETUNED, 4, score=0.25)
    assert percents(dataset.name)[0][FINETUNED] == (60.0, 55.0)


@pytest.mark.django_db
def test_corrections_that_are_no_labels_yet_are_named(tmp_path: Path) -> None:
    dataset, err = imported(written(tmp_path / "r.json", version_2())), StringIO()
    call_command("summarize_promptfoo", dataset.name, stdout=StringIO(), stderr=err)
    assert "3 corrections of people that are no labels yet" in err.getvalue()


@pytest.mark.django_db
def test_people_are_asked_for_a_score_from_0_to_1(tmp_path: Path, annotator: User) -> None:
    dataset = imported(written(tmp_path / "r.json", version_2()))
    call_command("assign_items", "review", dataset=dataset.name, annotators=annotator.username, labels_per_item=1)
    campaign = Campaign.objects.get()
    place = Assignment.objects.filter(campaign=campaign).select_related("campaign__rubric", "campaign_item__item")[0]
    (criterion,) = place.asked()
    assert (criterion.scale.low, criterion.scale.high, criterion.clean_if) == (0, 1, 0.5)


@pytest.mark.django_db
def test_the_form_of_a_campaign_offers_that_rubric(tmp_path: Path, lead_client: Client) -> None:
    dataset = imported(written(tmp_path / "r.json", version_2()))
    rubric = Rubric.objects.get(name="promptfoo_result")
    html = lead_client.get(reverse("campaign_create"), {"dataset": dataset.pk}).content.decode()
    assert f'<option value="{rubric.pk}" selected>' in html


@pytest.mark.django_db
def test_another_rubric_or_none_can_be_asked_for(tmp_path: Path, annotator: User) -> None:
    imported(written(tmp_path / "r.json", version_2()))
    for number, (rubric, stored) in enumerate([("none", None), ("ja_1_5", "ja_1_5")]):
        options = {"dataset": "results", "annotators": annotator.username, "labels_per_item": 1, "rubric": rubric}
        call_command("assign_items", f"c{number}", stdout=StringIO(), **options)
        campaign = Campaign.objects.get(name=f"c{number}")
        assert (campaign.rubric.name if campaign.rubric else None) == stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"question": "Q", "answer": "A"}', "holds no results of promptfoo; it is qa_jsonl"),
        ('{"evalId": "e", "results": {"version": 3, "results": []}}', "holds no results"),
        ('{"evalId": "e", "results": {"version": 3, "results": [7]}}', ":1: The result is a number"),
        ('{"evalId": "e", "results": {"version": 9, "results": []}}', "version of the results is 9"),
    ],
)
def test_other_files_are_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=message):
        summary(path)


@pytest.mark.django_db
def test_names_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no database .*promptfoo.db to look the id up in"):
        summary("eval-x", database=tmp_path / "promptfoo.db")
    with pytest.raises(CommandError, match=r"no evaluation of .*; the latest: eval-old, eval-new"):
        summary("eval-x", database=database(tmp_path / "promptfoo.db"))
    factories.make_item(factories.make_dataset("plain"))
    with pytest.raises(CommandError, match="'plain' holds no results of promptfoo"):
        summary("plain")


@pytest.mark.django_db
def test_with_one_name_wrong_nothing_is_written(tmp_path: Path) -> None:
    path = written(tmp_path / "r.json", version_3())
    with pytest.raises(CommandError):
        summary(path, "eval-x", database=tmp_path / "none.db", write_summary=True)
    assert [found.name for found in tmp_path.iterdir()] == ["r.json"]


def imported(path: Path) -> Dataset:
    assert import_files("results", [InputFile(path)]).is_acceptable
    return Dataset.objects.get(name="results")


def say(campaign: Campaign, provider: str, number: int, *, score: float) -> None:
    """A label as the review page stores it."""
    item = campaign.dataset.items.get(model=provider, turns__0__question=f"問{number}")
    place = campaign.assignments.select_related("annotator")[0]
    said = {"value": f"{score:g}", "score": score, "rubric": campaign.rubric}
    factories.make_label(campaign, item, place.annotator, "wrong", **said)


def test_the_fixtures_differ_between_table_and_results() -> None:
    document = promptfoo_files.version_2()
    results = {(one["provider"]["id"], one["vars"]["question"]): one["score"] for one in document["results"]}
    cells = {
        (cell["provider"], line["vars"][0]): cell["score"]
        for line in document["table"]["body"]
        for cell in line["outputs"]
    }
    assert sum(results[place] != cells[place] for place in cells) == 4
