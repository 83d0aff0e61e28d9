"""Charts of the report: which figures of the document go into which picture, and what it says in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from annotation.core import figures
from annotation.core.charts import (
    Band,
    Dot,
    Part,
    Point,
    Series,
    SparkPoint,
    Words,
    columns,
    reliability_diagram,
    shares,
    sparkline,
    whiskers,
)
from annotation.core.intervals import Undefined
from annotation.pages.figures import Given, read, trust_in
from annotation.pages.words import slice_title
from judging.pages.words import verdict_word

Document = Mapping[str, Any]
COLOURED = ("clean", "wrong", "undefined")
PLAIN_KINDS = 6


def judges_chart(judges: Sequence[Document], key: str) -> SafeString:
    """How often each judge agrees with a random person, against how often two people do on the same items."""
    dots = [dot(_judge_name(judge), judge.get("judge_random_human", {}).get("percent_agreement")) for judge in judges]
    people = read(_human_agreement(judges))
    band = None if isinstance(people, Undefined) else Band(people.low, people.high, people.value)
    said = _("Two random people: %(agreement)s.") % {"agreement": figures.with_interval(people)}
    title = _("Agreement with a random person, against the band of two random people")
    return _markup(whiskers(dots, _words(key, title, [*_said(dots), said]), band=band, least=0.5))


def slices_chart(slices: Sequence[Document], whole: Given, key: str) -> SafeString:
    """Agreement in every slice, against that over all items."""
    titles = [{"kind": slice_title(str(one["by"])), "value": one["value"]} for one in slices]
    named = zip(titles, slices, strict=True)
    dots = [dot(_("%(kind)s: %(value)s") % title, one["agreement"]) for title, one in named]
    over_all = read(whole)
    band = None if isinstance(over_all, Undefined) else Band(over_all.low, over_all.high, over_all.value)
    title = _("Agreement of judge and people by slice, against the band over all items")
    return _markup(whiskers(dots, _words(key, title, _said(dots)), band=band, least=0.5))


def scores_chart(models: Sequence[Document], key: str) -> SafeString:
    """Of every model, the judge's share of clean answers and what it comes to corrected by people."""
    dots = []
    for model in models:
        raw = read(model.get("raw"))
        before = None if isinstance(raw, Undefined) else raw.value
        dots.append(dot(str(model.get("model") or _("all answers")), model.get("corrected"), before=before))
    title = _("Share of clean answers: from what the judge says to what people's labels correct it to")
    return _markup(whiskers(dots, _words(key, title, _said(dots))))


def means_chart(rows: Sequence[Document], values: Sequence[str], key: str) -> SafeString:
    """People's mean score for every score of the judge."""
    dots = [dot(_("judge says %(score)s") % {"score": row["score"]}, row["mean"]) for row in rows]
    low, high = _ends(values)
    title = _("People's mean score for each score of the judge")
    return _markup(whiskers(dots, _words(key, title, _said(dots)), least=low, most=high))


def histograms_chart(graded: Document, key: str) -> SafeString:
    """How often judge and people give each score."""
    values = [str(value) for value in graded["values"]]
    series = [Series(_("Judge"), graded["judge_histogram"]), Series(_("People"), graded["human_histogram"])]
    said = [f"{one.label}: " + ", ".join(f"{v} {n}" for v, n in zip(values, one.counts, strict=True)) for one in series]
    return _markup(
        columns(values, series, _words(key, _("Scores given by the judge (filled) and people (hatched)"), said))
    )


def strength_chart(models: Sequence[Document], key: str) -> SafeString:
    """Strength of every model by Bradley and Terry."""
    dots = [dot(str(model["model"]), model["strength"]) for model in models]
    return _markup(whiskers(dots, _words(key, _("Strength of the models (Bradley-Terry)"), _said(dots))))


def calibration_chart(bins: Sequence[Document], key: str) -> SafeString:
    """Share of wrong items by the share of the judge's votes for wrong."""
    points, said = [], []
    for one in bins:
        seen = read(one["observed"])
        value, low, high = (None,) * 3 if isinstance(seen, Undefined) else (seen.value, seen.low, seen.high)
        points.append(Point(float(one["predicted"]), value, low, high, int(one["n"])))
        said.append(f"{figures.short(one['predicted'])}: {figures.with_interval(seen)}, n = {one['n']}")
    return _markup(reliability_diagram(points, _words(key, _("Reliability diagram with the number of items"), said)))


def prevalence_chart(rows: Sequence[Document], key: str) -> SafeString:
    """How the labels are spread over the values."""
    parts = [
        Part(verdict_word(str(row["value"])), int(row["labels"]), _kind(str(row["value"]), at))
        for at, row in enumerate(rows)
    ]
    return _markup(shares(parts, _words(key, _("Labels by value"), [f"{part.label}: {part.n}" for part in parts])))


def certainty_chart(reliability: Document, key: str) -> SafeString:
    """On how many items people are unanimous, have a majority, are split."""
    names = {"unanimous": _("unanimous"), "majority": _("majority"), "split": _("split")}
    parts = []
    for name, title in names.items():
        share = read(reliability.get(name))
        n = 0 if isinstance(share, Undefined) else round(share.value * share.n)
        parts.append(Part(title, n, name))
    said = [f"{part.label}: {part.n}" for part in parts]
    return _markup(shares(parts, _words(key, _("Items with two labels or more, by how far people agree"), said)))


def weeks_chart(weeks: Sequence[Document], key: str) -> SafeString:
    """Agreement with the others week by week, alarms marked."""
    points = [
        SparkPoint(float(week["agreement"]), bool(week["alarm"])) for week in weeks if week["agreement"] is not None
    ]
    said = [f"{week['week']}: {figures.short(week['agreement'])}" for week in weeks]
    return _markup(sparkline(points, _words(key, _("Agreement with the others by week"), said)))


def dot(label: str, found: Given, *, before: float | None = None) -> Dot:
    """A row for a statistic: faint with few items, only words with too few."""
    statistic = read(found)
    if isinstance(statistic, Undefined):
        return Dot(label=label, shown=figures.with_interval(statistic))
    if trust_in(statistic.n) == "few":
        return Dot(label=label, shown=_("n = %(n)s: too few") % {"n": statistic.n}, faint=True)
    return Dot(
        label=label,
        shown=figures.with_interval(statistic),
        value=statistic.value,
        low=statistic.low,
        high=statistic.high,
        before=before,
        faint=bool(trust_in(statistic.n)),
    )


def _human_agreement(judges: Sequence[Document]) -> Given:
    found: Given = next(iter(judges), {}).get("judge_random_human", {}).get("human_percent_agreement")
    return found


def _judge_name(judge: Document) -> str:
    return _("%(judge)s v%(version)s, run %(run)s") % judge


def _said(dots: Iterable[Dot]) -> list[str]:
    return [f"{found.label}: {found.shown}" for found in dots]


def _words(key: str, title: str, said: Iterable[str]) -> Words:
    return Words(key, title, "; ".join(said) or _("There are no numbers yet."))


def _kind(value: str, place: int) -> str:
    return value if value in COLOURED else f"shade-{place % PLAIN_KINDS}"


def _ends(values: Sequence[str]) -> tuple[float, float]:
    numbers = [float(value) for value in values]
    return (min(numbers), max(numbers)) if len(set(numbers)) > 1 else (0.0, 1.0)


def _markup(svg: str) -> SafeString:
    # Made by an XML writer, which escapes every text and attribute.
    return mark_safe(svg)  # noqa: S308
