"""Pages of benchmarks as a lead sees them."""

from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django_rq import get_queue
from redis import Redis

from annotation.core.positions import positions_in
from judging.actions.benchmarks import Wish, advance, open_benchmark, questions_of
from judging.actions.candidates import Candidate
from judging.actions.work import work_run
from judging.benchmarks import BENCHMARKS
from judging.models import BenchmarkRun, Dataset, Run
from tests.conftest import logged_in
from tests.factories import make_user
from tests.judging.benchmarks.conftest import Player

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return logged_in(make_user("lead", role="lead"))


@pytest.fixture
def examined(mmlu: Path) -> BenchmarkRun:
    """A and C before three questions, of which A knows two and C one."""
    found = opened(mmlu)
    while (run := advance(found.pk)) is not None:
        work_run(run.pk, claimer="here", engine=Player())
    found.refresh_from_db()
    return found


def opened(mmlu: Path) -> BenchmarkRun:
    wish = Wish(candidates=[Candidate(engine="scripted", model=name) for name in "AC"], part="test")
    return open_benchmark(BENCHMARKS["mmlu"], questions_of(BENCHMARKS["mmlu"], str(mmlu)), wish)


def text(client: Client, url: str, **query: Any) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_says_what_to_do_when_it_is_empty(client: Client) -> None:
    assert "manage.py run_benchmark mmlu" in text(client, "/benchmarks/")


def test_the_list_shows_models_and_can_be_filtered(client: Client, examined: BenchmarkRun) -> None:
    assert f"MMLU {examined.pk}" in text(client, "/benchmarks/", benchmark="mmlu")
    assert f"MMLU {examined.pk}" not in text(client, "/benchmarks/", benchmark="mt_bench")


def test_models_stand_side_by_side_and_figures_open_their_items(client: Client, examined: BenchmarkRun) -> None:
    page = text(client, examined.get_absolute_url())
    assert "66.67" in page
    assert "33.33" in page
    assert f"/benchmarks/{examined.pk}/items/?candidate=1&amp;group=anatomy" in page
    assert "A tie" in page


def test_the_number_of_queries_does_not_grow_with_the_questions(
    client: Client, examined: BenchmarkRun, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_max_num_queries(40):
        client.get(examined.get_absolute_url())


def test_the_items_behind_a_figure(client: Client, examined: BenchmarkRun) -> None:
    url = f"/benchmarks/{examined.pk}/items/"
    assert "Q2?" in text(client, url, candidate=0, outcome="wrong")
    assert "Q1?" not in text(client, url, candidate=0, outcome="wrong")
    virology = text(client, url, candidate=0, group="virology")
    assert "Q3?" in virology
    assert "Q1?" not in virology
    assert "/campaigns/new/?dataset=" in virology
    assert "Have this item reviewed" in virology
    assert "Have these 3 items reviewed" in text(client, url, candidate=0)
    assert "No items here" in text(client, url, candidate=0, outcome="dropped")
    assert client.get(url, {"candidate": 9}).status_code == 404


def test_two_models_are_compared_question_by_question(client: Client, examined: BenchmarkRun) -> None:
    url = f"/benchmarks/{examined.pk}/compare/"
    assert "Choose two models" in text(client, url)
    first, second = f"{examined.pk}:0", f"{examined.pk}:1"
    page = text(client, url, first=first, second=second)
    assert '<div class="figure-big">2</div>' in page
    assert "McNemar" in page
    assert "No question has this outcome" in text(client, url, first=first, second=second, outcome="tie")


def test_the_questions_of_a_comparison_stand_there_in_their_words(client: Client, examined: BenchmarkRun) -> None:
    page = text(client, f"/benchmarks/{examined.pk}/compare/", first=f"{examined.pk}:0", second=f"{examined.pk}:1")
    asked = list(examined.dataset.items.all())
    assert len([item for item in asked if f">{item.question}</td>" in unescape(page)]) == 3
    assert not any(item.key in page for item in asked)


def test_progress_is_a_fragment_until_the_page_is_shown_anew(client: Client, mmlu: Path) -> None:
    found = opened(mmlu)
    advance(found.pk)
    response = client.get(found.get_absolute_url(), headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert "not begun" in response.content.decode()
    client.post(f"/benchmarks/{found.pk}/cancel/")
    response = client.get(found.get_absolute_url(), headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Refresh"]) == (286, "true")


def test_a_cancelled_one_goes_on(
    client: Client, mmlu: Path, valkey: Redis, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    found = opened(mmlu)
    client.post(f"/benchmarks/{found.pk}/cancel/")
    found.refresh_from_db()
    assert found.state == BenchmarkRun.State.CANCELLED
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/benchmarks/{found.pk}/resume/")
    found.refresh_from_db()
    assert found.state == BenchmarkRun.State.RUNNING
    assert len(get_queue("default").get_job_ids()) == 1


def test_a_lead_starts_one(client: Client, mmlu: Path, valkey: Redis) -> None:
    dataset = questions_of(BENCHMARKS["mmlu"], str(mmlu))
    asked = {"benchmark": "mmlu", "dataset": dataset.pk, "models": "A\nC\n", "engine": "scripted"}
    response = client.post("/benchmarks/start/", asked | {"shots": 5, "repeats": 1, "seed": 0})
    found = BenchmarkRun.objects.get()
    assert response.headers["Location"] == found.get_absolute_url()
    assert [candidate["model"] for candidate in found.candidates] == ["A", "C"]
    assert Run.objects.get().benchmark_run == found


def test_what_cannot_be_started_is_said_in_the_form(client: Client) -> None:
    assert "There are no questions yet" in text(client, "/benchmarks/start/")
    dataset = Dataset.objects.create(name="questions", state="ready")
    asked = {"benchmark": "mt_bench", "dataset": dataset.pk, "models": "A", "engine": "scripted"}
    page = client.post("/benchmarks/start/", asked | {"shots": 5, "repeats": 1}).content.decode()
    assert "Who grades the answers of MT-Bench" in page
    assert not BenchmarkRun.objects.exists()


def test_the_document_is_the_report(client: Client, examined: BenchmarkRun) -> None:
    document = client.get(f"/benchmarks/{examined.pk}/document/").json()
    assert document["models"][0]["by_subject"]["anatomy"]["value"] == 0.5
    assert [row["model"] for row in document["ranking"]] == ["A", "C"]
    assert document["lead"]["wins"] == 2


def test_all_items_behind_a_figure_go_to_people_not_those_of_one_page(client: Client, mmlu: Path) -> None:
    rows = [f"Q{number}?,a,b,c,d,{'AB'[number % 2]}\n" for number in range(120)]
    (mmlu / "test/anatomy_test.csv").write_text("".join(rows))
    found = opened(mmlu)
    while (run := advance(found.pk)) is not None:
        work_run(run.pk, claimer="here", engine=Player())
    page = text(client, f"/benchmarks/{found.pk}/items/", candidate=0, group="anatomy", outcome="wrong")
    (link,) = (line for line in unescape(page).split('"') if line.startswith("/campaigns/new/"))
    assert "Have these 60 items reviewed" in page
    response = client.get(link)
    asked = positions_in(response.context["form"]["positions"].value())
    wrong = found.runs.get(candidate=0).judgments.filter(score=0, item__category="anatomy")
    assert asked == sorted(wrong.values_list("item__position", flat=True))
    assert len(asked) == 60
