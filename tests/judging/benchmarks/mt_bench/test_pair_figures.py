"""Win rates with intervals, and what may have decided who wins."""

import pytest

from judging.benchmarks.mt_bench.biases import (
    Measured,
    family_of,
    first_shown,
    flipped,
    length_correlation,
    length_within_questions,
    longer_wins,
    own_family_wins,
    ranks,
)
from judging.benchmarks.mt_bench.pair_figures import models_in_pairs
from judging.benchmarks.mt_bench.pair_scores import Compared, pair_scores


def pair(question: int, ab: str, ba: str, *, asked: bool = True, models: str = "xy", **more: object) -> Compared:
    """A pair as the judge saw it, mapped back to the models: A is the first one."""
    return Compared(
        question=str(question), category="math" if question % 2 else "writing", turn=1, model_1=models[0],
        model_2=models[1], sides=(ab, ba), asked=asked, **more,  # type: ignore[arg-type]
    )  # fmt: skip


PAIRS = [
    pair(1, "A", "A"), pair(2, "A", "A"), pair(3, "B", "B"), pair(4, "tie", "tie"), pair(5, "A", "B"),
    pair(6, "A", ""), pair(7, "", "", asked=False),
]  # fmt: skip


def test_outcomes_stay_apart_and_rates_have_intervals() -> None:
    first, second = models_in_pairs(PAIRS)
    assert (first.model, second.model) == ("x", "y")
    assert first.whole.outcomes == {"win": 2, "loss": 1, "tie": 1, "inconsistent": 1, "error": 1}
    assert second.whole.outcomes == {"win": 1, "loss": 2, "tie": 1, "inconsistent": 1, "error": 1}
    rates = first.whole.rates
    assert {name: rate.value for name, rate in rates.items()} == pytest.approx(
        {"win_rate": 0.4, "loss_rate": 0.2, "win_rate_adjusted": 0.6, "win_rate_of_all": 2 / 6}
    )
    assert (rates["win_rate"].n, rates["win_rate"].dropped) == (5, {"error": 1, "no_answer": 1})
    assert (rates["win_rate_of_all"].n, rates["win_rate_of_all"].dropped) == (6, {"no_answer": 1})
    assert rates["win_rate"].low is not None
    assert rates["win_rate"].high is not None
    assert 0 <= rates["win_rate"].low < 0.4 < rates["win_rate"].high <= 1
    assert first.whole.unanswered == 1


def test_rates_are_those_that_fastchat_prints() -> None:
    theirs = {model.model: model for model in pair_scores(PAIRS).models}
    for model in models_in_pairs(PAIRS):
        for name in ("win_rate", "loss_rate", "win_rate_adjusted", "win_rate_of_all"):
            assert model.whole.rates[name].value == pytest.approx(getattr(theirs[model.model], name))


def test_parts_add_up_and_a_baseline_is_no_row() -> None:
    everybody = {each.model: each for each in models_in_pairs([*PAIRS, pair(1, "B", "B", models="zx")])}
    assert list(everybody["x"].against) == ["y", "z"]
    assert everybody["x"].against["z"].outcomes["win"] == 1
    assert sum(part.outcomes["win"] for part in everybody["x"].by_category.values()) == 3
    assert [each.model for each in models_in_pairs(PAIRS, baseline="x")] == ["y"]


def test_nothing_that_was_played_is_no_rate() -> None:
    (model, _) = models_in_pairs([pair(1, "", "A")])
    assert model.whole.rates["win_rate"].value is None
    assert model.whole.rates["win_rate"].dropped == {"error": 1}
    assert model.whole.rates["win_rate_of_all"].value == 0


def test_how_much_the_order_decides() -> None:
    # Of two orders that agree, one was won by the answer shown first; of two that do not, both or none.
    assert first_shown(PAIRS).value == pytest.approx(6 / 9)
    assert first_shown([pair(1, "A", "B"), pair(2, "A", "B")]).value == 1
    assert (flipped(PAIRS).value, flipped(PAIRS).n) == (0.2, 5)
    assert flipped([pair(1, "", "A")]).value is None


def test_how_much_length_decides_of_pairs() -> None:
    lengths = [pair(1, "A", "A", lengths=(9, 5)), pair(2, "B", "B", lengths=(9, 5)), pair(3, "B", "B", lengths=(2, 5))]
    found = longer_wins([*lengths, pair(4, "A", "A", lengths=(5, 5)), pair(5, "tie", "tie", lengths=(1, 9))])
    assert found.value == pytest.approx(2 / 3)
    assert found.n == 3


def test_how_often_the_judges_family_wins() -> None:
    pairs = [
        Compared(question=str(number), category="", turn=1, sides=sides, model_1="gpt-3.5-turbo", model_2="claude-v1")
        for number, sides in enumerate([("A", "A"), ("A", "A"), ("B", "B"), ("A", "B")])
    ]
    assert own_family_wins(pairs, "gpt-4").value == pytest.approx(2 / 3)
    assert own_family_wins(pairs, "anthropic/claude-3").value == pytest.approx(1 / 3)
    assert own_family_wins(pairs, "Qwen/Qwen3-32B").value is None
    assert own_family_wins(pairs, "").value is None


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("openai/gpt-4o-mini", "openai"), ("o3-mini", "openai"), ("Qwen/Qwen2.5-7B-Instruct", "qwen"),
        ("prometheus-eval/prometheus-8x7b-v2.0", "mistral"), ("google/gemma-2-9b-it", "google"),
        ("meta-llama/Llama-3.1-8B", "meta"), ("elyza/ELYZA-japanese-Llama-2-7b", "meta"),
        ("tokyotech-llm/Llama-3.1-Swallow-8B", "meta"), ("instructlab/granite-7b-lab", "ibm"),
        ("/models/checkpoints/samples_100", "samples"), ("llm-jp/llm-jp-3-13b", "llm-jp"), ("", ""), ("7b", "7b"),
    ],
)  # fmt: skip
def test_families_are_known_by_name(model: str, family: str) -> None:
    assert family_of(model) == family


def test_equal_values_share_their_rank() -> None:
    assert list(ranks([30, 10, 10, 20])) == [4.0, 1.5, 1.5, 3.0]


def rows(*told: tuple[int, float], part: str = "turn_1") -> list[Measured]:
    return [Measured(str(number), part, length, score) for number, (length, score) in enumerate(told)]


def test_length_and_rating_go_together_or_not() -> None:
    assert length_correlation(rows((10, 1), (20, 2), (30, 3), (500, 9))).value == pytest.approx(1)
    assert length_correlation(rows((10, 9), (20, 2), (30, 1))).value == pytest.approx(-1)
    found = length_correlation(rows((10, 1), (20, 2), (30, 3), (5, 9), (40, 4), (15, 5)))
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert found.low < found.value < found.high


@pytest.mark.parametrize("told", [[(10, 5), (20, 5), (30, 5)], [(7, 1), (7, 2), (7, 3)], [(1, 2), (3, 4)], []])
def test_what_never_changes_has_no_correlation(told: list[tuple[int, float]]) -> None:
    assert length_correlation(rows(*told)).value is None


def test_spearman_is_that_of_scipy() -> None:
    from scipy.stats import spearmanr

    told = [(10, 1), (20, 2), (20, 7), (5, 9), (40, 4), (15, 5), (11, 4)]
    expected = spearmanr([length for length, _ in told], [score for _, score in told]).statistic
    assert length_correlation(rows(*told)).value == pytest.approx(expected)


def test_answers_to_one_question_are_compared_with_each_other() -> None:
    """Across questions longer answers are rated lower; of one question the longer one is always rated higher."""
    first = [Measured(str(number), "t", 100 * number, 9.0 - number) for number in range(5)]
    second = [Measured(str(number), "t", 100 * number + 10, 9.5 - number) for number in range(5)]
    assert length_correlation(first).value == pytest.approx(-1)
    assert length_within_questions([*first, *second]).value == pytest.approx(1)
    assert length_within_questions(first).value is None
