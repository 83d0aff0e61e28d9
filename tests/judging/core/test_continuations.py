"""Contexts and what may follow them, as tokens."""

import pytest

from judging.core.continuations import Continuations, common_length, continuations


def words(text: str) -> list[int]:
    """A toy tokenizer: a token per word, with the space before it."""
    pieces: list[str] = []
    for letter in text:
        if letter in " \n" or not pieces:
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return [sum(ord(letter) * 31**place for place, letter in enumerate(piece)) for piece in pieces]


def test_letters_are_told_apart_by_one_look() -> None:
    made = continuations(words, "Question Answer:", [" A", " B", " C"])
    assert made.shared == tuple(words("Question Answer:"))
    assert made.tails == tuple((words(text)[0],) for text in (" A", " B", " C"))
    assert made.single
    assert made.longest == 2


def test_space_at_the_end_of_the_context_belongs_to_the_texts_and_is_shared() -> None:
    made = continuations(words, "Question Answer:\n", [" A", " B"])
    assert made.shared == tuple(words("Question Answer:\n"))
    assert made.single


def test_longer_texts_keep_what_is_left_of_each() -> None:
    made = continuations(words, "Where?", [" in the north", " in the south west"])
    assert made.shared == tuple(words("Where? in the"))
    assert [len(tail) for tail in made.tails] == [1, 2]
    assert not made.single
    assert made.longest == 5 - 1


def test_a_text_that_begins_another_keeps_its_last_token() -> None:
    made = continuations(words, "Where?", [" in", " in Rome"])
    assert made.shared == tuple(words("Where?"))
    assert [len(tail) for tail in made.tails] == [1, 2]


def test_equal_texts_are_equally_likely() -> None:
    made = continuations(words, "Where?", [" here", " here"])
    assert made.tails[0] == made.tails[1]


def test_tokens_of_a_text_are_those_behind_the_contexts_own() -> None:
    """A tokenizer may join both sides of the border; the context's own tokens stay, as lm-eval sends them."""

    def joining(text: str) -> list[int]:
        return [9] if text == "a b" else [1] if text == "a" else [1, 2, 3]

    made = continuations(joining, "a", [" bc", " bd"])
    assert made.shared[0] == 1


def test_what_does_not_fit_loses_its_beginning() -> None:
    made = Continuations((1, 2, 3, 4), ((5,), (6,))).cut_to(3)
    assert (made.shared, made.cut) == ((2, 3, 4), 1)
    assert Continuations((1, 2), ((5,), (6,))).cut_to(3).cut == 0


def test_texts_longer_than_the_model_are_refused() -> None:
    with pytest.raises(ValueError, match="texts alone"):
        Continuations((1, 2), ((5, 6, 7, 8), (6,))).cut_to(3)


@pytest.mark.parametrize("context", ["", " \n"])
def test_an_empty_context_is_refused(context: str) -> None:
    with pytest.raises(ValueError, match="no context"):
        continuations(words, context, [" A", " B"])


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(ValueError, match="no tokens"):
        continuations(words, "Where?", ["", " B"])


@pytest.mark.parametrize(
    ("rows", "length"),
    [([], 0), ([[1, 2]], 2), ([[1, 2, 3], [1, 2, 4], [1, 2]], 2), ([[1], [2]], 0), ([[3, 1], [3, 1, 7], [3, 2]], 1)],
)
def test_rows_begin_alike_for_so_many_tokens(rows: list[list[int]], length: int) -> None:
    assert common_length(rows) == length
