"""Charts as SVG, from numbers: no script, colours from the style of the page around them, every value also as text.

A chart is one picture for a screen reader, with a title and a description; the table beside it holds its numbers.
"""

from annotation.core.charts.bars import Part, Series, columns, shares
from annotation.core.charts.curves import Point, SparkPoint, reliability_diagram, sparkline
from annotation.core.charts.svg import Axis, Words, axis_over
from annotation.core.charts.whiskers import Band, Dot, whiskers

__all__ = [
    "Axis",
    "Band",
    "Dot",
    "Part",
    "Point",
    "Series",
    "SparkPoint",
    "Words",
    "axis_over",
    "columns",
    "reliability_diagram",
    "shares",
    "sparkline",
    "whiskers",
]
