"""Figures of single raters and of pairs of raters: what needs to know who said what.

A `Sheet` has a row per item and a column per rater: the code of what they said, -1 where they said nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy

from annotation.core.aggregation import Votes
from annotation.core.agreement.basis import NO_PAIRS, ONE_VALUE, TINY, fixed_chance, quotient
from annotation.core.agreement.two import Kappa, cohen_kappa, kappa_of
from annotation.core.counts import pair_table
from annotation.core.intervals import (
    LINEARISED,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    normal,
    proportion,
)

MOST_CELLS = 100_000_000
MOST_PAIRED = 300
"""Raters whose pairs are still compared one by one: their number grows with the square."""
TOO_MANY = f"more than {MOST_PAIRED} raters are not compared pair by pair"


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Who said what."""

    codes: IntArray
    categories: int

    @classmethod
    def of(cls, items: IntArray, raters: IntArray, codes: IntArray, *, shape: tuple[int, int, int]) -> "Sheet":
        """From labels one by one; `shape`: items, raters, categories."""
        sheet = np.full(shape[:2], -1, dtype=np.int64)
        sheet[items, raters] = codes
        return cls(sheet, shape[2])

    @property
    def raters(self) -> int:
        """Columns."""
        return int(self.codes.shape[1])

    @property
    def counts(self) -> IntArray:
        """Labels per item and category."""
        rows = np.arange(len(self.codes))[:, None] * self.categories
        said = self.codes >= 0
        flat = np.bincount((rows + self.codes)[said], minlength=len(self.codes) * self.categories)
        return flat.reshape(len(self.codes), self.categories).astype(np.int64)

    def table(self, first: int, second: int) -> IntArray:
        """Square table of two raters."""
        return pair_table(self.codes[:, first], self.codes[:, second], self.categories)


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Two raters on the items both labelled. `table`: what the first said by what the second did."""

    first: int
    second: int
    table: IntArray
    n: int
    percent_agreement: Statistic
    cohen_kappa: Statistic


def pairs_of(sheet: Sheet) -> Iterator[PairFigures]:
    """Every two raters with an item in common."""
    if sheet.raters > MOST_PAIRED:
        return
    for first, second in combinations(range(sheet.raters), 2):
        table = sheet.table(first, second)
        n = int(table.sum())
        if n:
            same = proportion(int(np.trace(table)), n, undefined=NO_PAIRS)
            yield PairFigures(first, second, table, n, same, cohen_kappa(table))


def mean_pairwise_kappa(sheet: Sheet) -> Statistic:
    """Mean of Cohen's kappa over every two raters with an item in common, all pairs weighing the same.

    Its error is linearised: an item stands in several pairs, and moves them together.
    """
    if sheet.raters > MOST_PAIRED:
        return Undefined(TOO_MANY)
    pull = np.zeros(len(sheet.codes))
    found: list[Kappa] = []
    reasons: list[str] = []
    for first, second in combinations(range(sheet.raters), 2):
        kappa = kappa_of(sheet.table(first, second))
        if isinstance(kappa, Undefined):
            reasons.append(kappa.reason)
            continue
        found.append(kappa)
        _add_influence(pull, sheet, first, second, kappa)
    if not found:
        return Undefined(ONE_VALUE if ONE_VALUE in reasons else NO_PAIRS)
    value = float(np.mean([kappa.value for kappa in found]))
    n = int(((sheet.codes >= 0).sum(axis=1) >= 2).sum())
    error = float(np.sqrt((pull**2).sum())) / len(found)
    if error < TINY:
        chance = float(np.mean([kappa.chance for kappa in found]))
        return fixed_chance(value, value * (1 - chance) + chance, chance, n)
    return normal(value, error, n, LINEARISED)


def _add_influence(pull: FloatArray, sheet: Sheet, first: int, second: int, kappa: Kappa) -> None:
    """How far each item moves the kappa of a pair."""
    one, other = sheet.codes[:, first], sheet.codes[:, second]
    both = (one >= 0) & (other >= 0)
    one, other = one[both], other[both]
    shares = [np.bincount(codes, minlength=sheet.categories) / kappa.n for codes in (one, other)]
    by_chance = shares[1][one] + shares[0][other] - 2 * kappa.chance
    pull[both] += ((one == other) - kappa.observed - (1 - kappa.value) * by_chance) / (1 - kappa.chance) / kappa.n


@dataclass(frozen=True, slots=True, eq=False)
class RaterMatrix:
    """Every rater beside every other. Rows and columns are raters; NaN where two share no item, or kappa is undefined.

    `rest`: of each rater, agreement with a random other on the same items, and on how many items.
    """

    shared: IntArray
    agreement: FloatArray
    kappa: FloatArray
    rest: FloatArray
    rest_items: IntArray

    def order(self) -> list[int]:
        """Raters so that those who agree stand together."""
        size = len(self.shared)
        if size < 3:
            return list(range(size))
        apart = 1 - np.where(np.isnan(self.agreement), np.nanmean(self.agreement), self.agreement)
        np.fill_diagonal(apart, 0.0)
        close = scipy.spatial.distance.squareform((apart + apart.T) / 2, checks=False)
        tree = scipy.cluster.hierarchy.linkage(close, "average", optimal_ordering=True)
        return [int(at) for at in scipy.cluster.hierarchy.leaves_list(tree)]


def rater_matrix(votes: Votes, raters: int) -> RaterMatrix:
    """All pairs at once: said-by-said products of item by rater tables."""
    shape = (votes.n_items, raters)
    said = [_said(votes, code, shape) for code in range(votes.categories)]
    present = sum(said[1:], start=said[0])
    shared = np.asarray((present.T @ present).toarray(), dtype=np.float64)
    same = np.asarray(np.sum([(one.T @ one).toarray() for one in said], axis=0), dtype=np.float64)
    # Of each rater, what they said on the items shared with each other one.
    margins = [(one.T @ present).toarray() for one in said]
    by_chance = np.asarray(np.sum([margin * margin.T for margin in margins], axis=0), dtype=np.float64)
    agreement, chance = quotient(same, shared), quotient(by_chance, shared * shared)
    kappa = quotient(agreement - chance, np.where(chance > 1 - TINY, 0.0, 1 - chance))
    compared = votes.sizes[votes.items] >= 2
    peers = np.maximum(votes.sizes[votes.items] - 1, 1)
    like = ((votes.counts[votes.items, votes.codes] - 1) / peers)[compared]
    mine = votes.annotators[compared]
    many = np.bincount(mine, minlength=raters)[:raters]
    total = np.bincount(mine, weights=like, minlength=raters)[:raters].astype(np.float64)
    rest = quotient(total, many.astype(np.float64))
    return RaterMatrix(shared.astype(np.int64), agreement, kappa, rest, many.astype(np.int64))


def _said(votes: Votes, code: int, shape: tuple[int, int]) -> "scipy.sparse.csr_matrix":
    kept = votes.codes == code
    ones = np.ones(int(kept.sum()))
    return scipy.sparse.csr_matrix((ones, (votes.items[kept], votes.annotators[kept])), shape=shape)
