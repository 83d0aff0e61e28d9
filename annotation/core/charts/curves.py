"""A reliability diagram with its histogram, and a line of weeks as small as a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from annotation.core.charts.svg import Axis, Words, add, as_text, frame

SIDE = 400
INSET = 34
STRIP = 56
SPARK_WIDTH, SPARK_HEIGHT = 120, 30


@dataclass(frozen=True, slots=True)
class Point:
    """A bin: what was predicted, what was seen with its interval, and of how many items."""

    predicted: float
    observed: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class SparkPoint:
    """A week's value, and whether it is out of the usual."""

    value: float
    alarm: bool


def reliability_diagram(points: Sequence[Point], words: Words) -> str:
    """What was seen over what was predicted; on the dashed line both are equal. Under it how many items."""
    svg = frame(words, SIDE + STRIP, width=SIDE, kind="reliability")
    across = Axis(0, 1, INSET, SIDE - INSET - 12)
    up = Axis(0, 1, SIDE - INSET, INSET + 12 - SIDE)
    _draw_grid(svg, across, up)
    add(svg, "line", kind="diagonal", x1=across.at(0), x2=across.at(1), y1=up.at(0), y2=up.at(1))
    most = max((point.n for point in points), default=0) or 1
    for point in points:
        x = across.at(point.predicted)
        tall = (STRIP - 16) * point.n / most
        box = add(
            svg, "rect", kind="column series-0", x=x - 7, y=f"{SIDE + STRIP - tall:.2f}", width=14, height=f"{tall:.2f}"
        )
        add(box, "title", f"{point.n}")
        if point.observed is not None:
            _draw_point(svg, x, point, up)
    return as_text(svg)


def _draw_grid(svg: Element, across: Axis, up: Axis) -> None:
    for tick in across.ticks():
        x, y = across.at(tick), up.at(tick)
        add(svg, "line", kind="grid", x1=x, x2=x, y1=up.at(0), y2=up.at(1))
        add(svg, "line", kind="grid", x1=across.at(0), x2=across.at(1), y1=y, y2=y)
        add(svg, "text", f"{tick:g}", kind="tick", x=x, y=up.at(0) + 15, text_anchor="middle")
        add(svg, "text", f"{tick:g}", kind="tick", x=across.at(0) - 5, y=y + 4, text_anchor="end")


def _draw_point(svg: Element, x: float, point: Point, up: Axis) -> None:
    if point.low is not None and point.high is not None:
        add(svg, "line", kind="whisker", x1=x, x2=x, y1=up.at(point.low), y2=up.at(point.high))
    if point.observed is not None:
        add(svg, "circle", kind="dot", cx=x, cy=up.at(point.observed), r=4.5)


def sparkline(points: Sequence[SparkPoint], words: Words) -> str:
    """Weeks from left to right between the lowest and the highest; an alarm is a hollow square."""
    svg = frame(words, SPARK_HEIGHT, width=SPARK_WIDTH, kind="sparkline")
    if not points:
        return as_text(svg)
    values = [point.value for point in points]
    low, high = min(values), max(values)
    up = Axis(low, high if high > low else low + 1, SPARK_HEIGHT - 6, 12 - SPARK_HEIGHT)
    along = Axis(0, max(len(points) - 1, 1), 6, SPARK_WIDTH - 12)
    places = [(along.at(at), up.at(point.value)) for at, point in enumerate(points)]
    add(svg, "polyline", kind="line", points=" ".join(f"{x:g},{y:g}" for x, y in places))
    for (x, y), point in zip(places, points, strict=True):
        if point.alarm:
            add(svg, "rect", kind="alarm", x=x - 4, y=y - 4, width=8, height=8)
    add(svg, "circle", kind="dot", cx=places[-1][0], cy=places[-1][1], r=2.5)
    return as_text(svg)
