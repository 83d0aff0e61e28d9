"""Saving one person's decisions as mdk saves them: the manual log, and the three verdict files."""

from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotation.actions.log_folders import note_log
from annotation.core.rules import CampaignRules
from annotation.models import Annotator, Campaign
from training_export.actions.exports import fill_export, new_export
from training_export.core.log_files import LOG_PREFIX, put_files
from training_export.core.records import Source
from training_export.core.writers import NOTHING_ASKED
from training_export.models import Export
from training_export.selection import ExportProblem, select

FORMAT = "mdk"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedLog:
    """Where the files lie: beside the log that was opened, else with the export that they are. `decided`: entries."""

    export: Export
    files: tuple[Path, ...]
    decided: int

    @property
    def log(self) -> Path:
        """The manual log."""
        return next(path for path in self.files if path.name.startswith(LOG_PREFIX))

    @property
    def sentence(self) -> str:
        """What was saved, with the paths of both kinds of files."""
        verdicts = sorted(path.name for path in self.files if path != self.log)
        stem = verdicts[0].rsplit("_", 1)[0] if verdicts else ""
        return ngettext(
            "Saved %(count)d decision: %(log)s and %(verdicts)s",
            "Saved %(count)d decisions: %(log)s and %(verdicts)s",
            self.decided,
        ) % {
            "count": self.decided,
            "log": self.log,
            "verdicts": self.log.with_name(f"{stem}_{{clean,wrong,invalid}}.jsonl"),
        }


def save_log(campaign: Campaign, annotator: Annotator, *, by: User | None = None) -> SavedLog:
    """Write what this person has decided so far. The files are an export, and lie beside the log that was opened.

    ExportProblem says why nothing was saved.
    """
    selection = replace(select(campaign.dataset, source=Source.HUMAN, campaign=campaign), annotator=annotator)
    if not selection.labels().exists():
        raise ExportProblem(_("%(name)s has decided nothing yet: there is nothing to save.") % {"name": annotator.name})
    export = new_export(selection, FORMAT, NOTHING_ASKED, by)
    export.state = Export.State.RUNNING
    export.save()
    export.folder = str(settings.EXPORT_DIR / str(export.pk))
    export.save(update_fields=["folder"])
    export = fill_export(export)
    owner = annotator.user.username if annotator.user else annotator.name
    for file in export.files:
        if file["name"].startswith(LOG_PREFIX):
            note_log(campaign, file["sha256"], owner)
    return SavedLog(export=export, files=published(export, campaign), decided=selection.labels().count())


def published(export: Export, campaign: Campaign) -> tuple[Path, ...]:
    """The files beside the log that was opened; where it was uploaded, those of the export."""
    names = [Path(export.folder) / file["name"] for file in export.files if "_manual_" in file["name"]]
    folder = CampaignRules.from_json(campaign.rules).log_folder
    if not folder:
        return tuple(names)
    now = timezone.localtime()
    stamp = next(name.stem.removeprefix(LOG_PREFIX) for name in names if name.name.startswith(LOG_PREFIX))
    try:
        return tuple(put_files(names, Path(folder), stamp=stamp, now=now))
    except OSError as error:
        raise ExportProblem(
            _("Nothing could be written into %(folder)s (%(why)s). The files lie in %(export)s instead.")
            % {"folder": folder, "why": error.strerror or error, "export": export.folder}
        ) from error
