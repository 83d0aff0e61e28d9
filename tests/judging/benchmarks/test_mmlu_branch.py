"""MMLU-Branch: files of instructlab-sdg as they are, texts or letters, and shots that give nothing away."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from judging.actions.benchmarks import (
    RecipeWish,
    Wish,
    advance,
    open_benchmark,
    questions_of,
    recipe_for,
    write_results,
)
from judging.actions.candidates import Candidate
from judging.actions.choices import open_choice_run
from judging.actions.runs import RunRefused
from judging.actions.work import work_run
from judging.benchmarks.base import NoQuestions
from judging.benchmarks.mmlu.recipe import Continued, Recipe, branch_recipe_of
from judging.benchmarks.mmlu_branch import MMLU_BRANCH, declared, questions
from judging.models import BenchmarkRun, Dataset, Judgment
from judging.reports.benchmark_documents import report_document
from judging.reports.benchmark_text import report_lines
from judging.reports.benchmarks import benchmark_report
from tests.judging.benchmarks.conftest import Player
from tests.tiny_model import make_model

TEXTS = "{{[choices[0], choices[1], choices[2], choices[3]]}}"
TASK = r"""dataset_kwargs:
  data_files:
    test: {file}
dataset_name: null
dataset_path: json
doc_to_choice: '{choice}'
doc_to_target: '{{{{answer}}}}'
doc_to_text: '{{{{question.strip()}}}}

  A. {{{{choices[0]}}}}

  B. {{{{choices[1]}}}}

  C. {{{{choices[2]}}}}

  D. {{{{choices[3]}}}}

  Answer:'
metric_list:
- aggregation: mean
  higher_is_better: 'true'
  metric: acc
output_type: multiple_choice
tag: mmlu_pr
task: {name}
test_split: test
"""
INCLUDING = "dataset_kwargs:\n  data_files:\n    test: /far/away/tonsil_data.jsonl\ninclude: _default\ntask: tonsils\n"
INCLUDED = 'doc_to_choice: ["A", "B", "C", "D"]\ndataset_path: json\n'


def row(number: int, answer: int = 2, **more: Any) -> str:
    """A question as such a file has it."""
    choices = [f"north {number}", f"south {number}", f"east {number}", f"west {number}"]
    told = {"question": f"Where is {number}?", "choices": choices, "answer": answer, "subject": "geography"}
    return json.dumps({**told, "dataset_type": "mcq_qa", **more}) + "\n"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The folder that instructlab-sdg leaves: a task of four questions, an empty one, and files of another kind."""
    folder = tmp_path / "node_datasets_2026"
    folder.mkdir()
    (folder / "mmlubench_geo_places.jsonl").write_text("".join(row(number) for number in range(4)))
    (folder / "mmlubench_geo_empty.jsonl").write_text("")
    for name in ("geo_places", "geo_empty"):
        said = TASK.format(file=f"/elsewhere/node_datasets_2026/mmlubench_{name}.jsonl", choice=TEXTS, name=name)
        (folder / f"{name}_task.yaml").write_text(said)
    (folder / "skills_recipe.yaml").write_text("datasets: []\n")
    (folder / "geo_places_p07.jsonl").write_text('{"messages": []}\n')
    return folder


def test_tasks_and_their_files_are_taken_as_they_are(made: Path) -> None:
    found = questions(made, "")
    assert [file.name for file in found.files] == ["mmlubench_geo_places.jsonl"]
    assert declared(made) is Continued.TEXTS
    assert declared(made / "geo_places_task.yaml") is Continued.TEXTS
    assert declared(made / "mmlubench_geo_places.jsonl") is Continued.TEXTS


def test_a_task_may_include_another_file_and_weigh_letters(tmp_path: Path) -> None:
    (tmp_path / "tonsil_task.yaml").write_text(INCLUDING)
    (tmp_path / "_default").write_text(INCLUDED)
    (tmp_path / "tonsil_data.jsonl").write_text(row(1))
    assert [file.name for file in questions(tmp_path, "").files] == ["tonsil_data.jsonl"]
    assert declared(tmp_path) is Continued.LETTERS
    (tmp_path / "_default").unlink()
    with pytest.raises(NoQuestions, match=r"tonsil_task\.yaml includes '_default', which is not beside it"):
        questions(tmp_path, "")


def test_files_without_a_task_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "mmlubench_x.jsonl").write_text(row(1))
    assert declared(tmp_path) is None
    assert len(questions(tmp_path, "").files) == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({TEXTS: "{{options}}"}, "geo_places_task.yaml weighs .* Write the letters A to D"),
        ({"A. {{choices": "a) {{choices"}, "puts its questions in a way of its own"),
        ({"mmlubench_geo_places": "lost"}, "names .*lost.jsonl, which is neither there nor beside it"),
        ({"tag: mmlu_pr": "description: Think."}, "puts a text before its questions"),
        ({"    test:": "    train:"}, "names no file of questions"),
        ({"tag: mmlu_pr": "tag: ["}, "geo_places_task.yaml, line 2[0-9]: The file is not YAML"),
    ],
)
def test_a_task_that_asks_otherwise_is_refused(made: Path, change: dict[str, str], refusal: str) -> None:
    path = made / "geo_places_task.yaml"
    said = path.read_text()
    for old, new in change.items():
        assert old in said
        said = said.replace(old, new)
    path.write_text(said)
    with pytest.raises(NoQuestions, match=refusal):
        questions(made, "")


def test_tasks_that_do_not_agree_need_a_word(made: Path) -> None:
    path = made / "geo_empty_task.yaml"
    path.write_text(path.read_text().replace(TEXTS, '["A","B","C","D"]'))
    with pytest.raises(NoQuestions, match="Name the one that is wanted: --continued letters or --continued texts"):
        declared(made)


def test_a_folder_without_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoQuestions, match=r"expected files mmlubench_<task>\.jsonl"):
        questions(tmp_path, "")


@pytest.mark.django_db
class TestRuns:
    def test_questions_are_grouped_by_task_and_keep_their_subject(self, made: Path) -> None:
        dataset = questions_of(MMLU_BRANCH, str(made))
        assert set(dataset.items.values_list("category", "gold_choice")) == {("geo_places", "C")}
        assert dataset.items.earliest("position").extra["subject"] == "geography"

    @pytest.mark.parametrize(
        ("row_of", "sentence"),
        [
            (row(1, 0, mmlubench_answer="B) south 1"), "'mmlubench_answer' says 'B\\) south 1', which is B"),
            (row(1, 1, targets="C) east 1"), "The right choice is B \\('south 1'\\) and 'targets' says"),
            (row(1, 0, mmlubench_answer="B)"), "which is B. Write 1 as the answer"),
        ],
    )
    def test_a_wrong_gold_is_refused_with_its_line(self, made: Path, row_of: str, sentence: str) -> None:
        path = made / "mmlubench_geo_places.jsonl"
        path.write_text(row(0, mmlubench_answer="C) East 0.") + row_of)
        with pytest.raises(RunRefused, match=f"mmlubench_geo_places.jsonl:2: .*{sentence}"):
            questions_of(MMLU_BRANCH, str(made))
        assert not Dataset.objects.exists()

    def test_the_task_says_what_is_weighed_and_a_word_wins(self, made: Path) -> None:
        dataset = questions_of(MMLU_BRANCH, str(made))
        recipe = recipe_for(MMLU_BRANCH, dataset, RecipeWish(), data=str(made))
        assert recipe == branch_recipe_of()
        assert (recipe.shots, recipe.headed, recipe.continued) == (0, False, Continued.TEXTS)
        letters = recipe_for(MMLU_BRANCH, dataset, RecipeWish(continued="letters", shots=2), data=str(made))
        assert (letters.shots, letters.continued) == (2, Continued.LETTERS)
        with pytest.raises(RunRefused, match="'words' is not a valid Continued"):
            recipe_for(MMLU_BRANCH, dataset, RecipeWish(continued="words"))

    def test_questions_that_were_asked_before_are_put_as_they_were(self, made: Path) -> None:
        (made / "geo_places_task.yaml").unlink()
        ran(made, "--continued", "letters")
        dataset = BenchmarkRun.objects.get().dataset
        assert recipe_for(MMLU_BRANCH, dataset, RecipeWish()).continued is Continued.LETTERS

    @pytest.mark.parametrize("continued", ["letters", "texts"])
    def test_an_examination_of_two_models(self, made: Path, continued: str) -> None:
        found = json.loads(ran(made, "--continued", continued, "--json"))
        assert [model["overall"]["n"] for model in found["models"]] == [4, 4]
        assert set(found["models"][0]["by_subject"]) == {"geo_places"}
        assert found["options"]["recipe"]["continued"] == continued
        assert found["lead"]

    def test_both_figures_of_texts_are_stored_and_leave(self, tmp_path: Path) -> None:
        choices = [["no", "certainly", "x", "y"], ["one", "two", "three", "four"]]
        lines = [row(0, 1, choices=choices[0]), row(1, 0, choices=choices[1])]
        (tmp_path / "mmlubench_t.jsonl").write_text("".join(lines))
        dataset = questions_of(MMLU_BRANCH, str(tmp_path))
        wish = Wish(candidates=[Candidate(engine="scripted", model="m")], recipe=branch_recipe_of())
        found = open_benchmark(MMLU_BRANCH, dataset, wish)
        values = {" no": -4.0, " certainly": -6.0, " one": -1.0}
        while (run := advance(found.pk)) is not None:
            work_run(run.pk, claimer="here", engine=Player(weighs=lambda text: values.get(text, -9.0)))
        details = Judgment.objects.order_by("item__position").values_list("value", "detail__per_character", "score")
        assert list(details) == [("A", "B", 0.0), ("A", "A", 1.0)]
        report = benchmark_report(found)
        (model,) = report_document(report)["models"]
        assert (model["overall"]["value"], model["per_character"]["overall"]["value"]) == (0.5, 1.0)
        assert model["per_character"]["by_subject"]["t"]["n"] == 2
        assert "overall per character" in "\n".join(report_lines(report))
        write_results(report, tmp_path / "out")
        results = json.loads(next((tmp_path / "out/0_m").glob("results_*.json")).read_text())["results"]
        assert (results["mmlu_t"]["acc,none"], results["mmlu_t"]["acc_norm,none"]) == (0.5, 1.0)
        samples = next((tmp_path / "out/0_m").glob("samples_*.jsonl")).read_text().splitlines()
        assert [(json.loads(line)["acc"], json.loads(line)["acc_norm"]) for line in samples] == [(0.0, 1.0), (1.0, 1.0)]

    def test_letters_have_no_figure_per_character(self, made: Path) -> None:
        (model, _) = json.loads(ran(made, "--continued", "letters", "--json"))["models"]
        assert model["per_character"] is None
        assert not Judgment.objects.filter(detail__has_key="per_character").exists()

    def test_a_broken_task_is_a_sentence_of_the_command(self, made: Path) -> None:
        (made / "geo_places_task.yaml").write_text("task: x\ndataset_kwargs: {}\n")
        with pytest.raises(CommandError, match="names no file of questions"):
            ran(made)


def ran(data: Path, *arguments: str) -> str:
    out = StringIO()
    words = ["--data", str(data), "--engine", "scripted", "--model", "m1", "--model", "m2", "--inline", *arguments]
    call_command("run_benchmark", "mmlu_branch", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
class TestShots:
    def asked(self, lines: str, tmp_path: Path, recipe: Recipe) -> list[Any]:
        """What is put to a model, in the order of the questions."""
        (tmp_path / "mmlubench_t.jsonl").write_text(lines)
        dataset, player = questions_of(MMLU_BRANCH, str(tmp_path)), Player()
        run = open_choice_run(dataset, Candidate(engine="scripted", model="C"), recipe)
        work_run(run.pk, claimer="here", engine=player)
        run.refresh_from_db()
        assert run.state == "finished"
        return [request for _, request in player.asked]

    def test_no_question_stands_among_its_own_shots_nor_does_a_copy(self, tmp_path: Path) -> None:
        copied = row(1).replace("Where is 1?", "where  IS １?")
        found = self.asked(row(0) + row(1) + copied + row(2) + row(3), tmp_path, branch_recipe_of(shots=2))
        first, one, copy, _, last = [request.prompts[0].text for request in found]
        assert first.count("Where is 0?") == one.count("Where is 1?") == 1
        assert "where  IS １?" in copy
        assert "Where is 1?" not in copy
        assert {request.prompts[0].text.count("Answer:") for request in found} == {3}
        assert last.startswith("Where is 0?\nA. north 0\n")
        assert "Answer: east 0\n\nWhere is 1?" in last

    def test_questions_with_the_same_shots_begin_alike(self, tmp_path: Path) -> None:
        found = self.asked("".join(row(n) for n in range(6)), tmp_path, branch_recipe_of(shots=2))
        assert len({request.group for request in found[2:]}) == 1
        assert len({request.group for request in found}) == 3

    def test_a_small_set_shows_fewer_and_says_so(self, tmp_path: Path) -> None:
        found = self.asked(row(0) + row(1), tmp_path, branch_recipe_of(shots=5))
        assert found[0].prompts[0].text.count("Answer:") == 2
        assert {judgment.detail["shots"] for judgment in Judgment.objects.all()} == {1}

    def test_without_shots_nothing_stands_before_the_question(self, tmp_path: Path) -> None:
        found = self.asked(row(0) + row(1), tmp_path, branch_recipe_of())
        assert found[0].prompts[0].text.startswith("Where is 0?")
        assert found[0].texts == (" north 0", " south 0", " east 0", " west 0")


@pytest.mark.slow
@pytest.mark.vllm
@pytest.mark.django_db
@pytest.mark.usefixtures("cpu_engine")
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("engine", ["transformers_local", "vllm_offline"])
@pytest.mark.parametrize("continued", ["letters", "texts"])
def test_a_tiny_model_is_examined_end_to_end(
    made: Path, tmp_path: Path, settings: Any, engine: str, continued: str
) -> None:
    if engine == "vllm_offline":
        pytest.importorskip("vllm")
    pytest.importorskip("transformers")
    settings.ENGINE_ARGUMENTS = {
        "vllm_offline": {"enforce_eager": True, "max_num_seqs": 16, "dtype": "float32"},
        "transformers_local": {"dtype": "float32"},
    }
    model = make_model(tmp_path / "model")
    out = StringIO()
    words = ["--data", str(made), "--engine", engine, "--model", str(model), "--inline", "--anyway", "--json"]
    call_command("run_benchmark", "mmlu_branch", *words, "--continued", continued, "--shots", "2", stdout=out)
    (found,) = json.loads(out.getvalue())["models"]
    assert (found["asked"], found["overall"]["n"], found["overall"]["dropped"]) == (4, 4, {})
