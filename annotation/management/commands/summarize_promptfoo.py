"""manage.py summarize_promptfoo: what models come to in results of promptfoo, with what people corrected."""

import json
import os
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import get_valid_filename

from annotation.core.promptfoo import Graded, ProviderScore, by_provider, graded_rows
from annotation.reports.promptfoo import graded_items, is_promptfoo, words_not_taken
from judging.core.items import ItemRow, RowProblem
from judging.core.readers import FileRefused, detect_format, read_rows
from judging.core.readers.promptfoo_db import evaluations, read_evaluation
from judging.models import Dataset

DATABASE = "promptfoo.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Scores under a name, and where `--write-summary` writes them."""

    name: str
    scores: list[ProviderScore]
    path: Path

    def as_json(self) -> dict[str, Any]:
        """The form that `--json` prints."""
        return {
            "name": self.name,
            "providers": [
                {
                    "provider": score.provider,
                    "percent": score.percent,
                    "machine_percent": score.machine_percent,
                    "results": score.results,
                    "corrected": score.corrected,
                    "failed": score.failed,
                }
                for score in self.scores
            ],
        }


class Command(BaseCommand):
    """Prints a line per provider, and writes the file that pipelines read."""

    help = "Mean scores per provider in results of promptfoo, with the corrections of people and without."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "names", nargs="+", metavar="ID_OR_FILE_OR_DATASET", help="A file of results, a dataset, or an id."
        )
        parser.add_argument(
            "--database", type=Path, help="promptfoo's database of the ids (~/.promptfoo/promptfoo.db)."
        )
        parser.add_argument(
            "--write-summary", action="store_true", help="Write NAME_summary.json, beside a file, else here."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        database = options["database"] or default_database()
        # All are read before the first is printed or written: nothing is half done.
        found = [summary for name in options["names"] for summary in summaries(name, database)]
        if options["write_summary"]:
            for summary in found:
                write(summary)
        if options["json"]:
            self.stdout.write(json.dumps([summary.as_json() for summary in found], ensure_ascii=False))
            return
        for summary in found:
            self.stdout.write("\n".join([summary.name, *map(line_of, summary.scores), *table_of(summary.scores)]))
        self._warn(options["names"])

    def _warn(self, names: Iterable[str]) -> None:
        for dataset in Dataset.objects.ready().filter(name__in=list(names)):
            if count := words_not_taken(dataset):
                self.stderr.write(
                    f"{dataset.name}: its files hold {count} corrections of people that are no labels yet and are not "
                    "counted; take them with import_labels FILE --dataset NAME --annotator WHO."
                )


def default_database() -> Path:
    """Where promptfoo keeps its database."""
    folder = os.environ.get("PROMPTFOO_CONFIG_DIR")
    return (Path(folder) if folder else Path.home() / ".promptfoo") / DATABASE


def summaries(name: str, database: Path) -> Iterator[Summary]:
    """What a name means: a file, else a dataset, else an evaluation of the database."""
    path = Path(name)
    try:
        if path.is_file():
            yield from of_file(path)
        elif dataset := Dataset.objects.ready().filter(name=name).first():
            yield of_dataset(dataset)
        else:
            yield of_evaluation(name, database)
    except FileRefused as refusal:
        raise CommandError(f"{name}: {refusal.message}") from refusal


def of_file(path: Path) -> Iterator[Summary]:
    """The results of a file; of a database, one summary per evaluation."""
    found = detect_format(path)
    if not found.startswith("promptfoo"):
        raise CommandError(f"{path} holds no results of promptfoo; it is {found}. Export them with promptfoo.")
    if found == "promptfoo_db":
        for name in evaluations(path):
            results = graded_rows(good(name, read_evaluation(path, name)))
            yield Summary(name=name, scores=by_provider(results), path=summary_path(path.parent, name))
        return
    scores = scored(str(path), graded_rows(good(str(path), read_rows(path, found))))
    yield Summary(name=str(path), scores=scores, path=path.with_name(f"{path.stem}_summary.json"))


def of_dataset(dataset: Dataset) -> Summary:
    """The results of a dataset, with the labels people gave here."""
    if not is_promptfoo(dataset):
        raise CommandError(
            f"The dataset {dataset.name!r} holds no results of promptfoo. Import some with import_dataset."
        )
    scores = scored(dataset.name, graded_items(dataset))
    return Summary(name=dataset.name, scores=scores, path=summary_path(Path(), dataset.name))


def of_evaluation(name: str, database: Path) -> Summary:
    """An evaluation of promptfoo's database."""
    if not database.is_file():
        raise CommandError(
            f"{name!r} is no file and no dataset, and there is no database {database} to look the id up in. "
            "Name it with --database."
        )
    known = evaluations(database)
    if name not in known:
        shown = ", ".join(known[-10:]) or "none"
        raise CommandError(f"{name!r} is no file, no dataset and no evaluation of {database}; the latest: {shown}.")
    scores = scored(name, graded_rows(good(name, read_evaluation(database, name))))
    return Summary(name=name, scores=scores, path=summary_path(Path(), name))


def good(name: str, rows: Iterable[ItemRow | RowProblem]) -> Iterator[ItemRow]:
    """The rows; a result that cannot be read refuses the summary, which would be wrong without it."""
    for row in rows:
        if isinstance(row, RowProblem):
            raise CommandError(f"{name}:{row.line}: {row.message} Nothing was summarised.")
        yield row


def scored(name: str, results: Iterable[Graded]) -> list[ProviderScore]:
    """The scores of the providers, of which there is at least one."""
    scores = by_provider(results)
    if not scores:
        raise CommandError(f"{name} holds no results. Run the evaluation first.")
    return scores


def summary_path(folder: Path, name: str) -> Path:
    """Where the summary of an id or dataset is written."""
    return folder / get_valid_filename(f"{name.replace('/', '_')}_summary.json")


def write(summary: Summary) -> None:
    """The percentages with people's corrections, as pipelines read them."""
    percents = {score.provider: score.percent for score in summary.scores}
    try:
        summary.path.write_text(json.dumps(percents, ensure_ascii=False, indent=4) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{summary.path} cannot be written: {error.strerror}.") from error


def line_of(score: ProviderScore) -> str:
    """`provider : 85.9873 %` and nothing else, for whoever reads these lines by a program."""
    return f"{score.provider} : {percent_text(score.percent)}"


def table_of(scores: Iterable[ProviderScore]) -> list[str]:
    """The machine's percentages and those with people's corrections side by side; calls that failed count 0."""
    head = ["|provider|machine|corrected|results|corrected results|failed calls|", "|---|---|---|---|---|---|"]
    return [*head, *map(row_of, scores)]


def row_of(score: ProviderScore) -> str:
    """A row of the table."""
    cells = [score.provider, percent_text(score.machine_percent), percent_text(score.percent)]
    cells += [str(score.results), str(score.corrected), str(score.failed)]
    return f"|{'|'.join(cells)}|"


def percent_text(percent: float | None) -> str:
    """Four decimals; a dash where there is nothing to count."""
    return "-" if percent is None else f"{percent:.4f} %"
