"""Count tables."""

import numpy as np
import pytest

from annotation.core.counts import Patterns, label_counts, pair_table, patterns, patterns_of_pairs


def as_pairs(found: Patterns) -> dict[tuple[int, ...], int]:
    return {tuple(row): items for row, items in zip(found.counts.tolist(), found.items.tolist(), strict=True)}


def test_items_with_equal_label_counts_are_one_pattern() -> None:
    found = patterns([[2, 0], [1, 1], [2, 0], [0, 0]])
    assert as_pairs(found) == {(2, 0): 2, (1, 1): 1, (0, 0): 1}
    assert (found.n, found.categories) == (4, 2)


def test_many_raters_and_values_are_counted_the_same() -> None:
    rows = np.random.default_rng(0).integers(0, 90, size=(500, 12))
    doubled = patterns(np.vstack([rows, rows]))
    assert as_pairs(doubled) == {tuple(row): 2 for row in rows.tolist()}


def test_no_items_make_no_patterns() -> None:
    assert patterns(np.zeros((0, 3))).n == 0


def test_a_list_that_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="are a table"):
        patterns([1, 2, 3])


def test_two_raters_lose_their_names() -> None:
    found = patterns_of_pairs([[131, 77], [55, 78]])
    weighted = (found.counts * found.items[:, None]).sum(axis=0)
    assert found.n == 341
    assert weighted.tolist() == [2 * 131 + 77 + 55, 2 * 78 + 77 + 55]
    assert found.items[(found.counts == [1, 1]).all(axis=1)].sum() == 77 + 55


def test_items_with_few_labels_can_be_left_out() -> None:
    found = patterns([[1, 0], [1, 1], [0, 3]])
    assert as_pairs(found.with_labels(2)) == {(1, 1): 1, (0, 3): 1}


def test_missing_labels_count_nowhere() -> None:
    assert label_counts([[0, None, 1], [None, None, None]], 2).tolist() == [[1, 1], [0, 0]]
    assert pair_table([0, 1, -1, 1], [0, 0, 1, -1], 2).tolist() == [[1, 0], [1, 0]]
