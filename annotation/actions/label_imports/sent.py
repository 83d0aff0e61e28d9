"""Words of people and of judges in any file that brings some: a log that a person went through, or a table."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from annotation.actions.label_imports.annotated import holds_words, import_annotations
from annotation.actions.label_imports.logs import LabelImport, import_labels
from annotation.actions.label_imports.tables import TableImport, import_label_table
from annotation.core.label_tables import HUMAN, JUDGE, TableOptions
from judging.actions.imports import ImportRefused, InputFile, Source, source_of
from judging.models import Dataset

WITH_PEOPLE = {"promptfoo", "promptfoo_db"}


def is_log(file: InputFile, options: TableOptions) -> bool:
    """Whether the file is one in which a person left verdicts on answers; whatever else there is, is a table."""
    if options.columns or options.rater_type == JUDGE:
        return False
    source = source_of(file, "")
    return isinstance(source, Source) and (source.format.startswith("mdk_") or source.format in WITH_PEOPLE)


def is_annotated(file: InputFile, options: TableOptions) -> bool:
    """Whether people said things in the file under their names, and nobody said that it is to be read as a table."""
    return not (options.columns or options.shape or options.rater_type == JUDGE) and holds_words(file)


def take_words(
    dataset: str, file: InputFile, said: Mapping[str, Any], *, by: User | None = None
) -> LabelImport | TableImport:
    """Take them all. `said`: annotator, criterion, rater_type, positional and raters, as a form has them."""
    options = table_options(said)
    log = is_log(file, options)
    annotated = not log and is_annotated(file, options)
    if not log and not annotated:
        return import_label_table(dataset, file, options=options, by=by)
    found = Dataset.objects.ready().filter(name=dataset).first()
    if found is None:
        raise ImportRefused(
            _("There is no dataset %(name)s. A log belongs to a dataset: import its items first.") % {"name": dataset}
        )
    if annotated:
        return import_annotations(found, file, annotator=options.rater)
    if not options.rater:
        raise ImportRefused(_("A log does not say who went through it. Write the name under “Who said this?”."))
    return import_labels(found, file, annotator=options.rater)


def table_options(said: Mapping[str, Any]) -> TableOptions:
    """How a table is read."""
    return TableOptions(
        columns=tuple(said.get("raters") or ()),
        criterion=said.get("criterion") or "",
        rater_type=said.get("rater_type") or HUMAN,
        rater=said.get("annotator") or "",
        positional=bool(said.get("positional")),
        shape=said.get("shape") or "",
        missing=tuple(said.get("missing") or ()),
        scale=tuple(said.get("scale") or ()),
    )
