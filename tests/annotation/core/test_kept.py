import pytest

from annotation.core.kept import (
    MOST_COLUMNS,
    VERDICT_COLUMNS,
    Kept,
    columns_of,
    decoded,
    encoded,
    entropy,
    folded,
    kept_rows,
    told_by,
    widened,
)
from judging.core.scales import Criterion, Scale


def columns(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple((value, "") for value in values)


def test_verdicts_stand_in_their_order_whoever_came_first() -> None:
    assert widened((), [("wrong", "wrong")]) == VERDICT_COLUMNS


@pytest.mark.parametrize(
    ("known", "found", "made"),
    [
        (columns(), columns("10", "9", "1.5"), columns("1.5", "9", "10")),
        (columns("1", "5"), columns("3"), columns("1", "3", "5")),
        (columns(), columns("B", "tie", "A"), columns("A", "tie", "B")),
        (columns(), columns("yes", "no"), columns("no", "yes")),
        (columns("yes", "no"), columns("maybe"), columns("yes", "no", "maybe")),
        (columns("1", "2"), (("undefined", "undefined"),), (*columns("1", "2"), ("undefined", "undefined"))),
        ((*columns("1"), ("undefined", "undefined")), columns("0"), (*columns("0", "1"), ("undefined", "undefined"))),
    ],
)
def test_new_values_take_their_place_on_the_scale(known: tuple, found: tuple, made: tuple) -> None:
    assert widened(known, found) == made


def test_nothing_new_leaves_the_scale_as_it_is() -> None:
    known = columns("1", "2")
    assert widened(known, [("2", "")]) is known


def test_beyond_what_is_kept_numbers_are_told_by_some_of_them() -> None:
    many = columns(*(str(at / 7) for at in range(5000)))
    told = told_by((), many)
    assert len(told) == MOST_COLUMNS + 1
    assert told_by(told, many) == told
    assert told_by(told, columns("new", "0.31")) == (*told, ("new", ""))
    meant = told_by(told, [("0.31", "clean"), ("0.32", "clean")])
    assert meant == (*told, ("0.31", "clean"))
    assert told_by(meant, [("0.33", "clean")]) == meant


def test_as_many_numbers_are_told_beside_undefined_and_twice_the_same_value() -> None:
    undecided = (("undefined", "undefined"), *columns(*map(str, range(MOST_COLUMNS))))
    assert len(told_by(undecided, columns("0.5", "0.6"))) == MOST_COLUMNS + 2
    both_ways = tuple((str(at), word) for at in range(51) for word in ("clean", "wrong"))
    assert len({value for value, _ in told_by(both_ways, columns(*map(str, range(51, 200))))}) == MOST_COLUMNS + 1


def test_up_to_what_is_kept_every_value_is_told() -> None:
    values = columns(*map(str, range(MOST_COLUMNS)))
    assert told_by((), values) == widened((), values)
    words = columns(*(f"w{at}" for at in range(300)))
    assert set(told_by((), words)) == set(words)


def test_a_rubric_gives_the_whole_scale_with_its_verdicts() -> None:
    criterion = Criterion("", Scale(low=1, high=3, step=1), clean_if=2)
    assert columns_of(criterion) == (("1", "wrong"), ("2", "clean"), ("3", "clean"))
    assert columns_of(Criterion("", Scale(values=("good", "bad")))) == columns("good", "bad")
    assert columns_of(Criterion("", Scale(values=("clean", "wrong")))) == VERDICT_COLUMNS


def test_a_scale_without_steps_is_open() -> None:
    assert columns_of(Criterion("", Scale(low=0, high=1))) == ()
    assert columns_of(None) == ()


def test_each_text_of_an_item_has_a_row_and_the_last_is_newest() -> None:
    groups = [(7, 1, "clean", "clean", 2), (7, 2, "wrong", "wrong", 1), (8, 1, "undefined", "undefined", 3)]
    assert list(kept_rows(groups, VERDICT_COLUMNS)) == [
        Kept(7, 1, False, "2|0|0", 2, 0.0),
        Kept(7, 2, True, "0|1|0", 1, 0.0),
        Kept(8, 1, True, "0|0|3", 3, 0.0),
    ]


def test_a_pattern_reads_back() -> None:
    assert decoded([encoded([2, 0, 13]), encoded([0, 1, 0])], 3).tolist() == [[2, 0, 13], [0, 1, 0]]
    assert decoded([], 3).shape == (0, 3)


@pytest.mark.parametrize(("counts", "bits"), [([], 0), ([3, 0], 0), ([1, 1], 1), ([1, 1, 1, 1], 2), ([3, 1], 0.811278)])
def test_doubt_is_counted_in_bits(counts: list[int], bits: float) -> None:
    assert entropy(counts) == pytest.approx(bits, abs=1e-6)


def test_columns_of_one_name_are_added_up() -> None:
    table = decoded(["1|2|3|4"], 4)
    assert folded(table, ["wrong", "wrong", "clean", ""], ["clean", "wrong"]).tolist() == [[3, 3]]
