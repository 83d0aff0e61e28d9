"""Dots with their intervals, one row each, against a band of what people reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from annotation.core.charts.svg import WIDTH, Axis, Words, add, as_text, axis_over, cut, draw_ticks, frame

ROW = 40
MARGIN = 8
LABEL_UNITS = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A row: what it is, the value as a number and as it is written, its interval, and the value before a correction.

    `faint`: few items stand behind it. Without a value only its words are written.
    """

    label: str
    shown: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    faint: bool = False

    def numbers(self) -> list[float]:
        """Everything that has to be on the axis."""
        return [found for found in (self.value, self.low, self.high, self.before) if found is not None]


@dataclass(frozen=True, slots=True)
class Band:
    """An interval behind all rows, with the value in it."""

    low: float
    high: float
    value: float


def whiskers(
    dots: Sequence[Dot], words: Words, *, band: Band | None = None, least: float = 0.0, most: float = 1.0
) -> str:
    """A row per dot: its words above, dot and interval below. The axis runs from `least` to `most`, or further."""
    held = [number for dot in dots for number in dot.numbers()] + ([band.low, band.high] if band else [])
    over = axis_over(held, low=least, high=most)
    axis = Axis(over.low, over.high, MARGIN, WIDTH - 2 * MARGIN)
    bottom = ROW * max(len(dots), 1)
    svg = frame(words, bottom + 20, kind="whiskers")
    if band:
        left, right = axis.at(band.low), axis.at(band.high)
        add(svg, "rect", kind="band", x=left, y=0, width=max(right - left, 1), height=bottom)
        add(svg, "line", kind="band-middle", x1=axis.at(band.value), x2=axis.at(band.value), y1=0, y2=bottom)
    draw_ticks(svg, axis, 0, bottom)
    for place, dot in enumerate(dots):
        _draw(svg, axis, dot, place * ROW)
    return as_text(svg)


def _draw(svg: Element, axis: Axis, dot: Dot, top: float) -> None:
    row = add(svg, "g", kind="row faint" if dot.faint else "row")
    add(row, "text", cut(dot.label, LABEL_UNITS), x=MARGIN, y=top + 15)
    add(row, "text", dot.shown, kind="shown", x=WIDTH - MARGIN, y=top + 15, text_anchor="end")
    middle = top + 27
    if dot.value is None:
        return
    x = axis.at(dot.value)
    if dot.low is not None and dot.high is not None:
        left, right = axis.at(dot.low), axis.at(dot.high)
        add(row, "line", kind="whisker", x1=left, x2=right, y1=middle, y2=middle)
        for end in (left, right):
            add(row, "line", kind="whisker", x1=end, x2=end, y1=middle - 4, y2=middle + 4)
    if dot.before is not None:
        _draw_arrow(row, axis.at(dot.before), x, middle)
    add(row, "circle", kind="dot", cx=x, cy=middle, r=4.5)


def _draw_arrow(row: Element, start: float, end: float, y: float) -> None:
    """From a hollow dot towards the value."""
    add(row, "circle", kind="before", cx=start, cy=y, r=4)
    if abs(end - start) > 14:
        way = 1 if end > start else -1
        tip = end - way * 6
        add(
            row,
            "path",
            kind="arrow",
            d=f"M{start + way * 4:g} {y:g}H{tip:g}m{-way * 5:g} -4l{way * 5:g} 4l{-way * 5:g} 4",
        )
