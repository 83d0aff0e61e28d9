"""How much two labels agree, from 0 to 1, and how their values are to be read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from annotation.core.agreement.orders import order_of
from annotation.core.intervals import FloatArray

NO_NUMBERS = "the labels are no numbers"
NO_ORDER = "the order of these words is not known: import them with --scale"


class Level(StrEnum):
    """What the values of a scale are: names, an order, numbers with a zero by choice, numbers with a true zero."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def identity(values: FloatArray) -> FloatArray:
    """Only the same value agrees."""
    return np.eye(len(values))


def linear(values: FloatArray) -> FloatArray:
    """1 less the distance, of the widest distance there is."""
    return _powered(values, 1.0)


def quadratic(values: FloatArray) -> FloatArray:
    """1 less the squared distance, of the widest squared distance there is."""
    return _powered(values, 2.0)


def radical(values: FloatArray) -> FloatArray:
    """1 less the root of the distance."""
    return _powered(values, 0.5)


def ordinal(values: FloatArray) -> FloatArray:
    """Gwet's ordinal weights: 1 less the share of pairs of ranks that lie between. Not Krippendorff's distance."""
    ranks = np.arange(len(values))
    between = np.abs(ranks[:, None] - ranks[None, :]) + 1
    return _credit(between * (between - 1) / 2.0)


def ratio(values: FloatArray) -> FloatArray:
    """1 less the squared difference in proportion to the sum, of the largest such."""
    sums = values[:, None] + values[None, :]
    apart = values[:, None] - values[None, :]
    return _credit(np.divide(apart, sums, out=np.zeros_like(sums), where=sums != 0) ** 2)


WEIGHTS: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "identity": identity,
    "linear": linear,
    "quadratic": quadratic,
    "ordinal": ordinal,
    "radical": radical,
    "ratio": ratio,
}
WEIGHTS_OF_LEVEL: Mapping[Level, str] = {
    Level.NOMINAL: "identity",
    Level.ORDINAL: "ordinal",
    Level.INTERVAL: "quadratic",
    Level.RATIO: "ratio",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How categories are to be read. `values`: what they are as numbers; without them their ranks stand for them.

    `names`: what they are called, where they are words: then a level holds only where their order is known, because of
    what they are or because `is_order` says so.
    """

    level: Level = Level.NOMINAL
    values: tuple[float, ...] = ()
    names: tuple[str, ...] = ()
    is_order: bool = False

    def numbers(self, categories: int) -> FloatArray:
        """One number per category."""
        if not self.values:
            return np.arange(1, categories + 1, dtype=np.float64)
        if len(self.values) != categories:
            raise ValueError(f"The scale has {len(self.values)} values and the table {categories} columns.")
        return np.asarray(self.values, dtype=np.float64)

    @property
    def has_order(self) -> bool:
        """Whether one category is more than another; of two it makes no difference which."""
        return self.is_order or bool(self.values) or len(self.names) < 3 or order_of(self.names) == self.names

    @property
    def refusal(self) -> str:
        """Why words cannot be read at this level, '' where nothing speaks against it."""
        if self.level is Level.NOMINAL or not self.names:
            return ""
        if self.level is not Level.ORDINAL:
            return NO_NUMBERS
        return "" if self.has_order else NO_ORDER

    def weights(self, categories: int) -> FloatArray:
        """The agreement weights that belong to the level; of words without an order those of names."""
        if self.refusal:
            return identity(np.arange(categories, dtype=np.float64))
        return WEIGHTS[WEIGHTS_OF_LEVEL[self.level]](self.numbers(categories))


NOMINAL = Measure()


def _powered(values: FloatArray, power: float) -> FloatArray:
    return _credit(np.abs(values[:, None] - values[None, :]) ** power)


def _credit(distances: FloatArray) -> FloatArray:
    widest = distances.max(initial=0.0)
    return 1 - distances / widest if widest > 0 else np.ones_like(distances)
