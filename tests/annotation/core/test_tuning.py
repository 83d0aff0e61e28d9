"""Thresholds, coefficients and two versions side by side, from numbers alone."""

from pathlib import Path

import numpy as np
import pytest

from annotation.core.charts import Words
from annotation.core.charts.lines import Line, step_lines
from annotation.core.intervals import Value
from annotation.core.tuning.paired import BETTER, WORSE, Twice, compared
from annotation.core.tuning.proposals import NoTemplate, new_template
from annotation.core.tuning.refit import Sampled, TooFew, as_yaml, refit
from annotation.core.tuning.sweep import HEADER, Scored, Steps, as_csv, best, sweep
from judging.core.attributes import Coefficients, read_coefficients
from judging.core.scales import HIGHER, LOWER

SCORES = np.array([-0.4, -0.15, -0.1, 0.0, 0.2, 0.3])
PEOPLE = np.array([0, 0, 1, 0, 1, 1])
OLD = Coefficients(intercept=0.0, slope=(0.0,) * 9)


def test_low_scores_are_clean_up_to_the_threshold_itself() -> None:
    (row,) = sweep(Scored(SCORES, PEOPLE, LOWER), Steps(low=-0.15, high=0.5, step=1.0))
    # Clean are -0.4 and -0.15, both rightly; wrong is one clean item and all three wrong ones.
    assert (row.recall, row.inversed_precision, row.positive_ratio) == (1.0, 1.0, 2 / 6)
    assert row.corr == pytest.approx((3 * 2 - 1 * 0) / (3 * 3 * 4 * 2) ** 0.5)


def test_high_scores_are_clean_from_the_threshold_itself() -> None:
    (row,) = sweep(Scored(-SCORES, PEOPLE, HIGHER), Steps(low=0.15, high=0.5, step=1.0))
    assert (row.recall, row.positive_ratio) == (1.0, 2 / 6)


def test_corr_is_pearsons_of_the_two_verdicts() -> None:
    found = Scored(SCORES, PEOPLE, LOWER)
    for row in sweep(found, Steps(low=-0.3, high=0.25, step=0.05)):
        expected = np.corrcoef((~found.clean_at(row.x)).astype(float), PEOPLE)[0, 1]
        assert row.corr == pytest.approx(expected)


def test_the_file_has_mdks_header_and_three_decimals() -> None:
    lines = as_csv(sweep(Scored(SCORES, PEOPLE, LOWER), Steps(low=-0.5, high=-0.15, step=0.35))).splitlines()
    assert lines[0] == "x,recall,inversed-precision,corr,positive_ratio" == ",".join(HEADER)
    assert lines[1:] == ["-0.500,1.000,,,0.000", "-0.150,1.000,1.000,0.707,0.333"]


def test_the_best_row_is_the_middle_of_those_that_lead() -> None:
    rows = sweep(Scored(np.array([0.0, 1.0]), np.array([0, 1]), LOWER), Steps(low=-1, high=2, step=0.25))
    found = best(rows)
    assert found is not None
    assert 0 <= found.x < 1
    assert best([]) is None


@pytest.mark.parametrize(("low", "high", "step"), [(1, 0, 0.1), (0, 1, 0), (0, 1, -1), (0, 1, 1e-9)])
def test_steps_that_lead_nowhere_are_refused(low: float, high: float, step: float) -> None:
    with pytest.raises(ValueError, match="hreshold"):
        Steps(low=low, high=high, step=step)


def test_the_graph_has_a_line_per_series_and_says_what_it_shows() -> None:
    svg = step_lines([0.0, 0.5, 1.0], [Line("one", [0.2, None, 0.4]), Line("two", [1, 1, 1])], Words("k", "Title", "D"))
    assert svg.count('class="line line-0"') == 2
    assert "Title" in svg
    assert svg.count("M") == 3  # A gap begins the line anew.


def test_a_version_that_mends_items_is_better_by_their_share() -> None:
    people = np.array([0] * 50 + [1] * 50)
    saved, new = people.copy(), people.copy()
    saved[:20], new[:5] = 1, 1
    found = compared(Twice(np.arange(100), people, saved, new))
    difference = found.agreement_difference
    assert isinstance(difference, Value)
    assert difference.value == pytest.approx(0.15)
    assert difference.low > 0
    assert (found.better, found.worse, found.n) == (15, 0, 100)
    assert found.p == pytest.approx(2 * 0.5**15)
    kappa = found.saved_kappa
    assert isinstance(kappa, Value)
    assert kappa.value == pytest.approx(0.6)


def test_flips_name_the_items_and_silence_is_no_agreement() -> None:
    twice = Twice(np.array([7, 8, 9]), np.array([0, 1, -1]), np.array([-1, 1, 0]), np.array([0, -1, 1]))
    assert (twice.flips(BETTER).tolist(), twice.flips(WORSE).tolist()) == ([0], [1])
    assert compared(twice).n == 2


def sampled(items: int, *, samples: int = 3, seed: int = 0) -> Sampled:
    """Items whose second attribute tells the wrong ones, with noise."""
    generator = np.random.default_rng(seed)
    wrong = generator.integers(0, 2, items)
    numbers = generator.integers(0, 5, (items * samples, 9))
    numbers[:, 1] = np.clip(numbers[:, 1] // 2 + np.repeat(2 * (1 - wrong), samples), 0, 4)
    return Sampled(numbers, np.repeat(np.arange(items), samples), wrong, np.arange(items), np.arange(items))


def test_a_refit_finds_the_attribute_that_tells_wrong_items() -> None:
    found = refit(sampled(200), OLD, 0.0)
    assert min(found.coefficients.slope) == found.coefficients.slope[1] < -1
    difference = found.difference.agreement_difference
    assert isinstance(difference, Value)
    assert difference.low > 0.2


def test_a_refit_to_noise_gains_nothing_on_held_out_questions() -> None:
    noise = sampled(120)
    shuffled = np.random.default_rng(4).permutation(noise.wrong)
    # Forty questions of three items each with one verdict: whoever lets them leak finds a pattern.
    found = refit(Sampled(noise.numbers, noise.item, shuffled, np.arange(120) // 3, noise.keys), OLD, 0.0)
    accuracy = found.after["accuracy"]
    assert isinstance(accuracy, Value)
    assert accuracy.low < 0.55


def test_a_refit_needs_questions_of_either_verdict() -> None:
    few = sampled(30)
    with pytest.raises(TooFew, match="10 questions or more"):
        refit(Sampled(few.numbers, few.item, np.zeros(30, dtype=int), few.question, few.keys), OLD, 0.0)


def test_the_file_is_what_a_run_reads(tmp_path: Path) -> None:
    written = Coefficients(intercept=0.1, slope=tuple(n / 7 for n in range(9)))
    path = tmp_path / "new.yaml"
    path.write_text(as_yaml(written))
    assert read_coefficients(path) == written


def test_the_prompt_is_what_stands_in_the_longest_fence() -> None:
    assert new_template("Here:\n```\nshort\n```\nand\n```jinja\n{{ question }}\n{{ answer }}\n```") == (
        "{{ question }}\n{{ answer }}"
    )
    with pytest.raises(NoTemplate):
        new_template("I would rather not.")
