"""Bars: a whole cut into parts, and counts of values beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from annotation.core.charts.svg import WIDTH, Words, add, as_text, cut, frame

BAR = 26
GAP = 2
WIDE_ENOUGH = 44
COLUMN_HEIGHT = 120
TOP = 16


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole. `kind` gives its colour; the name and the share are written where they fit."""

    label: str
    n: int
    kind: str


@dataclass(frozen=True, slots=True)
class Series:
    """Counts by value, under one name. The first series is filled, the second hatched."""

    label: str
    counts: Sequence[int]


def shares(parts: Sequence[Part], words: Words) -> str:
    """One bar cut into parts; a whole of nothing is an empty bar."""
    svg, whole = frame(words, BAR, kind="shares"), sum(part.n for part in parts)
    add(svg, "rect", kind="ground", x=0, y=0, width=WIDTH, height=BAR)
    start = 0.0
    for part in parts if whole else ():
        length = WIDTH * part.n / whole
        if part.n:
            _draw_part(svg, part, start, length, f"{part.n / whole:.0%}")
        start += length
    return as_text(svg)


def _draw_part(svg: Element, part: Part, start: float, length: float, share: str) -> None:
    shown = max(length - GAP, 0.5)
    box = add(svg, "rect", kind=f"part {part.kind}", x=f"{start:.2f}", y=0, width=f"{shown:.2f}", height=BAR)
    add(box, "title", f"{part.label}: {part.n}")
    if length >= WIDE_ENOUGH:
        words = cut(f"{part.label} {share}", int(length / 7)) if length >= 2.5 * WIDE_ENOUGH else share
        add(svg, "text", words, kind=f"part-name {part.kind}", x=f"{start + 8:.2f}", y=BAR / 2 + 4)


def columns(values: Sequence[str], series: Sequence[Series], words: Words) -> str:
    """Bars standing side by side for every value, each series as shares of its own sum."""
    bottom = COLUMN_HEIGHT + TOP
    svg = frame(words, bottom + 18, kind="columns")
    hatch = add(add(svg, "defs"), "pattern", id=_hatch(words), width=5, height=5, patternUnits="userSpaceOnUse")
    add(hatch, "path", d="M0 5L5 0", kind="hatch")
    room = WIDTH / max(len(values), 1)
    for place in range(len(series)):
        _draw_series(svg, values, series, place, _hatch(words))
    add(svg, "line", kind="base", x1=0, x2=WIDTH, y1=bottom, y2=bottom)
    every = -(-len(values) // 20) or 1
    for at, value in enumerate(values):
        if at % every == 0:
            name = cut(value, max(int(room * every / 7), 2))
            add(svg, "text", name, kind="tick", x=f"{at * room + room / 2:.2f}", y=bottom + 14, text_anchor="middle")
    return as_text(svg)


def _draw_series(svg: Element, values: Sequence[str], series: Sequence[Series], place: int, hatch: str) -> None:
    one, room = series[place], WIDTH / max(len(values), 1)
    tallest = max((n / max(sum(each.counts), 1) for each in series for n in each.counts), default=0) or 1
    width = room * 0.8 / len(series)
    for at, n in enumerate(one.counts):
        height = COLUMN_HEIGHT * n / max(sum(one.counts), 1) / tallest
        x, y = at * room + room * 0.1 + place * width, COLUMN_HEIGHT + TOP - height
        fill = {"fill": f"url(#{hatch})"} if place else {}
        size = {"x": f"{x:.2f}", "y": f"{y:.2f}", "width": f"{width:.2f}", "height": f"{height:.2f}"}
        add(add(svg, "rect", kind=f"column series-{place}", **size, **fill), "title", f"{one.label}, {values[at]}: {n}")


def _hatch(words: Words) -> str:
    return f"{words.key}-hatch"
