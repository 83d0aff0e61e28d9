"""The locked split of a dataset as a report shows it: which part it is about, and how often the other was looked at."""

from collections import Counter
from typing import Any, Protocol

from django.db.models import Count

from annotation.models import TestLook
from annotation.reports.which import ALL, Which, locked_split
from judging.models import Dataset

LISTED = 20


class About(Protocol):
    """What is read of a report."""

    @property
    def dataset_pk(self) -> int: ...

    @property
    def material(self) -> Any: ...

    @property
    def which(self) -> Which: ...


def split_of(report: About) -> dict[str, Any] | None:
    """The part a report is about, the items of both, and the looks at the test part; None without a locked split."""
    dataset = report.material.dataset if report.material else Dataset.objects.get(pk=report.dataset_pk)
    split = locked_split(dataset)
    if split is None:
        return None
    items = items_by_side(dataset)
    looks = looks_at(dataset)
    return {
        "part": report.which.split,
        "items": sum(items.values()) if report.which.split == ALL else items.get(report.which.split, 0),
        "hidden": 0 if report.which.shows_test else items.get("test", 0),
        "seed": split.seed,
        "test_share": split.test_share,
        "locked_at": split.at.isoformat(timespec="seconds"),
        "locked_by": split.by.get_username() if split.by else None,
        "looks": {
            "total": TestLook.objects.filter(dataset=dataset).count(),
            "judges": [{"judge": name, "version": version, "looks": n} for (name, version), n in looks.items()],
            "newest": [look_as_json(look) for look in newest_looks(dataset)],
        },
    }


def items_by_side(dataset: Dataset) -> dict[str, int]:
    """How many items stand on each side of the split."""
    rows = dataset.items.order_by().values_list("split").annotate(n=Count("pk"))
    return {side: n for side, n in rows if side}


def looks_at(dataset: Dataset) -> dict[tuple[str, int], int]:
    """(judge, version) -> looks at the test part that were about it."""
    rows = TestLook.objects.filter(dataset=dataset, judges__isnull=False).order_by()
    found: Counter[tuple[str, int]] = Counter()
    for name, version, n in rows.values_list("judges__name", "judges__version").annotate(n=Count("pk")):
        found[name, version] += n
    return dict(sorted(found.items()))


def newest_looks(dataset: Dataset) -> list[TestLook]:
    """The last of them, with who and about what."""
    looks = TestLook.objects.filter(dataset=dataset).select_related("by").prefetch_related("judges")
    return list(looks[:LISTED])


def look_as_json(look: TestLook) -> dict[str, Any]:
    """One look: who, when, where, about which versions."""
    return {
        "by": look.by.get_username() if look.by else None,
        "at": look.at.isoformat(timespec="seconds"),
        "where": look.where,
        "judges": [{"judge": judge.name, "version": judge.version} for judge in look.judges.all()],
    }
