"""MT-Bench's figures, and those of FastChat and instructlab-eval."""

from math import sqrt
from statistics import stdev

import pytest

from judging.benchmarks.mt_bench.pair_scores import Compared, pair_scores
from judging.benchmarks.mt_bench.scores import Rated, figure_of, peer_scores, scores_of


def made_up() -> list[Rated]:
    """160 ratings of 80 questions, one of a second turn unreadable: 547.5 and 520.5 of 79 in all."""
    rows = []
    for number in range(80):
        category = ("writing", "math", "coding", "stem")[number // 20]
        rows.append(rated(number, category, 1, 6.0 if number % 2 else 7.6875))
        second: float | None = 6.5 if number % 2 else 520.5 / 39 - 6.5 * 40 / 39
        rows.append(rated(number, category, 2, None if number == 0 else second))
    return rows


def rated(number: int, category: str, turn: int, score: float | None) -> Rated:
    reason = "no_verdict" if score is None else ""
    return Rated(question=str(number), category=category, turn=turn, score=score, reason=reason)


def test_the_known_means_come_out() -> None:
    scores = scores_of(made_up())
    assert scores.by_turn[1].mean == pytest.approx(6.84375)
    assert scores.by_turn[2].mean == pytest.approx(6.588608, abs=1e-6)
    assert scores.overall.mean == pytest.approx(6.716981, abs=1e-6)
    assert scores.turns_mean == pytest.approx((6.84375 + 6.588608) / 2, abs=1e-6)
    assert (scores.asked, scores.error_rate, scores.unanswered) == (160, 0.00625, 0)
    assert scores.overall.dropped == {"no_verdict": 1}
    assert (scores.overall.n, scores.by_turn[2].n) == (159, 79)


def test_the_peers_figures_are_the_same() -> None:
    scores, peer = scores_of(made_up()), peer_scores(made_up())
    assert peer is not None
    assert peer.overall == pytest.approx(scores.overall.mean)
    assert peer.turns == pytest.approx((scores.by_turn[1].mean, scores.by_turn[2].mean))
    assert peer.error_rate == 0.00625


def test_categories_and_turns_are_crossed() -> None:
    scores = scores_of(made_up())
    assert list(scores.by_category) == ["writing", "math", "coding", "stem"]
    assert scores.by_category["writing"].n == 39
    assert scores.by_category_and_turn["writing", 2].n == 19
    assert scores.by_category_and_turn["writing", 2].dropped == {"no_verdict": 1}
    assert scores.by_category_and_turn["stem", 1].mean == pytest.approx(6.84375)


def test_an_error_and_an_interval_treat_a_question_as_one_draw() -> None:
    ones = [rated(number, "math", 1, score) for number, score in enumerate([2.0, 4.0, 9.0])]
    figure = figure_of(ones)
    assert figure.stderr == pytest.approx(stdev([2.0, 4.0, 9.0]) / sqrt(3))
    assert figure.low is not None
    assert figure.high is not None
    assert 2 <= figure.low < 5 < figure.high <= 9
    twice = figure_of([*ones, *(rated(number, "math", 2, score) for number, score in enumerate([2.0, 4.0, 9.0]))])
    assert (twice.mean, twice.stderr) == (figure.mean, pytest.approx(figure.stderr)), "the same said twice is no news"
    assert figure_of(ones) == figure_of(ones)


def test_one_question_has_no_interval_and_nothing_no_mean() -> None:
    assert figure_of([rated(1, "math", 1, 5.0)]).stderr is None
    nothing = figure_of([rated(1, "math", 1, None)])
    assert (nothing.mean, nothing.n, nothing.dropped) == (None, 0, {"no_verdict": 1})
    assert scores_of([]).error_rate is None


def test_a_turn_without_an_answer_is_no_error_of_the_judge() -> None:
    absent = Rated(question="1", category="math", turn=2, reason="no_answer")
    scores = scores_of([rated(1, "math", 1, 4.0), absent])
    assert (scores.asked, scores.error_rate, scores.unanswered) == (1, 0.0, 1)
    assert scores.overall.mean == 4.0
    assert scores.overall.dropped == {"no_answer": 1}


def test_the_peer_says_not_available_or_nothing_at_all() -> None:
    only_first = peer_scores([rated(1, "math", 1, 4.0), rated(1, "math", 2, None)])
    assert only_first is not None
    assert (only_first.overall, only_first.turns, only_first.error_rate) == (4.0, (4.0, "N/A"), 0.5)
    assert peer_scores([rated(1, "math", 1, None), rated(1, "math", 2, 4.0)]) is None
    branch = peer_scores([rated(1, "taxonomy", 1, 4.0)], branch=True)
    assert branch is not None
    assert branch.turns == (4.0,)


def compared(*sides: tuple[str, str], models: tuple[str, str] = ("m1", "base"), asked: bool = True) -> list[Compared]:
    return [
        Compared(
            question=str(number), category="math", turn=1, model_1=models[0], model_2=models[1], sides=said, asked=asked
        )
        for number, said in enumerate(sides)
    ]


def test_tie_inconsistent_and_error_are_kept_apart() -> None:
    found = pair_scores(
        compared(("A", "A"), ("A", "A"), ("B", "B"), ("tie", "tie"), ("A", "B"), ("A", "tie"), ("A", "")),
        baseline="base",
    )
    (model,) = found.models
    assert (model.model, model.win, model.loss, model.tie, model.inconsistent, model.error) == ("m1", 2, 1, 1, 2, 1)
    assert model.win_rate == pytest.approx(2 / 6)
    assert model.loss_rate == pytest.approx(1 / 6)
    assert model.win_rate_adjusted == pytest.approx((2 + 1.5) / 6)
    assert model.win_rate_of_all == pytest.approx(2 / 7)
    assert (found.played, found.errors) == (6, 1)
    assert found.flip_rate == pytest.approx(2 / 6)


def test_how_often_the_answer_shown_first_wins() -> None:
    found = pair_scores(compared(("A", "B"), ("A", "A"), ("tie", "tie")))
    assert found.first_shown_rate == 0.75
    assert [each.model for each in found.models] == ["m1", "base"]


def test_pairs_of_other_models_and_pairs_without_answers_do_not_count() -> None:
    rows = compared(("A", "A")) + compared(("B", "B"), models=("m1", "m2")) + compared(("", ""), asked=False)
    found = pair_scores(rows, baseline="base")
    assert (found.models[0].win, found.models[0].loss, found.unanswered, found.errors) == (1, 0, 1, 0)
    assert pair_scores([]).flip_rate is None
