"""What an export says of itself, in manifest.json beside its files."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from training_export.core.records import Source
from training_export.core.tally import Tally
from training_export.core.writers import WrittenFile
from training_export.core.writers.base import OutputFile

MANIFEST_NAME = "manifest.json"
MANIFEST_VERSION = 1
STAMP = "%Y-%m-%d-%H-%M-%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an export comes from. `campaign`, `run` and `filters` as they are written; `labels` by annotator."""

    format: str
    source: Source
    dataset: Mapping[str, Any]
    campaign: Mapping[str, Any] | None
    run: Mapping[str, Any] | None
    labels: Sequence[Mapping[str, Any]]
    as_of: Mapping[str, Any]
    made_by: str
    made_at: datetime
    software: Mapping[str, str]
    filters: Mapping[str, Any] = field(default_factory=dict)


def manifest_of(provenance: Provenance, tally: Tally, files: Sequence[WrittenFile]) -> dict[str, Any]:
    """The whole manifest as JSON."""
    said = asdict(provenance)
    return {
        "manifest": MANIFEST_VERSION,
        "format": said.pop("format"),
        "source": said.pop("source").value,
        "counts": tally.as_json(provenance.source),
        **({"checks": tally.checks} if tally.checks else {}),
        "files": [file.as_json() for file in files],
        **said,
        "made_at": provenance.made_at.isoformat(),
        "software": {**provenance.software, "python": platform.python_version()},
    }


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> WrittenFile:
    """Write it beside the files it describes."""
    file = OutputFile(folder / MANIFEST_NAME)
    file.put(json.dumps(manifest, ensure_ascii=False, indent=4) + "\n")
    return replace(file.close(), rows=None)
