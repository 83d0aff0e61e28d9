"""Questions with choices made from a document: what a teacher model is told, and what is read from its reply.

The form is that of instructlab-sdg's own questions ("A) north" in lines, the answer as "B) south"), so that a reply, a
question as people see it and a question as they mend it are read by the same rules.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from string import ascii_uppercase

from judging.benchmarks.mmlu.prompts import Question

CHOICES = 4
PASSAGE = 3000
"""Characters of a document that a teacher gets at once, about 500 words of English."""

TEMPERATURE, MAX_TOKENS = 0.7, 2048
BEGIN, ANSWER, END = "[QUESTION]", "[ANSWER]", "[END]"

_BLOCK = re.compile(r"\[QUESTION\](?P<text>.*?)(?:\[ANSWER\](?P<answer>.*?))?(?=\[END\]|\[QUESTION\]|\Z)", re.DOTALL)
_CHOICE = re.compile(r"^[ \t]*([A-ZＡ-Ｚ])[)）.．][ \t]*(?=\S)", re.MULTILINE)
_LETTER = re.compile(r"\s*\(?([A-ZＡ-Ｚ])(?:[)）.．:：]|\s|$)[ \t]*([^\n]*)")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")
_REFERS = re.compile(r"\b(all|none|both|neither) of\b|\b[A-D] (and|or) [A-D]\b|上記", re.IGNORECASE)


class Bad(StrEnum):
    """Why something a teacher wrote is no question."""

    NO_QUESTION = "no_question"
    NOT_FOUR = "not_four"
    SAME_CHOICES = "same_choices"
    NO_ANSWER = "no_answer"
    OTHER_ANSWER = "other_answer"
    CUT_OFF = "cut_off"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A question as a teacher made it; `shuffled`: its choices stand in another order than the teacher's."""

    question: Question
    shuffled: bool = False

    @property
    def shown(self) -> str:
        """The question with its choices, as people see it."""
        return "\n".join([self.question.text, "", *lettered(self.question)])

    @property
    def choices(self) -> list[tuple[str, bool]]:
        """The choices, each with whether it is the right one."""
        return [(text, place == self.question.gold) for place, text in enumerate(self.question.choices)]

    @property
    def answer(self) -> str:
        """The right choice, as people see it."""
        return lettered(self.question)[self.question.gold]


def lettered(question: Question) -> list[str]:
    """The choices, each with its letter."""
    return [f"{letter}) {text}" for letter, text in zip(ascii_uppercase, question.choices, strict=False)]


def passages(document: str, most: int = PASSAGE) -> list[str]:
    """A document in pieces of at most so many characters, cut between paragraphs, else sentences, else anywhere."""
    found: list[str] = []
    for piece in pieces(document, most):
        if found and len(found[-1]) + len(piece) + 2 <= most:
            found[-1] += "\n\n" + piece
        else:
            found.append(piece)
    return found


def pieces(document: str, most: int) -> Iterator[str]:
    """Paragraphs, and what is left of those that are too long."""
    for paragraph in re.split(r"\n[ \t]*\n", document):
        text = paragraph.strip()
        while len(text) > most:
            ends = [end.end() for end in _SENTENCE.finditer(text, 0, most) if end.end()]
            cut = ends[-1] if ends else most
            yield text[:cut].strip()
            text = text[cut:].strip()
        if text:
            yield text


def teacher_prompt(passage: str, count: int) -> str:
    """What a teacher is told."""
    return f"""\
Write {count} multiple-choice questions that test whether somebody knows what the document below says.

- Each question can be understood and answered without seeing the document: never write "the document" or "the text".
- Exactly four choices, all of the same kind and length; exactly one is right, and the document says so.
- Write in the language of the document. Put the right choice at another letter each time.

Write every question in exactly this form, and nothing else:

{BEGIN}
the question
A) a choice
B) a choice
C) a choice
D) a choice
{ANSWER}
the letter of the right choice, ")", and its text
{END}

The document:

{passage}"""


def read_reply(text: str, *, cut_off: bool) -> Iterator[Made | Bad]:
    """Every question of a reply, or why it is none; NO_QUESTION where nothing looks like one."""
    blocks = list(_BLOCK.finditer(text))
    if not blocks:
        yield Bad.NO_QUESTION
    for number, block in enumerate(blocks, start=1):
        last = number == len(blocks)
        if cut_off and last and not text[block.end() :].startswith(END):
            yield Bad.CUT_OFF
        else:
            found = read_question(block["text"], block["answer"] or "")
            yield found if isinstance(found, Bad) else shuffled(found)


def read_question(text: str, answer: str) -> Question | Bad:
    """A question with its choices in lines, and its answer; or why it is none."""
    marks = list(_CHOICE.finditer(text))
    letters = "".join(plain(mark[1]) for mark in marks)
    if letters != ascii_uppercase[:CHOICES]:
        return Bad.NOT_FOUR
    asked = text[: marks[0].start()].strip()
    if not asked:
        return Bad.NO_QUESTION
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    choices = tuple(" ".join(text[mark.end() : end].split()) for mark, end in zip(marks, ends, strict=True))
    if len({choice.casefold() for choice in choices}) < CHOICES:
        return Bad.SAME_CHOICES
    gold = right_choice(answer, choices)
    return gold if isinstance(gold, Bad) else Question(asked, choices, gold)


def right_choice(answer: str, choices: tuple[str, ...]) -> int | Bad:
    """The place of the right choice, which letter and text must agree on."""
    told = _LETTER.match(answer)
    if told is None or plain(told[1]) not in ascii_uppercase[: len(choices)]:
        return Bad.NO_ANSWER
    place, text = ascii_uppercase.index(plain(told[1])), " ".join(told[2].split()).casefold()
    others = [choice.casefold() for number, choice in enumerate(choices) if number != place]
    return Bad.OTHER_ANSWER if text in others else place


def plain(letter: str) -> str:
    """A letter of ordinary width."""
    return letter if letter.isascii() else chr(ord(letter) - ord("Ａ") + ord("A"))


def shuffled(question: Question) -> Made:
    """The question with its choices in an order that depends on its text alone: teachers prefer some letters. Choices
    that speak of each other stay where they are."""
    if any(_REFERS.search(choice) for choice in question.choices):
        return Made(question=question)
    drawn = [sha256(f"{question.text}\x1f{text}".encode()).digest() for text in question.choices]
    order = sorted(range(CHOICES), key=drawn.__getitem__)
    mixed = Question(question.text, tuple(question.choices[place] for place in order), order.index(question.gold))
    return Made(question=mixed, shuffled=order != list(range(CHOICES)))
