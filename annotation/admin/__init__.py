"""The back office of review and agreement, one file per noun."""

from annotation.admin import campaigns, labels

__all__ = ["campaigns", "labels"]
