"""What happened to a dataset since a manifest was written, so that an export that comes out otherwise says why."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from judging.models import Dataset
from training_export.selection.provenance import dataset_facts


def changes_since(manifest: Mapping[str, Any]) -> list[str]:
    """Sentences: files imported since, and texts changed since. Later labels and judgments change no export."""
    before = manifest["dataset"]
    dataset = Dataset.objects.filter(name=before["name"]).first()
    if dataset is None:
        return []
    now = dataset_facts(dataset)
    known = {file["sha256"] for file in before["imported_from"]}
    files = [file["name"] for file in now["imported_from"] if file["sha256"] not in known]
    revised = now["item_revisions"] - before["item_revisions"]
    said = []
    if files:
        said.append(_("Imported since: {files}.").format(files=", ".join(files)))
    if revised > 0:
        said.append(
            ngettext("{count} text was changed since.", "{count} texts were changed since.", revised).format(
                count=revised
            )
        )
    return said
