"""Numbers of the agreement report in templates, with the digits of the command."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from annotation.core import figures
from annotation.core.confusion import COLUMNS, ROWS
from annotation.core.intervals import Statistic, Undefined
from annotation.reports import JudgeReport, method_title, reading_title, statistic_title

register = template.Library()

MEANINGS = {
    ("clean", "clean"): _("both clean"),
    ("clean", "wrong"): _("missed"),
    ("wrong", "clean"): _("false alarm"),
    ("wrong", "wrong"): _("both wrong"),
}

register.filter("figure", figures.figure)
register.filter("interval", figures.interval)
register.filter("statistic_title", statistic_title)
register.filter("reading_title", reading_title)


@register.inclusion_tag("annotation/_agreement_statistic.html")
def statistic(found: Statistic | None) -> dict[str, Any]:
    """A value with interval, n and method, or n/a with the reason; a dash where the statistic does not apply."""
    return _shown(found) if found else {}


@register.inclusion_tag("annotation/_agreement_statistics.html")
def statistics_table(found: Mapping[str, Statistic]) -> dict[str, Any]:
    """A row per statistic: value, interval, n and method, or n/a with the reason."""
    return {"rows": [(statistic_title(name), _shown(one)) for name, one in found.items()]}


@register.simple_tag
def beside_matrix(judge: JudgeReport) -> dict[str, Statistic]:
    """Judge and people as two raters, and how much each of them decided."""
    return dict(judge.judge_human) | {
        "coverage": judge.coverage,
        "human_share": judge.human_share,
        "mean_score": judge.mean_score,
    }


def _shown(found: Statistic) -> dict[str, Any]:
    if isinstance(found, Undefined):
        return {"value": figures.figure(found), "reason": found.reason}
    shown = {"value": figures.figure(found), "interval": figures.interval(found)}
    return shown | {"n": found.n, "method": method_title(found.method)}


@register.simple_tag
def share_lines(judge: JudgeReport) -> list[str]:
    """The three lines of verdicts."""
    return [figures.share_line(word, judge.counts[word], judge.counts["items"]) for word in ROWS]


@register.simple_tag
def matrix_rows(judge: JudgeReport) -> list[dict[str, Any]]:
    """Rows of the matrix: name, cells (column, count, what the cell means), total."""
    cells = judge.matrix.as_json()
    return [
        {
            "name": row,
            "total": judge.matrix.row_total(at),
            "cells": [(column, cells[row][column], MEANINGS.get((row, column), "")) for column in COLUMNS],
        }
        for at, row in enumerate(ROWS)
    ]


@register.simple_tag
def matrix_totals(judge: JudgeReport) -> list[tuple[str, int]]:
    """Column totals of the matrix."""
    return [(column, judge.matrix.column_total(at)) for at, column in enumerate(COLUMNS)]


@register.simple_tag
def side_by_side(judge: JudgeReport) -> list[tuple[str, list[Statistic | None]]]:
    """A row per statistic of the matrix, a column per reading of it; None where a reading has no such statistic."""
    names = dict.fromkeys(name for statistics in judge.readings.values() for name in statistics)
    return [(name, [statistics.get(name) for statistics in judge.readings.values()]) for name in names]
