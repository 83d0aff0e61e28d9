"""A text without a question, graded from 1 to 5: a page, a summary, a translation, whatever a model wrote."""

from judging.core.builtin.scales import ONE_TO_FIVE
from judging.core.builtin.sections import CONTEXT, CRITERIA, MATERIAL, MATERIAL_JA
from judging.core.specs import RubricSpec

SYSTEM = f"""\
You grade a text from 1 to 5. Nobody asked a question: judge the text as it stands, by what it says and how it says it.

1: false or senseless. 2: mostly faulty. 3: usable, with faults. 4: right and readable, without faults worth mentioning.
5: right, well built and a pleasure to read.
Where a source text is given, what contradicts it is false. Where criteria are given, they come first.

{MATERIAL}

Reply with one JSON object and nothing else; the reason first, in the language of the text:
{{"reason": "...", "score": 1 to 5}}"""

SYSTEM_JA = f"""\
あなたは文章を1から5で採点します。質問はありません。文章そのものを、内容と書き方によって評価してください。

1: 誤りだらけ、または意味をなさない。2: 欠点が多い。3: 使えるが欠点がある。4: 正しく読みやすく、指摘すべき欠点がない。
5: 正しく、構成もよく、優れた文章である。
出典がある場合、それと矛盾する記述は誤りです。基準が示されている場合は、それを最優先します。

{MATERIAL_JA}

JSONオブジェクトを一つだけ返してください。先に理由を日本語で書きます。
{{"reason": "...", "score": 1から5}}"""

TEXT = """\
Only the text between these tags is to be judged.
<text>
{{ answer }}
</text>"""

TEXT_JA = """\
判定するのは次のタグの中だけです。
<text>
{{ answer }}
</text>"""


def text_rubric(name: str, system: str, text: str) -> RubricSpec:
    """A rubric that shows no question."""
    prompts = {"": {"system": system, "user": CONTEXT + CRITERIA + text}}
    return RubricSpec(name=name, kind="score", criteria=(ONE_TO_FIVE,), needs_question=False, prompts=prompts)


TEXT_1_5 = (text_rubric("text_1_5", SYSTEM, TEXT), text_rubric("text_1_5_ja", SYSTEM_JA, TEXT_JA))
