"""Pairs and what may have decided them, as lines of text."""

from collections.abc import Iterator, Mapping

from judging.benchmarks.mt_bench.pair_figures import Faring, ModelPairs
from judging.core.figures import Comparison, Figure
from judging.reports.mt_bench_biases import RatingBiases
from judging.reports.mt_bench_pairs import PairReport

RATES: Mapping[str, str] = {
    "win_rate_adjusted": "wins and half of the ties", "win_rate": "wins", "loss_rate": "losses",
    "win_rate_of_all": "wins of all asked",
}  # fmt: skip


def pair_lines(report: PairReport) -> Iterator[str]:
    """Every model in its pairs, then what may have decided them."""
    whom = f"with {report.baseline}" if report.baseline else "with each other"
    yield from ("", f"{report.pairs} pairs and turns, compared {whom}")
    for model in report.models:
        yield from model_lines(model)
    yield from ("", "what may have decided it")
    yield rate_line("orders that disagree", report.flipped)
    yield rate_line("won by the answer shown first", report.first_shown)
    yield rate_line("won by the longer answer", report.longer)
    yield rate_line(f"won by the judge's own family ({report.family or 'unknown'})", report.own_family)


def model_lines(model: ModelPairs) -> Iterator[str]:
    """One model."""
    yield from ("", model.model, f"  {counts(model.whole)}")
    yield from (rate_line(f"  {label}", model.whole.rates[name]) for name, label in RATES.items())
    for parts in (model.against, model.by_turn, model.by_category):
        if len(parts) > 1:
            yield ""
            for name, found in parts.items():
                yield rate_line(f"  {name or '-'}", found.rates["win_rate_adjusted"])


def counts(found: Faring) -> str:
    """Outcomes, each with its number."""
    told = [f"{name} {n}" for name, n in found.outcomes.items()]
    return ", ".join([*told, f"unanswered {found.unanswered}"])


def rate_line(label: str, figure: Figure) -> str:
    """A share with its interval and its n."""
    if figure.value is None:
        return f"  {label}: n/a"
    bounds = f"  [{figure.low:.4f}, {figure.high:.4f}]" if figure.low is not None else ""
    dropped = ", ".join(f"{reason} {n}" for reason, n in figure.dropped.items())
    return f"  {label}: {figure.value:.4f}{bounds}  n {figure.n}" + (f"  left out: {dropped}" if dropped else "")


def bias_lines(report: RatingBiases, names: Mapping[int, str]) -> Iterator[str]:
    """What may have moved ratings."""
    yield from ("", "what may have moved the ratings (Spearman's correlation with the length of answers)")
    for place, figure in report.length.items():
        yield rate_line(names[place], figure)
    if len(names) > 1:
        yield rate_line("answers to one question against each other", report.within)
    yield own_line(report.family, report.own)


def own_line(family: str, own: Comparison | None) -> str:
    """Models of the judge's family against the others."""
    if own is None or own.difference is None:
        return f"  the judge's family ({family or 'unknown'}): no models of it beside others"
    bounds = f" [{own.low:+.4f}, {own.high:+.4f}]" if own.low is not None else ""
    return f"  models of the judge's family ({family}) against the others: {own.difference:+.4f}{bounds}  n {own.n}"
