"""What the logs of mdk share: entries with `page` and `qa`, raw replies in `output`, verdicts as error counts.

Everything of an entry that has no column of its own stays in `extra["mdk"]`, so that the same entry can be written
again; keys of a QA beside question and answer stay in `extra["qa"]`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ImportedReply, ItemRow, PersonWord, RowProblem, Turn
from judging.core.readers.fields import BadField, finished_row
from judging.core.readers.json_records import Record, kind_of
from judging.core.readers.literals import decode_printed_list
from judging.core.readers.records import objects
from judging.core.verdicts import PersonVerdict, Reading, Reason, Scored, Unscored, Verdict

MAX_ERRORS = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a log: its number, the log's form, and the entry as it was."""

    number: int
    form: str
    data: Mapping[str, Any]

    @property
    def qas(self) -> list[Any]:
        """The question-answer pairs."""
        qas = self.data.get("qa")
        if not isinstance(qas, list):
            raise BadField("'qa' is not a list of {question, answer}. Import a log of mdk, or name another format.")
        return qas

    @property
    def context(self) -> str:
        """The passage, from {"page": text} or from the text itself."""
        page = self.data.get("page")
        if isinstance(page, dict):
            page = page.get("page")
        if page is not None and not isinstance(page, str):
            raise BadField(f'\'page\' holds {kind_of(page)}; write it as {{"page": "text"}} or as text.')
        return page or ""

    def kept(self) -> dict[str, Any]:
        """What the entry says beside its QAs and its passage."""
        kept = {name: value for name, value in self.data.items() if name not in {"qa", "page", "key"}}
        if len(self.qas) != 1 and "key" in self.data:
            kept["key"] = self.data["key"]
        page = self.data.get("page")
        if "page" in self.data and not (isinstance(page, dict) and set(page) == {"page"}):
            kept["page"] = page
        return kept | {"entry": self.number, "format": self.form}


def entries(path: Path, form: str) -> Iterator[Entry | RowProblem]:
    """The entries of a log."""
    for record in objects(path):
        yield record if isinstance(record, RowProblem) else _entry(record, form)


def _entry(record: Record, form: str) -> Entry | RowProblem:
    ours = {"entry", "format"} & set(record.value)
    if ours:
        return RowProblem(record.number, f"The key {min(ours)!r} is taken by this platform. Rename it in the log.")
    return Entry(record.number, form, record.value)


def item_rows(entry: Entry) -> Iterator[ItemRow | RowProblem]:
    """One row per QA of the entry."""
    try:
        extra, context, qas = {"mdk": entry.kept()}, entry.context, entry.qas
        key = _key(entry) if len(qas) == 1 else ""
    except BadField as error:
        yield RowProblem(entry.number, str(error))
        return
    for qa in qas:
        try:
            turn, unknown = _turn(qa)
            own = extra | ({"qa": unknown} if unknown else {})
            yield finished_row(ItemRow(line=entry.number, turns=(turn,), key=key, context=context, extra=own))
        except BadField as error:
            yield RowProblem(entry.number, str(error))


def single_row(entry: Entry) -> ItemRow:
    """The row of an entry whose verdict is about exactly one QA; BadField where that is not so."""
    if len(entry.qas) != 1:
        raise BadField(f"The entry has {len(entry.qas)} QAs and one verdict. Write one entry per QA.")
    row = next(item_rows(entry))
    if isinstance(row, RowProblem):
        raise BadField(row.message)
    return row


def _key(entry: Entry) -> str:
    key = entry.data.get("key", "")
    if not isinstance(key, str):
        raise BadField(f"'key' is {kind_of(key)}; write it as text.")
    return key


def _turn(qa: Any) -> tuple[Turn, dict[str, Any]]:
    if not isinstance(qa, dict):
        raise BadField(f'A QA is {kind_of(qa)}; write it as {{"question": "...", "answer": "..."}}.')
    for name in ("question", "answer"):
        if not isinstance(qa.get(name), str):
            raise BadField(f'A QA has no text under {name!r}. Write it as {{"question": "...", "answer": "..."}}.')
    unknown = {name: value for name, value in qa.items() if name not in {"question", "answer"}}
    return Turn(qa["question"], qa["answer"]), unknown


def error_count(data: Mapping[str, Any], name: str) -> int | None:
    """An error count: null, 0, 1, 2 ...; BadField for anything else."""
    count = data.get(name)
    if count is None:
        return None
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MAX_ERRORS:
        shown = count if isinstance(count, (int, float)) else kind_of(count)
        raise BadField(f"'{name}' is {shown}; a count of errors is null, 0, 1, 2 and so on.")
    return count


def judge_verdict(count: int | None) -> Verdict:
    """0 is clean, more is wrong, null is a judge that could not be read."""
    if count is None:
        return Verdict.INVALID
    return Verdict.WRONG if count else Verdict.CLEAN


def person_word(count: int) -> PersonWord:
    """A person's count of errors: 0 is clean."""
    verdict = PersonVerdict.WRONG if count else PersonVerdict.CLEAN
    return PersonWord(verdict=verdict, error_count=count)


def number_of(data: Mapping[str, Any], name: str) -> float | None:
    """A number or null."""
    value = data.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise BadField(f"'{name}' is {kind_of(value)}; write a number or null.")
    return value


def outputs_of(data: Mapping[str, Any]) -> list[str]:
    """The raw replies, from a list or from its printed form."""
    output = data.get("output", [])
    if isinstance(output, str):
        try:
            return decode_printed_list(output)
        except ValueError as error:
            raise BadField(f"'output' cannot be decoded: {error} Write it as a JSON list.") from None
    if not isinstance(output, list) or not all(isinstance(reply, str) for reply in output):
        raise BadField("'output' is not a list of texts. Write it as a JSON list of the replies.")
    return output


def replies_of(data: Mapping[str, Any]) -> tuple[ImportedReply, ...]:
    """The raw replies with their places; topic-major ones are cut into their parts."""
    outputs, topics = outputs_of(data), _topics(data)
    per_topic = len(outputs) // topics
    scores = _raw_scores(data, per_topic)
    return tuple(
        ImportedReply(
            text=text,
            reading=scores[place % per_topic],
            part=f"attr_{place // per_topic + 1}" if topics > 1 else "",
            sample=place % per_topic,
        )
        for place, text in enumerate(outputs)
    )


def _topics(data: Mapping[str, Any]) -> int:
    """Into how many topics the replies fall: as the prompts say, else as the replies end; 1 if they do not divide."""
    outputs, prompt = outputs_of(data), data.get("prompt")
    if isinstance(prompt, list) and len(prompt) > 1:
        topics = len(prompt)
    else:
        topics = 2 if _ends_in_topics(outputs) else 1
    return topics if len(outputs) % topics == 0 else 1


def _ends_in_topics(outputs: Sequence[str]) -> bool:
    half = len(outputs) // 2
    return (
        half > 0
        and len(outputs) % 2 == 0
        and any(text.endswith("[/ATTR_1]") for text in outputs[:half])
        and any(text.endswith("[/ATTR_2]") for text in outputs[half:])
    )


def _raw_scores(data: Mapping[str, Any], count: int) -> list[Reading]:
    """What the judge read from each pair of replies; nothing where the log has another number of scores."""
    scores = data.get("raw_score")
    if scores is not None and not isinstance(scores, list):
        raise BadField(f"'raw_score' is {kind_of(scores)}; write a list of numbers.")
    if not scores or len(scores) != count:
        return [Unscored(Reason.NOT_RECORDED)] * count
    return [_reading(score) for score in scores]


def _reading(score: Any) -> Reading:
    if score is None:
        return Unscored(Reason.NOT_RECORDED)
    if isinstance(score, bool) or not isinstance(score, (int, float)):
        raise BadField(f"'raw_score' holds {kind_of(score)}; write a list of numbers.")
    return Scored(str(score), float(score))


def judged(row: ItemRow, data: Mapping[str, Any], count: int | None, score: float | None) -> ItemRow:
    """The row with the replies and the verdict of the judge that wrote them."""
    names = ("score", "raw_score", "convert_template", "evaluate_template")
    detail = {"num_error": count, "score": score} | {name: data[name] for name in names if name in data}
    judgment = ImportedJudgment(verdict=judge_verdict(count), score=score, detail=detail)
    return replace(row, replies=replies_of(data), judgments=(judgment,))
