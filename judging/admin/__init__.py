"""The back office of import and judging, one file per noun."""

from judging.admin import datasets, judges, runs

__all__ = ["datasets", "judges", "runs"]
