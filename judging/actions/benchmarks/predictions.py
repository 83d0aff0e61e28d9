"""What models chose elsewhere: a table with a column for each model, or the samples that lm-eval leaves."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from judging.actions.benchmarks.questions import digest, questions_of
from judging.actions.benchmarks.stored_scores import import_scores, results_in
from judging.actions.choices import DEV
from judging.actions.runs import REPLAYED, RunRefused, refuse_unready
from judging.benchmarks import Benchmark, Stage
from judging.benchmarks.mmlu.scores import chosen
from judging.core.items import ItemRow, RowProblem
from judging.core.readers import FileRefused, read_rows
from judging.core.readers.choices import LETTERS
from judging.core.verdicts import Reason, Verdict
from judging.models import BenchmarkRun, Dataset, Item, Judgment, Reply, Run
from judging.models.runs import Status

KEY, SUBJECT, GOLD, QUESTION, INDEX = "key", "subject", "gold", "question", "index"
SAMPLES = "samples_*.jsonl"
BATCH = 1000


@dataclass(slots=True)
class Predictions:
    """The letter that each model chose for each item ('' where it has none), by model and the item's id; and how likely
    it found each choice, where that is told."""

    by_model: dict[str, dict[int, str]] = field(default_factory=dict)
    weighed: dict[tuple[str, int], tuple[float, ...]] = field(default_factory=dict)

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


def import_from(benchmark: Benchmark, data: str, path: Path, *, part: str = "", by: User | None = None) -> BenchmarkRun:
    """As `import_predictions`, of the questions that somebody names; of lm-eval's results without samples the figures,
    which need no questions."""
    if files := results_in(path):
        dataset = questions_of(benchmark, data, part=part) if data else None
        return import_scores(benchmark, dataset, files, by=by)
    return import_predictions(benchmark, questions_of(benchmark, data, part=part), path, by=by)


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
    """A table: what tells the question, its right choice, then the letters of one model in each column."""
    found = Predictions()
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        header = next(csv.reader([first], delimiter=delimiter_of(first)), [])
        reader = csv.DictReader(file, fieldnames=header, delimiter=delimiter_of(first))
        names = list(reader.fieldnames or [])
        place, known = places(names, items)
        models = [name for name in names if name not in described(names)]
        if not place or not models:
            raise RunRefused(
                f"{path.name}: expected columns {KEY}, {SUBJECT}, {GOLD} and one for each model. In place of {KEY} "
                f"there may be {QUESTION}, or {SUBJECT} and {INDEX} (from 0 in each subject)."
            )
        for row in reader:
            where, told = f"{path.name}, line {reader.line_num + 1}", tuple(told_by(row[name]) for name in place)
            if told not in known:
                raise RunRefused(f"{where}: the dataset has no question {' '.join(told)!r} that is asked.")
            if (item := known[told]) is None:
                raise RunRefused(
                    f"{where}: several questions of the dataset read {' '.join(told)!r}. Write their {KEY}."
                )
            refuse_other_gold(item, row, where)
            for model in models:
                found.add(model, item, (row[model] or "").strip(" ().:"), where)
    return found


def places(names: list[str], items: list[Item]) -> tuple[tuple[str, ...], dict[tuple[str, ...], Item | None]]:
    """The columns that tell a question, and the item that each question means; None where several do."""
    if KEY in names:
        return (KEY,), {(told_by(item.key),): item for item in items}
    if QUESTION in names:
        columns = (SUBJECT, QUESTION) if SUBJECT in names else (QUESTION,)
        counted: dict[tuple[str, ...], Item | None] = {}
        for item in items:
            told = tuple(told_by(each) for each in (item.category, item.question)[-len(columns) :])
            counted[told] = None if told in counted else item
        return columns, counted
    if INDEX in names and SUBJECT in names:
        by_subject: dict[str, int] = Counter()
        numbered: dict[tuple[str, ...], Item | None] = {}
        for item in items:
            numbered[told_by(item.category), str(by_subject[item.category])] = item
            by_subject[item.category] += 1
        return (SUBJECT, INDEX), numbered
    return (), {}


def delimiter_of(line: str) -> str:
    """A tabulator where a header has those and no commas."""
    return "\t" if "\t" in line and "," not in line else ","


def described(names: list[str]) -> set[str]:
    """The columns that are about the question; choices under their letters only where no key tells which they are."""
    about = {KEY, SUBJECT, GOLD, QUESTION, INDEX}
    lettered = set(LETTERS[:4])
    return about | lettered if KEY not in names and lettered <= set(names) else about


def told_by(text: str | None) -> str:
    """A cell as it is compared."""
    return " ".join((text or "").split())


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
            model = path.parent.name
            found.add(model, item, LETTERS[row.choices.index(answer)] if row.has_answer else "", where)
            if values := likelihoods_in(row):
                found.weighed[model, item.pk] = values
    return found


def good_rows(path: Path) -> Iterator[ItemRow]:
    """The samples of a file."""
    for row in read_rows(path, "lm_eval"):
        if isinstance(row, RowProblem):
            raise RunRefused(f"{path.name}, line {row.line}: {row.message}")
        yield row


def likelihoods_in(row: ItemRow) -> tuple[float, ...]:
    """How likely a model found each choice of a sample; () where it does not say so of each."""
    replies = row.extra.get("filtered_resps")
    told = [reply[0] if isinstance(reply, list) and reply else None for reply in replies or ()]
    try:
        values = tuple(float(value) for value in told if value is not None)
    except (TypeError, ValueError):
        return ()
    return values if row.has_answer and len(values) == len(row.choices) else ()


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
        weighed = {pk: values for pk in letters if (values := found.weighed.get((model, pk)))}
        rows = (judgment(run, items[pk], letter, weighed.get(pk, ())) for pk, letter in letters.items())
        Judgment.objects.bulk_create(rows, batch_size=BATCH)
        Reply.objects.bulk_create((reply(run, pk, letters[pk], weighed[pk]) for pk in weighed), batch_size=BATCH)
    return made


def reply(run: Run, item: int, letter: str, values: Sequence[float]) -> Reply:
    """How likely a model found each choice elsewhere."""
    logprobs = dict(zip(LETTERS, values, strict=False))
    return Reply(run=run, item_id=item, status=Status.SCORED, value=letter, text=letter, logprobs=logprobs)


def judgment(run: Run, item: Item, letter: str, values: Sequence[float]) -> Judgment:
    """What a choice made elsewhere is worth."""
    row = Judgment(run=run, item=item, item_revision=item.revision, n_replies=1, imported=True)
    if not letter:
        row.status, row.reason = Status.UNSCORED, Reason.NOT_RECORDED
        return row
    row.status, row.value, row.n_read = Status.SCORED, letter, 1
    if values:
        choice = chosen(values)
        row.detail = {"margin": choice.margin, "tie": choice.tie}
    if item.gold_choice:
        row.verdict = Verdict.CLEAN if letter == item.gold_choice else Verdict.WRONG
        row.score = float(letter == item.gold_choice)
    return row
