"""Whose word counts for an item."""

from itertools import product

import numpy as np
import pytest

from annotation.core.resolution import VERDICTS, majority, resolve, resolve_counts


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["clean"], "clean"),
        (["clean", "clean", "wrong"], "clean"),
        (["wrong", "clean", "undefined", "wrong"], "wrong"),
        (["undefined", "undefined", "clean"], "undefined"),
        (["clean", "wrong"], None),
        (["clean", "undefined"], None),
        (["clean", "wrong", "undefined"], None),
        ([], None),
    ],
)
def test_the_majority_is_the_verdict_with_most_labels(verdicts: list[str], expected: str | None) -> None:
    assert majority(verdicts) == expected
    assert majority(verdicts[::-1]) == expected


@pytest.mark.parametrize(
    ("verdicts", "gold", "expected", "column"),
    [
        (["clean", "clean"], None, "clean", "clean"),
        (["clean", "clean"], "wrong", "wrong", "wrong"),
        (["clean", "clean"], "undefined", "undefined", "unknown"),
        (["clean", "wrong"], None, "tie", "unknown"),
        (["clean", "wrong"], "clean", "clean", "clean"),
        ([], None, "unreviewed", "unknown"),
        ([], "clean", "clean", "clean"),
        (["undefined"], None, "undefined", "unknown"),
    ],
)
def test_gold_counts_before_labels_and_what_is_open_is_unknown(
    verdicts: list[str], gold: str | None, expected: str, column: str
) -> None:
    found = resolve(verdicts, gold)
    assert (found, found.column) == (expected, column)


def test_many_items_resolve_as_one_does() -> None:
    rows = list(product(range(4), repeat=3))
    words = ("clean", "wrong", "undefined")
    one_by_one = [resolve([word for word, n in zip(words, row, strict=True) for _ in range(n)]) for row in rows]
    assert [VERDICTS[code] for code in resolve_counts(np.array(rows))] == one_by_one


def test_no_items_resolve_to_nothing() -> None:
    assert len(resolve_counts(np.zeros((0, 3), dtype=np.int64))) == 0
