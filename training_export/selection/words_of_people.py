"""Everybody's words on items, from mdk's files and from campaigns, for one gold set of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers import READERS, FileRefused, detect_format
from judging.core.verdicts import PersonVerdict
from training_export.core.merging import Word
from training_export.core.records import LabelWord, Need, Origin, Record, Source
from training_export.selection.asking import select
from training_export.selection.choosing import ExportProblem
from training_export.selection.names import campaign_named, dataset_named
from training_export.selection.words import records

MANUAL_LOGS = "experiment_log_manual_*.json"
PEOPLE_S = {"mdk_manual_log", "mdk_gold", "mdk_gold_table"}
VERDICTS = {verdict.value: verdict for verdict in PersonVerdict}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFile:
    """A file that one person's verdicts are in."""

    rater: str
    path: Path


def people_files(paths: Sequence[Path]) -> list[PeopleFile]:
    """The files meant: each itself, and of a folder the newest manual log of every folder in it, as mdk has it."""
    found = [file for path in paths for file in (folder_files(path) if path.is_dir() else [path])]
    return [PeopleFile(rater=name, path=path) for name, path in zip(names_of(found), found, strict=True)]


def names_of(paths: Sequence[Path]) -> list[str]:
    """Whose file each is: of the same name in other folders are other people's, and are told by the folders around."""
    places = [place.resolve() for place in (path.parent if named_by_folder(path, paths) else path for path in paths)]
    lengths = [1] * len(places)
    while True:
        names = ["/".join(place.parts[-length:]) for place, length in zip(places, lengths, strict=True)]
        owners: dict[str, set[Path]] = {}
        for name, place in zip(names, places, strict=True):
            owners.setdefault(name, set()).add(place)
        if all(len(found) == 1 for found in owners.values()):
            return names
        lengths = [length + (len(owners[name]) > 1) for length, name in zip(lengths, names, strict=True)]


def folder_files(folder: Path) -> list[Path]:
    """The newest manual log of each folder in it, else of the folder itself; its name has the time."""
    logs = [sorted(inner.glob(MANUAL_LOGS)) for inner in [*sorted(p for p in folder.iterdir() if p.is_dir()), folder]]
    newest = [found[-1] for found in logs if found]
    if not newest:
        raise ExportProblem(
            _("There is no {pattern} in {folder} or a folder in it.").format(pattern=MANUAL_LOGS, folder=folder)
        )
    return newest


def named_by_folder(path: Path, among: Sequence[Path]) -> bool:
    """Whether the folder tells whose file it is: several files of one folder are told by their own names."""
    return bool(path.parent.name) and len({other for other in among if other.parent == path.parent}) == 1


def words_of_files(files: Sequence[PeopleFile]) -> Iterator[Word]:
    """The verdicts of people in these files. A line that cannot be read refuses all."""
    for file in files:
        try:
            form = detect_format(file.path)
            if form not in PEOPLE_S:
                raise ExportProblem(
                    _("{path} holds no person's verdicts ({format}): name a manual log or a gold set of mdk.").format(
                        path=file.path, format=form
                    )
                )
            yield from words_of_file(file, form)
        except FileRefused as refusal:
            raise ExportProblem(f"{file.path}:{refusal.line}: {refusal.message}") from refusal


def words_of_file(file: PeopleFile, form: str) -> Iterator[Word]:
    """One file's words; entries that nobody looked at have none."""
    for row in READERS[form](file.path):
        if isinstance(row, RowProblem):
            raise ExportProblem(f"{file.path}:{row.line}: {row.message}")
        if row.person is not None:
            yield word_of_row(file.rater, row, row.person.verdict, row.person.error_count)


def word_of_row(rater: str, row: ItemRow, verdict: PersonVerdict, errors: int | None) -> Word:
    """The word on an entry; what a correction replaced tells which item it is."""
    kept = row.extra.get("mdk")
    kept = kept if isinstance(kept, dict) else {}
    original = kept.get("original")
    original = original if isinstance(original, dict) else {}
    now, context = row.turns[0], str(original.get("context", row.context))
    before = Turn(str(original.get("question", now.question)), str(original.get("answer", now.answer)))
    texts = {"question": (before.question, now.question), "answer": (before.answer, now.answer)}
    texts["context"] = (context, row.context)
    correction = {name: after for name, (old, after) in texts.items() if after != old}
    label = LabelWord(verdict=verdict, error_count=errors, correction=correction)
    extra = {"mdk": {name: kept[name] for name in ("page", "output") if name in kept}}
    replies = tuple(reply.text for reply in row.replies)
    return Word(rater=rater, turn=before, context=context, label=label, extra=extra, replies=replies)


def words_of_campaign(name: str) -> Iterator[Word]:
    """Everybody's labels in a campaign, given as DATASET/CAMPAIGN, and the lead's decisions."""
    dataset_name, slash, campaign_name = name.rpartition("/")
    if not slash:
        raise ExportProblem(_("“{name}” names no campaign: write DATASET/CAMPAIGN.").format(name=name))
    dataset = dataset_named(dataset_name)
    selection = select(dataset, source=Source.GOLD, campaign=campaign_named(dataset, campaign_name))
    for record in records(selection, needs=(Need.CONTEXT, Need.EXTRA, Need.REPLIES, Need.LABELS)):
        if record.one_answer:
            yield from words_of_record(record)


def words_of_record(record: Record) -> Iterator[Word]:
    """The labels on an item, and the decision."""
    about = {"turn": record.turns[0], "context": record.context, "extra": record.extra, "replies": record.replies}
    for label in record.labels:
        if label.rater_type == "human" and label.verdict and not label.criterion:
            word = LabelWord(verdict=VERDICTS[label.verdict], correction=label.correction)
            yield Word(rater=label.rater, label=word, **about)  # type: ignore[arg-type]
    people = record.people
    if people.origin == Origin.GOLD and people.verdict is not None:
        word = LabelWord(verdict=people.verdict, error_count=people.error_count, correction=people.correction)
        yield Word(rater=_("decided"), label=word, final=True, **about)  # type: ignore[arg-type]
