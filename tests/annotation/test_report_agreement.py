"""The command report_agreement."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from judging.models import Dataset, Run
from tests import factories
from tests.annotation.worked_example import MATRIX_CSV, make_worked_example

pytestmark = pytest.mark.django_db


@pytest.fixture
def example() -> Dataset:
    return make_worked_example()


def report(capsys: pytest.CaptureFixture[str], *args: Any, **options: Any) -> str:
    call_command("report_agreement", *args, **options)
    return capsys.readouterr().out


def test_prints_the_three_lines_of_mdk(example: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    lines = report(capsys, "example").splitlines()
    start = lines.index("clean QA: 208 / 406 (51.231527 %)")
    assert lines[start + 1 : start + 3] == ["wrong QA: 133 / 406 (32.758621 %)", "invalid QA: 65 / 406 (16.009852 %)"]


def test_prints_the_worked_example_to_the_last_digit(example: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(report(capsys, "example").split())
    mdk = text[text.index("### mdk") : text.index("### decided")]
    assert "Accuracy 0.514778 [0.4663 to 0.5630] n=406 Wilson" in mdk
    assert "Precision of wrong 0.586466 [" in mdk
    assert "Recall of wrong 0.503226 [" in mdk
    assert "F1 of wrong 0.541667 [" in mdk
    beside = text[text.index("### decided") :]
    for figure in ("0.612903", "0.210011", "0.532020", "0.839901", "0.410526", "0.570707", "0.594737", "0.600985"):
        assert f" {figure} [" in beside


def test_prints_the_matrix_as_a_markdown_table(example: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    text = report(capsys, "example")
    assert "|         | clean | wrong | unknown |\n|:--------|------:|------:|--------:|\n" in text
    assert "| clean   |   131 |    77 |       0 |\n| wrong   |    55 |    78 |       0 |\n" in text
    assert "| invalid |    30 |    35 |       0 |\n" in text


def test_writes_the_matrix_as_mdk_does(example: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "confusion_matrix.csv"
    report(capsys, "example", csv=path)
    assert path.read_bytes() == MATRIX_CSV.encode()


def test_json_is_one_document_with_the_promised_keys(
    example: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(report(capsys, "example", "--json", "--csv", str(tmp_path / "m.csv")))
    assert {"dataset", "counts", "human_human", "judges"} <= document.keys()
    (judge,) = document["judges"]
    assert {"judge", "run", "counts", "mean_score", "confusion", "mdk", "judge_human"} <= judge.keys()
    assert {"clean", "wrong", "invalid", "unscored", "unscored_by_reason"} <= judge["counts"].keys()
    assert judge["confusion"]["invalid"] == {"clean": 30, "wrong": 35, "unknown": 0}
    assert {name: round(judge["mdk"][name]["value"], 6) for name in judge["mdk"]} == {
        "accuracy": 0.514778,
        "precision": 0.586466,
        "recall": 0.503226,
        "f1": 0.541667,
    }
    assert judge["mdk"]["accuracy"].keys() == {"value", "low", "high", "n", "method"}
    assert judge["mean_score"] == {"value": None, "reason": "this judge gives no scores"}
    assert document["human_human"]["krippendorff_alpha"] == {"value": None, "reason": "one label per item"}


def test_one_run_is_reported_on_its_own(example: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    first = Run.objects.get()
    second = factories.make_run(example, factories.make_judge("second"))
    assert len(json.loads(report(capsys, "example", "--json"))["judges"]) == 2
    (judge,) = json.loads(report(capsys, "example", "--json", "--run", str(first.pk)))["judges"]
    assert judge["run"] == first.pk
    (judge,) = json.loads(report(capsys, "example", "--json", "--run", str(second.pk)))["judges"]
    assert judge["mdk"]["accuracy"] == {"value": None, "reason": "no judged items"}


def test_a_dataset_without_labels_and_runs_says_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    factories.make_item(factories.make_dataset("fresh"))
    text = report(capsys, "fresh")
    assert "people: nobody yet" in text
    assert "n/a (no labels)" in text
    assert "start one with run_judge" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "There is no dataset 'nowhere'. Datasets: example."),
        (["example", "--campaign", "none"], "Dataset 'example' has no campaign 'none'. Campaigns: people."),
        (["example", "--run", "999"], "Dataset 'example' has no run 999. Runs: "),
    ],
)
def test_an_unknown_name_is_answered_with_the_names_there_are(
    example: Dataset, arguments: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("report_agreement", *arguments)
    assert sentence in str(refusal.value)


def test_a_dataset_that_is_still_importing_is_not_there(example: Dataset) -> None:
    factories.make_dataset("half", state=Dataset.State.IMPORTING)
    with pytest.raises(CommandError, match="There is no dataset 'half'"):
        call_command("report_agreement", "half")


def test_several_campaigns_are_not_mixed_and_each_has_its_part(
    example: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    factories.make_campaign(example, "again")
    document = json.loads(report(capsys, "example", "--json"))
    assert document["human_human"]["krippendorff_alpha"] == {
        "value": None,
        "reason": "several campaigns: choose one with --campaign",
    }
    assert (document["campaign"], document["judges"], document["reason"]) == (
        None,
        [],
        "several campaigns: choose one with --campaign",
    )
    again, people = document["campaigns"]
    assert (again["campaign"], again["counts"]["unreviewed"]) == ("again", 406)
    assert (people["campaign"], round(people["judges"][0]["mdk"]["accuracy"]["value"], 6)) == ("people", 0.514778)
    assert json.loads(report(capsys, "example", "--json", "--campaign", "again"))["counts"]["unreviewed"] == 406
    text = report(capsys, "example")
    assert "! example has 2 campaigns, whose labels are not mixed: again, people." in text
    assert "campaign: again" in text
    assert "campaign: people" in text


def test_a_matrix_of_several_runs_is_refused_before_anything_is_written(example: Dataset, tmp_path: Path) -> None:
    factories.make_run(example, factories.make_judge("second"))
    path = tmp_path / "matrix.csv"
    with pytest.raises(CommandError, match="matrix of one run"):
        call_command("report_agreement", "example", csv=path)
    assert not path.exists()


def test_a_place_that_cannot_be_written_is_named(example: Dataset, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="could not be written: No such file"):
        call_command("report_agreement", "example", csv=tmp_path / "no" / "matrix.csv")


def test_a_run_without_a_judge_is_refused(example: Dataset) -> None:
    run = Run.objects.create(dataset=example, kind=Run.Kind.GENERATE, model="m", state=Run.State.FINISHED)
    with pytest.raises(CommandError, match="has no judge"):
        call_command("report_agreement", "example", "--run", str(run.pk))
