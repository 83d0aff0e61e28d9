"""Labels with their authors: what they resolve to beyond the majority.

Judges stay out: several judges with shared errors outvote the people beside them, and are sure of it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

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
    posterior = votes.counts / np.maximum(votes.sizes, 1)[:, None]
    before = np.full_like(posterior, np.inf)
    for _round in range(ROUNDS):
        prevalence, errors = _maximised(votes, posterior)
        posterior = _expected(votes, prevalence, errors)
        if np.abs(posterior - before).max() < 1e-6:
            break
        before = posterior
    return DawidSkene(posterior, prevalence, errors)


def _maximised(votes: Votes, posterior: FloatArray) -> tuple[FloatArray, FloatArray]:
    size = votes.n_annotators * votes.categories
    told = votes.annotators * votes.categories + votes.codes
    errors = np.empty((votes.n_annotators, votes.categories, votes.categories))
    for true in range(votes.categories):
        weight = np.bincount(told, weights=posterior[votes.items, true], minlength=size)
        errors[:, true] = weight.reshape(votes.n_annotators, votes.categories) + SMOOTHING
    labelled = votes.sizes > 0
    prevalence = np.asarray(posterior[labelled].mean(axis=0), dtype=np.float64)
    return prevalence, errors / errors.sum(axis=2, keepdims=True)


def _expected(votes: Votes, prevalence: FloatArray, errors: FloatArray) -> FloatArray:
    logs = np.log(errors)
    found = np.empty((votes.n_items, votes.categories))
    for true in range(votes.categories):
        told = logs[votes.annotators, true, votes.codes]
        found[:, true] = np.bincount(votes.items, weights=told, minlength=votes.n_items)
    found += np.log(np.maximum(prevalence, 1e-300))
    found = np.exp(found - found.max(axis=1, keepdims=True))
    return np.asarray(found / found.sum(axis=1, keepdims=True), dtype=np.float64)
