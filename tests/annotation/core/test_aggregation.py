import numpy as np
import pytest

from annotation.core.aggregation import Votes, dawid_skene, majority_codes
from annotation.core.intervals import Undefined

# Dawid and Skene (1979), table 1: 45 patients, five anaesthetists of whom the first saw everybody three times.
PATIENTS = (
    "111 1 1 1 1|333 4 3 3 4|112 2 1 2 2|222 3 1 2 1|222 3 2 2 2|222 3 3 2 2|122 2 1 1 1|"
    "333 3 4 3 3|222 2 2 2 3|232 2 2 2 3|444 4 4 4 4|222 3 3 4 3|111 1 1 1 1|222 3 2 1 2|"
    "121 1 1 1 1|111 2 1 1 1|111 1 1 1 1|111 1 1 1 1|222 2 2 2 1|222 1 3 2 2|222 2 2 2 2|"
    "222 2 2 2 1|222 3 2 2 2|221 2 2 2 2|111 1 1 1 1|111 1 1 1 1|232 2 2 2 2|111 1 1 1 1|"
    "111 1 1 1 1|112 1 1 2 1|111 1 1 1 1|333 3 2 3 3|111 1 1 1 1|222 2 2 2 2|222 3 2 3 2|"
    "433 4 3 4 3|221 2 2 3 2|232 3 2 3 3|333 3 4 3 2|111 1 1 1 1|111 1 1 1 1|121 2 1 1 1|"
    "232 2 2 2 2|121 1 1 1 1|222 2 2 2 2"
)


def votes_of(table: list[list[int]] | np.ndarray, categories: int = 2) -> Votes:
    cells = np.asarray(table)
    items, people = np.nonzero(cells >= 0)
    return Votes(items, people, cells[items, people], categories)


def planted(accuracies: list[float], *, n: int = 2000, each: int = 3, seed: int = 0) -> tuple[Votes, np.ndarray]:
    """Items of known truth, each labelled by `each` annotators; an accuracy of 0 is somebody who always says clean."""
    draw = np.random.default_rng(seed)
    truth = (draw.random(n) < 0.3).astype(np.int64)
    table = np.full((n, len(accuracies)), -1)
    for item in range(n):
        for person in draw.choice(len(accuracies), each, replace=False):
            right = draw.random() < accuracies[person]
            table[item, person] = truth[item] if right else 1 - truth[item]
            if accuracies[person] == 0:
                table[item, person] = 0
    return votes_of(table), truth


def test_the_majority_leaves_ties_open() -> None:
    assert majority_codes(votes_of([[0, 0, 1], [0, 1, -1], [1, -1, -1]])).tolist() == [0, -1, 1]


def test_dawid_skene_finds_who_errs_how() -> None:
    accuracies = [0.95, 0.9, 0.6, 0.55, 0.8, 0.85]
    votes, truth = planted(accuracies, each=4)
    found = dawid_skene(votes)
    assert not isinstance(found, Undefined)
    assert found.accuracy() == pytest.approx(accuracies, abs=0.06)
    assert found.prevalence == pytest.approx([0.7, 0.3], abs=0.04)
    assert (found.decided == truth).mean() > (majority_codes(votes) == truth).mean() + 0.02


def test_dawid_skene_sees_through_those_who_always_say_clean() -> None:
    votes, truth = planted([0.85] * 12 + [0.0] * 4)
    found = dawid_skene(votes)
    assert not isinstance(found, Undefined)
    assert (found.decided == truth).mean() > (majority_codes(votes) == truth).mean()
    assert found.errors[-1][1][0] > 0.95


def test_labels_that_their_item_speaks_against_are_suspicious() -> None:
    votes, truth = planted([0.87] * 10, each=5)
    found = dawid_skene(votes)
    assert not isinstance(found, Undefined)
    wrong, suspected = votes.codes != truth[votes.items], found.suspicion(votes) > 0.5
    assert (wrong & suspected).sum() / suspected.sum() > 0.85
    assert (wrong & suspected).sum() / wrong.sum() > 0.85


def test_relabelling_categories_relabels_the_outcome() -> None:
    votes, _ = planted([0.9, 0.7, 0.8, 0.6])
    turned = Votes(votes.items, votes.annotators, 1 - votes.codes, 2)
    one, other = dawid_skene(votes), dawid_skene(turned)
    assert not isinstance(one, Undefined)
    assert not isinstance(other, Undefined)
    assert one.posterior == pytest.approx(other.posterior[:, ::-1], abs=1e-6)


def test_no_labels_resolve_to_nothing() -> None:
    assert dawid_skene(votes_of(np.empty((0, 2), dtype=int))) == Undefined("no labels")


def test_the_patients_of_dawid_and_skene_come_out_as_published() -> None:
    rows = [
        (patient, observer, int(said) - 1)
        for patient, row in enumerate(PATIENTS.split("|"))
        for observer, word in enumerate(row.split())
        for said in word
    ]
    items, people, codes = np.array(rows).T
    found = dawid_skene(Votes(items, people, codes, 4))
    assert not isinstance(found, Undefined)
    assert found.prevalence.round(2).tolist() == [0.4, 0.42, 0.11, 0.07]
    assert np.diagonal(found.errors[0]).round(2).tolist() == [0.89, 0.88, 0.66, 0.44]
