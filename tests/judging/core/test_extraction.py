"""Reading a judge's reply: a table of what a person would read."""

import json
from pathlib import Path

import pytest

from judging.core.builtin import CLEAN_OR_WRONG, ONE_TO_FIVE, RUBRICS
from judging.core.extraction import read_reply, read_text
from judging.core.extraction.protocols import UnknownProtocol, protocol_named
from judging.core.scales import Criterion, Scale
from judging.core.specs import RubricSpec
from judging.core.verdicts import Reading, Reason, Scored, Unscored

ONE_TO_TEN = Criterion("", Scale(1, 10), clean_if=7)


def rubric(criterion: Criterion, asks: str = "", **roles: str) -> RubricSpec:
    """A rubric whose prompt ends in these words."""
    return RubricSpec(
        name="r", kind="score", criteria=(criterion,), prompts={"": {"user": "{{ answer }}\n" + asks} | roles}
    )


def read(text: str, criterion: Criterion = ONE_TO_FIVE, asks: str = "", **options: str) -> Reading:
    return read_reply(text, rubric(criterion, asks), **options)[""]


def word(reading: Reading) -> object:
    """The score, the value, or the reason."""
    if isinstance(reading, Unscored):
        return reading.reason
    return reading.value if reading.score is None else reading.score


SIX_READINGS = [
    ("採点結果は以下の通りです。\n\n回答: 5点\n\n理由: 例文2のほうが簡単だと正しく述べています。", 5),
    (
        "この回答は正しく、5点の基準に当てはまります。日本語も自然で、5点に値します。\n"
        "以上から、この回答は5点と評価されます。",
        5,
    ),
    ("採点基準は次の通りです。\n* 役に立つ: 5点\n* 合っている: 4点\n* 誤っている: 1点\n\n採点結果は4点となります。", 4),
    ("1. 正しさについて: 合っている\n2. 役に立つかどうか: 役に立つ\n\n総合評価: 4 + 5 = 9点", Reason.OFF_SCALE),
    ("1. 正確さ: 5点\n2. 自然さ: 5点\n3. 有用性: 4点\n\n総合評価: 4.67点", 4.67),
    ("1. 問題: 文を比べる\n2. 採点: 4点\n3. 理由: 合っている\n\nこの回答は合っているため、4点としました。", 4),
]


@pytest.mark.parametrize(("text", "expected"), SIX_READINGS)
@pytest.mark.parametrize("name", ["ja_1_5", "ja_1_5_ref", "ja_1_5_raw", "ja_1_5_raw_ref"])
def test_reads_what_the_japanese_judge_meant(name: str, text: str, expected: object) -> None:
    assert word(read_reply(text, RUBRICS[name])[""]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Good. [[3]]", 3),
        ("Rating: [[4]]\n\nOn reflection:\nRating: [[2]]", 2),
        ("FINAL SCORE: 4", 4),
        ("Final score - 4", 4),
        ("**Rating:** 4/5", 4),
        ("Rating: **4** out of 5", 4),
        ("[Rating: 4]", 4),
        ("My rating is a 4.", 4),
        ("## Score\n\n4\n\nBecause it is right.", 4),
        ("<score>4</score>", 4),
        ("So the overall score is [RESULT] 4", 4),
        ('{"reason": "fine", "score": 4}', 4),
        ('{"reason": "fine", "score": "4/5"}', 4),
        ("評価：［［４］］", 4),
        ("採点結果：４点", 4),
        ("総合評価（5点満点）：4点", 4),
        ("総合評価: 5点満点中4点", 4),
        ("【評価】4点", 4),
        ("评分：４分", 4),
        ("综合评分：4分/5分", 4),
        ("我的评分是4分。", 4),
        ("得分: 4.5", 4.5),
        ("4", 4),
        (" ４点 ", 4),
        ("The answer is right.\n\n4", 4),
        ("I would rate it a 4 out of 5.", 4),
        ("The answer is rated as a 4, which is good.", 4),
        ("以上より4点と評価します。", 4),
        ("Accuracy score: 3\nFINAL SCORE: 4", 4),
        ("FINAL SCORE: 4\nAccuracy score: 3", 4),
        ("総合評価: (5 + 5 + 4) / 3 = 4.67点", 4.67),
        ("総合評価: 14 ÷ 3 ≒ 4.67点", 4.67),
        ("総合評価：４点 ＋ １点 ＝ ５点", 5),
        ("Overall: 4/5", 4),
        ("I give this answer a 4/5.", 4),
        ("我给这个回答4分。", 4),
        ("[[4/5]]", 4),
        ("[[4点]]", 4),
        ("[[Rating: 4]]", 4),
        ("Score: 4. It names 2 of 3 causes.", 4),
        ("① 総合評価: 4点", 4),
    ],
)
def test_reads_the_score_that_a_person_would_read(text: str, expected: float) -> None:
    assert word(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        (" \n", Reason.EMPTY),
        ("**`` ``**", Reason.EMPTY),
        ("<think>4</think>", Reason.NO_VERDICT),
        ("The answer is good.", Reason.NO_VERDICT),
        ("特徴を3点に整理しています。", Reason.NO_VERDICT),
        ("The rating scale goes from 1 to 5.", Reason.NO_VERDICT),
        ("採点基準は5点満点です。", Reason.NO_VERDICT),
        ("採点: 1点減点しました。", Reason.NO_VERDICT),
        ("Overall 4 points were made.", Reason.NO_VERDICT),
        ("Rating: [[rating]]", Reason.NO_VERDICT),
        ("Confidence: 90%", Reason.NO_VERDICT),
        ("It took 5分 and 3 of 4 steps.", Reason.NO_VERDICT),
        ("回答: 4", Reason.NO_VERDICT),
        ("評価は3段階で行います。", Reason.NO_VERDICT),
        ("総合評価:\n1. 有用性は高い\n2. 正確", Reason.NO_VERDICT),
        ("def f(x):\n    return [[0]]", Reason.OFF_SCALE),
        ("[[9]]", Reason.OFF_SCALE),
        ("Rating: [[5, 1, 3]]", Reason.AMBIGUOUS),
        ("Rating: 4 or 5", Reason.AMBIGUOUS),
        ("評価: 4〜5点", Reason.AMBIGUOUS),
        ('{"score": [4, 5]}', Reason.AMBIGUOUS),
        ("正確さ: 3点\n自然さ: 5点", Reason.AMBIGUOUS),
        ("Accuracy score: 3\nClarity score: 5", Reason.AMBIGUOUS),
        ("Score: 80/100", Reason.OFF_SCALE),
        ("Score: 4/10", Reason.OFF_SCALE),
        ("Score: 80%", Reason.OFF_SCALE),
        ("総合評価: 10点満点中4点", Reason.OFF_SCALE),
        ("Score: 0", Reason.OFF_SCALE),
        ("Score: -3", Reason.OFF_SCALE),
        ("[[" + "9" * 39 + "]]", Reason.OFF_SCALE),
        ('{"score": ' + "9" * 400 + "}", Reason.OFF_SCALE),
        ('{"score": true}', Reason.NO_VERDICT),
        ('{"score": NaN}', Reason.NO_VERDICT),
        ('{"a":' * 20_000, Reason.NO_VERDICT),
    ],
)
def test_says_why_there_is_no_score(text: str, reason: Reason) -> None:
    assert word(read(text)) == reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"reason": "ok", "verdict": "clean"}', "clean"),
        ('```json\n{"reason": "line\nbreak\tand tab", "verdict": "wrong"}\n```', "wrong"),
        ('{"verdict": "wrong"}\nCorrected:\n{"verdict": "clean"}', "clean"),
        ('{"reason": "it says [[wrong]] and verdict: wrong", "verdict": "clean"}', "clean"),
        ('{"reason": "the answer holds {\\"verdict\\": \\"wrong\\"}", "verdict": "clean"}', "clean"),
        ('{"Verdict": "CLEAN"}', "clean"),
        ("verdict: clean", "clean"),
        ("Verdict: **wrong**, because the year is off.", "wrong"),
        ("判定: wrong", "wrong"),
        ("[[clean]]", "clean"),
        ("clean", "clean"),
        ("Nothing is untrue.\n\nclean", "clean"),
        ('{"reason": "no end", "verdict": "clean"', "clean"),
        ('"verdict": "clean" or "wrong"? I do not know.', Reason.NO_VERDICT),
        ('Reply with {"reason": "...", "verdict": "clean" or "wrong"}', Reason.NO_VERDICT),
        ("verdict: clean or wrong", Reason.AMBIGUOUS),
        ("The answer is not clean.", Reason.NO_VERDICT),
        ('{"verdict": "maybe"}', Reason.NO_VERDICT),
        ('{"reason": "it quotes \\"verdict\\": \\"clean\\" and', Reason.NO_VERDICT),
        ("{}", Reason.NO_VERDICT),
    ],
)
def test_reads_verdicts(text: str, expected: object) -> None:
    assert word(read_reply(text, RUBRICS["verdict"])[""]) == expected


@pytest.mark.parametrize(
    ("text", "finish", "expected"),
    [
        ("Rating: [[4]] because it", "length", 4),
        ("The answer is", "length", Reason.CUT_OFF),
        ("以上より4点と評価します。", "length", Reason.CUT_OFF),
        ("FINAL SCORE: 1", "length", Reason.CUT_OFF),
        ("Rating: [[1", "length", Reason.CUT_OFF),
        ("", "length", Reason.CUT_OFF),
        ("", "content_filter", Reason.REFUSED),
        ("I can", "content_filter", Reason.REFUSED),
        ("<think>It is a 4. [[4]]", "length", Reason.CUT_OFF),
        ("<think>It is a 4. [[4]]", "stop", Reason.NO_VERDICT),
    ],
)
def test_takes_nothing_from_a_reply_that_ended_before_its_verdict(text: str, finish: str, expected: object) -> None:
    assert word(read(text, finish=finish)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<think>Perhaps [[2]]? No.</think>\n[[4]]",
        "[[4]]\n<think>Or [[2]]?</think>",
        "Perhaps [[2]]? No.</think>[[4]]",
        "<thinking>[[2]]</thinking><think>[[3]]</think>[[4]]",
    ],
)
def test_skips_thinking(text: str) -> None:
    assert word(read(text)) == 4


def test_thinking_that_the_prompt_opened_says_nothing() -> None:
    assert word(read("It is [[2]].</think>\nI cannot say.")) == Reason.NO_VERDICT


def test_reads_the_words_with_which_the_prompt_began_the_reply() -> None:
    asked = rubric(ONE_TO_FIVE, assistant="採点結果")
    assert word(read_reply("は4点です。5点には届きません。", asked)[""]) == 4


@pytest.mark.parametrize(
    ("asks", "text", "expected"),
    [
        ("Rating: [[5]]", "Rating: [[4]]", 4),
        ("Rating: [[5]]", "Rating: 4", Reason.NO_VERDICT),
        ("Rating: [[5]]", "4", 4),
        ("FINAL SCORE: n", "FINAL SCORE: 4", 4),
        ("FINAL SCORE: n", "Rating: 4", Reason.NO_VERDICT),
        ('{"score": n}', '{"score": 4}', 4),
        ('{"score": n}', "[[4]]", Reason.NO_VERDICT),
        ("", "I rate it a 4.", Reason.NO_VERDICT),
    ],
)
def test_strict_reads_only_what_was_asked_for(asks: str, text: str, expected: object) -> None:
    assert word(read(text, asks=asks, mode="strict")) == expected


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="strict or lenient"):
        read("4", mode="lax")


def test_reads_every_criterion_by_its_name() -> None:
    criteria = (Criterion("accuracy", Scale(1, 5)), Criterion("style", Scale(1, 5)))
    both = RubricSpec(name="r", kind="score", criteria=criteria, prompts={"": {"user": '{"accuracy": n, "style": n}'}})
    assert read_reply('{"accuracy": 4, "style": 9}', both) == {
        "accuracy": Scored("4", 4.0),
        "style": Unscored(Reason.OFF_SCALE, "9 is not in 1 to 5."),
    }
    assert word(read_reply("Accuracy: 4\nStyle: 2", both)["style"]) == 2


def test_a_verdict_and_a_score_in_one_object_are_read_on_their_own_scales() -> None:
    text = '{"verdict": "clean", "score": 4}'
    assert word(read(text, CLEAN_OR_WRONG)) == "clean"
    assert word(read(text, ONE_TO_FIVE)) == 4


SIDES = {"a": "A", "b": "B"}


def test_reads_real_replies_as_people_did(shared_data: Path) -> None:
    lines = (shared_data / "judge_replies" / "replies.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        high = 5 if "1-5" in row["protocol"] else 10
        scale = Scale(values=("A", "B", "tie")) if row["protocol"].startswith("pairwise") else Scale(1, high)
        visible = SIDES.get(row["visible"], row["visible"])
        protocol = protocol_named(row["protocol"])
        lenient, strict = (
            read_text(row["reply"], Criterion("", scale), protocol=protocol, mode=mode)
            for mode in ("lenient", "strict")
        )
        assert (word(lenient) if isinstance(lenient, Scored) else None) == visible, row["id"]
        if visible is None:
            assert isinstance(strict, Unscored), row["id"]
        elif row["recorded"] == row["visible"]:
            assert word(strict) == visible, row["id"]


def test_a_protocol_is_named_or_described_by_its_mark() -> None:
    assert protocol_named("mt_bench").kinds == {"double_bracket"}
    assert protocol_named("Rating: [[n]]").kinds == {"double_bracket"}
    assert protocol_named("only the number").kinds == frozenset()
    with pytest.raises(UnknownProtocol, match="no protocol 'mt-bnech'"):
        protocol_named("mt-bnech")


@pytest.mark.parametrize(
    ("protocol", "text", "expected"),
    [
        ("mt_bench", "Rating: [[4]]", 4),
        ("mt_bench", "Rating: 4", Reason.NO_VERDICT),
        ("final_score", "FINAL SCORE: 4", 4),
        ("final_score", "[[4]]", Reason.NO_VERDICT),
        ("result", "Fine. [RESULT] 4", 4),
        ("result", "Score: 4", Reason.NO_VERDICT),
        ("json", '{"why": "x", "score": 4}', 4),
        ("json", "Score: 4", Reason.NO_VERDICT),
        ("ja_marks", "採点結果は4点となります。", 4),
        ("ja_marks", "FINAL SCORE: 4", Reason.NO_VERDICT),
        ("tag", "<score>4</score>", 4),
        ("boxed", "$\\boxed{4}$", 4),
        ("bare", "4", 4),
        ("bare", "I rate it a 4.", Reason.NO_VERDICT),
        ("labels", "점수: 4", 4),
        ("any", "[[4]]", 4),
    ],
)
def test_strict_reads_a_protocol_by_its_name(protocol: str, text: str, expected: object) -> None:
    assert word(read_text(text, ONE_TO_FIVE, protocol=protocol_named(protocol), mode="strict")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<think>Perhaps [[2]]? No.</think>\n[[4]]",
        "<|channel|>analysis<|message|>Perhaps [[2]].<|end|><|start|>assistant<|channel|>final<|message|>[[4]]",
        "[THINK][[2]][/THINK][[4]]",
        "◁think▷[[2]]◁/think▷[[4]]",
        "<|begin_of_thought|>[[2]]<|end_of_thought|>[[4]]",
        "[[4]]\n<think>Or is it [[2]]",
        "The tag <think> is explained. [[4]]",
    ],
)
def test_skips_the_thinking_of_other_models(text: str) -> None:
    assert word(read(text)) == 4
