"""Tables of import and judging, one file per noun."""

from judging.models.benchmarks import BenchmarkRun
from judging.models.datasets import Dataset, ImportFile, Item, ItemRevision
from judging.models.judges import Judge, Rubric
from judging.models.preferences import Preference
from judging.models.runs import BatchCount, Judgment, Reply, Run, RunBatch

__all__ = [
    "BatchCount",
    "BenchmarkRun",
    "Dataset",
    "ImportFile",
    "Item",
    "ItemRevision",
    "Judge",
    "Judgment",
    "Preference",
    "Reply",
    "Rubric",
    "Run",
    "RunBatch",
]
