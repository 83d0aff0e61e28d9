"""A benchmark's report as lines of text."""

from collections.abc import Iterator, Mapping

from judging.core.figures import Figure
from judging.reports.benchmark_pair_text import bias_lines, pair_lines
from judging.reports.benchmarks import BenchmarkReport, Lead, ModelScores

PER_CHARACTER = "overall per character"


def report_lines(report: BenchmarkReport) -> list[str]:
    """The whole report."""
    found = report.benchmark_run
    lines = [f"{report.benchmark.title}, run {found.pk} on {found.dataset}: {found.state}"]
    if first_n := found.options.get("first_n"):
        lines.append(f"only the first {first_n} questions")
    if found.judge is not None:
        lines.append(f"graded by {found.judge} ({found.judge.engine} {found.judge.model}".rstrip() + ")")
    for model in report.models if report.pairs is None else []:
        lines += model_lines(report, model)
    lines += pair_lines(report.pairs) if report.pairs else []
    lines += bias_lines(report.biases, {model.place: model.name for model in report.models}) if report.biases else []
    if len(report.ranking) > 1:
        lines += ["", "ranking", *ranking_lines(report)]
    return lines


def model_lines(report: BenchmarkReport, model: ModelScores) -> Iterator[str]:
    """One model: as a whole, by group of subjects, by part, by group."""
    whole = ["overall", *([PER_CHARACTER] if model.per_character else [])]
    width = max(map(len, [*model.by_group, *model.parts, *model.families, *whole]))
    yield from ("", model.name if model.name == model.model else f"{model.name}  ({model.model})")
    yield figure_line("overall", model.overall, width)
    if model.macro.value is not None:
        yield figure_line("macro", model.macro, width)
    if model.per_character is not None:
        yield figure_line(PER_CHARACTER, model.per_character.overall, width)
    for figures in (model.families, model.parts, model.by_group):
        yield from section(figures, width)
    if model.repeats is not None and model.repeats.spread is not None:
        told = model.repeats
        means = ", ".join("n/a" if mean is None else f"{mean:.3f}" for mean in told.means)
        yield f"  graded again: means {means}; spread {told.spread:.3f}, {told.moved} of {told.n} grades moved"


def section(figures: Mapping[str, Figure], width: int) -> Iterator[str]:
    """Figures by name, after an empty line."""
    if figures:
        yield ""
    for name, figure in figures.items():
        yield figure_line(name or "-", figure, width)


def figure_line(name: str, figure: Figure, width: int) -> str:
    """One figure with everything that belongs to it."""
    value = "n/a" if figure.value is None else f"{figure.value:.4f}"
    between = "" if figure.low is None or figure.high is None else f"  [{figure.low:.4f}, {figure.high:.4f}]"
    reasons = ", ".join(f"{reason} {n}" for reason, n in figure.dropped.items())
    dropped = f"  dropped {figure.n_dropped}: {reasons}" if reasons else ""
    return f"  {name:<{width}}  {value:>7}{between}  n {figure.n}{dropped}"


def ranking_lines(report: BenchmarkReport) -> Iterator[str]:
    """Who is first, and how sure that is."""
    for rank, model in enumerate(report.ranking, start=1):
        yield f"  {rank}. {model.name}  {model.overall.value:.4f}"
    if report.lead is not None:
        yield lead_line(report.lead)


def lead_line(lead: Lead) -> str:
    """The first against the second, in a sentence."""
    found = lead.comparison
    if found.difference is None or found.better is None:
        return "  The first two were scored on no question in common, or on one only."
    verdict = "a tie as far as these questions can tell" if found.is_tie else "ahead"
    bounds = f"[{found.low:+.4f}, {found.high:+.4f}]"
    return (
        f"  {lead.first.name} against {lead.second.name}: {found.difference:+.4f} {bounds} on {found.n} scores, "
        f"{found.wins} won, {found.ties} equal, {found.losses} lost; better with probability {found.better:.3f}: "
        f"{verdict}."
    )
