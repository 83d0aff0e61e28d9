"""Several criteria in one reply, each from 1 to 5; an item is clean where it is accurate and helpful."""

from judging.core.builtin.sections import (
    MATERIAL,
    MATERIAL_JA,
    REFERENCE,
    REFERENCE_JA,
    english,
    japanese,
    where_given,
)
from judging.core.scales import Criterion, Scale
from judging.core.specs import RubricSpec

STEPS = Scale(1, 5, 1)
CRITERIA = (
    Criterion("accuracy", STEPS, clean_if=4),
    Criterion("helpfulness", STEPS, clean_if=4),
    Criterion("fluency", STEPS),
)

SYSTEM = f"""\
You grade an answer to a question on three criteria, each on its own, from 1 (bad) to 5 (good):
accuracy - is everything it says true, and in keeping with the source text and the reference where there are any?
helpfulness - does it do what was asked, completely and to the point?
fluency - is it well written in its language?
4 means: without faults worth mentioning. A fault of one criterion does not lower the others.

{MATERIAL}

Reply with one JSON object and nothing else; the reason first, in the language of the question:
{{"reason": "...", "accuracy": 1 to 5, "helpfulness": 1 to 5, "fluency": 1 to 5}}"""

SYSTEM_JA = f"""\
あなたは質問への回答を三つの観点から、それぞれ独立に1(悪い)から5(良い)で採点します。
accuracy(正確さ) - 述べていることはすべて事実で、出典や模範解答がある場合はそれと一致しているか。
helpfulness(役立ち) - 求められたことに、過不足なく応えているか。
fluency(自然さ) - その言語として自然で読みやすいか。
4は「指摘すべき欠点がない」を意味します。一つの観点の欠点で他の観点の点を下げないでください。

{MATERIAL_JA}

JSONオブジェクトを一つだけ返してください。先に理由を日本語で書きます。
{{"reason": "...", "accuracy": 1から5, "helpfulness": 1から5, "fluency": 1から5}}"""


def criteria_rubric(name: str, system: str, user: str) -> RubricSpec:
    """A rubric with a judgment for each criterion."""
    return RubricSpec(name=name, kind="score", criteria=CRITERIA, prompts={"": {"system": system, "user": user}})


CRITERIA_1_5 = (
    criteria_rubric("criteria_1_5", SYSTEM, english(where_given(REFERENCE))),
    criteria_rubric("criteria_1_5_ja", SYSTEM_JA, japanese(where_given(REFERENCE_JA))),
)
