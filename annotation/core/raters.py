"""Pairs of raters: what needs to know who said what on the same items."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy

from annotation.core.aggregation import Votes
from annotation.core.agreement.basis import NO_PAIRS, ONE_VALUE, TINY, fixed_chance, quotient
from annotation.core.agreement.two import cohen_kappa
from annotation.core.intervals import (
    LINEARISED,
    FloatArray,
    IntArray,
    Statistic,
    Undefined,
    normal,
    proportion,
)

MOST_PAIRED = 300
"""Raters whose pairs are still compared one by one: their number grows with the square."""
TOO_MANY = f"more than {MOST_PAIRED} raters are not compared pair by pair"


@dataclass(frozen=True, slots=True)
class PairTable:
    """Two raters on the items both labelled: what the first said (rows) by what the second did."""

    first: int
    second: int
    table: IntArray

    @property
    def n(self) -> int:
        """Items both labelled."""
        return int(self.table.sum())

    @property
    def percent_agreement(self) -> Statistic:
        """How often both say the same."""
        return proportion(int(np.trace(self.table)), self.n, undefined=NO_PAIRS)

    @property
    def cohen_kappa(self) -> Statistic:
        """The same beyond chance."""
        return cohen_kappa(self.table)


@dataclass(frozen=True, slots=True)
class RaterPairs:
    """Every two raters with an item in common, and the mean of their kappas, all pairs weighing the same.

    The error of the mean is linearised: an item stands in several pairs, and moves them together.
    """

    tables: tuple[PairTable, ...]
    mean_kappa: Statistic

    def table_of_two(self, categories: int) -> IntArray:
        """The table of the only two raters, empty where they share no item."""
        return self.tables[0].table if self.tables else np.zeros((categories, categories), dtype=np.int64)


def rater_pairs(votes: Votes, raters: int) -> RaterPairs:
    """Compare every two raters, one against all later ones at a time: the cost is that of the pairs of labels."""
    if raters > MOST_PAIRED:
        return RaterPairs((), Undefined(TOO_MANY))
    pull, tables, kappas = np.zeros(votes.n_items), [], [_NO_KAPPAS]
    for first, labels in _beside_later(votes, raters):
        found = labels.tables(votes.categories, raters)
        shared = np.flatnonzero(found.sum(axis=(1, 2)))
        tables += [PairTable(first, other, found[other]) for other in shared.tolist()]
        kappa = _kappas(found[shared])
        kappas.append(kappa)
        moves = np.zeros((raters, votes.categories, votes.categories))
        moves[shared] = np.nan_to_num(_moves(found[shared], kappa))
        labels.add(pull, moves)
    return RaterPairs(tuple(tables), _mean_kappa(np.concatenate(kappas), pull, votes))


@dataclass(frozen=True, slots=True, eq=False)
class _Beside:
    """Labels of one rater beside those of later ones on the same items, a row per two labels. `items`: of the rater's
    labels; `at`: which of those; `own`, `others`: both codes; `raters`: who the other is."""

    items: IntArray
    at: IntArray
    own: IntArray
    raters: IntArray
    others: IntArray

    def tables(self, categories: int, raters: int) -> IntArray:
        """Square tables, one per rater."""
        cells = (self.raters * categories + self.own) * categories + self.others
        found = np.bincount(cells, minlength=raters * categories**2)
        return found.reshape(raters, categories, categories).astype(np.int64)

    def add(self, pull: FloatArray, moves: FloatArray) -> None:
        """Add to every item what its two labels move. `moves`: per other rater, own and other code."""
        pull[self.items] += np.bincount(
            self.at, weights=moves[self.raters, self.own, self.others], minlength=len(self.items)
        )


def _beside_later(votes: Votes, raters: int) -> Iterator[tuple[int, _Beside]]:
    shape = (votes.n_items, raters)
    # The code is kept one up: what is 0 is not in a sparse table.
    said = scipy.sparse.csr_matrix((votes.codes + 1, (votes.items, votes.annotators)), shape=shape)
    order = np.argsort(votes.annotators, kind="stable")
    bounds = np.searchsorted(votes.annotators[order], np.arange(raters + 1))
    for first in range(raters):
        mine = order[bounds[first] : bounds[first + 1]]
        beside = said[votes.items[mine]]
        at = np.repeat(np.arange(len(mine)), np.diff(beside.indptr))
        later = beside.indices > first
        at = at[later]
        yield (
            first,
            _Beside(votes.items[mine], at, votes.codes[mine][at], beside.indices[later], beside.data[later] - 1),
        )


_NO_KAPPAS = np.empty((0, 3))


def _kappas(tables: IntArray) -> FloatArray:
    """Of each table its kappa, observed and chance agreement; NaN where kappa is undefined."""
    n = tables.sum(axis=(1, 2)).astype(np.float64)
    observed = np.trace(tables, axis1=1, axis2=2) / n
    rows, columns = tables.sum(axis=2) / n[:, None], tables.sum(axis=1) / n[:, None]
    chance = (rows * columns).sum(axis=1)
    left = np.where(np.abs(1 - chance) < TINY, 0.0, 1 - chance)
    return np.stack([quotient(observed - chance, left), observed, chance], axis=1)


def _moves(tables: IntArray, kappas: FloatArray) -> FloatArray:
    """How far an item with two labels moves the kappa of their pair, per pair and both codes."""
    n = tables.sum(axis=(1, 2)).astype(np.float64)[:, None, None]
    value, observed, chance = (kappas[:, at, None, None] for at in range(3))
    by_chance = tables.sum(axis=1)[:, :, None] / n + tables.sum(axis=2)[:, None, :] / n - 2 * chance
    same = np.eye(tables.shape[1])[None]
    return quotient((same - observed - (1 - value) * by_chance) / n, np.where(np.isnan(value), 0.0, 1 - chance))


def _mean_kappa(kappas: FloatArray, pull: FloatArray, votes: Votes) -> Statistic:
    known = kappas[~np.isnan(kappas[:, 0])]
    if not len(known):
        return Undefined(ONE_VALUE if len(kappas) else NO_PAIRS)
    value, n = float(known[:, 0].mean()), int((votes.sizes >= 2).sum())
    error = float(np.sqrt((pull**2).sum())) / len(known)
    if error < TINY:
        chance = float(known[:, 2].mean())
        return fixed_chance(value, value * (1 - chance) + chance, chance, n)
    return normal(value, error, n, LINEARISED)


@dataclass(frozen=True, slots=True, eq=False)
class RaterMatrix:
    """Every rater beside every other, in rows and columns; NaN where two share no item, or kappa is undefined."""

    shared: IntArray
    agreement: FloatArray
    kappa: FloatArray

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
    return RaterMatrix(shared.astype(np.int64), agreement, kappa)


def agreement_with_rest(votes: Votes, raters: int) -> tuple[FloatArray, IntArray]:
    """Of each rater, agreement with a random other on the same items (NaN without any), and on how many items."""
    compared = np.flatnonzero(votes.sizes[votes.items] >= 2)
    items, mine = votes.items[compared], votes.annotators[compared]
    like = (votes.counts[items, votes.codes[compared]] - 1) / (votes.sizes[items] - 1)
    many = np.bincount(mine, minlength=raters)[:raters]
    total = np.bincount(mine, weights=like, minlength=raters)[:raters].astype(np.float64)
    return quotient(total, many.astype(np.float64)), many.astype(np.int64)


def _said(votes: Votes, code: int, shape: tuple[int, int]) -> "scipy.sparse.csr_matrix":
    kept = votes.codes == code
    ones = np.ones(int(kept.sum()))
    return scipy.sparse.csr_matrix((ones, (votes.items[kept], votes.annotators[kept])), shape=shape)
