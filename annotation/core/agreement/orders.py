"""Words of scales that people write everywhere, in their order: only with an order can words be more than names."""

from collections.abc import Iterable

ORDERS = (
    ("none", "very low", "low", "medium low", "medium", "moderate", "medium high", "high", "very high"),
    ("low", "mid", "high"),
    ("none", "minimal", "slight", "mild", "moderate", "severe", "very severe"),
    ("none", "minor", "moderate", "major", "critical"),
    ("never", "rarely", "sometimes", "often", "usually", "always"),
    ("not at all", "slightly", "somewhat", "moderately", "very", "extremely"),
    ("strongly disagree", "disagree", "somewhat disagree", "neither agree nor disagree", "somewhat agree", "agree",
     "strongly agree"),
    ("strongly disagree", "disagree", "neutral", "agree", "strongly agree"),
    ("very bad", "bad", "neutral", "good", "very good"),
    ("terrible", "bad", "ok", "good", "excellent"),
    ("bad", "okay", "good", "great"),
    ("very poor", "poor", "fair", "average", "good", "very good", "excellent"),
    ("very negative", "negative", "neutral", "positive", "very positive"),
    ("very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"),
    ("very unlikely", "unlikely", "neutral", "likely", "very likely"),
    ("very easy", "easy", "medium", "hard", "very hard"),
    ("very small", "small", "medium", "large", "very large"),
    ("no", "unsure", "yes"),
    ("no", "maybe", "yes"),
    ("no", "partly", "yes"),
    ("no", "partially", "yes"),
    ("false", "true"),
    ("低", "中", "高"),
    ("悪い", "普通", "良い"),
    ("差", "中", "良", "优"),
)  # fmt: skip
"""Each from the least to the most; any of its words may be missing."""


def order_of(values: Iterable[str]) -> tuple[str, ...] | None:
    """The values in their order, where they are words of one known scale; None where nothing is known of them."""
    found = set(values)
    for order in ORDERS:
        place = {word: at for at, word in enumerate(order)}
        if found and all(_plain(value) in place for value in found):
            return tuple(sorted(found, key=lambda value: (place[_plain(value)], value)))
    return None


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("_", " ").replace("-", " ").split())
