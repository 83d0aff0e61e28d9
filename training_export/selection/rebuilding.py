"""From a manifest back to what it was made from."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from training_export.core.records import Source
from training_export.selection.choosing import AsOf, ExportProblem, Selection, asked_filters
from training_export.selection.names import campaign_named, dataset_named, run_numbered


def read_manifest(path: Path) -> dict[str, Any]:
    """A manifest that an export wrote."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExportProblem(
            _("{path} cannot be read as a manifest: {why}.").format(path=path, why=str(error).rstrip("."))
        ) from error
    if not isinstance(manifest, dict) or not {"format", "source", "dataset", "as_of", "files"} <= manifest.keys():
        raise ExportProblem(_("{path} is not the manifest of an export: name its manifest.json.").format(path=path))
    return manifest


def selection_of(manifest: Mapping[str, Any]) -> Selection:
    """The selection a manifest describes, found by the names in it."""
    dataset = dataset_named(manifest["dataset"]["name"])
    campaign, run = manifest["campaign"], manifest["run"]
    as_of = manifest["as_of"]
    return Selection(
        dataset=dataset,
        source=Source(manifest["source"]),
        campaign=campaign_named(dataset, campaign["name"]) if campaign else None,
        run=run_numbered(dataset, run["number"]) if run else None,
        as_of=AsOf(**{**as_of, "at": datetime.fromisoformat(as_of["at"])}),
        **asked_filters(manifest["filters"]),
    )
