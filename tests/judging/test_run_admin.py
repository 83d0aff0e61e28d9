"""The back office of judges, rubrics, runs and what they found."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from judging.actions.judges import judge_for, rubric_for, rubric_spec_of
from judging.actions.runs import RunScope, open_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES, RUBRICS
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
        "needs_question": "on",
        "template::user": "{{ question }}\r\n{{ answer }} ",
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
        {"template::user": "{{ answer"},
        {"template::user": "{{ question }}"},
        {"template::user": "{{ question }} {{ answer }} {{ secret }}"},
        {"template::user": "{{ question }} {{ answer.__class__.__mro__ }}"},
        {"template::raw": "{{ question }} {{ answer }}", "template::user": "", "style": "chat"},
        {"parts": "ab, ba"},
    ],
)
def test_a_rubric_that_no_judge_could_use_is_refused(lead_client: Client, changes: dict[str, str]) -> None:
    response = lead_client.post(address(Rubric, "add"), rubric_answers(**changes))
    assert "errorlist" in response.content.decode()
    assert not Rubric.objects.exists()


def test_a_template_is_kept_as_it_was_written(lead_client: Client) -> None:
    lead_client.post(address(Rubric, "add"), rubric_answers())
    rubric = Rubric.objects.get()
    assert rubric.prompts == {"": {"user": "{{ question }}\n{{ answer }} "}}
    page = lead_client.get(address(Rubric, "change", rubric.pk)).content.decode()
    assert "{{ question }}\n{{ answer }} </textarea>" in page
    assert 'name="prompts"' not in page


@pytest.mark.parametrize("name", sorted(RUBRICS))
def test_saving_a_built_in_rubric_unchanged_changes_nothing(lead_client: Client, name: str) -> None:
    rubric = rubric_for(RUBRICS[name])
    before = rubric_spec_of(rubric)
    form = lead_client.get(address(Rubric, "change", rubric.pk)).context["adminform"].form
    answers = {field.name: field.value() for field in form if field.value() not in (None, False)}
    assert lead_client.post(address(Rubric, "change", rubric.pk), answers).status_code == 302
    rubric.refresh_from_db()
    assert rubric_spec_of(rubric) == before


def test_a_new_part_gets_text_areas_of_its_own(lead_client: Client) -> None:
    answers = rubric_answers(parts="ab, ba") | {"template:ab:user": "{{ question }} {{ answer }}"}
    page = lead_client.post(address(Rubric, "add"), answers).content.decode()
    assert 'name="template:ab:user"' in page
    assert 'name="template:ba:user"' in page
    assert "Prompt of part ba" in page
    assert not Rubric.objects.exists()


def test_a_used_rubric_shows_its_templates(lead_client: Client, run: Run) -> None:
    page = lead_client.get(address(Rubric, "change", run.judge.rubric_id)).content.decode()
    assert "You are a strict checker of answers." in page
    assert "<textarea" not in page
    assert run.judge.get_absolute_url() in page


def judge_answers(run: Run, **changes: str) -> dict[str, object]:
    answers = {"name": "own", "kind": "model", "rubric": run.judge.rubric_id, "engine": "openai_api", "model": "m"}
    return answers | {"sampling": "{}", "samples": "1", "decision": "{}"} | changes


def test_a_lead_makes_a_judge(lead_client: Client, run: Run) -> None:
    assert lead_client.post(address(Judge, "add"), judge_answers(run)).status_code == 302
    assert Judge.objects.get(name="own").version == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sampling": '{"temperature": "hot"}'}, "temperature is a number from 0 to 2."),
        ({"sampling": "[]"}, "Write an object"),
        ({"decision": '{"rule": "dice"}'}, "The decision rule is one of"),
        ({"engine": ""}, "A judge of this kind needs one."),
        ({"rubric": ""}, "A judge of this kind needs one."),
        ({"engine": "telepathy"}, "telepathy is not one of the available choices"),
    ],
)
def test_a_judge_that_no_run_could_use_is_refused(
    lead_client: Client, run: Run, changes: dict[str, str], sentence: str
) -> None:
    response = lead_client.post(address(Judge, "add"), judge_answers(run, **changes))
    assert sentence in response.content.decode()
    assert not Judge.objects.filter(name="own").exists()


def test_saving_goes_on_to_the_trial_where_that_is_asked_for(lead_client: Client, run: Run) -> None:
    response = lead_client.post(address(Judge, "add"), judge_answers(run, _try="Save and try"))
    judge = Judge.objects.get(name="own")
    assert response.headers["Location"] == f"{judge.get_absolute_url()}?now=1"
    response = lead_client.post(address(Judge, "change", judge.pk), judge_answers(run, model="n", _try="Save and try"))
    judge.refresh_from_db()
    assert (judge.model, response.headers["Location"]) == ("n", f"{judge.get_absolute_url()}?now=1")


def test_the_page_of_a_judge_leads_to_its_trial(lead_client: Client, run: Run) -> None:
    used = lead_client.get(address(Judge, "change", run.judge_id)).content.decode()
    assert run.judge.get_absolute_url() in used
    assert 'name="_try"' not in used
    assert 'name="_try"' in lead_client.get(address(Judge, "add")).content.decode()


def test_the_back_office_calls_batches_by_their_plural(lead_client: Client, run: Run) -> None:
    page = lead_client.get(reverse("admin:index")).content.decode()
    assert "Run batches" in page
    assert "batchs" not in page


@pytest.mark.parametrize("model", [Rubric, Judge, *FACTS])
def test_annotators_are_kept_out(annotator_client: Client, model: type) -> None:
    assert annotator_client.get(address(model, "changelist")).status_code == 302
