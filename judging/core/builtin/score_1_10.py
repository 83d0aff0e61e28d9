"""One score from 1 to 10, said in double square brackets, without and with the reference."""

from judging.core.builtin.scales import ONE_TO_TEN
from judging.core.builtin.sections import MATERIAL, MATERIAL_JA, REFERENCE, REFERENCE_JA, english, japanese
from judging.core.specs import RubricSpec

LEVELS = """\
1-2: wrong, or not what was asked for. 3-4: mostly wrong, with something right in it. 5-6: partly right. 7-8: right,
with small faults. 9-10: right, complete and well said."""

SYSTEM = f"""\
You grade an answer to a question on a scale from 1 to 10. Look at whether it is correct, does what was asked, goes deep
enough and is clear. Length alone is worth nothing.

{LEVELS}
Decimals such as 7.5 are allowed. Where criteria are given, they come first.

{MATERIAL}

Explain your grade in a few sentences. Then end with the grade on a line of its own, in double square brackets and
nothing behind it, like this: Rating: [[grade]]"""

LEVELS_JA = """\
1〜2: 誤っている、または求めに応えていない。3〜4: 大部分が誤りだが、正しい点もある。5〜6: 一部は正しい。7〜8: 正しいが、
小さな不足がある。9〜10: 正しく、十分で、わかりやすい。"""

SYSTEM_JA = f"""\
あなたは質問への回答を1から10までの尺度で採点します。正しさ、求めに応えているか、十分な深さ、わかりやすさを見てください。
長さだけでは評価しません。

{LEVELS_JA}
7.5のような小数も使えます。基準が示されている場合は、それを最優先します。

{MATERIAL_JA}

まず採点の理由を数文で述べ、最後の行に点数を二重の角括弧で一つだけ書き、その後には何も書かないでください。
形式: 評価: [[点数]]"""


def score_rubric(name: str, system: str, user: str) -> RubricSpec:
    """A rubric with one score from 1 to 10."""
    return RubricSpec(name=name, kind="score", criteria=(ONE_TO_TEN,), prompts={"": {"system": system, "user": user}})


SCORE_1_10 = (
    score_rubric("score_1_10", SYSTEM, english("")),
    score_rubric("score_1_10_ref", SYSTEM, english(REFERENCE)),
    score_rubric("score_1_10_ja", SYSTEM_JA, japanese("")),
    score_rubric("score_1_10_ja_ref", SYSTEM_JA, japanese(REFERENCE_JA)),
)
