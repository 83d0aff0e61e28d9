"""What models chose elsewhere: a table with a column for each model, or the samples that lm-eval leaves."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from judging.actions.benchmarks.questions import digest
from judging.actions.choices import DEV
from judging.actions.runs import REPLAYED, RunRefused, refuse_unready
from judging.benchmarks import Benchmark, Stage
from judging.core.items import ItemRow, RowProblem
from judging.core.readers import FileRefused, read_rows
from judging.core.readers.choices import LETTERS
from judging.core.verdicts import Reason, Verdict
from judging.models import BenchmarkRun, Dataset, Item, Judgment, Run
from judging.models.runs import Status

KEY, SUBJECT, GOLD = "key", "subject", "gold"
SAMPLES = "samples_*.jsonl"
BATCH = 1000


@dataclass(slots=True)
class Predictions:
    """The letter that each model chose for each item ('' where it has none), by model and the item's id."""

    by_model: dict[str, dict[int, str]] = field(default_factory=dict)

    def add(self, model: str, item: Item, letter: str, where: str) -> None:
        """One choice. RunRefused for a letter that the question has not, or a second choice of the same model."""
        letter = letter.strip().upper()
        if letter and letter not in LETTERS[: len(item.choices or ())]:
            raise RunRefused(
                f"{where}: {model} chose {letter!r}, and the question has {len(item.choices or ())} choices. "
                "Write its letter, or nothing where there is no answer."
            )
        found = self.by_model.setdefault(model, {})
        if item.pk in found:
            raise RunRefused(f"{where}: {model} has a choice for this question already. Leave one of them.")
        found[item.pk] = letter


def import_predictions(benchmark: Benchmark, dataset: Dataset, path: Path, *, by: User | None = None) -> BenchmarkRun:
    """The examination that files tell of, finished; imported once. RunRefused names file, line and what to mend."""
    refuse_unready(dataset)
    if benchmark.stages != (Stage.CHOICES,):
        raise RunRefused(f"{benchmark.title} has no choices to import. Import its judgments with import_dataset.")
    files = files_of(path)
    try:
        checksum = digest(files)
        items = list(dataset.items.asked(DEV).filter(kind=Item.Kind.CHOICE))
        found = table(path, items) if path.is_file() and path.suffix != ".jsonl" else samples(files, items)
    except FileRefused as error:
        raise RunRefused(error.message) from error
    known = dataset.benchmark_runs.filter(benchmark=benchmark.name, options__imported=checksum).first()
    return known or store(benchmark, dataset, found, {item.pk: item for item in items}, checksum, by)


def files_of(path: Path) -> list[Path]:
    """The files that are read."""
    files = [path] if path.is_file() else sorted(path.rglob(SAMPLES))
    if not files:
        raise RunRefused(f"{path} holds no predictions: name a table, or a folder with {SAMPLES} as lm-eval writes it.")
    return files


def table(path: Path, items: list[Item]) -> Predictions:
    """A table: key, subject and gold of the question, then the letters of one model in each column."""
    by_key, found = {item.key: item for item in items}, Predictions()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        models = [name for name in reader.fieldnames or [] if name not in {KEY, SUBJECT, GOLD}]
        if KEY not in (reader.fieldnames or []) or not models:
            raise RunRefused(f"{path.name}: expected columns {KEY}, {SUBJECT}, {GOLD} and one for each model.")
        for row in reader:
            where = f"{path.name}, line {reader.line_num}"
            item = by_key.get(row[KEY])
            if item is None:
                raise RunRefused(f"{where}: the dataset has no question {row[KEY]!r} that is asked.")
            refuse_other_gold(item, row, where)
            for model in models:
                found.add(model, item, row[model] or "", where)
    return found


def refuse_other_gold(item: Item, row: Mapping[str, str], where: str) -> None:
    """Raise RunRefused where the table thinks another choice right than the dataset."""
    said = (row.get(GOLD) or "").strip().upper()
    if said and item.gold_choice and said != item.gold_choice:
        raise RunRefused(
            f"{where}: the right choice is {said} there and {item.gold_choice} in the dataset. Are these its questions?"
        )


def samples(files: list[Path], items: list[Item]) -> Predictions:
    """What lm-eval kept of every question; the model is called after the folder of its files."""
    by_text, found = {text_of(item.question, item.choices or ()): item for item in items}, Predictions()
    for path in files:
        for row in good_rows(path):
            where, item = f"{path.name}, line {row.line}", by_text.get(text_of(row.turns[0].question, row.choices))
            if item is None:
                raise RunRefused(f"{where}: the dataset has no question like this one that is asked.")
            answer = row.turns[0].answer
            found.add(path.parent.name, item, LETTERS[row.choices.index(answer)] if row.has_answer else "", where)
    return found


def good_rows(path: Path) -> Iterator[ItemRow]:
    """The samples of a file."""
    for row in read_rows(path, "lm_eval"):
        if isinstance(row, RowProblem):
            raise RunRefused(f"{path.name}, line {row.line}: {row.message}")
        yield row


def text_of(question: str, choices: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """What a question is recognised by, whoever kept it."""
    return question.strip(), *(choice.strip() for choice in choices)


@transaction.atomic
def store(
    benchmark: Benchmark,
    dataset: Dataset,
    found: Predictions,
    items: Mapping[int, Item],
    checksum: str,
    by: User | None,
) -> BenchmarkRun:
    """The examination with a finished run for each model."""
    now = timezone.now()
    candidates = [{"engine": REPLAYED, "model": model, "base_url": ""} for model in found.by_model]
    made = BenchmarkRun.objects.create(
        benchmark=benchmark.name,
        dataset=dataset,
        options={"stage": "all", "first_n": None, "seed": 0, "imported": checksum},
        candidates=candidates,
        state=BenchmarkRun.State.FINISHED,
        made_by=by,
        finished_at=now,
    )
    for place, (model, letters) in enumerate(found.by_model.items()):
        run = Run.objects.create(
            dataset=dataset,
            kind=Run.Kind.CHOICE,
            model=model[:300],
            benchmark_run=made,
            stage=Stage.CHOICES,
            candidate=place,
            state=Run.State.FINISHED,
            snapshot={"candidate": candidates[place], "recipe": {}, "items": len(letters)},
            made_by=by,
            started_at=now,
            finished_at=now,
        )
        rows = (judgment(run, items[pk], letter) for pk, letter in letters.items())
        Judgment.objects.bulk_create(rows, batch_size=BATCH)
    return made


def judgment(run: Run, item: Item, letter: str) -> Judgment:
    """What a choice made elsewhere is worth."""
    row = Judgment(run=run, item=item, item_revision=item.revision, n_replies=1, imported=True)
    if not letter:
        row.status, row.reason = Status.UNSCORED, Reason.NOT_RECORDED
        return row
    row.status, row.value, row.n_read = Status.SCORED, letter, 1
    if item.gold_choice:
        row.verdict = Verdict.CLEAN if letter == item.gold_choice else Verdict.WRONG
        row.score = float(letter == item.gold_choice)
    return row
