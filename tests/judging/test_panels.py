"""Panels: the words of several judges on the same items become one judgment, with each word kept."""

import json
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from judging.actions.judges import JudgeChoice, UnknownName, chosen_judge, judge_for
from judging.actions.panels import judge_by_panel
from judging.actions.runs import BATCH_ITEMS, RunRefused, RunScope, cancel_run, open_run, resume_run, start_panel_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.engines.base import EngineOptions, Request
from judging.engines.scripted import ScriptedEngine
from judging.models import Dataset, Item, Judge, Judgment, Run
from judging.reports import queue_of, run_progress
from tests.factories import make_dataset, make_item, make_items, make_judge, make_judgment, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset("answers")
    make_items(dataset, 4)
    return dataset


def a_member(name: str, judge: str = "scripted", **changes: Any) -> Judge:
    return judge_for(replace(JUDGES[judge], name=name, engine="scripted", model="m", **changes))


def judged(judge: Judge, dataset: Dataset, words: Mapping[int, str] | str, **scope: int) -> Run:
    """A finished run in which a judge says one word of all items, or of each position its own."""

    def answer(request: Request) -> str:
        position = Item.objects.get(pk=request.id[0]).position
        return words if isinstance(words, str) else words[position]

    def engine(name: str, options: EngineOptions) -> ScriptedEngine:
        return ScriptedEngine(answer)

    run = open_run(judge, dataset, scope=RunScope(**scope))
    work_run(run.pk, claimer="w:1:1", engine=engine)
    run.refresh_from_db()
    return run


def a_panel(*members: Judge, **fields: Any) -> Judge:
    panel = Judge.objects.create(name="panel", kind=Judge.Kind.PANEL, **{"decision": {"rule": "majority"}} | fields)
    panel.members.set(members)
    return panel


def panelled(panel: Judge, dataset: Dataset, **scope: int) -> Run:
    run = open_run(panel, dataset, scope=RunScope(**scope))
    work_run(run.pk, claimer="w:1:1")
    run.refresh_from_db()
    return run


def verdicts(run: Run) -> list[tuple[str, str]]:
    return list(Judgment.objects.filter(run=run, criterion="").order_by("item").values_list("verdict", "reason"))


CLEAN, WRONG, MUTE = '{"verdict": "clean"}', '{"verdict": "wrong"}', "I would rather not say"


@pytest.fixture
def members(dataset: Dataset) -> list[Judge]:
    """Three judges: of one mind on items 1 and 2, split on 3, and one of them silent on 4."""
    words = {
        "first": {1: CLEAN, 2: WRONG, 3: CLEAN, 4: CLEAN},
        "second": {1: CLEAN, 2: WRONG, 3: CLEAN, 4: WRONG},
        "third": {1: CLEAN, 2: WRONG, 3: WRONG, 4: MUTE},
    }
    made = [a_member(name) for name in words]
    for judge in made:
        judged(judge, dataset, words[judge.name])
    return made


@pytest.mark.parametrize(
    ("decision", "third", "fourth"),
    [
        ({"rule": "majority"}, ("clean", ""), ("invalid", "no_majority")),
        ({"rule": "unanimous"}, ("invalid", "no_majority"), ("invalid", "no_majority")),
        ({"rule": "majority", "min_replies": 3}, ("clean", ""), ("invalid", "too_few_replies")),
        ({"rule": "mean"}, ("clean", ""), ("invalid", "no_majority")),
    ],
)
def test_decides_by_its_rule_on_the_verdicts_of_its_members(
    decision: dict[str, Any], third: tuple[str, str], fourth: tuple[str, str], dataset: Dataset, members: list[Judge]
) -> None:
    run = panelled(a_panel(*members, decision=decision), dataset)
    assert run.state == Run.State.FINISHED
    assert run.kind == Run.Kind.PANEL
    assert verdicts(run) == [("clean", ""), ("wrong", ""), third, fourth]


def test_keeps_the_word_of_each_judge(dataset: Dataset, members: list[Judge]) -> None:
    run = panelled(a_panel(*members), dataset)
    judgment = Judgment.objects.get(run=run, item__position=4)
    runs = {judge.name: judge.runs.get().pk for judge in members}
    assert judgment.detail["members"] == [
        {"judge": "first v1", "run": runs["first"], "value": "clean", "verdict": "clean"},
        {"judge": "second v1", "run": runs["second"], "value": "wrong", "verdict": "wrong"},
        {"judge": "third v1", "run": runs["third"], "verdict": "invalid", "reason": "no_verdict"},
    ]
    assert (judgment.n_read, judgment.n_replies) == (2, 3)
    split = Judgment.objects.get(run=run, item__position=3)
    assert split.detail["flip_rate"] == pytest.approx(1 / 3)


def test_members_with_other_rubrics_are_heard_by_their_verdicts(dataset: Dataset) -> None:
    several = '{"accuracy": 5, "helpfulness": 2, "fluency": 5}'
    spoken = [("grades", "ja-1-5", "採点結果: 5点"), ("checks", "scripted", CLEAN), ("lists", "criteria-1-5", several)]
    made = [a_member(name, judge) for name, judge, _ in spoken]
    for judge, (_, _, text) in zip(made, spoken, strict=True):
        judged(judge, dataset, text)
    run = panelled(a_panel(*made), dataset)
    assert verdicts(run) == [("clean", "")] * 4
    said = [word["verdict"] for word in Judgment.objects.filter(run=run)[0].detail["members"]]
    assert sorted(said) == ["clean", "clean", "wrong"]


def test_a_panel_with_a_rubric_takes_the_mean_of_its_members_scores(dataset: Dataset) -> None:
    made = [a_member("mild", "ja-1-5"), a_member("strict", "ja-1-5")]
    judged(made[0], dataset, "採点結果: 5点")
    judged(made[1], dataset, "採点結果: 2点")
    run = panelled(a_panel(*made, rubric=made[0].rubric, decision={"rule": "mean"}), dataset)
    judgment = Judgment.objects.filter(run=run)[0]
    assert (judgment.value, judgment.score, judgment.verdict, judgment.spread) == ("3.5", 3.5, "wrong", 1.5)
    assert run_progress(run).mean_score == 3.5


def test_a_panel_on_several_criteria_decides_each(dataset: Dataset) -> None:
    made = [a_member("one", "criteria-1-5"), a_member("two", "criteria-1-5")]
    judged(made[0], dataset, '{"accuracy": 5, "helpfulness": 5, "fluency": 1}')
    judged(made[1], dataset, '{"accuracy": 2, "helpfulness": 4, "fluency": 2}')
    run = panelled(a_panel(*made, rubric=made[0].rubric, decision={"rule": "mean"}), dataset)
    found = Judgment.objects.filter(run=run, item__position=1).values_list("criterion", "value", "verdict")
    assert list(found) == [
        ("", "wrong", "wrong"),
        ("accuracy", "3.5", "wrong"),
        ("fluency", "1.5", ""),
        ("helpfulness", "4.5", "clean"),
    ]


def test_an_item_that_a_member_never_judged_is_not_recorded(dataset: Dataset, members: list[Judge]) -> None:
    Judgment.objects.filter(run__judge=members[0], item__position=1).delete()
    run = panelled(a_panel(*members, decision={"rule": "majority", "min_replies": 3}), dataset)
    judgment = Judgment.objects.get(run=run, item__position=1)
    assert judgment.reason == "too_few_replies"
    assert judgment.detail["members"][0]["reason"] == "not_recorded"


def test_names_the_oldest_revision_that_was_judged(dataset: Dataset, members: list[Judge]) -> None:
    Item.objects.filter(position=1).update(revision=2)
    run = panelled(a_panel(*members), dataset)
    assert Judgment.objects.get(run=run, item__position=1).item_revision == 1


def test_the_newest_finished_run_that_covers_the_items_counts(dataset: Dataset, members: list[Judge]) -> None:
    newest = judged(members[2], dataset, CLEAN)
    judged(members[2], dataset, WRONG, limit=2)
    run = panelled(a_panel(*members), dataset)
    assert run.snapshot["members"][2] == {"judge": "third v1", "run": newest.pk}
    assert verdicts(panelled(a_panel(*members, version=2), dataset, limit=2)) == [("clean", ""), ("wrong", "")]


def test_judges_that_came_with_a_file_can_be_members(dataset: Dataset, members: list[Judge]) -> None:
    imported = make_judge("imported")
    run = make_run(dataset, imported)
    for item in dataset.items.all():
        make_judgment(run, item, "wrong", imported=True)
    found = verdicts(panelled(a_panel(members[1], members[2], imported), dataset))
    assert [verdict for verdict, _ in found] == ["clean", "wrong", "wrong", "wrong"]


def test_says_which_members_have_to_judge_first(dataset: Dataset, members: list[Judge]) -> None:
    late = a_member("late")
    judged(late, dataset, CLEAN, limit=2)
    panel = a_panel(*members, late)
    with pytest.raises(RunRefused) as caught:
        start_panel_run(panel, dataset)
    assert "finished run of each member over these items; late v1 has none" in str(caught.value)
    assert str(caught.value).endswith("manage.py run_judge answers --judge late:1")
    assert not Run.objects.filter(kind=Run.Kind.PANEL).exists()
    assert panelled(panel, dataset, limit=2).state == Run.State.FINISHED


def test_refuses_members_that_cannot_be_put_together(dataset: Dataset, members: list[Judge]) -> None:
    with pytest.raises(RunRefused, match="at least two members other than itself"):
        open_run(a_panel(members[0]), dataset, scope=RunScope())
    graded = a_member("grades", "ja-1-5")
    judged(graded, dataset, "採点結果: 5点")
    mixed = a_panel(members[0], graded, version=2, rubric=graded.rubric)
    with pytest.raises(RunRefused, match="its member first v1 does not grade it on the same scale"):
        open_run(mixed, dataset, scope=RunScope())
    faulty = a_panel(*members, version=3, decision={"rule": "best"})
    with pytest.raises(RunRefused, match="The decision rule is one of"):
        open_run(faulty, dataset, scope=RunScope())


def test_work_that_was_interrupted_goes_on(dataset: Dataset, members: list[Judge]) -> None:
    make_items_after(dataset, 2 * BATCH_ITEMS)
    for judge in members:
        judged(judge, dataset, CLEAN)
    run = open_run(a_panel(*members), dataset, scope=RunScope())

    def stop(items: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_run(run.pk, claimer="w:1:1", written=stop)
    assert Judgment.objects.filter(run=run).count() == BATCH_ITEMS
    assert open_run(run.judge, dataset, scope=RunScope()) == run
    while work_run(run.pk, claimer="w:1:2"):
        pass
    assert Judgment.objects.filter(run=run).count() == 2 * BATCH_ITEMS + 4


def make_items_after(dataset: Dataset, count: int) -> None:
    for number in range(count):
        make_item(dataset, f"More {number}?", "A.")


def test_a_cancelled_panel_judges_no_more(dataset: Dataset, members: list[Judge]) -> None:
    run = open_run(a_panel(*members), dataset, scope=RunScope())
    cancel_run(run)
    judge_by_panel(run, claimer="w:1:1", until=float("inf"), written=lambda items: None)
    assert not Judgment.objects.filter(run=run).exists()
    resume_run(run)
    work_run(run.pk, claimer="w:1:1")
    assert Judgment.objects.filter(run=run).count() == 4


def test_the_panel_is_frozen_and_its_work_is_for_ordinary_workers(dataset: Dataset, members: list[Judge]) -> None:
    run = panelled(a_panel(*members), dataset)
    assert Judge.objects.get(name="panel").frozen_at is not None
    assert queue_of(run) == "default"


def test_the_command_judges_by_a_panel_of_this_name(dataset: Dataset, members: list[Judge]) -> None:
    a_panel(*members)
    out = StringIO()
    call_command("run_judge", "answers", judge="panel", inline=True, json=True, stdout=out, stderr=StringIO())
    printed = json.loads(out.getvalue())
    assert (printed["judge"], printed["state"], printed["judged"]) == ("panel", "finished", 4)
    with pytest.raises(CommandError, match="is a panel, which asks no model of its own: leave out model"):
        call_command("run_judge", "answers", judge="panel", model="m", inline=True, stderr=StringIO())


def test_a_panel_is_found_by_its_version_and_cannot_be_changed_for_a_run(members: list[Judge]) -> None:
    first, second = a_panel(*members), a_panel(*members, version=2)
    assert chosen_judge(JudgeChoice(name="panel")) == second
    assert chosen_judge(JudgeChoice(name="panel:1")) == first
    with pytest.raises(UnknownName, match="leave out engine, samples"):
        chosen_judge(JudgeChoice(name="panel", engine="scripted", samples=3))
