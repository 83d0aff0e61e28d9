"""Two answers to one question, shown in both orders: A, B or tie."""

from judging.core.builtin.sections import CONTEXT, CRITERIA, MATERIAL, MATERIAL_JA, REFERENCE, REFERENCE_JA, where_given
from judging.core.pairs import A_B_TIE, ORDERS
from judging.core.specs import RubricSpec

SYSTEM = f"""\
You compare two answers to the same question and say which one is better. Look at whether they are correct, do what was
asked, go deep enough and are clear. The order in which they are shown, their length and their style of address mean
nothing.

{MATERIAL}

First say in a few sentences what each answer gets right and wrong. Then end with your verdict on a line of its own and
nothing behind it: [[A]] if answer A is better, [[B]] if answer B is better, [[tie]] if neither is."""

SYSTEM_JA = f"""\
あなたは同じ質問への二つの回答を比べ、どちらが優れているかを判定します。正しさ、求めに応えているか、十分な深さ、わかりやすさを
見てください。示された順序、長さ、口調は評価に影響しません。

{MATERIAL_JA}

まず、それぞれの回答の良い点と誤りを数文で述べてください。最後の行に判定だけを書き、その後には何も書かないでください。
回答Aが優れていれば [[A]]、回答Bが優れていれば [[B]]、どちらとも言えなければ [[tie]] とします。"""

QUESTIONS = """\
{% for turn in turns %}<question>
{{ turn.question }}
</question>

{% endfor %}"""

ANSWERS = """\
<answer_a>
{% for turn in turns %}{{ turn.answer_a }}{% if not loop.last %}

{% endif %}{% endfor %}
</answer_a>

<answer_b>
{% for turn in turns %}{{ turn.answer_b }}{% if not loop.last %}

{% endif %}{% endfor %}
</answer_b>"""


def pair_rubric(name: str, system: str, reference_section: str) -> RubricSpec:
    """The same prompt for both orders: what differs is which answer stands first."""
    user = CONTEXT + CRITERIA + QUESTIONS + where_given(reference_section) + ANSWERS
    return RubricSpec(
        name=name,
        kind="pair",
        criteria=(A_B_TIE,),
        prompts={order: {"system": system, "user": user} for order in ORDERS},
    )


PAIR = (pair_rubric("pair", SYSTEM, REFERENCE), pair_rubric("pair_ja", SYSTEM_JA, REFERENCE_JA))
