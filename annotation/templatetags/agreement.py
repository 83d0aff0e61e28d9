"""Numbers, tables and pictures of the agreement report in templates, with the digits of the command."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from annotation.core import figures
from annotation.core.confusion import READINGS, ROWS
from annotation.pages import charts, heat
from annotation.pages.figures import Given, read, shown
from annotation.pages.reasons import sentence
from annotation.pages.words import (
    gate_title,
    how_title,
    level_word,
    method_title,
    slice_title,
    statistic_title,
    strata_title,
    table_title,
)
from annotation.reports import reading_title

register = template.Library()

MEANINGS = {
    ("clean", "clean"): _("both clean"),
    ("clean", "wrong"): _("missed"),
    ("wrong", "clean"): _("false alarm"),
    ("wrong", "wrong"): _("both wrong"),
}

GRADED = (
    "bias", "mae", "rmse", "exact", "within_one", "quadratic_kappa", "spearman", "pearson", "kendall_tau_b",
)  # fmt: skip
VOTES = (
    "consistency", "position_bias", "primacy", "recency", "ties", "agreement_all", "agreement_without_ties",
)  # fmt: skip
BIASES = ("length", "pair_length", "order", "self_preference")
CORRECTIONS = ("raw", "rogan_gladen", "ppi", "ppi_plus")

for chart in (
    charts.calibration_chart,
    charts.certainty_chart,
    charts.histograms_chart,
    charts.judges_chart,
    charts.means_chart,
    charts.prevalence_chart,
    charts.scores_chart,
    charts.slices_chart,
    charts.strength_chart,
    charts.weeks_chart,
):
    register.simple_tag(chart)
for table in (heat.raters_heat, heat.values_heat, heat.matrix_rows, heat.column_totals):
    register.simple_tag(table)
FILTERS: dict[str, Callable[..., str]] = {
    "statistic_title": statistic_title,
    "reading_title": reading_title,
    "method_title": method_title,
    "gate_title": gate_title,
    "how_title": how_title,
    "level_word": level_word,
    "sentence": sentence,
    "slice_title": slice_title,
    "strata_title": strata_title,
    "table_title": table_title,
    "short": figures.short,
    "plain_figure": figures.plain_figure,
}
for name, title in FILTERS.items():
    register.filter(name, title)


@register.inclusion_tag("annotation/_agreement_statistic.html")
def statistic(found: Given, name: str = "") -> dict[str, Any]:
    """A value with interval, n and method, or n/a with the reason; a dash where the statistic does not apply."""
    return {"shown": shown(found, name) if found else None}


@register.inclusion_tag("annotation/_agreement_statistics.html")
def statistics_table(found: Mapping[str, Given], caption: str = "") -> dict[str, Any]:
    """A row per statistic: value, interval, n and method, or n/a with the reason."""
    return {"rows": [(statistic_title(name), shown(one, name)) for name, one in found.items()], "caption": caption}


@register.filter
def percent(found: Given) -> str:
    """`83.2 % [81.0, 85.3]`"""
    return figures.percent(read(found))


@register.filter
def points(found: Given) -> str:
    """`+5.1 [2.0, 8.3]`"""
    return figures.points(read(found))


@register.filter
def known(found: Given) -> bool:
    """Whether there is a number."""
    return shown(found).is_known


@register.filter
def reason_of(found: Given) -> str:
    """Why there is none."""
    return sentence(figures.reason(read(found)))


@register.filter
def of_key(found: Mapping[str, Any] | None, key: str) -> Any:
    """What stands under a name; None where nothing does."""
    return (found or {}).get(key)


@register.filter
def left_out(part: Mapping[str, Any], panel: str) -> str:
    """Why a panel has no figures; empty where it has."""
    return str((part.get("left_out") or {}).get(panel, ""))


@register.simple_tag
def beside_matrix(judge: Mapping[str, Any]) -> dict[str, Given]:
    """Judge and people as two raters, and how much each of them decided, where values mean verdicts."""
    decided = ("coverage", "human_share") if known(judge["coverage"]) else ()
    return dict(judge["judge_human"]) | {name: judge[name] for name in (*decided, "mean_score")}


@register.simple_tag
def same_items(judge: Mapping[str, Any]) -> dict[str, Given]:
    """A judge with a random person beside two random people, under the names of the command."""
    beside, apart = judge.get("judge_random_human") or {}, judge.get("difference") or {}
    return {
        "judge_agreement": beside.get("percent_agreement"),
        "human_agreement": beside.get("human_percent_agreement"),
        "agreement_difference": apart.get("percent_agreement"),
        "judge_kappa": beside.get("kappa"),
        "human_kappa": beside.get("human_kappa"),
        "kappa_difference": apart.get("kappa"),
    }


@register.simple_tag
def graded_statistics(judge: Mapping[str, Any]) -> dict[str, Given]:
    """What judge and people differ by as numbers."""
    differ = (judge.get("graded") or {}).get("standard_difference")
    return _present(judge["judge_human"], GRADED) | ({"standard_difference": differ} if differ else {})


@register.simple_tag
def vote_statistics(votes: Mapping[str, Any]) -> dict[str, Given]:
    """What is said of votes on pairs."""
    return _present(votes, VOTES)


@register.simple_tag
def bias_statistics(bias: Mapping[str, Any]) -> dict[str, Given]:
    """What a judge looks at beside the answer."""
    return {f"bias_{name}": found for name, found in _present(bias, BIASES).items()}


@register.simple_tag
def corrected_statistics(score: Mapping[str, Any]) -> dict[str, Given]:
    """A judge's share of clean answers, as it says and corrected in several ways."""
    return {"post_stratified": score} | _present(score, CORRECTIONS)


def _present(found: Mapping[str, Any], names: Iterable[str]) -> dict[str, Given]:
    return {name: found[name] for name in names if found.get(name) is not None}


@register.simple_tag
def person_key(name: str, suffix: str, number: int) -> str:
    """A name for a person's picture, once on a page."""
    return f"{name}{suffix}-{number}"


@register.simple_tag
def at(found: Sequence[Any], place: int) -> Any:
    """What stands at a place of a list."""
    return found[place]


@register.filter
def points_wide(half_width: float) -> str:
    """Half the width of an interval in percentage points."""
    return f"{half_width * 100:g}"


@register.simple_tag
def share_lines(judge: Mapping[str, Any]) -> list[str]:
    """The three lines of verdicts."""
    return [figures.share_line(word, judge["counts"][word], judge["counts"]["items"]) for word in ROWS]


@register.simple_tag
def meaning(row: str, column: str) -> Any:
    """What a cell of the matrix means; empty where it means nothing of its own."""
    return MEANINGS.get((row, column), "")


@register.simple_tag
def side_by_side(judge: Mapping[str, Any]) -> list[tuple[str, list[Given]]]:
    """A row per statistic of the matrix, a column per reading of it; None where a reading has no such statistic."""
    readings = [judge[name] for name in READINGS if name in judge]
    names = dict.fromkeys(name for statistics in readings for name in statistics)
    return [(name, [statistics.get(name) for statistics in readings]) for name in names]


@register.simple_tag
def reading_names() -> Iterable[str]:
    """Names of the readings of the matrix."""
    return list(READINGS)
