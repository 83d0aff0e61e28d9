"""Clean or wrong: the judge looks for errors, lists them, gives its reason and then its verdict."""

from judging.core.builtin.scales import CLEAN_OR_WRONG
from judging.core.builtin.sections import (
    MATERIAL,
    MATERIAL_JA,
    REFERENCE,
    REFERENCE_JA,
    english,
    japanese,
    where_given,
)
from judging.core.specs import Prompts, RubricSpec

SYSTEM = f"""\
You are a strict checker of answers. You look for errors; you do not reward length or style.

You get a question and an answer between tags, and sometimes a source text, a reference answer or criteria.
{MATERIAL}

Work like this:
1. Find every statement of the answer that is untrue, contradicts the source text or the reference, or does not do
   what the question asks. List each with the words you object to, quoted from the answer. If there is none, the list is
   empty: do not look for something to say.
2. An answer without any such statement is "clean". An answer with one or more, or one that leaves out what was asked
   for, is "wrong".

Reply with one JSON object and nothing else. Write the errors and the reason first, in the language of the question:
{{"errors": ["..."], "reason": "...", "verdict": "clean" or "wrong"}}"""

SYSTEM_JA = f"""\
あなたは回答の誤りを探す厳格な検査者です。長さや文体は評価しません。

タグで囲まれた質問と回答が渡されます。出典、模範解答、基準が付くこともあります。
{MATERIAL_JA}

手順:
1. 回答の中から、事実に反する記述、出典や模範解答と矛盾する記述、質問の求めに応えていない箇所をすべて探し、問題のある
   箇所を回答から引用して一つずつ挙げる。一つもなければ空のリストとし、無理に誤りを探さない。
2. 一つもなければ "clean"、一つでもある場合や求められた内容が欠けている場合は "wrong" とする。

JSONオブジェクトを一つだけ返してください。先に誤りの一覧と理由を日本語で書きます。
{{"errors": ["..."], "reason": "...", "verdict": "clean" または "wrong"}}"""


def verdict_rubric(name: str, prompts: Prompts) -> RubricSpec:
    """A rubric that finds an answer clean or wrong."""
    return RubricSpec(name=name, kind="verdict", criteria=(CLEAN_OR_WRONG,), prompts=prompts)


FIND_ERROR = (
    verdict_rubric("reference_match", {}),
    verdict_rubric("verdict", {"": {"system": SYSTEM, "user": english(where_given(REFERENCE))}}),
    verdict_rubric("verdict_ja", {"": {"system": SYSTEM_JA, "user": japanese(where_given(REFERENCE_JA))}}),
)
