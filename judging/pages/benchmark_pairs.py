"""Win rates as tables whose cells open their pairs, and what may have decided the outcome as sentences with figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from judging.benchmarks.mt_bench.pair_figures import UNANSWERED, Faring, ModelPairs
from judging.core.figures import Comparison, Figure
from judging.models import BenchmarkRun
from judging.pages.benchmarks import PERCENT, Cell
from judging.reports.benchmarks import BenchmarkReport
from judging.reports.mt_bench_pairs import PairReport

RATE = "win_rate_adjusted"


@dataclass(frozen=True, slots=True)
class Count:
    """How many pairs came to something, and where they are."""

    n: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """One model: its rates, the best known first, and what its pairs came to; that says what is in no rate."""

    model: str
    rates: Sequence[Cell]
    counts: Sequence[Count]
    against: Sequence[Cell | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One turn or category: the adjusted rate of every model."""

    label: str
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTable:
    """Everything that is told of the pairs."""

    rows: Sequence[PairRow]
    opponents: Sequence[str]
    parts: Sequence[PartRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """One thing that may have decided the outcome. `neutral`: the figure where it did not."""

    label: str
    figure: Figure
    neutral: float
    note: str = ""


def pair_table(report: PairReport, found: BenchmarkRun) -> PairTable:
    """The tables of a benchmark's pairs."""
    return PairTable(
        rows=[pair_row(model, report, found) for model in report.models],
        opponents=report.names,
        parts=[
            *part_rows(report, found, "part", [model.by_turn for model in report.models]),
            *part_rows(report, found, "group", [model.by_category for model in report.models]),
        ],
    )


def pair_row(model: ModelPairs, report: PairReport, found: BenchmarkRun) -> PairRow:
    """One model."""
    name, rates = model.model, model.whole.rates
    counted = {**model.whole.outcomes, UNANSWERED: model.whole.unanswered}
    return PairRow(
        model=name,
        rates=[
            rate_cell(replace(rates[each], dropped={}), pairs_url(found, model=name))
            for each in (RATE, "win_rate", "loss_rate")
        ],
        counts=[Count(n, pairs_url(found, model=name, outcome=outcome)) for outcome, n in counted.items()],
        against=[
            against_cell(model.against.get(other), pairs_url(found, model=name, other=other)) for other in report.names
        ],
    )


def against_cell(faring: Faring | None, url: str) -> Cell | None:
    """How a model fares against another one; None against itself."""
    return None if faring is None else rate_cell(faring.rates[RATE], url)


def part_rows(
    report: PairReport, found: BenchmarkRun, kind: str, parts: Sequence[Mapping[str, Faring]]
) -> list[PartRow]:
    """A row for each turn, or for each category; none where there is one only."""
    names = sorted({name for each in parts for name in each})
    if len(names) < 2:
        return []
    return [
        PartRow(
            label=name,
            cells=[
                against_cell(each.get(name), pairs_url(found, model=model.model, **{kind: name}))
                for model, each in zip(report.models, parts, strict=True)
            ],
        )
        for name in names
    ]


def rate_cell(figure: Figure, url: str) -> Cell:
    """A share in percent, and its pairs."""
    return Cell(figure=figure, url=url, factor=float(PERCENT))


def pairs_url(found: BenchmarkRun, **chosen: str) -> str:
    """The page with these pairs."""
    return f"{reverse('benchmark_pairs', args=[found.pk])}?{urlencode(chosen)}"


def pair_biases(report: PairReport | None) -> list[Bias]:
    """Order, length and family in pairs."""
    if report is None:
        return []
    family = report.family or _("unknown")
    return [
        Bias(label=_("Won by the answer shown first"), figure=report.first_shown, neutral=0.5),
        Bias(label=_("Pairs whose two orders disagree"), figure=report.flipped, neutral=0.0),
        Bias(label=_("Won by the longer answer"), figure=report.longer, neutral=0.5),
        Bias(
            label=_("Won by models of the judge's own family (%(family)s)") % {"family": family},
            figure=report.own_family,
            neutral=0.5,
        ),
    ]


def rating_biases(report: BenchmarkReport) -> list[Bias]:
    """Length and family in ratings."""
    found = report.biases
    if found is None:
        return []
    label = _("Length of the answer and its rating: %(name)s")
    rows = [
        Bias(label=label % {"name": model.name}, figure=found.length[model.place], neutral=0.0)
        for model in report.models
    ]
    if len(rows) > 1:
        label = _("Length and rating of answers to the same question")
        rows.append(Bias(label=label, figure=found.within, neutral=0.0))
    family = {"family": found.family or _("unknown")}
    label = _("Models of the judge's own family (%(family)s) above the others") % family
    return [*rows, Bias(label=label, figure=difference_of(found.own), neutral=0.0)]


def difference_of(found: Comparison | None) -> Figure:
    """The mean difference of a comparison; nothing where there is none."""
    if found is None:
        return Figure(value=None, n=0)
    return Figure(value=found.difference, n=found.n, low=found.low, high=found.high)
