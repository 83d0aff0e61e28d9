"""Two answers in both orders: mapped back, compared, and inconsistent where the order decides."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from judging.core.builtin import RUBRICS
from judging.core.decisions import Decision
from judging.core.items import ItemText, Turn
from judging.core.judged import ReadReply, decide_item, failed_part, read_part
from judging.core.pairs import OTHER
from judging.core.prompts import CannotAsk, check_prompts, render_prompt
from judging.core.verdicts import Reason, Scored, Unscored

RUBRIC = RUBRICS["pair"]
PAIR = ItemText(turns=(Turn("Q", "from A", "R"),), turns_b=(Turn("Q", "from B", "R"),))


def judged(*replies: tuple[str, str], rule: str = "majority") -> Decision:
    """The decision on (text for ab, text for ba) of each sample."""
    read = [
        ReadReply(part=part, sample=number, readings=read_part(text, RUBRIC, part=part, item=PAIR))
        for number, texts in enumerate(replies)
        for part, text in zip(("ab", "ba"), texts, strict=True)
    ]
    return decide_item(RUBRIC, {"rule": rule}, read)[""]


@pytest.mark.parametrize(
    ("a_first", "b_first", "value", "reason"),
    [
        ("[[A]]", "[[B]]", "A", ""),  # in the second order A is shown as B
        ("[[B]]", "[[A]]", "B", ""),
        ("[[tie]]", "[[tie]]", "tie", ""),
        ("[[A]]", "[[A]]", "", "inconsistent"),
        ("[[B]]", "[[B]]", "", "inconsistent"),
        ("[[A]]", "[[tie]]", "", "inconsistent"),
        ("[[tie]]", "[[B]]", "", "inconsistent"),
        ("[[A]]", "I cannot say.", "", "no_verdict"),
        ("", "[[A]]", "", "empty"),
        ("", "I cannot say.", "", "empty"),
    ],
)
def test_only_what_both_orders_say_counts(a_first: str, b_first: str, value: str, reason: str) -> None:
    decision = judged((a_first, b_first))
    assert (decision.value, decision.reason) == (value, reason)
    assert decision.verdict == ("invalid" if reason else "")
    assert decision.score is None
    assert decision.n_replies == 2


def test_an_inconsistent_pair_keeps_what_each_order_said() -> None:
    assert judged(("[[A]]", "[[A]]")).detail == {"ab": "A", "ba": "B"}
    assert judged(("[[A]]", "")).detail == {"ab": "A", "ba": "empty"}


def test_an_order_that_the_engine_failed_on_is_unscored_with_its_reason() -> None:
    said = ReadReply(part="ab", sample=0, readings={"": Scored("A")})
    lost = ReadReply(part="ba", sample=0, readings=failed_part(RUBRIC, Unscored(Reason.TIMEOUT)))
    decision = decide_item(RUBRIC, {}, [said, lost])[""]
    assert (decision.reason, decision.n_read, decision.n_replies) == ("timeout", 1, 2)


@pytest.mark.parametrize("shown", ["[[A]]", "[[B]]"])
def test_a_judge_that_looks_at_the_place_alone_is_inconsistent_on_every_pair(shown: str) -> None:
    decisions = [judged((shown, shown)) for _ in range(20)]
    assert {decision.reason for decision in decisions} == {"inconsistent"}
    assert {decision.value for decision in decisions} == {""}


def test_samples_are_decided_in_each_order_first() -> None:
    # ab: A, A, B -> A; ba, mapped back: A, A, tie -> A. Two of six replies say otherwise.
    decision = judged(("[[A]]", "[[B]]"), ("[[A]]", "[[B]]"), ("[[B]]", "[[tie]]"))
    assert (decision.value, decision.n_read, decision.n_replies) == ("A", 6, 6)
    assert decision.detail["flip_rate"] == pytest.approx(2 / 6)
    assert decision.detail["ab_replies"]["values"] == {"A": 2, "B": 1}


def test_an_order_whose_samples_disagree_decides_nothing() -> None:
    assert judged(("[[A]]", "[[B]]"), ("[[B]]", "[[B]]")).reason == "no_majority"
    assert judged(("[[A]]", "[[B]]"), ("[[A]]", "[[tie]]"), rule="unanimous").reason == "no_majority"


def shown_in(part: str, item: ItemText = PAIR) -> str:
    return dict(render_prompt(RUBRIC, item, part).messages)["user"]


def test_the_second_order_shows_the_answers_the_other_way_round() -> None:
    first, second = shown_in("ab"), shown_in("ba")
    assert first.index("from A") < first.index("<answer_b>") < first.index("from B")
    assert second.index("from B") < second.index("<answer_b>") < second.index("from A")
    assert first.replace("from A", "?").replace("from B", "from A").replace("?", "from B") == second


def test_every_turn_of_both_answers_is_shown() -> None:
    item = ItemText(turns=(Turn("Q1", "A1"), Turn("Q2", "A2")), turns_b=(Turn("Q1", "B1"), Turn("Q2", "B2")))
    text = shown_in("ab", item)
    assert [word for word in ("Q1", "Q2", "A1", "A2", "B1", "B2") if text.count(word) != 1] == []
    assert "<reference>" not in text


def cannot_ask(call: Callable[[], object]) -> Reason:
    with pytest.raises(CannotAsk) as caught:
        call()
    return caught.value.outcome.reason


def test_a_pair_rubric_needs_two_answers_and_another_one_needs_one() -> None:
    single = replace(PAIR, turns_b=())
    assert cannot_ask(lambda: render_prompt(RUBRIC, single, "ab")) == Reason.NO_ANSWER
    assert cannot_ask(lambda: render_prompt(RUBRICS["verdict"], PAIR)) == Reason.REJECTED


def test_a_pair_rubric_has_both_orders_and_shows_both_answers() -> None:
    one_order = replace(RUBRIC, prompts={"ab": RUBRIC.prompts["ab"]})
    assert check_prompts(one_order) == ["A rubric of kind pair has the parts ab and ba, not ['ab']."]
    blind = {key: {"user": "{{ question }} {{ answer_a }}"} for key in ("ab", "ba")}
    assert check_prompts(replace(RUBRIC, prompts=blind))[0] == "The prompt of part ab lacks {{ answer_b }}."
    other = {key: {"user": "{{ question }} {{ answer_a }} {{ answer_b }} {{ answer }}"} for key in ("ab", "ba")}
    assert (
        "uses {{ answer }} in role 'user'; there is only question, answer_a"
        in check_prompts(replace(RUBRIC, prompts=other))[0]
    )


def test_reads_the_pairs_of_a_published_judge_as_their_authors_did(shared_data: Path) -> None:
    path = shared_data / "mt_bench_multi_judge/raw/en_GPT-4o-mini_pairwise_Llama-3.1-8B_vs_gemma-2-9b.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = Counter()
    for row in rows:
        decision = judged((row["judgment_ab"], row["judgment_ba"]))
        winner = {"A": row["model_a"], "B": row["model_b"]}.get(decision.value, decision.value or decision.reason)
        assert winner == row["winner"]
        assert decision.detail == {"ab": row["winner_ab"], "ba": OTHER.get(row["winner_ba"], row["winner_ba"])} | (
            {"flip_rate": 0} if decision.value else {}
        )
        found[winner] += 1
    assert found == {"inconsistent": 43, "gemma-2-9b-it": 19, "Llama-3.1-8B-Instruct": 18}
