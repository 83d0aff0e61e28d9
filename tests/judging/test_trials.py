"""Trying a judge: what a run would ask, get, read and decide, and nothing of it is stored."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from judging.actions.judges import judge_for
from judging.actions.trials import SAMPLES, TrialRefused, sample_item, try_judge
from judging.core.builtin import JUDGES
from judging.core.specs import JudgeSpec
from judging.core.verdicts import Reason, Scored, Unscored
from judging.engines.base import EngineReply
from judging.engines.scripted import ScriptedEngine
from judging.models import Judge, Judgment, Reply, Run
from tests.factories import make_dataset, make_item, make_judge
from tests.judging.engines.server import busy, cut, good, serving, silent

pytestmark = pytest.mark.django_db
VERDICT = replace(JUDGES["verdict"], model="m")
GRADE = replace(JUDGES["ja-1-5"], model="m")
HTMX = {"HX-Request": "true"}


def tried(spec: JudgeSpec, reply: str, finish: str = "stop") -> tuple:
    """The call, and the readings of its only criterion, where the engine replies so."""
    answer = lambda request: EngineReply(id=request.id, text=reply, finish=finish, tokens=7, ms=3)  # noqa: E731
    trial = try_judge(spec, sample_item("en", spec), engine=lambda name, options: ScriptedEngine(answer))
    return trial, trial.calls[0], trial.calls[0].readings[""]


def test_shows_prompt_reply_reading_and_judgment() -> None:
    trial, call, reading = tried(VERDICT, '{"reason": "Sydney is not.", "verdict": "wrong"}')
    assert "Sydney" in call.prompt.messages[1][1]
    assert (call.outcome.text, call.outcome.tokens) == ('{"reason": "Sydney is not.", "verdict": "wrong"}', 7)
    assert reading == Scored("wrong")
    assert [(row.verdict, row.value) for row in trial.judgments] == [("wrong", "wrong")]


def test_stores_nothing() -> None:
    tried(VERDICT, '{"verdict": "wrong"}')
    assert not any(model.objects.exists() for model in (Run, Reply, Judgment, Judge))


@pytest.mark.parametrize(
    ("spec", "reply", "finish", "expected"),
    [
        (VERDICT, '{"reason": "The answer says that', "length", Unscored(Reason.CUT_OFF)),
        (VERDICT, "", "stop", Unscored(Reason.EMPTY)),
        (VERDICT, '<think>{"verdict": "clean"}</think>{"verdict": "wrong"}', "stop", Scored("wrong")),
        (GRADE, '{"評価": "4"}', "stop", Scored("4", 4.0)),
        (GRADE, '{"評価": 4}', "stop", Scored("4", 4.0)),
    ],
)
def test_says_what_was_read(spec: JudgeSpec, reply: str, finish: str, expected: object) -> None:
    reading = tried(spec, reply, finish)[2]
    if isinstance(expected, Unscored):
        assert reading.reason == expected.reason
    else:
        assert reading == expected


def test_shows_what_is_left_without_thinking() -> None:
    assert tried(VERDICT, '<think>Hm.</think> {"verdict": "wrong"}')[1].without_thinking == '{"verdict": "wrong"}'
    assert tried(VERDICT, '{"verdict": "wrong"}')[1].without_thinking == ""


def test_asks_once_however_many_samples_the_judge_has() -> None:
    many = replace(VERDICT, samples=20, decision=VERDICT.decision | {"min_replies": 10})
    trial, *_ = tried(many, '{"verdict": "clean"}')
    assert len(trial.calls) == 1
    assert trial.judgments[0].verdict == "clean"


@pytest.mark.parametrize("name", sorted(JUDGES))
@pytest.mark.parametrize("language", sorted(SAMPLES))
def test_every_built_in_judge_can_ask_about_the_built_in_items(name: str, language: str) -> None:
    spec = replace(JUDGES[name], model="m")
    answer = lambda request: ""  # noqa: E731
    trial = try_judge(spec, sample_item(language, spec), engine=lambda name, options: ScriptedEngine(answer))
    assert all(call.outcome is None or call.outcome.failure is None for call in trial.calls)


def test_an_engine_of_the_workers_is_not_asked_here() -> None:
    spec = replace(VERDICT, engine="vllm_offline")
    trial = try_judge(spec, sample_item("en", spec))
    assert (trial.waits_for, trial.judgments) == ("gpu", ())
    assert trial.calls[0].prompt.messages


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"engine": "telepathy"}, "There is no engine 'telepathy'"),
        ({"model": ""}, "needs a model"),
        ({"kind": "panel", "engine": ""}, "try its members"),
        ({"decision": {"rule": "coin"}}, "coin"),
        ({"rubric": replace(VERDICT.rubric, prompts={"": {"user": "{{ answer"}})}, "does not parse"),
    ],
)
def test_what_could_only_fail_is_refused(changes: dict[str, object], sentence: str) -> None:
    spec = replace(VERDICT, **changes)
    with pytest.raises(TrialRefused, match=sentence):
        try_judge(spec, sample_item("en", VERDICT))


def test_options_that_the_engine_refuses_are_a_sentence() -> None:
    spec = replace(JUDGES["scripted"], sampling={"rules": 1})
    with pytest.raises(TrialRefused, match="list of"):
        try_judge(spec, sample_item("en", spec))


# the page


@pytest.fixture
def judge() -> Judge:
    return judge_for(VERDICT)


def answers(**changes: object) -> dict[str, object]:
    return {"source": "en", "position": 1} | changes


def test_the_page_asks_a_real_server(lead_client: Client, judge: Judge) -> None:
    with serving(good) as server:
        page = lead_client.post(reverse("judge_try", args=[judge.pk]), answers(base_url=server.url)).content.decode()
    assert len(server.seen) == 1
    assert "The capital of Australia is Sydney." in page
    assert "Nothing is untrue." in page
    assert "Exact prompt" in page
    assert not Reply.objects.exists()


def test_a_reply_without_a_verdict_is_shown_with_its_reason(lead_client: Client, judge: Judge) -> None:
    with serving(cut) as server:
        page = lead_client.post(reverse("judge_try", args=[judge.pk]), answers(base_url=server.url)).content.decode()
    assert "unscored: cut_off" in page
    assert "raise max_tokens" in page


def test_a_server_that_fails_is_asked_once(lead_client: Client, judge: Judge) -> None:
    with serving(busy) as server:
        page = lead_client.post(reverse("judge_try", args=[judge.pk]), answers(base_url=server.url)).content.decode()
    assert len(server.seen) == 1
    assert "rate_limited" in page


def test_a_silent_server_is_given_up(lead_client: Client, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judging.actions.trials.TRIAL_SECONDS", 0.2)
    with serving(silent) as server:
        page = lead_client.post(reverse("judge_try", args=[judge.pk]), answers(base_url=server.url)).content.decode()
    assert "timeout" in page


def test_an_item_of_a_dataset_is_chosen_by_its_number(lead_client: Client) -> None:
    judge = judge_for(JUDGES["scripted"])
    dataset = make_dataset()
    make_item(dataset, "富士山の高さは？", "三千七百七十六メートル")
    page = lead_client.post(reverse("judge_try", args=[judge.pk]), answers(source=dataset.pk)).content.decode()
    assert "富士山の高さは？" in page
    page = lead_client.post(reverse("judge_try", args=[judge.pk]), answers(source=dataset.pk, position=9))
    assert "no item of that number" in page.content.decode()


def test_the_fragment_is_the_trial_alone(lead_client: Client) -> None:
    judge = judge_for(JUDGES["scripted"])
    page = lead_client.post(reverse("judge_try", args=[judge.pk]), answers(), headers=HTMX).content.decode()
    assert "<html" not in page
    assert "Raw reply" in page


def test_looking_asks_nobody_and_saving_asks_at_once(lead_client: Client, judge: Judge) -> None:
    page = lead_client.get(reverse("judge_try", args=[judge.pk])).content.decode()
    assert 'hx-trigger="submit"' in page
    page = lead_client.get(reverse("judge_try", args=[judge.pk]), {"now": 1}).content.decode()
    assert 'hx-trigger="submit, load"' in page


def test_the_item_is_in_the_language_of_the_prompts(lead_client: Client, judge: Judge) -> None:
    page = lead_client.get(reverse("judge_try", args=[judge.pk])).content.decode()
    assert '<option value="en" selected>' in page
    page = lead_client.get(reverse("judge_try", args=[judge_for(JUDGES["ja-1-5"]).pk])).content.decode()
    assert '<option value="ja" selected>' in page


def test_an_engine_of_the_workers_leads_to_a_run_of_one_item(lead_client: Client) -> None:
    judge = judge_for(replace(VERDICT, engine="vllm_offline"))
    page = lead_client.post(reverse("judge_try", args=[judge.pk]), answers()).content.decode()
    assert "runs in a worker of the queue gpu" in page
    assert "judge=verdict:1&amp;limit=1" in page


def test_a_judge_without_a_rubric_says_so(lead_client: Client) -> None:
    page = lead_client.post(reverse("judge_try", args=[make_judge().pk]), answers()).content.decode()
    assert "has no rubric" in page


def test_annotators_are_refused(annotator_client: Client, judge: Judge, lead: User) -> None:
    assert annotator_client.get(reverse("judge_try", args=[judge.pk])).status_code == 403
    assert annotator_client.post(reverse("judge_try", args=[judge.pk]), answers()).status_code == 403
