"""The back office of import and judging, one file per noun."""

from judging.admin import benchmarks, datasets, judges, people, runs

__all__ = ["benchmarks", "datasets", "judges", "people", "runs"]
