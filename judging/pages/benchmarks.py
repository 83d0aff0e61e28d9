"""A benchmark's figures as a table: a row for each thing that is told, a column for each model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from judging.benchmarks.mt_bench_branch import FILE
from judging.core.figures import Figure
from judging.pages.words import unscored_word
from judging.reports.benchmarks import NOTHING, BenchmarkReport, ModelScores

PERCENT = 100
DIGITS_OF_SCORES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure in the numbers that people read, and where its items are; '' for one that has no items of its own."""

    figure: Figure
    url: str = ""
    factor: float = 1.0

    @property
    def value(self) -> float | None:
        """The figure itself."""
        return None if self.figure.value is None else self.factor * self.figure.value

    @property
    def low(self) -> float | None:
        """The lower bound."""
        return None if self.figure.low is None else self.factor * self.figure.low

    @property
    def high(self) -> float | None:
        """The upper bound."""
        return None if self.figure.high is None else self.factor * self.figure.high

    @property
    def dropped_words(self) -> str:
        """What is not in it, by reason."""
        # A pair that could not be read has no reason of a reply; it is called as in its column.
        words = {"error": _("error")}
        dropped = self.figure.dropped.items()
        return _(", ").join(f"{words.get(reason) or unscored_word(reason)} {n}" for reason, n in dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing told of every model. `level`: 0 for the whole, 1 for what it is made of."""

    label: str
    cells: Sequence[Cell]
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows of one kind."""

    title: str
    rows: Sequence[Row]


def sections_of(report: BenchmarkReport) -> list[Section]:
    """Everything that is told of the models, the whole first."""
    found = [
        Section(title=_("As a whole"), rows=whole_rows(report)),
        Section(
            title=_("By group of subjects"),
            rows=[plain_row(report, name, lambda model, name=name: model.families) for name in report.families],
        ),
        Section(
            title=_("By turn or criterion"),
            rows=[linked_row(report, name, {"part": name}, lambda model: model.parts) for name in report.parts],
        ),
        Section(
            title=group_title(report.benchmark.grouped_by),
            rows=[linked_row(report, name, {"group": name}, lambda model: model.by_group) for name in report.groups],
        ),
        Section(title=_("By subject, likelihood per character"), rows=list(per_character_rows(report))),
        Section(title=_("By category and turn"), rows=list(crossed_rows(report))),
    ]
    return [section for section in found if section.rows]


def group_title(grouped_by: str) -> str:
    """What the groups of a benchmark are."""
    return {"subject": _("By subject"), FILE: _("By file")}.get(grouped_by, _("By category"))


def whole_rows(report: BenchmarkReport) -> list[Row]:
    """Every score alike, and every group alike."""
    cells = [Cell(figure=model.overall, url=items_url(report, model), factor=factor(report)) for model in report.models]
    rows = [Row(label=_("All together (micro)"), cells=cells, level=0)]
    if any(model.macro.value is not None for model in report.models):
        macro = [Cell(figure=model.macro, factor=factor(report)) for model in report.models]
        rows.append(Row(label=_("Mean of the groups (macro)"), cells=macro, level=0))
    if any(model.per_character for model in report.models):
        found = [model.per_character.overall if model.per_character else NOTHING for model in report.models]
        cells = [Cell(figure=each, factor=factor(report)) for each in found]
        rows.append(Row(label=_("All together, likelihood per character (acc_norm)"), cells=cells, level=0))
    return rows


def per_character_rows(report: BenchmarkReport) -> Iterator[Row]:
    """Each subject where texts are weighed by their length."""
    told = [model.per_character.by_group if model.per_character else {} for model in report.models]
    for name in dict.fromkeys(name for figures in told for name in figures):
        cells = [Cell(figure=figures.get(name, NOTHING), factor=factor(report)) for figures in told]
        yield Row(label=name, cells=cells)


def crossed_rows(report: BenchmarkReport) -> list[Row]:
    """Each part of each group."""
    pairs = [(group, part) for group in report.groups for part in report.parts]
    return [
        linked_row(
            report,
            f"{group}, {part}",
            {"group": group, "part": part},
            lambda model, group=group, part=part: {
                f"{group}, {part}": model.by_group_and_part.get(group, {}).get(part, NOTHING)
            },
        )
        for group, part in pairs
    ]


Figures = Callable[..., Mapping[str, Figure]]


def plain_row(report: BenchmarkReport, name: str, figures: Figures) -> Row:
    """A row of figures that have no items of their own."""
    cells = [Cell(figure=figures(model).get(name, NOTHING), factor=factor(report)) for model in report.models]
    return Row(label=name, cells=cells)


def linked_row(report: BenchmarkReport, name: str, chosen: Mapping[str, str], figures: Figures) -> Row:
    """A row of figures with the items behind them."""
    cells = [
        Cell(figure=figures(model).get(name, NOTHING), url=items_url(report, model, **chosen), factor=factor(report))
        for model in report.models
    ]
    return Row(label=name, cells=cells)


def factor(report: BenchmarkReport) -> float:
    """Shares are shown of a hundred, scores as they are."""
    return float(PERCENT) if is_share(report) else 1.0


def is_share(report: BenchmarkReport) -> bool:
    """Whether figures are shares of right answers."""
    return report.benchmark.scale == (0.0, 1.0)


def items_url(report: BenchmarkReport, model: ModelScores, **chosen: str) -> str:
    """The page with the items behind a figure; '' where there are none."""
    if not model.has_items:
        return ""
    query = urlencode({"candidate": model.place, **chosen})
    return f"{reverse('benchmark_items', args=[report.benchmark_run.pk])}?{query}"
