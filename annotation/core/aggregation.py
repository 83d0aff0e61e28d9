"""Labels with their authors: what they resolve to beyond the majority.

Judges stay out: several judges with shared errors outvote the people beside them, and are sure of it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from annotation.core.intervals import FloatArray, IntArray, Undefined

NO_LABELS = "no labels"
SMOOTHING = 0.01
ROUNDS = 200


@dataclass(frozen=True)
class Votes:
    """One row per label: item, annotator and category, each numbered 0, 1, ...; an item has one label of a person."""

    items: IntArray
    annotators: IntArray
    codes: IntArray
    categories: int

    @cached_property
    def n_items(self) -> int:
        """Items."""
        return int(self.items.max(initial=-1)) + 1

    @cached_property
    def n_annotators(self) -> int:
        """Annotators."""
        return int(self.annotators.max(initial=-1)) + 1

    @cached_property
    def counts(self) -> IntArray:
        """Labels of each category, one row per item."""
        cells = np.bincount(self.items * self.categories + self.codes, minlength=self.n_items * self.categories)
        return cells.reshape(self.n_items, self.categories).astype(np.int64)

    @cached_property
    def sizes(self) -> IntArray:
        """Labels per item."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class DawidSkene:
    """`posterior`: probability of each category per item. `errors`: per annotator, what they say of each true one."""

    posterior: FloatArray
    prevalence: FloatArray
    errors: FloatArray

    @property
    def decided(self) -> IntArray:
        """The likeliest category of each item."""
        return np.asarray(self.posterior.argmax(axis=1), dtype=np.int64)

    def suspicion(self, votes: Votes) -> FloatArray:
        """For each label, how improbable it is by all labels of its item."""
        return np.asarray(1 - self.posterior[votes.items, votes.codes], dtype=np.float64)

    def accuracy(self) -> FloatArray:
        """Share of items each annotator would get right at this prevalence."""
        right = np.diagonal(self.errors, axis1=1, axis2=2)
        return np.asarray(right @ self.prevalence, dtype=np.float64)


def majority_codes(votes: Votes) -> IntArray:
    """The category with more labels than any other; -1 at a tie and where there is no label."""
    most = votes.counts.max(axis=1, initial=0)
    unique = (votes.counts == most[:, None]).sum(axis=1) == 1
    return np.where(unique & (most > 0), votes.counts.argmax(axis=1), -1)


def dawid_skene(votes: Votes) -> DawidSkene | Undefined:
    """Dawid and Skene 1979: who errs how, and what the items then are, estimated together by EM from vote shares."""
    if not len(votes.items):
        return Undefined(NO_LABELS)
    told, kinds, kind_of = _kinds_of_items(votes)
    counts = votes.counts[kinds]
    posterior = counts / np.maximum(counts.sum(axis=1), 1)[:, None]
    items = np.bincount(kind_of).astype(np.float64)
    before = np.full_like(posterior, np.inf)
    for _round in range(ROUNDS):
        prevalence, errors = _maximised(told, items[:, None] * posterior, votes.categories)
        posterior = _expected(told, prevalence, errors)
        if np.abs(posterior - before).max() < 1e-6:
            break
        before = posterior
    return DawidSkene(posterior[kind_of], prevalence, errors)


def _kinds_of_items(votes: Votes) -> "tuple[scipy.sparse.csr_matrix, IntArray, IntArray]":
    """Items about which the same people said the same go through the rounds once. Of every kind who said what (columns
    are people by category) and one of its items; and the kind of every item."""
    wide = votes.n_annotators * votes.categories
    told = scipy.sparse.csr_matrix(
        (np.ones(len(votes.items)), (votes.items, votes.annotators * votes.categories + votes.codes)),
        shape=(votes.n_items, wide),
    )
    # A sum of random 64-bit numbers tells them apart, but for one chance in millions at a million items.
    marks = np.random.default_rng(0).integers(0, 2**63, wide, dtype=np.uint64)
    keys = np.zeros(votes.n_items, dtype=np.uint64)
    filled = np.flatnonzero(np.diff(told.indptr))
    if len(filled):
        keys[filled] = np.add.reduceat(
            marks[told.indices] * told.data.astype(np.uint64), told.indptr[filled].astype(np.int64)
        )
    _, kinds, kind_of = np.unique(keys, return_index=True, return_inverse=True)
    return told[kinds], kinds, kind_of


def _maximised(told: "scipy.sparse.csr_matrix", weights: FloatArray, categories: int) -> tuple[FloatArray, FloatArray]:
    """Shares of the categories, and per annotator what they say of each true one. `weights`: items of each kind by how
    likely they are of each category."""
    said = (told.T @ weights).reshape(-1, categories, categories) + SMOOTHING
    errors = said.transpose(0, 2, 1)
    labelled = weights[np.diff(told.indptr) > 0]
    prevalence = np.asarray(labelled.sum(axis=0) / labelled.sum(), dtype=np.float64)
    return prevalence, errors / errors.sum(axis=2, keepdims=True)


def _expected(told: "scipy.sparse.csr_matrix", prevalence: FloatArray, errors: FloatArray) -> FloatArray:
    categories = len(prevalence)
    logs = np.log(errors).transpose(0, 2, 1).reshape(-1, categories)
    found = told @ logs + np.log(np.maximum(prevalence, 1e-300))
    found = np.exp(found - found.max(axis=1, keepdims=True))
    return np.asarray(found / found.sum(axis=1, keepdims=True), dtype=np.float64)
