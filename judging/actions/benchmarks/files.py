"""An examination as files: our report, and the forms that other tools read."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import fmean, median
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from judging.actions.mt_bench_tree import write_tree
from judging.actions.runs import RunRefused
from judging.benchmarks import Stage
from judging.benchmarks.inspect_summary import inspect_summary
from judging.benchmarks.mmlu.lm_eval_files import Examined, Sample, results_document, sample_row, task_of
from judging.benchmarks.mmlu.scores import PER_CHARACTER
from judging.benchmarks.mt_bench.tree import TreeRefused
from judging.models import Dataset, Item, Judgment, Run
from judging.reports.benchmark_documents import report_document
from judging.reports.benchmark_rows import subject_scores
from judging.reports.benchmarks import BenchmarkReport, ModelScores

CHUNK = 2000
RESULTS, PREDICTIONS = "results.json", "predictions.csv"
GRADE_COLUMNS = ("user_input", "reference", "response", "model_name", "criterion", "scores", "reason", "timestamp")
LONGEST_CELL = 32_767
"""Characters that a cell of a workbook holds."""


def write_results(report: BenchmarkReport, folder: Path) -> list[Path]:
    """Write an examination below a folder; the files. RunRefused where the folder holds another's rows."""
    folder.mkdir(parents=True, exist_ok=True)
    document = report_document(report)
    written = [write_json(folder / RESULTS, document)]
    created = report.benchmark_run.created_at.isoformat()
    for model, told in zip(report.models, document["models"], strict=True):
        place = folder / folder_of(model)
        written.append(write_json(place / "inspect.json", inspect_summary(document, told, created)))
        if model.run is not None and model.run.stage == Stage.CHOICES:
            written += write_lm_eval(model, place)
        elif model.has_items:
            written += write_grades(model, place)
    if Stage.CHOICES in report.benchmark.stages:
        written.append(write_predictions(report, folder / PREDICTIONS))
    elif report.benchmark.prompts:
        written += trees(report, folder)
    return written


def folder_of(model: ModelScores) -> str:
    """A folder's name for a model: its own with `/` as `__`, after its number, because two may differ in `/` alone."""
    return f"{model.place}_{model.name.replace('/', '__')}"[:200]


def trees(report: BenchmarkReport, folder: Path) -> Iterator[Path]:
    """What FastChat's programs read, of every model that was graded, and of the pairs."""
    runs = [model.runs[0] for model in report.models if model.has_items]
    if report.pairs is not None and report.pairs.run is not None:
        runs.append(report.pairs.run)
    for run in runs:
        if run.state == Run.State.FINISHED:
            try:
                yield from write_tree(run, folder, branch=branch_name(report.benchmark_run.dataset))
            except TreeRefused as error:
                raise RunRefused(str(error)) from error


def branch_name(dataset: Dataset) -> str:
    """The branch whose examples a dataset has; '' for other questions."""
    first = dataset.items.first()
    return str(first.extra.get("branch", "")) if first is not None else ""


def write_json(path: Path, document: Mapping[str, Any]) -> Path:
    """One document, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return beside.replace(path)


def write_lm_eval(model: ModelScores, folder: Path) -> Iterator[Path]:
    """What lm-eval leaves of an examination."""
    run = model.run
    if run is None:
        return
    scores, _ = subject_scores(run)
    date = (run.finished_at or run.created_at).strftime("%Y-%m-%dT%H-%M-%S.%f")
    stamp = (run.finished_at or run.created_at).timestamp()
    examined = Examined(
        model=model.candidate["engine"],
        model_args=model.model,
        recipe=run.snapshot.get("recipe", {}),
        date=stamp,
        per_character=model.per_character.scores if model.per_character else (),
    )
    yield write_json(folder / f"results_{date}.json", results_document(scores, examined))
    by_subject: dict[str, list[str]] = {score.subject: [] for score in scores}
    for sample in samples_of(run):
        row = sample_row(sample)
        row["doc_id"] = len(by_subject[sample.subject])
        by_subject[sample.subject].append(json.dumps(row, ensure_ascii=False))
    for subject, lines in by_subject.items():
        path = folder / f"samples_{task_of(subject)}_{date}.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        yield path


def samples_of(run: Run) -> Iterator[Sample]:
    """Every question with the likelihoods of its choices."""
    for item, judgment, values in chosen_items(run):
        letter = judgment.detail.get(PER_CHARACTER)
        yield Sample(
            number=item.position,
            subject=item.category,
            question=item.question,
            choices=item.choices or (),
            gold=item.gold_choice,
            loglikelihoods=values,
            right=None if judgment.score is None else judgment.score == 1,
            right_per_character=letter == item.gold_choice if item.gold_choice and letter else None,
        )


def chosen_items(run: Run) -> Iterator[tuple[Item, Judgment, list[float]]]:
    """Items in order, each with what was made of it and the likelihoods of its letters."""
    likelihoods = dict(run.replies.order_by("attempt").values_list("item_id", "logprobs").iterator(chunk_size=CHUNK))
    rows = Judgment.objects.filter(run=run).select_related("item").order_by("item__position")
    for judgment in rows.iterator(chunk_size=CHUNK):
        yield judgment.item, judgment, list((likelihoods.get(judgment.item_id) or {}).values())


def write_predictions(report: BenchmarkReport, path: Path) -> Path:
    """The letters of all models as one table: key, subject, gold, and a column for each model."""
    chosen: dict[int, dict[int, str]] = {}
    for model in report.models:
        if model.run is not None:
            chosen[model.place] = dict(Judgment.objects.filter(run=model.run).values_list("item_id", "value"))
    items = {pk for found in chosen.values() for pk in found}
    asked = Item.objects.filter(dataset=report.benchmark_run.dataset_id).order_by("position")
    rows = asked.values_list("pk", "key", "category", "gold_choice")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "subject", "gold", *(model.model for model in report.models)])
        for pk, key, subject, gold in rows.values_list("pk", "key", "category", "gold_choice").iterator(
            chunk_size=CHUNK
        ):
            if pk in items:
                writer.writerow([key, subject, gold, *(chosen.get(m.place, {}).get(pk, "") for m in report.models)])
    return path


def write_grades(model: ModelScores, folder: Path) -> list[Path]:
    """Every answer with its grade, as csv, jsonl and xlsx; the workbook has a summary beside."""
    if model.run is None:
        return []
    rows = list(grade_rows(model.run))
    folder.mkdir(parents=True, exist_ok=True)
    csv_path, lines_path, book_path = (folder / f"grades.{ending}" for ending in ("csv", "jsonl", "xlsx"))
    with csv_path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, GRADE_COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    lines_path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    book = Workbook(write_only=True)
    add_sheet(book, "dataset", [GRADE_COLUMNS, *([row[name] for name in GRADE_COLUMNS] for row in rows)])
    add_sheet(book, "Summary", summary_rows(rows))
    book.save(book_path)
    return [csv_path, lines_path, book_path]


def grade_rows(run: Run) -> Iterator[dict[str, Any]]:
    """One row per grade, under DK-Bench's names; without a score it has the reason."""
    rows = Judgment.objects.filter(run=run).select_related("item").order_by("item__position", "criterion")
    if len(run.snapshot.get("judge", {}).get("rubric", {}).get("criteria", [])) > 1:
        rows = rows.exclude(criterion="")
    at = (run.finished_at or run.created_at).isoformat(timespec="seconds")
    for judgment in rows.iterator(chunk_size=CHUNK):
        item, place = judgment.item, turn_of(judgment)
        turn = item.turns[min(place, len(item.turns)) - 1]
        values = (turn["question"], turn["reference"], turn["answer"], item.model, judgment.criterion)
        yield dict(zip(GRADE_COLUMNS, (*values, judgment.score, judgment.reason, at), strict=True))


def turn_of(judgment: Judgment) -> int:
    """The turn that a grade is about."""
    number = judgment.criterion.removeprefix("turn_")
    return int(number) if judgment.criterion != number and number.isdecimal() else 1


def summary_rows(rows: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """DK-Bench's summary: average, total and median of what was scored, and how many were not."""
    every = [row["scores"] for row in rows]
    scores = [score for score in every if score is not None]
    return [
        ["Average", fmean(scores) if scores else None],
        ["Total Score", sum(scores) if scores else None],
        ["Median", median(scores) if scores else None],
        ["Scored", len(scores)],
        ["Without a score", len(every) - len(scores)],
    ]


def add_sheet(book: Workbook, title: str, rows: Iterable[Iterable[Any]]) -> None:
    """A sheet of plain values: no text becomes a formula."""
    sheet = book.create_sheet(title)
    for row in rows:
        cells = []
        for value in row:
            plain = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:LONGEST_CELL] if isinstance(value, str) else value
            cell = WriteOnlyCell(sheet, plain)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
