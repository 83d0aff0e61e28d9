"""The 3x3 matrix and its readings. Worked examples: 406 published pairs, and a table with invalid and unknown."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, matthews_corrcoef

from annotation.core import confusion
from annotation.core.confusion import READINGS, Confusion
from annotation.core.figures import figure
from annotation.core.intervals import Undefined, Value

TUTORIAL = Confusion.of([[131, 77, 0], [55, 78, 0], [30, 35, 0]])
WITH_UNKNOWN = Confusion.of([[700, 60, 20], [40, 120, 15], [25, 15, 5]])
EMPTY = Confusion.of(np.zeros((3, 3)))


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("mdk", {"accuracy": "0.514778", "precision": "0.586466", "recall": "0.503226", "f1": "0.541667"}),
        ("decided", {"accuracy": "0.612903", "cohen_kappa": "0.210011", "mcc": "0.211855", "clean_purity": "0.629808"}),
        ("strict", {"accuracy": "0.514778", "precision": "0.586466", "recall": "0.410526"}),
        ("invalid_as_wrong", {"accuracy": "0.600985", "precision": "0.570707", "recall": "0.594737"}),
    ],
)
def test_the_published_example_comes_out_to_the_last_digit(reading: str, expected: dict[str, str]) -> None:
    found = READINGS[reading](TUTORIAL)
    assert {name: figure(found[name]) for name in expected} == expected


def test_beside_it_stand_baseline_and_coverage() -> None:
    assert figure(confusion.majority_baseline(TUTORIAL)) == "0.532020"
    assert confusion.majority_verdict(TUTORIAL) == "clean"
    assert figure(confusion.coverage(TUTORIAL)) == "0.839901"
    accuracy = confusion.mdk(TUTORIAL)["accuracy"]
    assert isinstance(accuracy, Value)
    assert (round(accuracy.low, 4), round(accuracy.high, 4), accuracy.n) == (0.4663, 0.5630, 406)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("mdk", {"accuracy": 0.820, "precision": 0.750, "recall": 0.667}),
        (
            "decided",
            {"accuracy": 0.891, "precision": 0.750, "recall": 0.667, "f1": 0.706, "cohen_kappa": 0.639},
        ),
        ("strict", {"accuracy": 0.854, "recall": 0.615, "f1": 0.676}),
    ],
)
def test_invalid_and_unknown_change_what_they_should(reading: str, expected: dict[str, float]) -> None:
    found = READINGS[reading](WITH_UNKNOWN)
    assert {name: round(found[name].value, 3) for name in expected} == expected  # type: ignore[union-attr]


def test_each_reading_says_over_how_many_items_it_speaks() -> None:
    ns = {name: reading(WITH_UNKNOWN)["accuracy"].n for name, reading in READINGS.items()}  # type: ignore[union-attr]
    assert ns == {"mdk": 1000, "decided": 920, "strict": 960, "invalid_as_wrong": 960}


@pytest.mark.parametrize(("row", "column"), [(row, column) for row in range(3) for column in range(3)])
def test_every_pair_of_verdicts_lands_in_its_cell(row: int, column: int) -> None:
    found = Confusion.of_codes(np.array([row]), np.array([column]))
    assert found.cell(row, column) == found.n == 1


def test_f1_and_mcc_equal_those_of_scikit_learn() -> None:
    people = [0] * 186 + [1] * 155
    judge = [0] * 131 + [1] * 55 + [0] * 77 + [1] * 78
    found = confusion.decided(TUTORIAL)
    assert found["f1"].value == pytest.approx(f1_score(people, judge))  # type: ignore[union-attr]
    assert found["mcc"].value == pytest.approx(matthews_corrcoef(people, judge))  # type: ignore[union-attr]


def test_f1_stands_inside_its_interval_and_reaches_its_ends() -> None:
    found = confusion.mdk(TUTORIAL)["f1"]
    assert isinstance(found, Value)
    assert found.low < found.value < found.high
    assert found.n == 78 + 55 + 77
    perfect = confusion.mdk(Confusion.of([[5, 0, 0], [0, 5, 0], [0, 0, 0]]))["f1"]
    assert isinstance(perfect, Value)
    assert (perfect.value, perfect.high) == (1, 1)
    assert perfect.low < 0.8


def test_a_matrix_of_nothing_has_no_numbers() -> None:
    for reading in READINGS.values():
        assert all(isinstance(found, Undefined) for found in reading(EMPTY).values())
    for share in (confusion.majority_baseline, confusion.coverage, confusion.human_share):
        assert share(EMPTY) == Undefined("no judged items")
    assert confusion.majority_verdict(EMPTY) == ""


@pytest.mark.parametrize(
    ("cells", "name", "reason"),
    [
        ([[5, 0, 0], [3, 0, 0], [0, 0, 0]], "recall", "no wrong items"),
        ([[5, 0, 0], [3, 0, 0], [0, 4, 0]], "recall", "the judge decided no wrong item"),
        ([[5, 2, 0], [0, 0, 3], [0, 0, 0]], "precision", "the judge called no item wrong"),
        ([[5, 0, 0], [0, 0, 0], [0, 0, 0]], "f1", "neither the judge nor people called an item wrong"),
        ([[0, 0, 0], [5, 0, 0], [0, 0, 0]], "clean_purity", "the judge called no item clean"),
        ([[5, 0, 0], [5, 0, 0], [0, 0, 0]], "mcc", "one of the two gave every item the same value"),
        ([[5, 0, 0], [0, 0, 0], [0, 0, 0]], "cohen_kappa", "every label has the same value"),
    ],
)
def test_what_is_divided_by_nothing_names_what_is_missing(cells: list[list[int]], name: str, reason: str) -> None:
    assert confusion.decided(Confusion.of(cells))[name] == Undefined(reason)


def test_unreviewed_items_lower_mdks_accuracy_and_no_other_number() -> None:
    fewer = Confusion.of([[131, 77, 500], [55, 78, 500], [30, 35, 500]])
    assert confusion.decided(fewer) == confusion.decided(TUTORIAL)
    assert confusion.strict(fewer) == confusion.strict(TUTORIAL)
    assert confusion.mdk(fewer)["accuracy"].value < confusion.mdk(TUTORIAL)["accuracy"].value  # type: ignore[union-attr]


def test_the_file_is_that_of_mdk() -> None:
    assert TUTORIAL.as_csv() == ",clean,wrong,unknown\nclean,131,77,0\nwrong,55,78,0\ninvalid,30,35,0\n"


@pytest.mark.parametrize("cells", [[[1, 2], [3, 4]], [[1, 2, 3]] * 2, [[-1, 0, 0], [0, 0, 0], [0, 0, 0]]])
def test_anything_but_three_rows_and_columns_of_counts_is_refused(cells: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="three rows and three columns"):
        Confusion.of(cells)
