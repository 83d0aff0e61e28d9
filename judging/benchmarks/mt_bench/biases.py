"""What else may have moved a judge: the order of showing, the length of answers, a model of its own family.

None of these proves anything: longer answers may be better ones, and a model of the judge's family may be the best.
They say where to look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import PurePosixPath
from re import match

import numpy as np
from numpy.typing import NDArray

from judging.benchmarks.mt_bench.pair_scores import INCONSISTENT, LOSS, WIN, Compared
from judging.core.figures import BOOTSTRAP, DRAWS, SEED, Figure, Told, mean

Floats = NDArray[np.float64]
TAILS = [0.025, 0.975]
FEWEST = 3
"""Ratings that a correlation is said of."""

FAMILIES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("openai", ("gpt", "chatgpt", "o1", "o3", "o4", "davinci")),
    ("anthropic", ("claude",)),
    ("google", ("gemini", "gemma", "palm", "bard", "t5")),
    ("qwen", ("qwen", "qwq")),
    ("mistral", ("mistral", "mixtral", "ministral", "codestral", "magistral", "prometheus", "zephyr")),
    ("deepseek", ("deepseek",)),
    ("ibm", ("granite", "merlinite", "labradorite", "labrador")),
    ("microsoft", ("phi", "wizardlm")),
    ("cohere", ("command", "c4ai", "aya")),
    ("llm-jp", ("llm-jp",)),
    ("meta", ("llama", "meta-llama", "vicuna", "alpaca", "koala", "tulu")),
)
"""Families by how the names of their models begin, or of the model that they were made from."""


def family_of(model: str) -> str:
    """Whose family a model is of, by its name; of a name that nobody knows its first word. '' for no name."""
    name = PurePosixPath(model.lower().rstrip("/")).name
    words = [word for word in name.replace("_", "-").split("-") if word]
    for family, beginnings in FAMILIES:
        if name.startswith(beginnings):
            return family
    # Names such as ELYZA-japanese-Llama-2-7b say the base later on.
    for family, beginnings in FAMILIES:
        if any(word.startswith(beginning) for word in words for beginning in beginnings if len(beginning) > 3):
            return family
    found = match(r"[a-z]+", words[0]) if words else None
    return found[0] if found else name


@dataclass(frozen=True, slots=True)
class Measured:
    """One rated turn: whose question it is, how many characters the answer has, what it was rated."""

    question: str
    part: str
    length: int
    score: float


def length_correlation(rows: Iterable[Measured]) -> Figure:
    """Spearman's correlation of length and rating, with the interval of questions drawn anew (their ranks stay)."""
    every = list(rows)
    return correlation([row.question for row in every], [row.length for row in every], [row.score for row in every])


def length_within_questions(rows: Iterable[Measured]) -> Figure:
    """The same over several models, each turn against the others' answers to the same turn: whether of two answers to
    one question the longer one is rated higher."""
    groups: dict[tuple[str, str], list[Measured]] = {}
    for row in rows:
        groups.setdefault((row.question, row.part), []).append(row)
    centred = [
        (
            row.question,
            row.length - float(np.mean([r.length for r in group])),
            row.score - float(np.mean([r.score for r in group])),
        )
        for group in groups.values()
        if len(group) > 1
        for row in group
    ]
    return correlation([row[0] for row in centred], [row[1] for row in centred], [row[2] for row in centred])


def correlation(questions: Sequence[str], first: Sequence[float], second: Sequence[float]) -> Figure:
    """Of ranks; None where one of the two never changes."""
    n = len(questions)
    if n < FEWEST:
        return Figure(value=None, n=n)
    x, y = ranks(first), ranks(second)
    places = {name: place for place, name in enumerate(dict.fromkeys(questions))}
    sums = np.zeros((len(places), 6))
    np.add.at(sums, [places[name] for name in questions], np.stack([np.ones(n), x, y, x * x, y * y, x * y], axis=1))
    value = float(pearson(sums.sum(axis=0, keepdims=True))[0])
    if isnan(value):
        return Figure(value=None, n=n)
    drawn = np.random.default_rng(SEED).multinomial(len(places), np.full(len(places), 1 / len(places)), size=DRAWS)
    found = pearson(drawn @ sums)
    known = found[~np.isnan(found)]
    if len(places) < 2 or not len(known):
        return Figure(value=value, n=n)
    low, high = (float(bound) for bound in np.quantile(known, TAILS))
    return Figure(value=value, n=n, low=low, high=high, stderr=float(known.std(ddof=1)), method=BOOTSTRAP)


def ranks(values: Sequence[float]) -> Floats:
    """From 1; values that are equal share the mean of their ranks."""
    _, places, counts = np.unique(np.asarray(values, dtype=float), return_inverse=True, return_counts=True)
    found: Floats = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return found


def pearson(sums: Floats) -> Floats:
    """From rows of n, x, y, xx, yy, xy; NaN where there is no spread."""
    n, x, y, xx, yy, xy = sums.T
    spread = (n * xx - x * x) * (n * yy - y * y)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(spread > 0, (n * xy - x * y) / np.sqrt(spread), np.nan)
    return found


def first_shown(pairs: Iterable[Compared]) -> Figure:
    """Of all games that somebody won, the share won by the answer shown first; 0.5 without a bias."""
    return mean(
        Told(pair.question, float(side == first))
        for pair in pairs
        if pair.asked
        for side, first in zip(pair.sides, "AB", strict=True)
        if side in {"A", "B"}
    )


def flipped(pairs: Iterable[Compared]) -> Figure:
    """The share of pairs, of which both orders could be read, whose orders disagree."""
    return mean(
        Told(pair.question, float(pair.outcome == INCONSISTENT)) for pair in pairs if pair.asked and all(pair.sides)
    )


def longer_wins(pairs: Iterable[Compared]) -> Figure:
    """Of pairs with a winner, the share won by the longer answer; answers of one length are left out."""
    return mean(
        Told(pair.question, float((pair.outcome == WIN) == (pair.lengths[0] > pair.lengths[1])))
        for pair in pairs
        if pair.asked and pair.outcome in {WIN, LOSS} and pair.lengths[0] != pair.lengths[1]
    )


def own_family_wins(pairs: Iterable[Compared], judge: str) -> Figure:
    """Of pairs with a winner in which one of the two is of the judge's family, the share that it wins."""
    own = family_of(judge)
    found = []
    for pair in pairs:
        theirs = [family_of(model) == own for model in (pair.model_1, pair.model_2)]
        if own and pair.asked and pair.outcome in {WIN, LOSS} and theirs[0] != theirs[1]:
            found.append(Told(pair.question, float((pair.outcome == WIN) == theirs[0])))
    return mean(found)
