"""The back office of judges, rubrics, runs and what they found."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from judging.actions.judges import judge_for
from judging.actions.runs import RunScope, open_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.models import Judge, Judgment, Reply, Rubric, Run, RunBatch
from tests.factories import make_dataset, make_items

pytestmark = pytest.mark.django_db
FACTS = [Run, RunBatch, Reply, Judgment]


@pytest.fixture
def run() -> Run:
    dataset = make_dataset()
    make_items(dataset, 3)
    run = open_run(judge_for(JUDGES["scripted"]), dataset, scope=RunScope())
    work_run(run.pk, claimer="w")
    return run


def address(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:judging_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", [Rubric, Judge, *FACTS])
def test_lists_and_searches(lead_client: Client, run: Run, model: type) -> None:
    for query in ({}, {"q": "1"}, {"o": "1"}):
        assert lead_client.get(address(model, "changelist"), query).status_code == 200


@pytest.mark.parametrize("model", FACTS)
def test_a_list_asks_no_more_for_more_rows(
    lead_client: Client, run: Run, model: type, django_assert_max_num_queries: Callable
) -> None:
    with django_assert_max_num_queries(8):
        lead_client.get(address(model, "changelist"))


@pytest.mark.parametrize("model", FACTS)
def test_facts_are_read_only(lead_client: Client, run: Run, model: type) -> None:
    row = model.objects.first()
    assert lead_client.get(address(model, "change", row.pk)).status_code == 200
    assert lead_client.post(address(model, "change", row.pk), {}).status_code == 403
    assert lead_client.get(address(model, "add")).status_code == 403


@pytest.mark.parametrize("model", [Judge, Rubric])
def test_a_used_version_is_read_only_and_can_be_copied(lead_client: Client, run: Run, model: type) -> None:
    used = model.objects.get()
    page = lead_client.get(address(model, "change", used.pk)).content.decode()
    assert "stays as it is" in page
    assert 'name="_save"' not in page
    assert lead_client.post(address(model, "change", used.pk), {"name": "x"}).status_code == 403
    response = lead_client.post(address(model, "copy", used.pk))
    copied = model.objects.get(version=2)
    assert response.headers["Location"] == address(model, "change", copied.pk)
    assert 'name="_save"' in lead_client.get(response.headers["Location"]).content.decode()


def test_looking_at_the_address_of_the_copy_copies_nothing(lead_client: Client, run: Run) -> None:
    lead_client.get(address(Judge, "copy", run.judge_id))
    assert Judge.objects.count() == 1


def rubric_answers(**changes: str) -> dict[str, str]:
    criteria = '[{"name": "", "scale": {"low": 1, "high": 5, "step": 1}, "clean_if": 4}]'
    return {
        "name": "mine",
        "kind": "score",
        "style": "chat",
        "criteria": criteria,
        "prompts": '{"": {"user": "{{ question }} {{ answer }}"}}',
    } | changes


def test_a_new_rubric_gets_the_next_version_of_its_name(lead_client: Client) -> None:
    for _ in range(2):
        assert lead_client.post(address(Rubric, "add"), rubric_answers()).status_code == 302
    assert list(Rubric.objects.values_list("name", "version")) == [("mine", 2), ("mine", 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"criteria": "[]"},
        {"criteria": '["x"]'},
        {"criteria": '[{"name": ""}]'},
        {"criteria": '[{"name": "", "scale": {"low": 5, "high": 1}}]'},
        {"prompts": '{"": "text"}'},
        {"prompts": '{"": {"user": "{{ answer"}}'},
    ],
)
def test_a_rubric_that_no_judge_could_use_is_refused(lead_client: Client, changes: dict[str, str]) -> None:
    response = lead_client.post(address(Rubric, "add"), rubric_answers(**changes))
    assert "errorlist" in response.content.decode()
    assert not Rubric.objects.exists()


def test_a_lead_makes_a_judge(lead_client: Client, run: Run) -> None:
    answers = {"name": "own", "kind": "model", "rubric": run.judge.rubric_id, "engine": "openai_api", "model": "m"}
    answers |= {"sampling": "{}", "samples": "1", "decision": "{}"}
    assert lead_client.post(address(Judge, "add"), answers).status_code == 302
    assert Judge.objects.get(name="own").version == 1


@pytest.mark.parametrize("model", [Rubric, Judge, *FACTS])
def test_annotators_are_kept_out(annotator_client: Client, model: type) -> None:
    assert annotator_client.get(address(model, "changelist")).status_code == 302
