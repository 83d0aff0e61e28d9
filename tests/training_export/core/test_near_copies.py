"""Which texts are near copies."""

import random

import numpy as np
import pytest

from training_export.core.grouping import Copies, places_of
from training_export.core.near_copies import NearCopies, alike, same_values, similarity
from training_export.core.sides import place_of, side_of

LONG = "What is the highest voltage at which the pump of the second plant may run for a whole day?"
WORDS = [f"{a}{b}{c}" for a in "kstnh" for b in "aiueo" for c in ("ra", "ri", "ku", "", "ton")]


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (LONG, LONG.upper() + "!", True),
        (LONG, LONG.replace("whole day", "whole night"), True),
        (LONG, "Which colour does the plate have?", False),
        ("What voltage does pump number 12 run at?", "What voltage does pump number 13 run at?", False),
        ("ポンプは何ボルトで動きますか。", "ポンプは、何ボルトで動きますか?", True),
        ("３番のポンプの電圧は?", "3番のポンプの電圧は?", True),
        ("", "", True),
        ("a", "b", False),
    ],
)
def test_tells_near_copies_from_other_texts(one: str, two: str, expected: bool) -> None:
    assert alike(one, two) is expected
    assert alike(two, one) is expected


def test_similarity_is_a_share_of_shingles() -> None:
    assert similarity("abcdefghij", "ABCDE-FGHIJ") == 1
    assert similarity("abcdef", "abcdeg") == pytest.approx(1 / 3)
    assert similarity("abc", "xyz") == 0


def grouped(texts: list[str]) -> list[int]:
    finder = NearCopies()
    finder.add(texts)
    return finder.groups(lambda numbers: {number: texts[number] for number in numbers}).tolist()


def test_finds_what_a_comparison_of_every_pair_finds() -> None:
    chance = random.Random(7)
    texts = [" ".join(chance.choices(WORDS, k=12)) for _ in range(150)]
    for text in texts[:60]:
        words = text.split()
        words[chance.randrange(len(words))] = chance.choice(WORDS)
        texts.append(" ".join(words))
    groups = grouped(texts)
    pairs = [(a, b) for a in range(len(texts)) for b in range(a) if alike(texts[a], texts[b])]
    assert len(pairs) > 10
    assert all(groups[a] == groups[b] for a, b in pairs)
    assert len(set(groups)) > 150


def test_texts_that_only_a_band_joins_are_compared_in_full() -> None:
    assert len(set(grouped([f"Question {n}?" for n in range(500)]))) == 500


def test_more_texts_than_one_chunk_and_none_at_all() -> None:
    texts = [f"{'abcdefghij'[n % 10]} word {n}" for n in range(2500)] + ["A word 0!"]
    groups = grouped(texts)
    assert groups[0] == groups[2500]
    assert len(set(groups)) == 2500
    assert grouped([]) == []


def test_equal_values_are_linked_to_the_first_and_the_one_before() -> None:
    first, second = same_values(np.array([5, 1, 5, 5], dtype=np.uint64))
    assert sorted(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 2), (0, 3), (2, 3)]


def test_a_group_has_one_place_and_a_text_alone_or_with_equals_its_own() -> None:
    own = np.array([9, 4, 7, 4], dtype=np.uint32)
    found = places_of(own, np.array([0, 1, 0, 1], dtype=np.int32)).tolist()
    assert (found[0], found[1], found[3]) == (found[2], 4, 4)


def test_large_groups_do_not_gather_on_the_first_side() -> None:
    own = np.random.default_rng(1).integers(0, 1 << 32, 6000, dtype=np.uint32)
    places = places_of(own, (np.arange(6000) // 6).astype(np.int32))
    assert 0.45 < float((places[::6] < 1 << 31).mean()) < 0.55


def test_a_question_alone_lies_where_it_would_without_groups() -> None:
    assert side_of("Q?", (50, 50), place=place_of("Q?")) == side_of("Q?", (50, 50))


def test_a_pair_repeats_where_both_its_sides_do() -> None:
    copies = Copies(rows=np.array([0, 1, 1, 2]), drop=True)
    assert [copies.repeats(positions) for positions in [(0, 1), (0, 3), (0, 2), (0, 1)]] == [False, False, True, True]
    assert copies.as_json() == {"near_copies": 2}
