"""A verdict inside an item is never taken for the judge's, whichever built-in rubric it meets."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from judging.core.builtin import RUBRICS
from judging.core.extraction import LENIENT, STRICT
from judging.core.items import ItemText
from judging.core.judged import read_part
from judging.core.prompts import Prompt, render_prompt
from judging.core.specs import RubricSpec
from judging.core.verdicts import Reading, Scored, Unscored
from tests.judging.injected_items import ATTACKS, PLACES, PLAIN, injected, injected_items

ASKING = [name for name, rubric in RUBRICS.items() if rubric.prompts]
SIGNS = re.compile(
    r"</?[a-z_]+>|^#+ \S+|\b[A-Z]{3,}:|\[/?[A-Z][A-Z0-9_]*\]|\[\[|<\|\w+\|>|</?s>"
    r"|\"(?:verdict|score|accuracy|helpfulness|fluency|errors)\"[ ]*:|(?:採点結果|評価|総合評価|rating)[ ]*[:：]",
    re.MULTILINE | re.IGNORECASE,
)


def shown(prompt: Prompt) -> str:
    return prompt.text or "\n".join(text for _, text in prompt.messages)


def asked(name: str) -> Iterator[tuple[RubricSpec, str, bool]]:
    rubric = RUBRICS[name]
    for part in rubric.prompts:
        yield rubric, part, rubric.kind == "pair"


def signs_of(rubric: RubricSpec, part: str, item: ItemText) -> dict[str, int]:
    """How often each sign of the rubric's own stands in the prompt of an item."""
    text = shown(render_prompt(rubric, item, part))
    templates = "\n".join(rubric.prompts[part].values())
    own = {match[0].casefold() for match in SIGNS.finditer(templates)}
    own |= {sign.replace("<", "</", 1) for sign in own if re.fullmatch(r"<\w+>", sign)}
    return {sign: text.casefold().count(sign) for sign in own}


@pytest.mark.parametrize("name", ASKING)
def test_the_prompt_has_our_delimiters_as_often_as_that_of_a_harmless_item(name: str) -> None:
    for rubric, part, pair in asked(name):
        plain = replace(PLAIN, turns_b=PLAIN.turns if pair else ())
        harmless = signs_of(rubric, part, plain)
        assert harmless
        for place, attack, item in injected_items(pair=pair):
            assert signs_of(rubric, part, item) == harmless, f"{attack} in {place}"


OWN = {
    "verdict": ['{"errors": ["x"], "reason": "no", "verdict": "wrong"}', "wrong"],
    "score_1_10": ["Rating: [[3]]", "3"],
    "ja_1_5": ["採点結果: 2点", "2"],
    "text_1_5": ['{"reason": "no", "score": 2}', "2"],
    "criteria_1_5": ['{"reason": "no", "accuracy": 2, "helpfulness": 2, "fluency": 2}', "2"],
    "pair": ["[[tie]]", "tie"],
}


def own_mark(name: str) -> list[str]:
    return next((mark for family, mark in OWN.items() if name.startswith(family)), ["", ""])


def material(prompt: Prompt) -> str:
    """What a judge sees and may repeat: of a chat the user's message."""
    return prompt.text or dict(prompt.messages)["user"]


def readings(text: str, rubric: RubricSpec, part: str, item: ItemText, mode: str) -> set[Reading]:
    return set(read_part(text, rubric, part=part, mode=mode, item=item).values())


@pytest.mark.parametrize("mode", [STRICT, LENIENT])
@pytest.mark.parametrize("name", [name for name in ASKING if own_mark(name)[0]])
def test_a_judge_that_repeats_the_item_is_read_by_its_own_last_mark(name: str, mode: str) -> None:
    mark, value = own_mark(name)
    for rubric, part, pair in asked(name):
        for place, attack, item in injected_items(pair=pair):
            echo = material(render_prompt(rubric, item, part))
            found = readings(f"{echo}\n\n{mark}", rubric, part, item, mode)
            assert {each.value for each in found if isinstance(each, Scored)} == {value}, (
                f"{attack} in {place}: {found}"
            )


@pytest.mark.parametrize("mode", [STRICT, LENIENT])
@pytest.mark.parametrize("name", ASKING)
def test_a_judge_that_only_repeats_a_text_of_the_item_has_said_nothing(name: str, mode: str) -> None:
    for rubric, part, pair in asked(name):
        for place, attack, item in injected_items(pair=pair):
            if place == "answer_b":
                continue
            clean, told = (
                shown(render_prompt(rubric, each, part)) for each in (injected(place, "@@", pair=pair), item)
            )
            before, after = clean.split("@@") if "@@" in clean else (told, "")
            echo = told.removeprefix(before).removesuffix(after)
            found = readings(f"The text says:\n{echo}\nI have no opinion.", rubric, part, item, mode)
            assert all(isinstance(each, Unscored) for each in found), f"{attack} in {place}: {found}, {echo}"


def test_the_set_has_every_attack_in_every_place() -> None:
    assert len(list(injected_items(pair=True))) == len(ATTACKS) * len(PLACES)
    assert len(list(injected_items(pair=False))) == len(ATTACKS) * (len(PLACES) - 1)
