"""Questions from a document: what a teacher is told, and what is read from its replies."""

import pytest

from judging.benchmarks.mmlu.prompts import Question
from judging.benchmarks.mmlu.teaching import Bad, Made, passages, read_question, read_reply, shuffled, teacher_prompt

GOOD = "[QUESTION]\nWhere is Oslo?\nA) north\nB) south\nC) east\nD) west\n[ANSWER]\nA) north\n[END]\n"
CHOICES = "A) north\nB) south\nC) east\nD) west"


def test_a_document_is_cut_between_paragraphs() -> None:
    assert passages("One.\n\nTwo.\n \nThree.", most=12) == ["One.\n\nTwo.", "Three."]
    assert passages("  \n\n ") == []


def test_a_long_paragraph_is_cut_between_sentences_and_a_long_sentence_anywhere() -> None:
    assert passages("大阪は広い。東京も広い。", most=7) == ["大阪は広い。", "東京も広い。"]
    assert passages("x" * 25, most=10) == ["x" * 10, "x" * 10, "x" * 5]
    long = "word " * 2000
    assert max(map(len, passages(long))) <= 3000
    assert "".join(passages(long)).replace(" ", "").replace("\n", "") == "word" * 2000


def test_a_teacher_is_told_how_many_and_in_which_form() -> None:
    told = teacher_prompt("Oslo lies north.", 3)
    assert told.startswith("Write 3 multiple-choice questions")
    assert told.endswith("Oslo lies north.")
    assert {"[QUESTION]", "[ANSWER]", "[END]"} <= set(told.split("\n"))


def test_a_reply_is_read_question_by_question() -> None:
    found = list(read_reply(f"Here they are:\n{GOOD}\n{GOOD.replace('Oslo', 'Lima')}Bye.", cut_off=False))
    assert all(isinstance(each, Made) for each in found)
    first = found[0]
    assert isinstance(first, Made)
    assert first.question.text == "Where is Oslo?"
    assert first.question.choices[first.question.gold] == "north"
    assert read_question(first.shown, first.answer) == first.question


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I cannot do that.", Bad.NO_QUESTION),
        (GOOD.replace("D) west\n", ""), Bad.NOT_FOUR),
        (GOOD.replace("D) west\n", "D) west\nE) up\n"), Bad.NOT_FOUR),
        (GOOD.replace("C) east", "D) east"), Bad.NOT_FOUR),
        (GOOD.replace("west", "North"), Bad.SAME_CHOICES),
        (GOOD.replace("[ANSWER]\nA) north", ""), Bad.NO_ANSWER),
        (GOOD.replace("[ANSWER]\nA) north", "[ANSWER]\nAll of them"), Bad.NO_ANSWER),
        (GOOD.replace("[ANSWER]\nA) north", "[ANSWER]\nE) up"), Bad.NO_ANSWER),
        (GOOD.replace("[ANSWER]\nA) north", "[ANSWER]\nA) south"), Bad.OTHER_ANSWER),
        (GOOD.replace("Where is Oslo?\n", ""), Bad.NO_QUESTION),
    ],
)
def test_what_is_no_question_has_its_reason(reply: str, reason: Bad) -> None:
    assert list(read_reply(reply, cut_off=False)) == [reason]


def test_only_the_last_question_of_a_cut_reply_is_cut_off() -> None:
    found = list(read_reply(GOOD + GOOD.partition("[ANSWER]")[0], cut_off=True))
    assert isinstance(found[0], Made)
    assert found[1:] == [Bad.CUT_OFF]
    assert Bad.CUT_OFF not in list(read_reply(GOOD, cut_off=True))


@pytest.mark.parametrize(
    ("answer", "gold"),
    [("B", 1), (" B) south", 1), ("(C) east", 2), ("Ｄ）west", 3), ("A. north", 0), ("B) the south", 1)],
)
def test_an_answer_is_a_letter_with_or_without_its_text(answer: str, gold: int) -> None:
    found = read_question(f"Where?\n{CHOICES}", answer)
    assert isinstance(found, Question)
    assert found.gold == gold


def test_choices_may_run_over_lines_and_be_of_full_width() -> None:
    found = read_question("どこ？\nＡ）北の\n　方\nB) south\nC. east\nD) west", "Ａ）北の 方")
    assert isinstance(found, Question)
    assert found.choices[0] == "北の 方"


def test_choices_are_shuffled_by_their_text_and_not_where_they_speak_of_each_other() -> None:
    questions = [Question(f"Where is {n}?", ("north", "south", "east", "west"), 0) for n in range(200)]
    places = [shuffled(each).question.gold for each in questions]
    assert all(places.count(place) > 25 for place in range(4))
    assert [shuffled(each) for each in questions] == [shuffled(each) for each in questions]
    kept = Question("Where?", ("north", "south", "both of them", "A and B"), 2)
    assert shuffled(kept) == Made(question=kept)
