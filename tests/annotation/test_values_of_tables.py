"""Values of many kinds by the commands: more than a table holds, words with and without an order, marks and scales."""

import json
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from sklearn.metrics import cohen_kappa_score

from tests.annotation.test_agreement_of_tables import alpha, fleiss

pytestmark = pytest.mark.django_db
NO_ORDER = {"value": None, "reason": "the order of these words is not known: import them with --scale"}


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def taken(units: Sequence[Sequence[Any]], *options: str) -> dict[str, Any]:
        header = ",".join(["unit", "anna", "ben", "carl"][: 1 + len(units[0])])
        lines = [header, *(",".join(map(str, [f"u{at}", *unit])) for at, unit in enumerate(units))]
        (tmp_path / "table.csv").write_text("\n".join(lines), encoding="utf-8")
        out = StringIO()
        path = str(tmp_path / "table.csv")
        call_command(
            "import_labels",
            path,
            "--json",
            *(options if "--dataset" in options else ("--dataset", "d", *options)),
            stdout=out,
        )
        found: dict[str, Any] = json.loads(out.getvalue())
        return found

    return taken


def figures(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("report_agreement", "d", "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())["human_human"]
    return found


def many(values: int) -> list[list[int]]:
    generator = np.random.default_rng(3)
    truth = generator.integers(1, values + 1, (150, 1))
    return np.where(generator.random((150, 3)) < 0.7, truth, generator.integers(1, values + 1, (150, 3))).tolist()


def test_more_names_than_a_table_holds_have_their_coefficients(take: Callable[..., Any]) -> None:
    units = many(130)
    take([[f"code {value}" for value in unit] for unit in units])
    found = figures()
    assert found["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=True))
    assert found["fleiss_kappa"]["value"] == pytest.approx(fleiss(units))
    assert found["percent_agreement"]["value"] == pytest.approx(
        np.mean([[unit[a] == unit[b] for a, b in ((0, 1), (0, 2), (1, 2))] for unit in units])
    )


def test_more_numbers_than_a_table_holds_are_names_or_ratios_if_asked(take: Callable[..., Any]) -> None:
    units = many(130)
    take(units)
    nominal, ratio, interval = (figures("--level", level) for level in ("nominal", "ratio", "interval"))
    assert nominal["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=True))
    assert nominal["fleiss_kappa"]["value"] == pytest.approx(fleiss(units))
    assert interval["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=False))
    every = np.array(units, float).ravel()
    apart = ((every[:, None] - every) / (every[:, None] + every)) ** 2
    within = sum(((a - b) / (a + b)) ** 2 / 2 for unit in units for a in unit for b in unit)
    by_chance = apart.sum() / (len(every) - 1)
    assert ratio["krippendorff_alpha"]["value"] == pytest.approx(1 - within / by_chance)


def test_words_of_a_known_scale_are_an_order(take: Callable[..., Any]) -> None:
    words = {1: "low", 2: "medium", 3: "high"}
    units = [[1 + value % 3 for value in unit] for unit in many(9)]
    take([[words[value] for value in unit] for unit in units])
    named = figures("--level", "ordinal")
    take(units, "--dataset", "d2")
    out = StringIO()
    call_command("report_agreement", "d2", "--json", "--level", "ordinal", stdout=out)
    numbered = json.loads(out.getvalue())["human_human"]
    for name in ("krippendorff_alpha", "gwet_ac2"):
        assert named[name] == numbered[name]
    assert figures("--level", "interval")["krippendorff_alpha"] == {
        "value": None,
        "reason": "the labels are no numbers",
    }


def test_words_without_an_order_need_a_scale(take: Callable[..., Any]) -> None:
    units = [["bronze", "gold", "gold"], ["silver", "silver", "gold"], ["bronze", "bronze", "bronze"]] * 3
    take(units)
    assert figures("--level", "ordinal")["krippendorff_alpha"] == NO_ORDER
    assert figures()["krippendorff_alpha"]["value"] is not None
    place = {"bronze": 1.0, "silver": 2.0, "gold": 3.0}
    take(units, "--scale", "bronze,silver,gold", "--dataset", "d2")
    out = StringIO()
    call_command("report_agreement", "d2", "--json", "--level", "interval", stdout=out)
    found = json.loads(out.getvalue())["human_human"]["krippendorff_alpha"]["value"]
    assert found == pytest.approx(alpha([[place[word] for word in unit] for unit in units], nominal=False))


def test_marks_of_missing_labels_are_no_labels(take: Callable[..., Any]) -> None:
    assert take([[1, 2, 99], [-1, 2, 2]], "--missing=-1,99")["labels"] == 4


def test_what_a_table_was_taken_for_is_said(take: Callable[..., Any]) -> None:
    counts = [[6, 0, at % 2] if at % 2 == 0 else [2, 4, 0] for at in range(8)]
    found = take(counts)
    assert found["labels"] == 48
    assert found["identity"] == "positional"
    assert "Read as counts" in found["hints"][0]
    assert take(counts, "--shape", "wide", "--dataset", "d2")["labels"] == 24


def test_wrong_beside_other_names_is_a_name(take: Callable[..., Any]) -> None:
    units = [["correct", "wrong", "correct"], ["wrong", "wrong", "wrong"], ["correct", "correct", "partly"]] * 4
    take(units)
    out = StringIO()
    call_command("report_agreement", "d", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["scope"]["values"] == ["correct", "partly", "wrong"]
    assert found["human_human"]["fleiss_kappa"]["value"] == pytest.approx(fleiss(units))


def test_words_in_an_order_have_a_kappa_with_quadratic_weights(take: Callable[..., Any]) -> None:
    take([["low", "medium"], ["high", "high"], ["medium", "high"], ["low", "low"]] * 5, "--columns", "anna,ben")
    first, second = [1, 3, 2, 1] * 5, [2, 3, 3, 1] * 5
    expected = cohen_kappa_score(first, second, weights="quadratic")
    assert figures()["quadratic_kappa"]["value"] == pytest.approx(expected)
    take([["yes", "no"], ["no", "no"]] * 5, "--columns", "anna,ben", "--criterion", "two")
    assert "quadratic_kappa" not in figures("--criterion", "two")
