"""Parts of every chart: the frame with its words, elements, axes, and text cut to a width."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isclose, log10
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element, SubElement, tostring

WIDTH = 400
MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart is called and what it says; `key` makes its names unique on a page."""

    key: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Axis:
    """Numbers from `low` to `high`, laid out over `length` from `start`."""

    low: float
    high: float
    start: float = 0
    length: float = WIDTH

    def at(self, value: float) -> float:
        """Where a number stands; one outside stands at the end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * self.length, 2)

    def ticks(self) -> list[float]:
        """Round numbers along the axis."""
        step = _round_step((self.high - self.low) / (MOST_TICKS - 1))
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [round(n * step, 10) for n in range(first, last + 1)]


def axis_over(values: Iterable[float], *, low: float = 0, high: float = 1) -> Axis:
    """An axis from `low` to `high`, or further where values lie outside."""
    found = [value for value in values if value == value]
    low, high = min([low, *found]), max([high, *found])
    step = _round_step((high - low) / (MOST_TICKS - 1)) if high > low else 1
    return Axis(floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step if high > low else low + 1)


def frame(words: Words, height: float, *, width: float = WIDTH, kind: str = "") -> Element:
    """An empty picture with its title and description."""
    names = f"{words.key}-title {words.key}-desc"
    box = f"0 0 {width:g} {height:g}"
    svg = Element("svg", {"class": f"chart {kind}".strip(), "viewBox": box, "role": "img", "aria-labelledby": names})
    add(svg, "title", words.title, id=f"{words.key}-title")
    add(svg, "desc", words.description, id=f"{words.key}-desc")
    return svg


def add(parent: Element, tag: str, text: str = "", **attributes: object) -> Element:
    """A child; `kind` is its class, and underscores in names stand for hyphens."""
    named = {"class" if name == "kind" else name.replace("_", "-"): str(value) for name, value in attributes.items()}
    child = SubElement(parent, tag, named)
    child.text = text or None
    return child


def as_text(svg: Element) -> str:
    """The markup."""
    return tostring(svg, encoding="unicode", short_empty_elements=True)


def draw_ticks(svg: Element, axis: Axis, top: float, bottom: float) -> None:
    """Lines with their numbers under them."""
    for tick in axis.ticks():
        x = axis.at(tick)
        add(svg, "line", kind="grid", x1=x, x2=x, y1=top, y2=bottom)
        anchor = "start" if isclose(x, 0) else "end" if isclose(x, WIDTH) else "middle"
        add(svg, "text", f"{tick:g}", kind="tick", x=x, y=bottom + 14, text_anchor=anchor)


def cut(text: str, units: int) -> str:
    """Text that fits: a Chinese or Japanese character takes two units, others one."""
    taken = 0
    for place, character in enumerate(text):
        taken += 2 if east_asian_width(character) in "WF" else 1
        if taken > units:
            return text[: max(place - 1, 0)] + "…"
    return text


def _round_step(rough: float) -> float:
    size = 10.0 ** floor(log10(rough))
    return next(step * size for step in (1, 2, 5, 10) if step * size >= rough * (1 - 1e-9))
