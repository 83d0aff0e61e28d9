"""Published tables of labels. Units are rows, raters columns; None is a missing label; categories count from 0."""

from collections.abc import Sequence

import numpy as np

from annotation.core.counts import Patterns, label_counts, patterns

Units = Sequence[Sequence[int | None]]

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: four observers, twelve units, five values.
# The same table is Gwet's raw4raters.
KRIPPENDORFF_C: Units = [
    [0, 0, None, 0],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [2, 2, 2, 2],
    [1, 1, 1, 1],
    [0, 1, 2, 3],
    [3, 3, 3, 3],
    [0, 0, 1, 0],
    [1, 1, 1, 1],
    [None, 4, 4, 4],
    [None, None, 0, 0],
    [None, None, 2, None],
]
# The same paper, example A: two observers, ten units, two values.
KRIPPENDORFF_A: Units = list(zip([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0], strict=True))
# Example B: two observers, twelve units, five values.
KRIPPENDORFF_B: Units = list(
    zip([0, 0, 1, 1, 3, 2, 2, 2, 4, 3, 3, 0], [1, 0, 1, 1, 1, 2, 2, 2, 4, 3, 3, 3], strict=True)
)
# Fleiss (1971): thirty patients, six psychiatrists, five diagnoses; labels per diagnosis.
# Gwet's distrib.6raters is its first half.
FLEISS_1971 = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0],
    [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0],
    [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0],
    [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
    [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip
# Wikipedia, Fleiss' kappa: ten subjects, fourteen raters, five values.
WIKIPEDIA_FLEISS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
# Gwet, Handbook of Inter-Rater Reliability: cont3x3abstractors, two abstractors, hundred records.
GWET_ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
# Cohen (1968): two judges, two hundred cases, three values.
COHEN_1968 = [[88, 10, 2], [14, 40, 6], [18, 10, 12]]
# Nineteen units and three values, for which SAS prints kappa .4842 with error .1380 and interval .2137 to .7547.
SAS = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]


def of_units(units: Units, categories: int) -> Patterns:
    return patterns(label_counts(units, categories))


def shuffled(units: Units, seed: int = 0) -> Units:
    """The same labels with the raters of every unit in another order."""
    generator = np.random.default_rng(seed)
    return [[unit[at] for at in generator.permutation(len(unit))] for unit in units]
