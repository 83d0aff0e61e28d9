"""Replies read as FastChat reads them, defects included."""

import pytest

from judging.core.extraction.fastchat import FASTCHAT_RATINGS, read_fastchat
from judging.core.pairs import A_B_TIE
from judging.core.scales import Criterion, Scale
from judging.core.verdicts import Reason, Scored, Unscored

RATING = Criterion("turn_1", Scale(low=1, high=10))


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Good. Rating: [[5]]", 5),
        ("Rating: [[7.5]]", 7.5),
        ("Rating: [[5.]]", 5),
        ("[[85]]", 85),
        ("[[0]]", 0),
        ("Like [[3]], but [[9]]", 3),
        ("as in [1], I say [[9]]", 9),
        ("[1] see source", 1),
        ("Rating: [8]", 8),
        ("[[10/10]]", None),
        ("[[ 7 ]]", None),
        ("[[-3]]", None),
        ("[[05]]", None),
        ("評価：[[7]]", 7),
        ("eight of ten", None),
        (f"[[{'9' * 5000}]]", None),
        (f"[[{'9' * 400}]]", None),
    ],
)
def test_the_first_bracketed_number_counts(text: str, score: float | None) -> None:
    reading = read_fastchat(text, RATING)
    if score is None:
        assert reading == Unscored(Reason.NO_VERDICT)
    else:
        assert isinstance(reading, Scored)
        assert reading.score == score


def test_a_reply_without_a_rating_has_a_reason() -> None:
    assert read_fastchat(" \n", RATING) == Unscored(Reason.EMPTY)
    assert read_fastchat("It is", RATING, finish="length") == Unscored(Reason.CUT_OFF)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[[A]]", "A"), ("[[B]]", "B"), ("[[C]]", "tie"), ("not [[B]] but [[A]]", "A"), ("[[C]], no: [[B]]", "B"),
        ("[[ A ]]", None), ("A is better", None), ("[[a]]", None),
    ],
)  # fmt: skip
def test_the_first_mark_of_the_alphabet_wins(text: str, value: str | None) -> None:
    assert read_fastchat(text, A_B_TIE) == (Scored(value) if value else Unscored(Reason.NO_VERDICT))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[[7,5]]", "A"),
        ("[[5, 7.5]]", "B"),
        ("[[5, 5.1]]", "tie"),
        ("[6, 5]", "A"),
        ("[[A]]", None),
        ("[[05,1]]", None),
    ],
)
def test_the_legacy_prompt_asks_for_two_ratings(text: str, value: str | None) -> None:
    found = read_fastchat(text, A_B_TIE, mode=FASTCHAT_RATINGS)
    assert found == (Scored(value) if value else Unscored(Reason.NO_VERDICT))
