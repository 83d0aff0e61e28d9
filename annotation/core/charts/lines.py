"""Lines over one axis, as steps around their points."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from annotation.core.charts.svg import Axis, Words, add, as_text, axis_over, frame

WIDE, TALL = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 12, 30
LEGEND = 22


@dataclass(frozen=True, slots=True)
class Line:
    """A name and a value for every x; None where there is none."""

    label: str
    values: Sequence[float | None]


def step_lines(xs: Sequence[float], lines: Sequence[Line], words: Words, *, mark: float | None = None) -> str:
    """Values from 0 to 1 over x, each holding half a step to either side. `mark`: an x with a line through it."""
    rows = (len(lines) + 1) // 2
    svg = frame(words, TALL + LEGEND * rows, width=WIDE, kind="lines")
    across = axis_over(xs, low=min(xs, default=0), high=max(xs, default=1))
    across = Axis(across.low, across.high, LEFT, WIDE - LEFT - RIGHT)
    up = Axis(
        min([0.0, *(v for line in lines for v in line.values if v is not None)]), 1, TALL - BOTTOM, TOP + BOTTOM - TALL
    )
    _draw_grid(svg, across, up)
    if mark is not None:
        add(svg, "line", kind="mark", x1=across.at(mark), x2=across.at(mark), y1=up.at(up.low), y2=up.at(1))
    for number, line in enumerate(lines):
        path = _path(xs, line.values, across, up)
        if path:
            add(svg, "path", kind=f"line line-{number}", d=path)
        _draw_name(svg, line.label, number)
    return as_text(svg)


def _path(xs: Sequence[float], values: Sequence[float | None], across: Axis, up: Axis) -> str:
    half = (xs[1] - xs[0]) / 2 if len(xs) > 1 else 0.5
    parts, is_open = [], False
    for x, value in zip(xs, values, strict=True):
        if value is None:
            is_open = False
            continue
        y = up.at(value)
        parts.append(f"{'V' if is_open else f'M{across.at(x - half):g} '}{y:g}H{across.at(x + half):g}")
        is_open = True
    return "".join(parts)


def _draw_grid(svg: Element, across: Axis, up: Axis) -> None:
    bottom, top = up.at(up.low), up.at(1)
    for tick in across.ticks():
        x = across.at(tick)
        add(svg, "line", kind="grid", x1=x, x2=x, y1=bottom, y2=top)
        add(svg, "text", f"{tick:g}", kind="tick", x=x, y=bottom + 16, text_anchor="middle")
    for tenth in range(-10, 11):
        value = tenth / 10
        if up.low <= value <= 1:
            y = up.at(value)
            add(svg, "line", kind="grid", x1=across.at(across.low), x2=across.at(across.high), y1=y, y2=y)
            add(svg, "text", f"{value:g}", kind="tick", x=LEFT - 6, y=y + 4, text_anchor="end")


def _draw_name(svg: Element, label: str, number: int) -> None:
    x = LEFT + (number % 2) * (WIDE - LEFT) / 2
    y = TALL + LEGEND * (number // 2) + 8
    add(svg, "line", kind=f"line line-{number}", x1=x, x2=x + 28, y1=y, y2=y)
    add(svg, "text", label, x=x + 36, y=y + 4)
