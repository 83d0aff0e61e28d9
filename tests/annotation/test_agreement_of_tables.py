"""Real tables of labels and judgments: into the database by import_labels, out of it by report_agreement.

What they must say is reckoned here from the source, label by label.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from annotation.reports import MOST_READ_BY_COMMAND, Question, agreement_document
from judging.models import Dataset

pytestmark = pytest.mark.django_db

LONG = ("item_id", "rater_type", "rater", "criterion", "value", "order")


def take(path: Path, *options: str) -> None:
    call_command("import_labels", str(path), "--dataset", "d", *options, stdout=StringIO())


def report(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("report_agreement", "d", "--json", *options, stdout=out)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def long_table(path: Path, rows: Iterable[Sequence[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([LONG, *rows])
    return path


def wide_table(path: Path, rows: Iterable[Sequence[Any]], raters: Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["item", *raters], *([n, *row] for n, row in enumerate(rows))])
    return path


def fleiss(units: Sequence[Sequence[Any]]) -> float:
    values = sorted({label for unit in units for label in unit})
    counts = np.array([[list(unit).count(value) for value in values] for unit in units])
    raters = counts.sum(axis=1)
    observed = ((counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))).mean()
    chance = ((counts / raters[:, None]).mean(axis=0) ** 2).sum()
    return float((observed - chance) / (1 - chance))


def alpha(units: Sequence[Sequence[float]], *, nominal: bool) -> float:
    """Krippendorff's definition, pair by pair."""
    units = [unit for unit in units if len(unit) > 1]
    every = [label for unit in units for label in unit]

    def apart(a: float, b: float) -> float:
        return float(a != b) if nominal else (a - b) ** 2

    within = sum(apart(a, b) / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2)) / len(every)
    counted = Counter(every)
    chance = sum(apart(a, b) * counted[a] * counted[b] for a in counted for b in counted)
    return 1 - within / (chance / (len(every) * (len(every) - 1)))


def test_three_annotators_of_pairs(shared_data: Path) -> None:
    source = shared_data / "pandalm" / "testset-v1.json"
    columns = ("annotator1", "annotator2", "annotator3")
    take(source, "--columns", ",".join(columns))
    found = report("--level", "nominal")
    units = [[entry[name] for name in columns] for entry in json.loads(source.read_text(encoding="utf-8"))]
    between = found["human_human"]
    assert between["fleiss_kappa"]["value"] == pytest.approx(fleiss(units))
    assert between["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=True))
    kappas = {
        (columns[a], columns[b]): cohen_kappa_score([unit[a] for unit in units], [unit[b] for unit in units])
        for a, b in combinations(range(3), 2)
    }
    assert {(pair["first"], pair["second"]): pair["cohen_kappa"]["value"] for pair in found["pairs"]} == pytest.approx(
        kappas
    )
    assert between["mean_pairwise_kappa"]["value"] == pytest.approx(np.mean(list(kappas.values())))
    assert between["cohen_kappa"] == {"value": None, "reason": "for two people; 3 labelled"}
    assert (found["counts"]["labels"], found["counts"]["values"]) == (
        2997,
        dict(sorted(Counter(str(x) for u in units for x in u).items())),
    )
    assert [rater["labels"] for rater in found["annotators"]] == [999] * 3


def test_graded_questions_with_many_annotators(shared_data: Path, tmp_path: Path) -> None:
    source = json.loads((shared_data / "judge_bench" / "recipes.json").read_text(encoding="utf-8"))
    scores = {
        (entry["id"], name): found["individual_human_scores"]
        for entry in source["instances"]
        for name, found in entry["annotations"].items()
    }
    rows = [(item, "human", "", name, score, "") for (item, name), given in scores.items() for score in given]
    take(long_table(tmp_path / "recipes.csv", rows))
    found = report()
    assert found["criterion"] is None
    assert found["human_human"]["fleiss_kappa"]["value"] is None
    assert "criteria" in found["human_human"]["fleiss_kappa"]["reason"]
    assert sorted(found["criteria"]) == sorted({name for _, name in scores})
    for name, of_criterion in found["criteria"].items():
        units = [given for (_, criterion), given in scores.items() if criterion == name]
        assert of_criterion["level"] == "ordinal"
        assert of_criterion["human_human"]["percent_agreement"]["value"] == pytest.approx(
            np.mean([np.mean([a == b for a, b in combinations(unit, 2)]) for unit in units if len(unit) > 1])
        )
        assert of_criterion["human_human"]["mae"]["value"] == pytest.approx(
            np.mean([np.mean([abs(a - b) for a, b in combinations(unit, 2)]) for unit in units if len(unit) > 1])
        )
    grammar = report("--criterion", "grammar", "--level", "interval")
    units = [given for (_, criterion), given in scores.items() if criterion == "grammar"]
    assert grammar["human_human"]["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=False))
    for name in ("cohen_kappa", "mean_pairwise_kappa"):
        assert grammar["human_human"][name]["value"] is None
    assert grammar["human_human"]["mean_pairwise_kappa"]["reason"].startswith("the raters are columns")
    assert grammar["pairs"] == []
    assert any("columns of a table" in note for note in grammar["notes"])


def test_one_judge_three_times(shared_data: Path) -> None:
    source = shared_data / "prometheus_3runs" / "scores.csv"
    take(source, "--columns", "run1,run2,run3", "--rater-type", "judge", "--annotator", "prometheus")
    found = report()
    assert len(found["judges"]) == 3
    with source.open(encoding="utf-8", newline="") as file:
        units = [[float(row[name]) for name in ("run1", "run2", "run3")] for row in csv.DictReader(file)]
    again = found["judges"][0]["self_consistency"]
    assert again["runs"] == 3
    assert found["judges"][0]["alt_test"]["reason"] == "no judged item with two labels"
    assert again["flip_rate"]["value"] == pytest.approx(
        np.mean([np.mean([a != b for a, b in combinations(unit, 2)]) for unit in units])
    )
    assert found["judges"][-1]["mean_score"]["value"] == pytest.approx(np.mean([unit[0] for unit in units]))
    interval = report("--level", "interval")["judges"][0]["self_consistency"]
    assert interval["krippendorff_alpha"]["value"] == pytest.approx(alpha(units, nominal=False))


def test_votes_of_a_judge_in_both_orders(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "llmbar" / "LLMBar" / "Natural" / "evaluators" / "GPT-4" / "Vanilla.jsonl"
    entries = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    name = {"1": "A", "2": "B"}
    rows: list[Sequence[Any]] = []
    for entry in entries:
        rows.append((entry["idx"], "human", "gold", "", name[str(entry["label"])], ""))
        for order, key in (("ab", "winner_swap_False"), ("ba", "winner_swap_True")):
            rows.append((entry["idx"], "judge", "GPT-4", "", name[entry[key]], order))
    take(long_table(tmp_path / "llmbar.csv", rows))
    found = report()
    votes = found["pairwise"]
    same = [entry["winner_swap_False"] == entry["winner_swap_True"] for entry in entries]
    right = [
        both and str(entry["label"]) == entry["winner_swap_False"] for both, entry in zip(same, entries, strict=True)
    ]
    assert votes["consistency"]["value"] == pytest.approx(np.mean(same))
    assert votes["ties"]["value"] == pytest.approx(1 - np.mean(same))
    assert (votes["n_all"], votes["n_without_ties"]) == (len(entries), sum(same))
    assert votes["agreement_all"]["value"] == pytest.approx(np.mean(right))
    assert votes["agreement_without_ties"]["value"] == pytest.approx(sum(right) / sum(same))
    first = sum((e["winner_swap_False"], e["winner_swap_True"]) == ("1", "2") for e in entries)
    second = sum((e["winner_swap_False"], e["winner_swap_True"]) == ("2", "1") for e in entries)
    assert votes["position_bias"]["value"] == pytest.approx((first - second) / len(entries))
    (judge,) = found["judges"]
    assert judge["pairwise"] == votes
    assert judge["judge_human"]["percent_agreement"]["value"] == pytest.approx(sum(right) / sum(same))
    assert judge["counts"]["unscored_by_reason"] == {"inconsistent": len(entries) - sum(same)}


def test_two_raters_have_every_statistic_of_two(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    first = generator.integers(1, 6, 80)
    second = np.clip(first + generator.integers(-1, 2, 80), 1, 5)
    take(wide_table(tmp_path / "two.csv", zip(first, second, strict=True), ("r1", "r2")))
    found = report()["human_human"]
    expected = {
        "cohen_kappa": cohen_kappa_score(first, second),
        "weighted_kappa": cohen_kappa_score(first, second, weights="linear"),
        "quadratic_kappa": cohen_kappa_score(first, second, weights="quadratic"),
        "mean_pairwise_kappa": cohen_kappa_score(first, second),
        "mae": np.abs(first - second).mean(),
        "pearson": stats.pearsonr(first, second).statistic,
        "spearman": stats.spearmanr(first, second).statistic,
        "kendall_tau_b": stats.kendalltau(first, second).statistic,
    }
    assert {name: found[name]["value"] for name in expected} == pytest.approx(expected)
    for name in ("krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "gwet_ac2", "scott_pi", "brennan_prediger"):
        assert found[name]["low"] <= found[name]["value"] <= found[name]["high"]


def test_published_tables_come_through_the_database(shared_data: Path) -> None:
    take(shared_data / "agreement_textbook" / "raw" / "krippendorff_2011_4x12.csv")
    expected = {"nominal": 0.743421, "ordinal": 0.815388, "interval": 0.849107, "ratio": 0.797403}
    for level, value in expected.items():
        found = report("--level", level)
        assert found["level"] == level
        assert round(found["human_human"]["krippendorff_alpha"]["value"], 6) == value
    assert round(report()["human_human"]["gwet_ac2"]["value"], 5) == 0.89894
    nominal = report("--level", "nominal")["human_human"]
    rounded = {name: round(nominal[name]["value"], 5) for name in ("gwet_ac1", "fleiss_kappa", "brennan_prediger")}
    assert rounded == {"gwet_ac1": 0.77544, "fleiss_kappa": 0.76117, "brennan_prediger": 0.77273}


def test_sorted_columns_are_places_and_say_so(shared_data: Path) -> None:
    take(shared_data / "agreement_textbook" / "raw" / "fleiss_1971_diagnoses_6x30.csv")
    found = report("--level", "nominal")
    assert round(found["human_human"]["fleiss_kappa"]["value"], 6) == 0.430245
    assert found["human_human"]["mean_pairwise_kappa"]["value"] is None
    assert {rater["identity"] for rater in found["annotators"]} == {"positional"}
    assert found["annotators"][0]["agreement_with_others"]["reason"].startswith("the raters are columns")


def test_a_judge_beside_people_on_the_same_items(tmp_path: Path) -> None:
    generator = np.random.default_rng(4)
    truth = generator.integers(1, 6, 60)
    people = np.clip(truth[:, None] + generator.integers(-1, 2, (60, 3)), 1, 5)
    judge = np.clip(truth + generator.integers(-1, 2, 60), 1, 5)
    rows = [(n, "human", f"p{at}", "", people[n, at], "") for n in range(60) for at in range(3)]
    rows += [(n, "judge", "gpt", "", judge[n], "") for n in range(60)]
    take(long_table(tmp_path / "table.csv", rows))
    (found,) = report("--level", "nominal")["judges"]
    beside, same = found["judge_random_human"], found["difference"]
    with_person = np.mean(judge[:, None] == people)
    two_people = np.mean([np.mean(people[:, a] == people[:, b]) for a, b in combinations(range(3), 2)])
    assert beside["percent_agreement"]["value"] == pytest.approx(with_person)
    assert beside["human_percent_agreement"]["value"] == pytest.approx(two_people)
    assert same["percent_agreement"]["value"] == pytest.approx(with_person - two_people)
    shares = np.array([(people == value).mean() for value in range(1, 6)])
    chance = sum((judge == value).mean() * shares[value - 1] for value in range(1, 6))
    kappa = (with_person - chance) / (1 - chance)
    assert beside["kappa"]["value"] == pytest.approx(kappa)
    assert same["value"] == pytest.approx(kappa - fleiss(people.tolist()))
    assert same["method"] == "paired_bootstrap"
    means = people.mean(axis=1)
    assert found["judge_human"]["pearson"]["value"] == pytest.approx(stats.pearsonr(judge, means).statistic)
    assert found["judge_human"]["spearman"]["value"] == pytest.approx(stats.spearmanr(judge, means).statistic)
    assert found["judge_human"]["bias"]["value"] == pytest.approx((judge - means).mean())
    assert found["self_consistency"]["flip_rate"] == {"value": None, "reason": "the judge went through the items once"}
    assert found["mdk"]["accuracy"] == {"value": None, "reason": "no judged items"}


def test_measured_values_have_statistics_of_numbers(tmp_path: Path) -> None:
    generator = np.random.default_rng(6)
    first = generator.normal(50, 10, 150)
    second = first + generator.normal(0, 5, 150)
    take(wide_table(tmp_path / "measured.csv", zip(first, second, strict=True), ("anna", "ben")))
    found = report()
    assert found["level"] == "interval"
    between = found["human_human"]
    assert between["krippendorff_alpha"]["value"] == pytest.approx(
        alpha(list(zip(first, second, strict=True)), nominal=False)
    )
    assert between["pearson"]["value"] == pytest.approx(stats.pearsonr(first, second).statistic)
    assert between["kendall_tau_b"]["value"] == pytest.approx(stats.kendalltau(first, second).statistic)
    assert between["fleiss_kappa"] == {"value": None, "reason": "nearly every label has its own value"}


def test_order_of_raters_and_of_rows_changes_nothing(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)
    table = generator.choice(["", "1", "2", "3"], size=(40, 3))
    take(wide_table(tmp_path / "one.csv", table, ("anna", "ben", "carl")))
    one = report()["human_human"]
    turned = wide_table(tmp_path / "two.csv", table[:, ::-1], ("carl", "ben", "anna"))
    call_command("import_labels", str(turned), "--dataset", "e", stdout=StringIO())
    out = StringIO()
    call_command("report_agreement", "e", "--json", stdout=out)
    assert json.loads(out.getvalue())["human_human"] == one


def test_an_unknown_criterion_is_answered_with_those_there_are(tmp_path: Path) -> None:
    take(wide_table(tmp_path / "one.csv", [("1", "2")], ("anna", "ben")), "--criterion", "tone")
    assert report()["criteria"].keys() == {"tone"}
    with pytest.raises(CommandError, match=r"There is no criterion 'taste'. Criteria: 'tone'."):
        report("--criterion", "taste")


def test_campaigns_repeat_the_keys(tmp_path: Path) -> None:
    take(wide_table(tmp_path / "one.csv", [("1", "2")], ("anna", "ben")), "--criterion", "tone")
    found = report()
    (campaign,) = found["campaigns"]
    assert campaign["campaign"] == "imported"
    assert campaign["human_human"] == found["human_human"] == found["criteria"]["tone"]["human_human"]


def test_text_of_several_criteria_has_a_part_for_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("q1", "human", rater, name, 3, "") for rater in ("anna", "ben") for name in ("tone", "style")]
    take(long_table(tmp_path / "long.csv", rows))
    call_command("report_agreement", "d")
    out = capsys.readouterr().out
    assert "criterion: tone" in out
    assert "criterion: style" in out
    assert "There are 2 criteria" in out


def test_from_kept_counts_alone_scores_have_the_same_figures(tmp_path: Path) -> None:
    generator = np.random.default_rng(8)
    scores = generator.integers(1, 6, (80, 4))
    rows = [(n, "human", f"p{at}", "", scores[n, at], "") for n in range(80) for at in range(3)]
    rows += [(n, "judge", "gpt", "", scores[n, 3], "") for n in range(80)]
    take(long_table(tmp_path / "table.csv", rows))
    read, kept = (
        agreement_document(Dataset.objects.get(), question=Question(at_most=at_most))
        for at_most in (MOST_READ_BY_COMMAND, 10)
    )
    assert kept["level"] == read["level"] == "ordinal"
    for name in ("krippendorff_alpha", "gwet_ac2", "fleiss_kappa", "mae", "spearman", "icc"):
        assert kept["human_human"][name] == read["human_human"][name]
    for name in ("difference", "judge_random_human", "self_consistency", "mean_score"):
        assert kept["judges"][0][name] == read["judges"][0][name]
    assert {name: kept["counts"][name] for name in ("labels", "values", "unreviewed")} == {
        name: read["counts"][name] for name in ("labels", "values", "unreviewed")
    }


def test_from_kept_counts_alone_the_figures_are_the_same(tmp_path: Path) -> None:
    """As if there were too many labels to read: only what needs to know who said what is missing."""
    generator = np.random.default_rng(8)
    words = np.array(["clean", "wrong", "undefined", ""])
    people = words[generator.choice(4, size=(80, 3), p=[0.5, 0.3, 0.1, 0.1])]
    judge = words[generator.choice(3, size=80, p=[0.6, 0.3, 0.1])]
    rows = [(n, "human", f"p{at}", "", people[n, at], "") for n in range(80) for at in range(3)]
    rows += [(n, "judge", "gpt", "", "" if judge[n] == "undefined" else judge[n], "") for n in range(80)]
    take(long_table(tmp_path / "table.csv", rows))
    dataset = Dataset.objects.get()
    read, kept = (
        agreement_document(dataset, question=Question(at_most=at_most)) for at_most in (MOST_READ_BY_COMMAND, 10)
    )
    assert kept["counts"] == read["counts"]
    for name in ("krippendorff_alpha", "gwet_ac1", "fleiss_kappa", "specific_agreement_wrong"):
        assert kept["human_human"][name] == read["human_human"][name]
    assert kept["human_human"]["mean_pairwise_kappa"]["reason"].startswith("it needs every label")
    for name in ("confusion", "human_unknown", "mdk", "strict", "judge_human", "difference", "judge_random_human"):
        assert kept["judges"][0][name] == read["judges"][0][name]


def test_the_page_shows_scores_and_several_criteria(tmp_path: Path, lead_client: Client) -> None:
    rows = [(n, "human", rater, "tone", n % 3 + 1, "") for n in range(6) for rater in ("anna", "ben")]
    rows += [(n, "judge", "gpt", "tone", n % 2 + 1, "") for n in range(6)]
    take(long_table(tmp_path / "long.csv", rows))
    url = reverse("agreement_report", args=[Dataset.objects.get().pk])
    text = lead_client.get(url).content.decode()
    assert "Mean absolute difference" in text
    assert f"{report()['judges'][0]['judge_human']['cohen_kappa']['value']:.6f}" in text
    take(wide_table(tmp_path / "wide.csv", [("1", "2")], ("anna", "ben")), "--criterion", "style")
    page = lead_client.get(url).content.decode()
    assert "several criteria" in page
    assert "?criterion=tone" in page
    assert "?criterion=style" in page
