"""Opening a folder that somebody went through with mdk: its items, and the decisions in it as their labels.

Everybody who opens the same folder is in one campaign and has all its items in the order of the log; the decisions in a
log belong to the one person who made them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.actions.campaigns import assign_items
from annotation.actions.label_imports.logs import words_of
from annotation.actions.log_folders.choosing import chosen_log, others_work, sentences_on
from annotation.actions.log_folders.labels import Stored, already_stored, join_log, start_behind, store_words
from annotation.actions.log_folders.reading import LOG_FORMAT, GivenFile, ReadLog, original_of, read_logs
from annotation.actions.people import person_of, users_named
from annotation.core.rules import CampaignRules
from annotation.core.words import Terms
from annotation.models import Annotator, Campaign
from annotation.reports.whole_log import whole_counts
from judging.actions.imports import FileProblem, ImportRefused, InputFile, import_files, source_of
from judging.models import Dataset, Run

CAMPAIGN = "mdk"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLog:
    """What a folder became. `sentences` say which file was taken, and what the others hold; `start`: where to go on."""

    campaign: Campaign
    annotator: str
    taken: str
    sentences: tuple[str, ...]
    stored: Stored
    start: int
    counts: Mapping[str, int]
    """Over the whole file, as mdk counts: what nobody decided yet is counted as the judge says."""

    def as_json(self) -> dict[str, Any]:
        """The form that commands print."""
        return {
            "dataset": self.campaign.dataset.name,
            "campaign": self.campaign.name,
            "annotator": self.annotator,
            "taken": self.taken,
            "sentences": list(self.sentences),
            "start": self.start,
            "counts": dict(self.counts),
            **self.stored.as_json(),
        }


def open_log(
    files: Sequence[GivenFile],
    *,
    annotator: str,
    dataset: str,
    take: str = "",
    folder: Path | None = None,
    by: User | None = None,
) -> OpenedLog:
    """Make, or find, dataset and campaign of a folder, and give its newest decisions to this person (a user name).

    `take` names a log instead of the newest. `folder` is where the campaign is saved to. Opened once more, only what is
    newer than the labels here changes. ImportRefused and CampaignRefused say why nothing was done.
    """
    users_named([annotator])
    original, read = original_of(files), read_logs(files, take)
    known = Dataset.objects.ready().filter(name=dataset).first()
    theirs = others_work(read, owners_of(known), annotator)
    taken = chosen_log([one for one in read if one.log.name not in theirs], take)
    base = original.input if original else (taken or read[-1]).source.file
    sentences = sentences_on(taken, read, theirs, base.name)
    made = known or imported(dataset, base, by, original)
    refuse_other(made, base, original, read)
    with transaction.atomic():
        campaign = campaign_of(made, annotator, folder)
        person = joined(campaign, annotator)
        stored = taken_words(campaign, person, taken) if taken else Stored()
        start = start_behind(campaign, person)
        counts = whole_counts(campaign, person)
    return OpenedLog(
        campaign=campaign,
        annotator=annotator,
        taken=taken.log.name if taken else base.name,
        sentences=tuple(sentences),
        stored=stored,
        start=start,
        counts=counts,
    )


def note_log(campaign: Campaign, sha256: str, annotator: str) -> None:
    """Remember whose decisions a log holds, so that nobody else gets them as theirs."""
    with transaction.atomic():
        row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        rules = CampaignRules.from_json(row.rules)
        row.rules = row.rules | {"logs": {**rules.logs, sha256: annotator}}
        row.save(update_fields=["rules"])
    campaign.rules = row.rules


def opened_campaign(dataset: Dataset | None) -> Campaign | None:
    """The campaign in which everybody is who opened the folder of this dataset."""
    if dataset is None:
        return None
    found: Campaign | None = Campaign.objects.filter(dataset=dataset, rules__opened_log=True).first()
    return found


def owners_of(dataset: Dataset | None) -> Mapping[str, str]:
    """Whose decisions the known logs hold: SHA-256 -> user name."""
    campaign = opened_campaign(dataset)
    return CampaignRules.from_json(campaign.rules).logs if campaign else {}


def imported(name: str, base: InputFile, by: User | None, original: GivenFile | None) -> Dataset:
    """The dataset that a log becomes."""
    plan = import_files(name, [base], format_name="" if original else LOG_FORMAT, by=by)
    if plan.problems:
        raise ImportRefused("\n".join(str(problem) for problem in plan.problems[:10]))
    return Dataset.objects.get(name=name)


def refuse_other(dataset: Dataset, base: InputFile, original: GivenFile | None, read: Sequence[ReadLog]) -> None:
    """The dataset of this name is that of this folder, or another name has to be chosen."""
    source = source_of(base, "" if original else LOG_FORMAT)
    known = set(dataset.files.values_list("sha256", flat=True))
    same = not isinstance(source, FileProblem) and source.sha256 in known
    if same or (original is None and any(len(one.said) == dataset.items.count() for one in read)):
        return
    raise ImportRefused(
        _("The dataset %(name)s holds other files than %(file)s: choose another name for this folder.")
        % {"name": dataset.name, "file": base.name}
    )


def campaign_of(dataset: Dataset, annotator: str, folder: Path | None) -> Campaign:
    """The campaign of a folder, made for its first visitor: items in the order of the log, the judge's word shown."""
    campaign = opened_campaign(dataset)
    if campaign is None:
        run = Run.objects.filter(dataset=dataset, kind=Run.Kind.IMPORTED, state=Run.State.FINISHED).first()
        campaign = assign_items(
            dataset,
            name=free_name(dataset),
            annotators=[annotator],
            run=run,
            labels_per_item=1,
            terms=Terms(blind_judge=False, blind_model=False),
        )
        campaign.rules = campaign.rules | {"opened_log": True}
    if campaign.state != Campaign.State.OPEN:
        raise ImportRefused(
            _("Campaign %(name)s of this folder is closed: open it again first.") % {"name": campaign.name}
        )
    if folder is not None:
        campaign.rules = campaign.rules | {"log_folder": str(folder)}
    campaign.save(update_fields=["rules"])
    return campaign


def free_name(dataset: Dataset) -> str:
    """A name that no campaign of the dataset has."""
    taken = set(Campaign.objects.filter(dataset=dataset).values_list("name", flat=True))
    names = (CAMPAIGN if number == 1 else f"{CAMPAIGN} {number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def joined(campaign: Campaign, annotator: str) -> Annotator:
    """The person, with every item in their queue."""
    person = person_of(users_named([annotator])[0])
    person.save()
    join_log(campaign, person)
    return person


def taken_words(campaign: Campaign, person: Annotator, taken: ReadLog) -> Stored:
    """The decisions of a log as the person's labels; with a problem nothing is stored."""
    found = words_of(campaign.dataset, taken.source)
    if found.problems:
        raise ImportRefused("\n".join(str(problem) for problem in found.problems[:10]))
    if taken.source.sha256 in CampaignRules.from_json(campaign.rules).logs:
        # What was said here since is newer, whatever the clocks say.
        return already_stored(campaign, person, found.words)
    stored = store_words(campaign, person, found.words, saved=taken.log.saved_at, unmatched=len(found.unmatched))
    if person.user is not None:
        note_log(campaign, taken.source.sha256, person.user.username)
    return stored
