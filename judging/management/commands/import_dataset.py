"""manage.py import_dataset: files -> a dataset."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from shlex import quote
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from judging.actions.imports import BadRows, ImportPlan, ImportRefused, InputFile, import_files, plan_import
from judging.core.readers import READERS

SHOWN_PROBLEMS = 50


class Command(BaseCommand):
    """Counts what an import changes, then does it."""

    help = "Import files into a dataset: a new one, or one that is brought up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--name", required=True, help="Name of the dataset.")
        parser.add_argument("--format", default="", choices=list(READERS), help="Default: found from the content.")
        parser.add_argument(
            "--column",
            action="append",
            metavar="FIELD=NAME",
            help="What a column is, once per field: question=prompt; reference= for none. Kept for the next import.",
        )
        parser.add_argument("--encoding", default="", help="Of files that are not UTF-8: cp932, gb18030, utf-16 ...")
        parser.add_argument("--dry-run", action="store_true", help="Count and list problems; store nothing.")
        parser.add_argument("--skip-bad", action="store_true", help="Store the good rows and list the others.")
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = self._plan(options)
        refused = not plan.is_acceptable
        if options["json"]:
            self.stdout.write(json.dumps(plan.as_json(), ensure_ascii=False))
        else:
            self._report(plan, options)
        if refused:
            raise CommandError(_refusal(plan))

    def _plan(self, options: dict[str, Any]) -> ImportPlan:
        """What the files hold; done, unless this is a dry run."""
        files = [InputFile(Path(path), encoding=options["encoding"]) for path in options["paths"]]
        bad_rows = BadRows.SKIP if options["skip_bad"] else BadRows.REFUSE
        name, asked = options["name"], {"format_name": options["format"], "columns": _columns(options["column"])}
        try:
            with _bar("reading") as bar:
                if options["dry_run"]:
                    return bad_rows.applied_to(plan_import(name, files, **asked, progress=bar.update))
                return import_files(name, files, **asked, bad_rows=bad_rows, progress=bar.update)
        except ImportRefused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _report(self, plan: ImportPlan, options: dict[str, Any]) -> None:
        for problem in plan.problems[:SHOWN_PROBLEMS]:
            self.stderr.write(str(problem))
        if len(plan.problems) > SHOWN_PROBLEMS:
            self.stderr.write(f"... and {len(plan.problems) - SHOWN_PROBLEMS} more; --json lists them all.")
        if not plan.is_acceptable:
            return
        counts = plan.counts
        done = "Would import" if options["dry_run"] else "Imported"
        self.stdout.write(f"{done} {counts.items} items into '{plan.dataset}' ({plan.formats}):")
        self.stdout.write(f"  new {counts.new}, unchanged {counts.unchanged}, changed {counts.changed}")
        if counts.gone:
            self.stdout.write(f"  no longer in the files, kept in the dataset: {counts.gone}")
        if counts.judgments:
            self.stdout.write(f"  judgments of an imported judge: {counts.judgments}")
        if plan.problems:
            self.stdout.write(f"  bad rows left out: {len(plan.problems)}")
        if counts.human_verdicts:
            self._name_next_command(plan)

    def _name_next_command(self, plan: ImportPlan) -> None:
        self.stdout.write(
            f"  verdicts of people in the files: {plan.counts.human_verdicts}. They are no labels yet; to take them:"
        )
        for source in plan.sources:
            command = (
                f"manage.py import_labels {quote(source.file.name)} --dataset {quote(plan.dataset)} --annotator NAME"
            )
            self.stdout.write(f"    {command}")


def _columns(said: list[str] | None) -> dict[str, str] | None:
    """The options --column as a map; None where there are none."""
    if said is None:
        return None
    wrong = next((text for text in said if "=" not in text), None)
    if wrong is not None:
        raise CommandError(f"--column {wrong!r} names no column. Write it as FIELD=NAME, for example question=prompt.")
    return {field.strip(): name for field, name in (text.split("=", 1) for text in said)}


def _refusal(plan: ImportPlan) -> str:
    count = len(plan.problems)
    mend = "Mend them and import again" if plan.skips_bad_rows else "Mend them, or store the good rows with --skip-bad"
    return f"{count} {'problem' if count == 1 else 'problems'}; nothing was stored. {mend}."


def _bar(what: str, total: int | None = None) -> Any:
    """A progress bar for people at a terminal; nothing for scripts."""
    return tqdm(total=total, desc=what, unit=" rows", file=sys.stderr, leave=False, disable=not sys.stderr.isatty())
