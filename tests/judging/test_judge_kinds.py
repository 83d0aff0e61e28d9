"""Runs of every kind of rubric, from items in the database to judgments, and how steady their judges are."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from judging.actions.judges import JudgeChoice, UnknownName, chosen_judge, judge_for
from judging.actions.runs import RunRefused, RunScope, open_run
from judging.actions.work import work_run
from judging.core.builtin import JUDGES
from judging.core.judged import check_judge
from judging.core.specs import JudgeSpec
from judging.engines.base import EngineOptions, EngineReply, Request
from judging.engines.scripted import ScriptedEngine
from judging.models import Dataset, Item, Judgment, Reply, Run
from judging.reports import JudgeStability, judge_stability, run_progress
from tests.factories import make_dataset, make_item, make_items

pytestmark = pytest.mark.django_db
Script = Callable[[Request], str | EngineReply]


def spec_of(name: str, **changes: Any) -> JudgeSpec:
    return replace(JUDGES[name], engine="scripted", **changes)


def judged(spec: JudgeSpec, dataset: Dataset, script: Script) -> Run:
    def engine(name: str, options: EngineOptions) -> ScriptedEngine:
        return ScriptedEngine(script)

    run = open_run(judge_for(spec), dataset, scope=RunScope())
    work_run(run.pk, claimer="w:1:1", engine=engine)
    run.refresh_from_db()
    return run


def make_pair(dataset: Dataset, better: str) -> Item:
    """A pair whose answer A or B says that it is good, or both of them."""
    a, b = (f"{'good' if better in (name, 'both') else 'bad'} answer" for name in ("A", "B"))
    turn = {"question": "Q?", "answer": b, "reference": ""}
    return make_item(dataset, "Q?", a, kind=Item.Kind.PAIR, turns_b=[turn], model="one", model_b="two")


def shown_answers(request: Request) -> tuple[str, str]:
    first, second = dict(request.prompt.messages)["user"].split("<answer_b>")
    return first, second


def by_goodness(request: Request) -> str:
    first, second = ("good" in text for text in shown_answers(request))
    return "It is plain to see.\n" + ("[[tie]]" if first == second else "[[A]]" if first else "[[B]]")


def test_a_judge_that_reads_the_answers_gives_the_same_value_in_both_orders() -> None:
    dataset = make_dataset()
    for better in ("A", "B", "both"):
        make_pair(dataset, better)
    run = judged(spec_of("pair"), dataset, by_goodness)
    found = Judgment.objects.filter(run=run).order_by("item__position")
    assert list(found.values_list("value", "verdict", "reason")) == [("A", "", ""), ("B", "", ""), ("tie", "", "")]
    assert list(Reply.objects.filter(run=run, item__position=2).order_by("part").values_list("part", "value")) == [
        ("ab", "B"),
        ("ba", "B"),
    ]


@pytest.mark.parametrize("place", ["[[A]]", "[[B]]"])
def test_a_judge_that_goes_by_the_place_is_inconsistent_on_every_pair(place: str) -> None:
    dataset = make_dataset()
    for better in ("A", "B", "both") * 4:
        make_pair(dataset, better)
    run = judged(spec_of("pair"), dataset, lambda request: place)
    assert run_progress(run).unscored_by_reason == {"inconsistent": 12}
    shown_first = {"[[A]]": {"ab": "A", "ba": "B"}, "[[B]]": {"ab": "B", "ba": "A"}}[place]
    assert [judgment.detail for judgment in Judgment.objects.filter(run=run)] == [shown_first] * 12
    assert judge_stability(run) == [JudgeStability(criterion="", items=12, undecided=12)]


def test_items_with_one_answer_have_nothing_to_compare() -> None:
    dataset = make_dataset()
    make_items(dataset, 2)
    run = judged(spec_of("pair"), dataset, by_goodness)
    assert run_progress(run).unscored_by_reason == {"no_answer": 2}


ATTRIBUTES = {
    "attr_1": " helpfulness: 2 correctness: 2 coherence: 3 complexity: 1 verbosity: 1 [/ATTR_1]",
    "attr_2": " quality: 3 toxicity: 1 humor: 0 creativity: 1 [/ATTR_2]",
}


def test_the_attribute_judge_scores_every_sample_of_both_parts() -> None:
    dataset = make_dataset()
    make_items(dataset, 1)
    run = judged(spec_of("attributes", samples=3), dataset, lambda request: ATTRIBUTES[request.id[1]])
    judgment = Judgment.objects.get(run=run)
    assert (judgment.score, judgment.verdict, judgment.spread) == (0.1294927980164986, "wrong", 0)
    assert (judgment.n_read, judgment.n_replies) == (6, 6)
    assert judgment.detail["scores"] == [0.1294927980164986] * 3
    assert Reply.objects.filter(run=run, part="attr_1").values_list("value", flat=True)[0] == "2 2 3 1 1"
    assert run.snapshot["judge"]["decision"]["coefficients"]["intercept"] == 1.2656680851786704


def test_one_malformed_sample_voids_the_item_or_is_left_out() -> None:
    def second_sample_broken(request: Request) -> str:
        return "I cannot" if request.id[1:] == ("attr_2", 1) else ATTRIBUTES[request.id[1]]

    dataset = make_dataset()
    make_items(dataset, 1)
    spec = spec_of("attributes", samples=3)
    strict = Judgment.objects.get(run=judged(spec, dataset, second_sample_broken))
    tolerant_spec = replace(spec, decision=dict(spec.decision) | {"mode": "tolerant"})
    tolerant = Judgment.objects.get(run=judged(tolerant_spec, dataset, second_sample_broken))
    assert (strict.verdict, strict.reason, strict.score) == ("invalid", "no_verdict", None)
    assert (tolerant.verdict, tolerant.score) == ("wrong", 0.1294927980164986)
    assert strict.detail["tolerant"]["score"] == tolerant.detail["tolerant"]["score"] == 0.1294927980164986


def test_coefficients_of_a_file_are_kept_in_the_judge(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("intercept: 0.5\nslope: [0, 0, 0, 0, 0, 0, 0, 0, 1]\n")
    judge = chosen_judge(JudgeChoice(name="attributes", coefficients=str(tmp_path / "c.yaml")))
    assert judge.decision["coefficients"] == {"intercept": 0.5, "slope": [0, 0, 0, 0, 0, 0, 0, 0, 1]}
    assert judge.decision["threshold"] == -0.15
    with pytest.raises(UnknownName, match="does not decide by the rule linear"):
        chosen_judge(JudgeChoice(name="verdict", coefficients=str(tmp_path / "c.yaml")))
    make_items(make_dataset("qa"), 1)
    with pytest.raises(CommandError, match=r"none\.yaml: the file cannot be read"):
        call_command(
            "run_judge",
            "qa",
            judge="attributes",
            engine="scripted",
            coefficients=str(tmp_path / "none.yaml"),
            inline=True,
            stderr=StringIO(),
        )


def test_the_item_as_a_whole_is_what_progress_counts() -> None:
    dataset = make_dataset()
    make_items(dataset, 2)
    replies = {
        1: '{"accuracy": 5, "helpfulness": 4, "fluency": 1}',
        2: '{"accuracy": 5, "helpfulness": 1, "fluency": 5}',
    }
    first = dataset.items.get(position=1).pk
    run = judged(spec_of("criteria-1-5"), dataset, lambda request: replies[1 if request.id[0] == first else 2])
    assert run_progress(run).counts == {"clean": 1, "wrong": 1, "invalid": 0}
    assert Judgment.objects.filter(run=run).count() == 8
    assert Reply.objects.filter(run=run)[0].value == "accuracy=5, helpfulness=4, fluency=1"


def test_a_text_without_a_question_is_judged() -> None:
    dataset = make_dataset()
    make_item(dataset, "", "A text that nobody asked for.")
    seen = []
    run = judged(spec_of("text-1-5"), dataset, lambda request: seen.append(request.prompt) or '{"score": 4}')
    assert "question" not in dict(seen[0].messages)["user"]
    assert Judgment.objects.get(run=run).verdict == "clean"


def test_stability_adds_up_flips_and_spread_over_items() -> None:
    grades = {1: ["5", "5", "5"], 2: ["5", "4", "2"], 3: ["1", "I cannot say", "4"], 4: ["3", "", ""]}
    dataset = make_dataset()
    positions = {item.pk: item.position for item in make_items(dataset, 4)}
    run = judged(spec_of("ja-1-5", samples=3), dataset, lambda request: grades[positions[request.id[0]]][request.id[2]])
    # 2: the mean 3.67 is wrong and two of three say clean; 3: the mean 2.5 is wrong and one of two says clean
    (found,) = judge_stability(run)
    assert (found.items, found.flipped, found.undecided) == (3, 2, 0)
    assert found.flip_rate == pytest.approx(3 / 8)
    assert found.mean_spread == pytest.approx((0 + (14 / 9) ** 0.5 + 1.5) / 3)


def test_stability_says_nothing_of_single_replies() -> None:
    dataset = make_dataset()
    make_items(dataset, 2)
    assert judge_stability(judged(spec_of("verdict"), dataset, lambda request: '{"verdict": "clean"}')) == []


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("attributes", {"decision": {"rule": "mean"}}, "A rubric of kind attributes is decided by the rule linear"),
        ("verdict", {"decision": JUDGES["attributes"].decision}, "by the rule linear, and only that; not by 'linear'"),
        ("attributes", {"decision": {"rule": "linear"}}, "The rule linear needs coefficients"),
        ("verdict", {"decision": {"rule": "best"}}, "The decision rule is one of"),
        (
            "pair",
            {"rubric": replace(JUDGES["pair"].rubric, criteria=JUDGES["verdict"].rubric.criteria)},
            "A rubric of kind pair has one criterion, or one for each turn, with the values A, B and tie.",
        ),
    ],
)
def test_a_judge_that_could_not_decide_is_not_started(name: str, changes: dict[str, Any], sentence: str) -> None:
    dataset = make_dataset()
    make_items(dataset, 1)
    with pytest.raises(RunRefused) as caught:
        open_run(judge_for(spec_of(name, **changes)), dataset, scope=RunScope())
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", list(JUDGES))
def test_the_built_in_judges_can_decide(name: str) -> None:
    assert check_judge(JUDGES[name]) == []
