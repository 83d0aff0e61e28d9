"""A candidate's run: opened once for the same candidate, rules and scope, and cut into batches."""

import platform
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from judging.actions.candidates import Candidate
from judging.actions.runs import BatchRange, Place, RunScope, cut_into_batches, resume_run
from judging.models import Dataset, Run


@transaction.atomic
def open_candidate_run(
    dataset: Dataset,
    candidate: Candidate,
    rules: Mapping[str, Any],
    *,
    kind: Run.Kind,
    scope: RunScope,
    ranges: Sequence[BatchRange],
    place: Place,
    by: User | None,
) -> Run:
    """The unfinished run of the same candidate by the same rules (`rules`: name and stored form), else a new one."""
    decides = {"candidate": candidate.as_json(), **rules}
    # Whoever starts the same at the same moment waits here, and then finds the run.
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    for run in dataset.runs.resumable().filter(kind=kind, model=candidate.model, **place.as_fields()):
        if run.scope == scope.as_json() and all(run.snapshot[name] == value for name, value in decides.items()):
            return resume_run(run)
    software = {"python": platform.python_version()}
    run = Run.objects.create(
        dataset=dataset,
        kind=kind,
        model=candidate.model,
        scope=scope.as_json(),
        snapshot={**decides, "seed": scope.seed, "items": sum(each.items for each in ranges), "software": software},
        made_by=by,
        **place.as_fields(),
    )
    cut_into_batches(run, ranges)
    return run
