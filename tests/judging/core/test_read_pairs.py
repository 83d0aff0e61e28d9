"""Which of two texts a judge prefers, in marks and in prose."""

import pytest

from judging.core.extraction import read_text
from judging.core.scales import Criterion, Scale
from judging.core.verdicts import Unscored

CRITERION = Criterion("", Scale(values=("A", "B", "tie")))


def word(text: str) -> object:
    """The value or score that is read, or the reason why there is none."""
    reading = read_text(text, CRITERION)
    if isinstance(reading, Unscored):
        return reading.reason.value
    return reading.value if reading.score is None else reading.score


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Final verdict: [[A]]", "A"),
        ("[[B]]", "B"),
        ("[[C]]", "tie"),
        ("[[Tie]]", "tie"),
        ("[[Assistant B]]", "B"),
        ('[["A"]].', "A"),
        ("[[A]] at first, but finally [[B]]", "B"),
        ("A", "A"),
        ("Output (a) is better.", "A"),
        ("Assistant A is better.", "A"),
        ("Assistant B provides a better answer.", "B"),
        ("The better response is from Assistant A.", "A"),
        ("The first answer is better.", "A"),
        ("Response 2 is better than Response 1.", "B"),
        ("It is a tie.", "tie"),
        ("Therefore, a tie is the most appropriate verdict.", "tie"),
        ("Assistant A is better at facts. Overall, Assistant B is better.", "B"),
        ('{"winner": "Assistant A"}', "A"),
        ('{"winner": "C"}', "tie"),
        ('{"verdict": "tie"}', "tie"),
        ("[[A>B]]", "A"),
        ("[[B>>A]]", "B"),
        ("[[A=B]]", "tie"),
        ("Final verdict: A tie", "tie"),
        ("Winner: Assistant B", "B"),
        ("<winner>B</winner>", "B"),
        ("回答Aの方が優れています。", "A"),
        ("したがって、アシスタントBの回答が優れています。", "B"),
        ("引き分けです。", "tie"),
        ("判定：[[A]]", "A"),
        ("助手A的回答更好。", "A"),
        ("因此，平局。", "tie"),
        ("어시스턴트 B의 답변이 더 좋습니다.", "B"),
        ("If assistant A is better, output [[A]].", "A"),
        ("Verdict: C", "tie"),
        ("The winner is B.", "B"),
        ("I prefer Response A.", "A"),
        ("\\boxed{B}", "B"),
        ("Both responses are equally good.", "tie"),
        ("<think>[[A]]</think>[[B]]", "B"),
        ("Model A wins.", "A"),
        ("My choice: Output (b)", "B"),
        ("Output (a) is better formatted, but Output (b) is better.", "B"),
        ("Assistant A's answer is better than Assistant B's answer.", "A"),
        ("**Final Verdict: [[A]]**", "A"),
        ("[[ B ]]", "B"),
        ("[[b]]", "B"),
        ("[B]", "B"),
        ("Verdict: [[A]] (Assistant A)", "A"),
        ('"[[A]]"', "A"),
        ("Final Verdict: Tie", "tie"),
        ("Final verdict: [[C]]", "tie"),
        ("Response A", "A"),
        ("Output (b)", "B"),
        ("Answer A is better because it is shorter.", "A"),
        ("The second response is better.", "B"),
        ("Assistant 1 is better.", "A"),
        ("Assistant B is the winner.", "B"),
        ("B is better than A.", "B"),
        ("A is better than B.", "A"),
        ("A > B", "A"),
        ("[[B<A]]", "A"),
        ("回答Bの方が良いです。", "B"),
        ("判定: 引き分け", "tie"),
        ("結論：アシスタントAの勝ち", "A"),
        ("最终裁决：[[B]]", "B"),
        ("助手B更好", "B"),
        ("两个回答不分上下", "tie"),
        ('{"winner":"tie"}', "tie"),
        ('{"winner":"model_a"}', "A"),
        ('{"choice": "B", "reason": "x"}', "B"),
        ("Preferred: B", "B"),
        ("Assistant A is better, but only slightly.", "A"),
        ("I think Assistant A did a better job.", "A"),
        ("Assistant A outperforms Assistant B.", "A"),
        ("Overall, Assistant A's response is better than Assistant B's.", "A"),
        ("Option A is the best.", "A"),
        ("(b)", "B"),
        ("It's a tie", "tie"),
        ("Tie", "tie"),
        ("tie.", "tie"),
    ],
)
def test_reads_the_side_that_a_person_would_read(text: str, value: str) -> None:
    assert word(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Assistant A is not better.", "no_verdict"),
        ("Assistant A is better at facts. Assistant B is better at style.", "no_verdict"),
        ("Final verdict: A good answer by both", "no_verdict"),
        ("Verdict: A or B", "ambiguous"),
        ("Both are good.", "no_verdict"),
        ("Use [[A]] or [[B]].", "ambiguous"),
        ("Neither answer is better.", "no_verdict"),
        ("[[D]]", "no_verdict"),
        ("[[1]]", "no_verdict"),
        ("[[A]] or [[B]]", "ambiguous"),
    ],
)
def test_says_why_there_is_no_side(text: str, reason: str) -> None:
    assert word(text) == reason


def test_a_tie_where_there_is_none_is_off_the_scale() -> None:
    assert read_text("[[C]]", Criterion("", Scale(values=("A", "B")))).reason == "off_scale"  # type: ignore[union-attr]
