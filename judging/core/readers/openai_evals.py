"""OpenAI's evals: rows with an `item` and what was sampled for it, and the event log of a run.

A log is a line per event: the samples of a run are put together again by `sample_id`. Their plain sample files
(`input`, `ideal`) are questions and answers like others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, RowProblem, Turn
from judging.core.readers.fields import (
    BadField,
    checked_names,
    finished_row,
    qa_row,
    question_of,
    reference_of,
    text_of,
)
from judging.core.readers.json_records import Record, kind_of
from judging.core.readers.records import objects
from judging.core.verdicts import Reason, Verdict

_OF_AN_EVENT = {"run_id", "sample_id", "type", "data"}
_RESULTS = {"match", "metrics"}
_OUTPUT_ITEM = "datasource_item"


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is such a row, or the line of a log."""
    held = (entry.get(name) for name in ("item", _OUTPUT_ITEM, "spec"))
    return any(isinstance(found, dict) for found in held) or entry.keys() >= _OF_AN_EVENT


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per row, or per sample of a log."""
    log = _Log()
    for record in objects(path):
        if isinstance(record, RowProblem):
            yield record
            continue
        try:
            if _OUTPUT_ITEM in record.value:
                yield _output_item(record)
            elif "item" in record.value:
                yield _item(record)
            else:
                log.take(record)
        except BadField as error:
            yield RowProblem(record.number, str(error))
    yield from log.rows()


def _item(record: Record) -> ItemRow | RowProblem:
    data = record.value
    item, sample = data["item"], data.get("sample") or {}
    if not isinstance(item, dict):
        raise BadField(f"'item' is {kind_of(item)}; write the item as an object of its fields.")
    if not isinstance(sample, dict):
        raise BadField(f"'sample' is {kind_of(sample)}; write an object with output_text, or leave it out.")
    rest = {name: value for name, value in data.items() if name not in {"item"}}
    row = qa_row(record.number, item)
    if isinstance(row, RowProblem):
        return row
    said = sample.get("output_text")
    if said is not None:
        turn = replace(row.turns[0], answer=text_of("output_text", said))
        row = replace(row, turns=(turn,), has_answer=True, model=text_of("model", sample.get("model")))
    return checked_names(replace(row, extra={**row.extra, **({"openai_evals": rest} if rest else {})}))


def _output_item(record: Record) -> ItemRow | RowProblem:
    """One item of a run as the API lists them: what was sampled is a list of messages, every grader a judgment."""
    data = record.value
    results = data.get("results") or []
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise BadField(f"'results' is {kind_of(results)}; write the list of what the graders said.")
    sample = data.get("sample") or {}
    said = sample.get("output") if isinstance(sample, dict) else None
    text = {"output_text": question_of("output", said)} if said else {}
    rest = {name: value for name, value in data.items() if name not in {_OUTPUT_ITEM, "sample"}}
    held = {"item": data[_OUTPUT_ITEM], "sample": {**sample, **text} if isinstance(sample, dict) else sample, **rest}
    row = _item(Record(record.number, held))
    if isinstance(row, RowProblem):
        return row
    key = row.key or text_of("id", data.get("id"))
    return replace(row, key=key, judgments=tuple(_graded(result, len(results)) for result in results))


def _graded(result: Mapping[str, Any], graders: int) -> ImportedJudgment:
    passed, score = result.get("passed"), result.get("score")
    number = float(score) if isinstance(score, (int, float)) and not isinstance(score, bool) else None
    verdict = (Verdict.CLEAN if passed else Verdict.WRONG) if isinstance(passed, bool) else None
    return ImportedJudgment(
        verdict=verdict,
        score=number,
        criterion=text_of("name", result.get("name"))[:100] if graders > 1 else "",
        reason=None if verdict or number is not None else Reason.NO_VERDICT,
        judge="openai evals",
        detail=dict(result),
    )


@dataclass(slots=True)
class _Sample:
    line: int
    prompt: Any = None
    said: Any = None
    ideal: Any = None
    results: dict[str, Any] = field(default_factory=dict)
    further: list[dict[str, Any]] = field(default_factory=list)
    """What was sampled behind the answer: a model that grades it is asked in the same sample."""


@dataclass(slots=True)
class _Log:
    """The events of a run, by sample."""

    model: str = ""
    samples: dict[str, _Sample] = field(default_factory=dict)

    def take(self, record: Record) -> None:
        """Note an event."""
        data = record.value
        if "spec" in data:
            spec = data["spec"] if isinstance(data["spec"], dict) else {}
            models = spec.get("completion_fns")
            self.model = text_of("completion_fns", models[0]) if isinstance(models, list) and models else ""
        elif "final_report" in data:
            return
        elif data.keys() >= _OF_AN_EVENT and isinstance(data["data"], dict):
            name = text_of("sample_id", data["sample_id"])
            sample = self.samples.setdefault(name, _Sample(record.number))
            _note(sample, data["type"], data["data"])
        else:
            raise BadField("The line is neither an item nor an event of a run. Import the log as it was written.")

    def rows(self) -> Iterator[ItemRow | RowProblem]:
        """An item per sample that was asked something."""
        for name, sample in self.samples.items():
            try:
                yield _of_sample(name, sample, self.model)
            except BadField as error:
                yield RowProblem(sample.line, str(error))


def _note(sample: _Sample, kind: Any, data: Mapping[str, Any]) -> None:
    if kind == "raw_sample":
        sample.prompt = sample.prompt or data.get("input")
        sample.ideal = sample.ideal or data.get("ideal")
    elif kind == "sampling" and sample.said is not None:
        sample.further.append(dict(data))
    elif kind == "sampling":
        said = data.get("sampled", data.get("output"))
        sample.prompt = data.get("prompt") or sample.prompt
        sample.said = said[0] if isinstance(said, list) and said else said
    elif isinstance(kind, str) and kind in _RESULTS:
        sample.ideal = sample.ideal or data.get("expected")
        sample.results.update(data)


def _of_sample(name: str, sample: _Sample, model: str) -> ItemRow | RowProblem:
    if sample.prompt is None:
        raise BadField("The log has no prompt of this sample. Import the log of a whole run.")
    answered = sample.said is not None
    turn = Turn(
        question_of("prompt", sample.prompt),
        text_of("sampled", sample.said) if answered else "",
        reference_of("ideal", sample.ideal),
    )
    extra = {"prompt": sample.prompt} if isinstance(sample.prompt, list) else {}
    extra |= {"samplings": sample.further} if sample.further else {}
    return finished_row(
        ItemRow(
            line=sample.line,
            turns=(turn,),
            key=name,
            model=model,
            has_answer=answered,
            extra=extra,
            judgments=_judgments(sample.results),
        )
    )


def _judgments(results: Mapping[str, Any]) -> tuple[ImportedJudgment, ...]:
    if not results:
        return ()
    correct, score = results.get("correct"), results.get("score", results.get("accuracy"))
    number = float(score) if isinstance(score, (int, float)) and not isinstance(score, bool) else None
    verdict = (Verdict.CLEAN if correct else Verdict.WRONG) if isinstance(correct, bool) else None
    if verdict is None and number is None:
        return ()
    number = number if number is not None else float(verdict is Verdict.CLEAN)
    return (ImportedJudgment(verdict=verdict, score=number, judge="openai evals", detail=dict(results)),)
