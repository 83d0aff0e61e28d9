"""manage.py import_labels: labels and judgments made elsewhere."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.label_imports import (
    LabelImport,
    TableImport,
    import_annotations,
    import_label_table,
    import_labels,
)
from annotation.actions.label_imports.sent import is_annotated, is_log, table_options
from annotation.core.label_tables import HUMAN, JUDGE, Shape, TableOptions
from judging.actions.imports import FileProblem, ImportRefused, InputFile
from judging.models import Dataset

SHOWN = 50


class Command(BaseCommand):
    """Takes a log that a person went through, a file of an annotation tool, or a table of labels."""

    help = "Take labels of people and judgments of judges from a table, or the verdicts a person left in a log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="PATH")
        parser.add_argument(
            "--dataset", required=True, help="The dataset of the items; a table makes it when it is new."
        )
        parser.add_argument("--annotator", metavar="NAME", help="Whose words they are, where the file does not say.")
        parser.add_argument("--columns", metavar="R1,R2,...", help="The raters' columns of a wide table.")
        parser.add_argument("--criterion", default="", help="What was judged, where the table does not say.")
        parser.add_argument("--rater-type", choices=[HUMAN, JUDGE], default=HUMAN, help="Who the raters are.")
        parser.add_argument(
            "--positional", action="store_true", help="The raters' columns hold places, not the same people."
        )
        parser.add_argument(
            "--shape", choices=list(map(str, Shape)), default="", help="How the table lies, where it looks otherwise."
        )
        parser.add_argument(
            "--missing", metavar="M1,M2,...", help="Values that mean no label: --missing=-1,99. Blanks always do."
        )
        parser.add_argument("--scale", metavar="W1,W2,...", help="Words in their order, stored as 1, 2, 3: low,high.")
        parser.add_argument("--encoding", default="", help="Of a file that is not UTF-8: cp932, gb18030, utf-16 ...")
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        file = InputFile(Path(options["file"]), encoding=options["encoding"])
        try:
            table = table_options(options | _lists(options))
            outcome = self._taken(file, options, table)
        except ImportRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))
        else:
            self._complain([*outcome.problems, *outcome.unmatched])
            if not outcome.problems:
                self._report(outcome)
        if outcome.problems:
            count = len(outcome.problems)
            raise CommandError(f"{count} {'problem' if count == 1 else 'problems'}; no label was stored. Mend them.")

    def _taken(self, file: InputFile, options: dict[str, Any], table: TableOptions) -> LabelImport | TableImport:
        if is_log(file, table):
            return self._log(file, options)
        if is_annotated(file, table):
            return import_annotations(_dataset(options["dataset"]), file, annotator=options["annotator"] or "")
        return import_label_table(options["dataset"], file, options=table)

    def _log(self, file: InputFile, options: dict[str, Any]) -> LabelImport:
        dataset = _dataset(options["dataset"])
        if options["annotator"] is None:
            raise CommandError("A log does not say who went through it. Name the person with --annotator.")
        return import_labels(dataset, file, annotator=options["annotator"])

    def _complain(self, problems: Iterable[FileProblem]) -> None:
        for problem in list(problems)[:SHOWN]:
            self.stderr.write(str(problem))

    def _report(self, outcome: LabelImport | TableImport) -> None:
        if isinstance(outcome, TableImport):
            self._report_table(outcome)
            return
        self.stdout.write(
            f"Took {outcome.labels} verdicts of {outcome.annotator} on '{outcome.dataset}' "
            f"(campaign '{outcome.campaign}'):"
        )
        self.stdout.write(f"  new {outcome.new}, unchanged {outcome.unchanged}, changed {outcome.changed}")
        self.stdout.write(f"  with corrected text: {outcome.corrections}")
        self._left_out(outcome)

    def _report_table(self, outcome: TableImport) -> None:
        made = " (new)" if outcome.made else ""
        raters = ", ".join(outcome.raters[:10]) + (", ..." if len(outcome.raters) > 10 else "")
        self.stdout.write(f"Took a table of {outcome.items} items into '{outcome.dataset}'{made}:")
        for what, found in (("labels", outcome.labels), ("judgments", outcome.judgments)):
            if found:
                counts = ", ".join(f"{kind} {found.get(kind, 0)}" for kind in ("new", "unchanged", "changed"))
                self.stdout.write(f"  {what}: {counts}")
        self.stdout.write(f"  raters ({len(outcome.raters)}): {raters}")
        if outcome.positional:
            self.stdout.write("  the raters are places of the table, not known people: figures of persons are left out")
        for hint in outcome.hints:
            self.stdout.write(f"  {hint}")
        if any(outcome.criteria):
            self.stdout.write(f"  criteria: {', '.join(name or '(none)' for name in outcome.criteria)}")
        self._left_out(outcome)

    def _left_out(self, outcome: LabelImport | TableImport) -> None:
        if outcome.unmatched:
            self.stdout.write(f"  without an item, left out: {len(outcome.unmatched)}")


def _dataset(name: str) -> Dataset:
    dataset: Dataset | None = Dataset.objects.ready().filter(name=name).first()
    if dataset is None:
        names = ", ".join(Dataset.objects.ready().values_list("name", flat=True)[:20]) or "none yet"
        raise CommandError(f"There is no dataset {name!r}. Datasets: {names}.")
    return dataset


def _lists(options: dict[str, Any]) -> dict[str, list[str]]:
    """What is written with commas between."""
    return {
        "raters": _names(options["columns"]),
        "missing": _names(options["missing"]),
        "scale": _names(options["scale"]),
    }


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]
