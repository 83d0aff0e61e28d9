"""Pages of runs, for leads."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_rq import get_queue
from redis import Redis

from judging.actions.judges import judge_for
from judging.actions.runs import RunScope, cancel_run, open_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineReply
from judging.engines.scripted import ScriptedEngine
from judging.models import Dataset, Item, Judge, Judgment, Run
from tests.factories import make_dataset, make_item, make_items, make_judge, make_judgment, make_run

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset("日本語の問い")
    make_items(dataset, 4)
    return dataset


@pytest.fixture
def run(dataset: Dataset) -> Run:
    return open_run(judge_for(JUDGES["scripted"]), dataset, scope=RunScope())


def answers(chosen: Dataset, **changes: object) -> dict[str, object]:
    return {"dataset": chosen.pk, "judge": "reference", "seed": 0} | changes


def test_lists_runs_with_their_progress(lead_client: Client, run: Run) -> None:
    page = lead_client.get(reverse("run_list")).content.decode()
    assert run.get_absolute_url() in page
    assert "日本語の問い" in page
    assert "0 %" in page


def test_the_list_asks_the_database_no_more_for_more_runs(
    lead_client: Client, run: Run, dataset: Dataset, django_assert_max_num_queries: Callable
) -> None:
    for _ in range(5):
        make_run(dataset, run.judge)
    with django_assert_max_num_queries(7):
        lead_client.get(reverse("run_list"))


def test_the_list_shows_the_runs_of_one_dataset(lead_client: Client, run: Run) -> None:
    other = make_run(make_dataset("other"))
    page = lead_client.get(reverse("run_list"), {"dataset": run.dataset_id}).content.decode()
    assert run.get_absolute_url() in page
    assert other.get_absolute_url() not in page


def test_an_empty_list_says_what_to_do(lead_client: Client) -> None:
    assert "import_dataset" in lead_client.get(reverse("run_list")).content.decode()
    make_dataset()
    assert "Start the first run" in lead_client.get(reverse("run_list")).content.decode()


def test_the_form_offers_built_in_and_stored_judges(lead_client: Client, run: Run) -> None:
    page = lead_client.get(reverse("run_start"), {"dataset": run.dataset_id}).content.decode()
    assert f'<option value="{run.dataset_id}" selected>' in page
    assert '<option value="ja-1-5">' in page
    assert '<option value="scripted:1">' in page


@pytest.mark.django_db(transaction=True)
def test_starts_a_run_on_the_queue(lead_client: Client, dataset: Dataset, valkey: Redis, lead: User) -> None:
    response = lead_client.post(reverse("run_start"), answers(dataset, limit=2, samples=3))
    run = Run.objects.get()
    assert response.headers["Location"] == run.get_absolute_url()
    assert (run.scope, run.made_by, run.judge.samples) == ({"limit": 2, "seed": 0}, lead, 3)
    assert get_queue("default").count == 1


def test_a_refused_run_says_why_and_leaves_nothing(lead_client: Client, dataset: Dataset) -> None:
    response = lead_client.post(reverse("run_start"), answers(dataset, judge="verdict"))
    assert "needs a model" in response.content.decode()
    assert not Run.objects.exists()
    assert not Judge.objects.exists()


@pytest.mark.parametrize("changes", [{"judge": "nobody"}, {"limit": 0}, {"samples": 0}, {"dataset": 999}])
def test_bad_answers_come_back(lead_client: Client, dataset: Dataset, changes: dict[str, object]) -> None:
    response = lead_client.post(reverse("run_start"), answers(dataset, **changes))
    assert "errorlist" in response.content.decode()
    assert not Run.objects.exists()


def test_a_live_run_asks_again_and_says_that_the_queue_is_silent(lead_client: Client, run: Run) -> None:
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "does not answer" in page
    assert "0 of 4 items" in page


def test_a_live_run_says_that_no_worker_listens(lead_client: Client, run: Run, valkey: Redis) -> None:
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert "No worker listens to the queue default" in page
    assert "0 jobs wait, 0 workers" in page


def test_the_fragment_is_the_live_part_alone_and_stops_when_the_run_is_over(lead_client: Client, run: Run) -> None:
    live = lead_client.get(run.get_absolute_url(), headers=HTMX)
    assert live.status_code == 200
    assert "<html" not in live.content.decode()
    work_run(run.pk, claimer="w")
    over = lead_client.get(run.get_absolute_url(), headers=HTMX)
    assert over.status_code == 286
    assert "4 of 4 items" in over.content.decode()


def test_a_page_from_the_history_is_a_whole_one(lead_client: Client, run: Run) -> None:
    page = lead_client.get(run.get_absolute_url(), headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in page.content.decode()


def test_a_finished_run_shows_counts_and_what_decided_them(lead_client: Client, run: Run) -> None:
    work_run(run.pk, claimer="w")
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert "hx-trigger" not in page
    assert f"/runs/{run.pk}/items/?verdict=clean" in page
    assert "What decides the outcome" in page
    assert "scripted v1" in page
    assert "clean, wrong; clean if clean" in page


def test_a_scale_of_numbers_is_shown_by_its_ends(lead_client: Client, dataset: Dataset) -> None:
    judge = judge_for(replace(JUDGES["ja-1-5"], engine="scripted"))
    run = open_run(judge, dataset, scope=RunScope())
    assert "1–5; clean if ≥ 4" in lead_client.get(run.get_absolute_url()).content.decode()


def test_unscored_items_are_linked_by_their_reason(lead_client: Client, run: Run) -> None:
    Item.objects.filter(position=2).update(answer_state=Item.AnswerState.MISSING)
    work_run(run.pk, claimer="w")
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert "?reason=no_answer" in page
    assert "Retry unscored" not in page  # asking again gives it no answer
    page = lead_client.get(reverse("run_items", args=[run.pk]), {"reason": "no_answer"}).content.decode()
    assert f"/datasets/{run.dataset_id}/items/2/" in page
    assert f"/datasets/{run.dataset_id}/items/3/" not in page


def test_a_run_without_verdicts_has_no_column_for_them(lead_client: Client, dataset: Dataset) -> None:
    graded, compared = make_run(dataset), make_run(dataset, make_judge("of pairs"))
    make_judgment(graded, dataset.items.first(), "wrong")
    make_judgment(compared, dataset.items.first(), "", value="B")
    pages = [lead_client.get(reverse("run_items", args=[run.pk])).content.decode() for run in (graded, compared)]
    assert ["<th>Verdict</th>" in page for page in pages] == [True, False]


def test_values_that_repeat_the_verdicts_have_no_column(lead_client: Client, dataset: Dataset) -> None:
    by_verdict, by_score = make_run(dataset), make_run(dataset, make_judge("of scores"))
    make_judgment(by_verdict, dataset.items.first(), "wrong", value="wrong")
    make_judgment(by_score, dataset.items.first(), "wrong", value="2")
    pages = [lead_client.get(reverse("run_items", args=[run.pk])).content.decode() for run in (by_verdict, by_score)]
    assert ["<th>Value</th>" in page for page in pages] == [False, True]
    make_judgment(by_verdict, dataset.items.last(), "invalid")
    page = lead_client.get(reverse("run_items", args=[by_verdict.pk])).content.decode()
    assert "<td></td>" in page  # the badge says it
    assert "<td>no_verdict</td>" in page


def test_what_nobody_judged_yet_has_no_shares(lead_client: Client, run: Run) -> None:
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert page.count('<div class="figure-note">–</div>') == 3


def test_the_items_of_a_run_are_paged_without_counting(lead_client: Client) -> None:
    dataset = make_dataset()
    items = make_items(dataset, 60)
    run = make_run(dataset)
    other = make_run(dataset, run.judge)
    for item in items:
        make_judgment(run, item)
    make_judgment(other, items[0], "wrong")
    first = lead_client.get(reverse("run_items", args=[run.pk]), {"verdict": "clean"}).content.decode()
    assert f"after={items[49].pk}&amp;verdict=clean" in first
    second = lead_client.get(reverse("run_items", args=[run.pk]), {"after": items[49].pk}).content.decode()
    assert second.count("/items/5") == 9
    assert "after=" not in second.partition("<main")[2]
    assert (
        "No items here" in lead_client.get(reverse("run_items", args=[run.pk]), {"verdict": "wrong"}).content.decode()
    )


def test_an_imported_run_has_a_page(lead_client: Client, dataset: Dataset) -> None:
    run = make_run(dataset)
    make_judgment(run, dataset.items.first(), "wrong")
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert "came from a file" in page
    assert "Resume" not in page


def test_cancels_and_resumes(lead_client: Client, run: Run) -> None:
    page = lead_client.post(reverse("run_cancel", args=[run.pk]), follow=True).content.decode()
    assert "What it judged stays" in page
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    page = lead_client.post(reverse("run_resume", args=[run.pk]), follow=True).content.decode()
    assert "back on its queue" in page
    run.refresh_from_db()
    assert run.state == Run.State.PENDING


def test_cancelling_what_is_over_says_so(lead_client: Client, run: Run) -> None:
    work_run(run.pk, claimer="w")
    page = lead_client.post(reverse("run_cancel", args=[run.pk]), follow=True).content.decode()
    assert "was over already" in page
    page = lead_client.post(reverse("run_resume", args=[run.pk]), follow=True).content.decode()
    assert "nothing left to do" in page
    assert Judgment.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_what_has_no_value_is_asked_again(lead_client: Client, run: Run, valkey: Redis) -> None:
    refusing = lambda request: EngineReply(id=request.id, failure=Unscored(Reason.SERVER_ERROR))  # noqa: E731
    work_run(run.pk, claimer="w", engine=lambda name, options: ScriptedEngine(refusing))
    assert reverse("run_retry", args=[run.pk]) in lead_client.get(run.get_absolute_url()).content.decode()
    page = lead_client.post(reverse("run_retry", args=[run.pk]), follow=True).content.decode()
    assert "is asked again" in page
    assert get_queue("default").count == 1
    work_run(run.pk, claimer="w")
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert "server_error" not in page
    assert "Retry unscored" not in page
    page = lead_client.post(reverse("run_retry", args=[run.pk]), follow=True).content.decode()
    assert "no reply without a value" in page


def test_a_live_run_shows_its_pace_in_items_and_tokens(lead_client: Client, run: Run) -> None:
    work_run(run.pk, claimer="w")
    Run.objects.filter(pk=run.pk).update(state="running", started_at=timezone.now() - timedelta(seconds=2))
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert "items/s" in page
    assert "tokens/s" in page


@pytest.mark.parametrize("name", ["run_cancel", "run_resume", "run_retry"])
def test_looking_changes_nothing(lead_client: Client, run: Run, name: str) -> None:
    assert lead_client.get(reverse(name, args=[run.pk])).status_code == 405


def test_imported_runs_cannot_be_resumed(lead_client: Client, dataset: Dataset) -> None:
    assert lead_client.post(reverse("run_resume", args=[make_run(dataset).pk])).status_code == 404


@pytest.mark.parametrize("name", ["run_list", "run_start"])
def test_annotators_are_refused(annotator_client: Client, name: str) -> None:
    assert annotator_client.get(reverse(name)).status_code == 403


def test_annotators_neither_see_nor_stop_a_run(annotator_client: Client, run: Run) -> None:
    assert annotator_client.get(run.get_absolute_url()).status_code == 403
    assert annotator_client.post(reverse("run_cancel", args=[run.pk])).status_code == 403
    assert not cancel_run(Run.objects.create(dataset=run.dataset, judge=run.judge, state=Run.State.FINISHED))


def test_strangers_are_sent_to_log_in(client: Client, run: Run) -> None:
    assert client.get(run.get_absolute_url()).headers["Location"].startswith("/login/")


def test_a_run_with_several_replies_shows_how_steady_its_judge_is(lead_client: Client) -> None:
    dataset = make_dataset("repeats")
    run = make_run(dataset, snapshot={"judge": {"samples": 2, "engine": "scripted"}})
    for item, flip_rate in zip(make_items(dataset, 2), (0.0, 0.5), strict=True):
        make_judgment(run, item, n_read=2, spread=0.25, detail={"flip_rate": flip_rate})
    address = reverse("run_stability", args=[run.pk])
    assert f'hx-get="{address}"' in lead_client.get(run.get_absolute_url()).content.decode()
    for headers in ({}, {"HX-Request": "true"}):
        html = lead_client.get(address, headers=headers).content.decode()
        assert "0.2500" in html
        assert (">evalsite<" in html) == (not headers)


def test_a_run_without_repeats_has_nothing_to_compare(lead_client: Client) -> None:
    dataset = make_dataset("once")
    run = make_run(dataset)
    make_judgment(run, make_item(dataset))
    assert "nothing can be compared" in lead_client.get(reverse("run_stability", args=[run.pk])).content.decode()


def test_a_run_that_answers_shows_its_model_and_no_verdicts(lead_client: Client) -> None:
    snapshot = {"candidate": {"engine": "scripted", "model": "model-7b", "base_url": ""}, "seed": 3, "items": 1200}
    run = Run.objects.create(
        dataset=make_dataset(), kind=Run.Kind.GENERATE, model="model-7b", snapshot=snapshot, state=Run.State.FINISHED
    )
    page = lead_client.get(run.get_absolute_url()).content.decode()
    assert "1,200" in page
    assert "came from a file" not in page
    assert "figure-big" not in page
