"""What the files of an upload hold, and what storing them would change; nothing is stored."""

import codecs
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.actions.label_imports.sent import take_words
from annotation.actions.uploads.files import Telling, input_files, write_problems
from annotation.core.label_tables import looks_like_labels
from annotation.models import Upload
from judging.actions.imports import FileProblem, ImportPlan, ImportRefused, InputFile, KeyedRow, source_of
from judging.actions.imports.plan import Survey
from judging.actions.imports.rows import in_utf8
from judging.core.items import RowProblem
from judging.core.readers import FileRefused
from judging.core.readers.csv_table import header_of
from judging.core.readers.encodings import likeliest
from judging.core.readers.json_records import first_character
from judging.core.readers.parquet_file import column_names, is_parquet
from judging.core.readers.promptfoo_db import is_database
from judging.core.readers.records import objects
from judging.core.readers.workbook import is_workbook
from judging.models import Dataset, ImportFile

FIRST_ROWS = 5
SHOWN_PROBLEMS = 50
SHOWN_TEXT = 400
LOOKED_AT = 65_536
MOST_COLUMNS = 100


def guesses(files: list[InputFile]) -> dict[str, Any]:
    """Kind, dataset's name and encoding, as far as the first file tells them."""
    first = files[0]
    encoding = encoding_of(first.path)
    file = InputFile(first.path, first.shown, encoding)
    kind = (
        Upload.Kind.LABELS if isinstance(source_of(file, ""), FileProblem) and is_of_labels(file) else Upload.Kind.ITEMS
    )
    return {"kind": kind, "name": Path(first.name).stem[:150].strip() or "dataset", "encoding": encoding}


def is_of_labels(file: InputFile) -> bool:
    """Whether a file that holds no items is a table of labels."""
    try:
        with in_utf8(file) as path:
            return looks_like_labels(path)
    except FileRefused:
        return False


def encoding_of(path: Path) -> str:
    """The encoding that the beginning of a file looks like; '' for UTF-8 and for what is no text."""
    with path.open("rb") as file:
        raw = file.read(LOOKED_AT)
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in raw:
        return ""
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        if error.start > len(raw) - 4:
            return ""
        found = likeliest(raw)
        return "" if found == "utf-8" else found
    return ""


def look(upload: Upload, tell: Telling) -> dict[str, Any]:
    """What was found, as `Upload.found`; the list of all problems is written beside the files."""
    files = input_files(upload)
    found, problems = (
        look_at_labels(upload, files) if upload.kind == Upload.Kind.LABELS else look_at_items(upload, tell)
    )
    write_problems(upload, problems)
    shown = [problem.as_json() for problem in problems[:SHOWN_PROBLEMS]]
    return {**found, "problems": len(problems), "shown_problems": shown, "columns": columns_of(files[0])}


def look_at_items(upload: Upload, tell: Telling) -> tuple[dict[str, Any], tuple[FileProblem, ...]]:
    """The plan of an import, with the first rows as items."""
    options = upload.options
    survey = Survey(upload.name, input_files(upload), options.get("format", ""), options.get("columns") or None)
    sample: list[dict[str, Any]] = []
    for keyed in survey.rows(tell):
        if len(sample) < FIRST_ROWS:
            sample.append(item_shown(keyed))
    plan = survey.plan()
    if options.get("skip_bad"):
        plan = plan.without_bad_rows()
    there = Dataset.objects.ready().filter(name=upload.name).exists()
    found = plan.as_json() | {"sample": sample, "acceptable": plan.is_acceptable, "there": there}
    return found_of(plan, found), plan.problems


def found_of(plan: ImportPlan, found: dict[str, Any]) -> dict[str, Any]:
    """The plan's counts apart from the rest, and files that are in a dataset already."""
    names = ("items", "new", "unchanged", "changed", "gone", "judgments", "human_verdicts")
    sums = [source.sha256 for source in plan.sources]
    before = ImportFile.objects.filter(sha256__in=sums).select_related("dataset").order_by("-pk")[:5]
    return {
        "format": found["format"],
        "counts": {name: found[name] for name in names},
        "sample": found["sample"],
        "acceptable": found["acceptable"],
        "there": found["there"],
        "before": [{"name": file.name, "dataset": file.dataset.name, "at": f"{file.at:%Y-%m-%d}"} for file in before],
    }


def item_shown(keyed: KeyedRow) -> dict[str, Any]:
    """An item as the preview shows it."""
    row, turn = keyed.row, keyed.row.turns[0]
    texts = {"question": turn.question, "answer": turn.answer, "reference": turn.reference, "context": row.context}
    if row.turns_b:
        texts["answer_b"] = row.turns_b[0].answer
    words = [row.person.verdict.value] if row.person else [word.value or ", ".join(word.parts) for word in row.words]
    person = ", ".join(words)[:SHOWN_TEXT]
    judgment = row.judgment.verdict.value if row.judgment and row.judgment.verdict else ""
    facts = {"line": row.line, "model": row.model, "category": row.category, "person": person, "judgment": judgment}
    return facts | {name: text[:SHOWN_TEXT] for name, text in texts.items()} | {"choices": list(row.choices[:20])}


def look_at_labels(upload: Upload, files: Iterable[InputFile]) -> tuple[dict[str, Any], tuple[FileProblem, ...]]:
    """What taking the labels comes to: it is done and taken back, so the counts are those of the doing."""
    problems: list[FileProblem] = []
    unmatched = 0
    taken = []
    with transaction.atomic():
        for file in files:
            outcome = take_words(upload.name, file, upload.options, by=upload.by)
            problems += [*outcome.problems, *outcome.unmatched]
            unmatched += len(outcome.unmatched)
            taken.append(outcome.as_json() | {"file": file.name})
        transaction.set_rollback(True)
    for each in taken:
        del each["problems"], each["unmatched"]
    fatal = len(problems) - unmatched
    return {"labels": taken, "acceptable": not fatal, "unmatched": unmatched}, tuple(problems)


def columns_of(file: InputFile) -> list[str]:
    """Names that a person may give a meaning to; none where the file has none."""
    try:
        with in_utf8(file) as path:
            if is_database(path):
                return []
            if is_parquet(path):
                names = column_names(path)
            elif not is_workbook(path) and first_character(path) in {"[", "{"}:
                first = [record for record in islice(objects(path), 20) if not isinstance(record, RowProblem)]
                names = list(dict.fromkeys(key for record in first for key in record.value))
            else:
                names = header_of(path)
    except FileRefused:
        return []
    return [name[:200] for name in names[:MOST_COLUMNS]]


def unchanged_since(upload: Upload, plan: ImportPlan) -> None:
    """The person confirmed certain numbers: others are not stored in their name."""
    wanted = upload.counts
    have = {name: value for name, value in plan.as_json().items() if name in wanted}
    if have != wanted:
        raise ImportRefused(_("The dataset changed since the preview. Look at the files again, then confirm."))
