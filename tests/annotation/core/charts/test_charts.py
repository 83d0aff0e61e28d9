"""Charts: what they draw, what they say in words, and that nothing in them is markup that somebody typed."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from annotation.core.charts import (
    Band,
    Dot,
    Part,
    Point,
    Series,
    SparkPoint,
    Words,
    axis_over,
    columns,
    reliability_diagram,
    shares,
    sparkline,
    whiskers,
)
from annotation.core.charts.svg import Axis, cut

WORDS = Words("chart", "Agreement", "Judge a agrees on 0.8.")


def read(markup: str) -> Element:
    return fromstring(markup)


def of_kind(svg: Element, kind: str) -> list[Element]:
    return [found for found in svg.iter() if kind in found.get("class", "").split()]


def number(element: Element, name: str) -> float:
    return float(element.get(name, "nan"))


def test_a_dot_stands_at_its_value_between_the_ends_of_its_interval() -> None:
    svg = read(whiskers([Dot(label="a", shown="0.8 [0.7, 0.9]", value=0.8, low=0.7, high=0.9)], WORDS))
    line, *ends = of_kind(svg, "whisker")
    (dot,) = of_kind(svg, "dot")
    assert number(line, "x1") < number(dot, "cx") < number(line, "x2")
    assert number(dot, "cx") == pytest.approx(8 + 0.8 * 384)
    assert [number(end, "x1") for end in ends] == [number(line, "x1"), number(line, "x2")]


def test_every_chart_has_a_title_and_a_description_that_name_it() -> None:
    for markup in (
        whiskers([], WORDS),
        shares([], WORDS),
        columns([], [], WORDS),
        reliability_diagram([], WORDS),
        sparkline([], WORDS),
    ):
        svg = read(markup)
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby") == "chart-title chart-desc"
        assert [found.text for found in svg[:2]] == ["Agreement", "Judge a agrees on 0.8."]
        assert [found.get("id") for found in svg[:2]] == ["chart-title", "chart-desc"]


def test_what_is_typed_is_text_and_never_markup() -> None:
    markup = whiskers([Dot(label="<b>&", shown="<i>")], Words("k", "<script>", "&"))
    assert "<b>" not in markup
    assert "<i>" not in markup
    assert "<script>" not in markup
    assert [found.text for found in read(markup).iter("text")][-2:] == ["<b>&", "<i>"]


def test_without_a_value_there_are_words_and_no_dot() -> None:
    svg = read(whiskers([Dot(label="a", shown="n/a")], WORDS))
    assert not of_kind(svg, "dot")
    assert not of_kind(svg, "whisker")
    assert "n/a" in [found.text for found in svg.iter("text")]


def test_the_axis_grows_to_hold_what_lies_outside() -> None:
    svg = read(whiskers([Dot(label="a", shown="", value=-0.3, low=-0.5, high=-0.1)], WORDS))
    ticks = [found.text for found in of_kind(svg, "tick")]
    assert ticks[0] == "-0.5"
    assert ticks[-1] == "1"


def test_the_band_lies_behind_the_rows() -> None:
    svg = read(whiskers([Dot(label="a", shown="", value=0.5)], WORDS, band=Band(0.4, 0.6, 0.5)))
    (band,) = of_kind(svg, "band")
    assert (number(band, "x"), number(band, "width")) == (pytest.approx(161.6), pytest.approx(76.8))
    assert list(svg).index(band) < list(svg).index(of_kind(svg, "row")[0])


def test_a_correction_is_an_arrow_from_a_hollow_dot() -> None:
    far, near = (read(whiskers([Dot(label="a", shown="", value=0.5, before=before)], WORDS)) for before in (0.8, 0.501))
    assert len(of_kind(far, "before")) == len(of_kind(near, "before")) == 1
    assert len(of_kind(far, "arrow")) == 1
    assert not of_kind(near, "arrow")


def test_few_items_make_a_row_faint() -> None:
    svg = read(whiskers([Dot(label="a", shown="", value=0.5, faint=True)], WORDS))
    assert len(of_kind(svg, "faint")) == 1


def test_parts_fill_the_bar() -> None:
    svg = read(shares([Part("clean", 75, "clean"), Part("wrong", 25, "wrong"), Part("none", 0, "none")], WORDS))
    first, second = of_kind(svg, "part")
    assert (number(first, "x"), number(second, "x")) == (0, 300)
    assert [found.text for found in svg.iter("text")] == ["clean 75%", "25%"]
    assert [found[0].text for found in (first, second)] == ["clean: 75", "wrong: 25"]


def test_columns_are_shares_of_their_own_series() -> None:
    svg = read(columns(["1", "2"], [Series("judge", [10, 30]), Series("people", [1, 1])], WORDS))
    heights = [number(found, "height") for found in of_kind(svg, "column")]
    assert heights == pytest.approx([40, 120, 80, 80])
    assert [found.text for found in of_kind(svg, "tick")] == ["1", "2"]


def test_the_second_series_is_told_apart_without_colour() -> None:
    svg = read(columns(["1"], [Series("judge", [1]), Series("people", [1])], WORDS))
    assert [found.get("fill") for found in of_kind(svg, "column")] == [None, "url(#chart-hatch)"]


def test_a_reliable_bin_lies_on_the_diagonal() -> None:
    svg = read(reliability_diagram([Point(0.25, 0.25, 0.2, 0.3, 10), Point(0.9, None, None, None, 0)], WORDS))
    (dot,), (line,) = of_kind(svg, "dot"), of_kind(svg, "diagonal")
    across = (number(dot, "cx") - number(line, "x1")) / (number(line, "x2") - number(line, "x1"))
    up = (number(dot, "cy") - number(line, "y1")) / (number(line, "y2") - number(line, "y1"))
    assert (across, up) == (pytest.approx(0.25, abs=1e-3), pytest.approx(0.25, abs=1e-3))


def test_a_sparkline_marks_alarms() -> None:
    svg = read(sparkline([SparkPoint(0.9, False), SparkPoint(0.5, True), SparkPoint(0.9, False)], WORDS))
    assert len(of_kind(svg, "alarm")) == 1
    assert len(of_kind(svg, "line")[0].get("points", "").split()) == 3


@pytest.mark.parametrize(
    ("axis", "ticks"),
    [
        (Axis(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (Axis(-0.5, 1), [-0.5, 0, 0.5, 1]),
        (Axis(1, 10), [2, 4, 6, 8, 10]),
    ],
)
def test_ticks_are_round_numbers(axis: Axis, ticks: list[float]) -> None:
    assert axis.ticks() == pytest.approx(ticks)


def test_an_axis_over_nothing_is_the_one_asked_for() -> None:
    assert axis_over([]) == Axis(0, 1)
    assert axis_over([float("nan")], low=2, high=2) == Axis(2, 3)


@pytest.mark.parametrize(("text", "shown"), [("short", "short"), ("abcdefgh", "abcde…"), ("判定者です", "判定者…")])
def test_text_is_cut_to_a_width(text: str, shown: str) -> None:
    assert cut(text, 7 if text.isascii() else 8) in {shown, text[:6] + "…"}
