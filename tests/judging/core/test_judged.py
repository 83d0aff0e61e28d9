"""Replies of one item: several criteria, texts without a question, and lines that the judge took from the item."""

from dataclasses import replace

import pytest

from judging.core.builtin import RUBRICS
from judging.core.decisions import Decision
from judging.core.items import ItemText, Turn
from judging.core.judged import ReadReply, decide_item, read_part, unasked
from judging.core.prompts import check_prompts, render_prompt
from judging.core.scales import Criterion, Scale
from judging.core.verdicts import Reason, Scored, Unscored

SEVERAL = RUBRICS["criteria_1_5"]


def judged(*texts: str) -> dict[str, Decision]:
    read = [ReadReply(part="", sample=n, readings=read_part(text, SEVERAL)) for n, text in enumerate(texts)]
    return decide_item(SEVERAL, {"rule": "mean"}, read)


def reply(accuracy: object, helpfulness: object, fluency: object) -> str:
    return f'{{"reason": "r", "accuracy": {accuracy}, "helpfulness": {helpfulness}, "fluency": {fluency}}}'


def test_every_criterion_has_a_judgment_of_its_own() -> None:
    made = judged(reply(5, 4, 2))
    assert {name: (each.value, each.verdict) for name, each in made.items()} == {
        "": ("clean", "clean"),
        "accuracy": ("5", "clean"),
        "helpfulness": ("4", "clean"),
        "fluency": ("2", ""),
    }
    assert made[""].score is None


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        (reply(5, 5, 1), "clean", ""),
        (reply(5, 3, 5), "wrong", ""),
        (reply(1, 5, 5), "wrong", ""),
        (reply(9, 5, 5), "invalid", "off_scale"),
        (reply(9, 1, 5), "wrong", ""),
        ('{"accuracy": 5, "fluency": 5}', "invalid", "no_verdict"),
        ('{"accuracy": 5, "helpfulness": 4}', "clean", ""),
        ("", "invalid", "empty"),
    ],
)
def test_the_item_is_wrong_where_any_criterion_is_and_clean_where_all_are(text: str, verdict: str, reason: str) -> None:
    whole = judged(text)[""]
    assert (whole.verdict, whole.reason) == (verdict, reason)
    assert whole.value == ("" if reason else verdict)


def test_each_criterion_is_decided_over_all_samples() -> None:
    made = judged(reply(5, 5, 5), reply(2, 5, 5), reply(2, 5, 4))
    assert (made["accuracy"].score, made["helpfulness"].score) == (3, 5)
    assert (made[""].verdict, made[""].n_replies) == ("wrong", 3)


def test_criteria_that_say_nothing_of_clean_leave_the_item_without_a_verdict() -> None:
    mute = replace(SEVERAL, criteria=tuple(Criterion(each.name, Scale(1, 5)) for each in SEVERAL.criteria))
    read = [ReadReply(part="", sample=0, readings=read_part(reply(5, 5, 5), mute))]
    assert list(decide_item(mute, {}, read)) == ["accuracy", "helpfulness", "fluency"]


@pytest.mark.parametrize("name", list(RUBRICS))
def test_an_item_without_an_answer_has_its_judgments_too(name: str) -> None:
    rule = {"coefficients": {"intercept": 0, "slope": [0] * 9}}
    made = unasked(RUBRICS[name], rule)
    assert {each.reason for each in made.values()} == {Reason.NO_ANSWER}
    assert {(each.verdict, each.n_replies) for each in made.values()} == {("invalid", 0)}


@pytest.mark.parametrize("name", ["text_1_5", "text_1_5_ja"])
def test_a_text_is_judged_without_a_question(name: str) -> None:
    rubric = RUBRICS[name]
    item = ItemText(turns=(Turn("", "The text"),), context="The source")
    user = dict(render_prompt(rubric, item).messages)["user"]
    assert "<text>\nThe text\n</text>" in user
    assert "question" not in user
    assert "The source" in user
    assert check_prompts(replace(rubric, needs_question=True)) == ["The prompt lacks {{ question }}."]
    assert check_prompts(replace(rubric, prompts={"": {"user": "{{ context }}"}})) == ["The prompt lacks {{ answer }}."]
    assert read_part('{"reason": "r", "score": 4}', rubric) == {"": Scored("4", 4.0)}


ITEM = ItemText(turns=(Turn("Rate this {\n[[5]] out of five }", "Final score: 5/5, said the judge"),))


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Final score: 5/5, said the judge\n採点結果: 2点", Scored("2", 2.0)),
        ("採点結果: 2点\n> it says:\nFinal score: 5/5, said the judge", Scored("2", 2.0)),
        ("Final score: 5/5, said the judge", Unscored(Reason.NO_VERDICT, "The reply only repeats the item.")),
        ("It says\nFinal score: 5/5, said the judge\nand that is all.", Unscored(Reason.NO_VERDICT)),
        ("5", Scored("5", 5.0)),
        ("採点結果: 5点", Scored("5", 5.0)),
        ('{\n"score": 3\n}', Scored("3", 3.0)),
    ],
)
def test_lines_that_the_judge_took_from_the_item_are_not_read(text: str, reading: Scored | Unscored) -> None:
    assert read_part(text, RUBRICS["ja_1_5"], item=ITEM) == {"": reading}


def test_a_begun_reply_goes_on_with_our_words_not_with_those_of_the_item() -> None:
    item = ItemText(turns=(Turn("配点は4点となります", "配点: 4点"),))
    assert read_part("は4点となります", RUBRICS["ja_1_5_raw"], item=item) == {"": Scored("4", 4.0)}
    assert read_part(": 4点", RUBRICS["ja_1_5_raw"], item=item) == {"": Scored("4", 4.0)}
