"""Real sets of labels as long tables, beside a reckoning from the plain rows and beside the same in other shapes."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from tests.annotation.test_agreement_of_tables import alpha, fleiss

pytestmark = pytest.mark.django_db
HEADER = ("item_id", "rater_type", "rater", "criterion", "value", "model", "order")
Row = tuple[Any, ...]


def take(path: Path, rows: Iterable[Row], dataset: str = "long") -> dict[str, Any]:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return imported(path, dataset)


def imported(path: Path, dataset: str, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_labels", str(path), "--dataset", dataset, "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    assert found["problems"] == found["unmatched"] == []
    return found


def report(dataset: str, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("report_agreement", dataset, "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def values_of(statistics: dict[str, Any], names: Iterable[str]) -> dict[str, float]:
    return {name: statistics[name]["value"] for name in names}


def ac1(units: Sequence[Sequence[Any]]) -> float:
    """Gwet's definition, for units with as many labels each."""
    values = sorted({label for unit in units for label in unit})
    shares = np.array([[list(unit).count(value) / len(unit) for value in values] for unit in units])
    size = len(units[0])
    observed = ((shares * (shares * size - 1)).sum(axis=1) / (size - 1)).mean()
    pooled = shares.mean(axis=0)
    chance = (pooled * (1 - pooled)).sum() / (len(values) - 1)
    return float((observed - chance) / (1 - chance))


def test_pandalm_is_the_same_long_and_wide(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "pandalm" / "testset-v1.json"
    people = ("annotator1", "annotator2", "annotator3")
    entries = json.loads(source.read_text(encoding="utf-8"))
    units = [tuple(entry[name] for name in people) for entry in entries]
    rows = [
        (n, "human", name, "", label, "", "")
        for n, unit in enumerate(units)
        for name, label in zip(people, unit, strict=True)
    ]
    found = take(tmp_path / "pandalm.csv", rows)
    assert (found["items"], found["labels"], found["identity"]) == (999, 2997, "known")
    imported(source, "wide", "--columns", ",".join(people))
    long, wide = (report(name, "--level", "nominal") for name in ("long", "wide"))
    assert long["human_human"] == wide["human_human"]
    assert [pair["cohen_kappa"] for pair in long["pairs"]] == [pair["cohen_kappa"] for pair in wide["pairs"]]
    assert values_of(long["human_human"], ("percent_agreement", "fleiss_kappa", "krippendorff_alpha", "gwet_ac1")) == (
        pytest.approx(
            {
                "percent_agreement": np.mean([[a == b for a, b in combinations(unit, 2)] for unit in units]),
                "fleiss_kappa": fleiss(units),
                "krippendorff_alpha": alpha(units, nominal=True),
                "gwet_ac1": ac1(units),
            }
        )
    )
    kappas = [cohen_kappa_score(*(np.array(units)[:, at] for at in pair)) for pair in combinations(range(3), 2)]
    assert [pair["cohen_kappa"]["value"] for pair in long["pairs"]] == pytest.approx(kappas)
    assert long["human_human"]["mean_pairwise_kappa"]["value"] == pytest.approx(np.mean(kappas))


def test_recipes_are_the_same_long_and_as_they_were_published(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "judge_bench" / "recipes.json"
    graded: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for entry in json.loads(source.read_text(encoding="utf-8"))["instances"]:
        for criterion, found in entry["annotations"].items():
            graded[criterion][str(entry["id"])] = found["individual_human_scores"]
    rows = [
        (item, "human", "", criterion, score, "", "")
        for criterion, items in graded.items() for item, scores in items.items() for score in scores
    ]  # fmt: skip
    assert take(tmp_path / "recipes.csv", rows)["identity"] == "positional"
    imported(source, "published")
    for criterion, items in graded.items():
        units = [scores for scores in items.values() if len(scores) > 1]
        long, published = (
            report(name, "--criterion", criterion, "--level", "interval") for name in ("long", "published")
        )
        assert long["human_human"] == published["human_human"]
        between = long["human_human"]
        assert between["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=False))
        pairs = [[abs(a - b) for a, b in combinations(unit, 2)] for unit in units]
        assert between["mae"]["value"] == pytest.approx(np.mean([np.mean(of_unit) for of_unit in pairs]))
        nominal = report("long", "--criterion", criterion, "--level", "nominal")["human_human"]
        assert nominal["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=True))
        assert nominal["cohen_kappa"]["value"] is None
        assert long["counts"]["labels"] == sum(map(len, items.values()))


def test_a_judge_that_graded_three_times_is_the_same_long_and_wide(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "prometheus_3runs" / "scores.csv"
    with source.open(encoding="utf-8", newline="") as file:
        units = [[int(row[f"run{n}"]) for n in (1, 2, 3)] for row in csv.DictReader(file)]
    rows = [(n, "judge", "prometheus", "", score, "", "") for n, unit in enumerate(units) for score in unit]
    found = take(tmp_path / "prometheus.csv", rows)
    assert (found["judgments"]["total"], len(found["runs"])) == (1200, 3)
    imported(source, "wide", "--columns", "run1,run2,run3", "--rater-type", "judge", "--annotator", "prometheus")
    for level, nominal in (("nominal", True), ("interval", False)):
        long, wide = (report(name, "--level", level)["judges"] for name in ("long", "wide"))
        again = long[0]["self_consistency"]
        assert again == wide[0]["self_consistency"]
        assert again["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=nominal))
        assert again["flip_rate"]["value"] == pytest.approx(
            np.mean([[a != b for a, b in combinations(unit, 2)] for unit in units])
        )
        means = [judge["mean_score"]["value"] for judge in long]
        assert sorted(means) == pytest.approx(sorted(np.mean(units, axis=0)))


def test_a_judge_that_graded_three_times_beside_itself_as_a_person(shared_data: Path, tmp_path: Path) -> None:
    """The first run as a person's labels: every figure of two who grade."""
    with (shared_data / "prometheus_3runs" / "scores.csv").open(encoding="utf-8", newline="") as file:
        first, second = np.array([[int(row["run1"]), int(row["run2"])] for row in csv.DictReader(file)]).T
    rows = [(n, "human", "run1", "", score, "", "") for n, score in enumerate(first)]
    rows += [(n, "judge", "prometheus", "", score, "", "") for n, score in enumerate(second)]
    take(tmp_path / "beside.csv", rows)
    (judge,) = report("long")["judges"]
    expected = {
        "mae": np.abs(second - first).mean(),
        "bias": (second - first).mean(),
        "rmse": np.sqrt(((second - first) ** 2).mean()),
        "exact": (second == first).mean(),
        "within_one": (np.abs(second - first) <= 1).mean(),
        "pearson": stats.pearsonr(second, first).statistic,
        "spearman": stats.spearmanr(second, first).statistic,
        "kendall_tau_b": stats.kendalltau(second, first).statistic,
        "quadratic_kappa": cohen_kappa_score(second, first, weights="quadratic"),
        "weighted_kappa": cohen_kappa_score(second, first, weights="linear"),
        "cohen_kappa": cohen_kappa_score(second, first),
    }
    assert values_of(judge["judge_human"], expected) == pytest.approx(expected)


def llmbar(folder: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for path in sorted(folder.glob("*.jsonl")):
        yield path.stem, [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_judges_of_llmbar_side_by_side(shared_data: Path, tmp_path: Path) -> None:
    """Three ways to ask one judge, each in both orders, beside the gold label."""
    side = {"1": "A", "2": "B"}
    judges = dict(llmbar(shared_data / "llmbar" / "LLMBar" / "Natural" / "evaluators" / "GPT-4"))
    gold = {entry["idx"]: side[str(entry["label"])] for entry in judges["Vanilla"]}
    rows: list[Row] = [(item, "human", "gold", "", value, "", "") for item, value in gold.items()]
    for name, entries in judges.items():
        for entry in entries:
            for order, key in (("ab", "winner_swap_False"), ("ba", "winner_swap_True")):
                rows.append((entry["idx"], "judge", name, "", side.get(str(entry[key]), "tie"), "", order))
    take(tmp_path / "llmbar.csv", rows)
    found = {judge["judge"]: judge for judge in report("long")["judges"]}
    assert found.keys() == judges.keys()
    for name, entries in judges.items():
        both = [
            (side.get(str(e["winner_swap_False"]), "tie"), side.get(str(e["winner_swap_True"]), "tie")) for e in entries
        ]
        votes, cells = found[name]["pairwise"], Counter(both)
        shared = [one if one == other else "tie" for one, other in both]
        right = [vote == gold[entry["idx"]] for vote, entry in zip(shared, entries, strict=True)]
        decided = [is_right for is_right, vote in zip(right, shared, strict=True) if vote != "tie"]
        assert votes["consistency"]["value"] == pytest.approx(np.mean([one == other for one, other in both]))
        assert votes["position_bias"]["value"] == pytest.approx((cells["A", "B"] - cells["B", "A"]) / len(both))
        assert votes["ties"]["value"] == pytest.approx(shared.count("tie") / len(both))
        assert votes["agreement_all"]["value"] == pytest.approx(np.mean(right))
        assert votes["agreement_without_ties"]["value"] == pytest.approx(np.mean(decided))
        flips = cells["A", "B"] + cells["B", "A"]
        if flips:
            assert votes["position_p"] == pytest.approx(stats.binomtest(cells["A", "B"], flips).pvalue)
