"""Preference data as trainers read it: a prompt with `chosen` and `rejected`, or with a completion and its `label`.

What was chosen is answer A. Texts and messages are read alike; where the prompt is part of both sides, it is what they
have in common.
OpenAI's rows have them as `input`, `preferred_output` and `non_preferred_output`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, RowProblem, Turn
from judging.core.readers.beginnings import shared_beginning
from judging.core.readers.chat import ASKING, conversation
from judging.core.readers.fields import QUESTION, BadField, find, qa_row, text_of
from judging.core.readers.json_records import Record, kind_of
from judging.core.readers.records import objects_or_rows
from judging.core.verdicts import Verdict

_SIDES = ("chosen", "rejected")
_INPUT, _OUTPUTS = "input", {"preferred_output": "chosen", "non_preferred_output": "rejected"}
_REPLY = "\n\nAssistant:"
_ASKED = "\n\nHuman:"


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a preference, or a completion with a label."""
    return all(side in entry for side in _SIDES) or _is_unpaired(entry) or _is_of_openai(entry)


def _is_of_openai(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a preference as OpenAI's fine-tuning takes it."""
    asked = entry.get(_INPUT)
    return isinstance(asked, dict) and isinstance(asked.get("messages"), list) and entry.keys() >= _OUTPUTS.keys()


def _as_sides(record: Record) -> Record:
    """A row of OpenAI's under the names that others have; what else its input says stays beside it."""
    data = record.value
    if not _is_of_openai(data):
        return record
    asked = {name: value for name, value in data[_INPUT].items() if name != "messages"}
    sides = {_OUTPUTS.get(name, name): value for name, value in data.items() if name != _INPUT}
    return Record(record.number, {"prompt": data[_INPUT]["messages"], **sides, **asked})


def _is_unpaired(entry: Mapping[str, Any]) -> bool:
    return {"prompt", "completion"} <= entry.keys() and isinstance(entry.get("label"), bool)


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One pair per preference, one answer with its verdict per labelled completion."""
    for record in objects_or_rows(path):
        if isinstance(record, RowProblem):
            yield record
            continue
        record = _as_sides(record)
        try:
            yield _pair(record) if any(side in record.value for side in _SIDES) else _labelled(record)
        except BadField as error:
            yield RowProblem(record.number, str(error))


def _labelled(record: Record) -> ItemRow | RowProblem:
    data = record.value
    if not isinstance(data.get("label"), bool):
        raise BadField(f"'label' is {kind_of(data.get('label'))}; write true or false, or chosen and rejected.")
    row = qa_row(record.number, {name: value for name, value in data.items() if name != "label"})
    if isinstance(row, RowProblem):
        return row
    verdict = Verdict.CLEAN if data["label"] else Verdict.WRONG
    return replace(row, judgments=(ImportedJudgment(verdict=verdict, detail={"label": data["label"]}),))


def _pair(record: Record) -> ItemRow | RowProblem:
    data = record.value
    missing = next((side for side in _SIDES if data.get(side) is None), None)
    if missing is not None:
        raise BadField(f"There is no {missing!r}. Write both sides of the pair, or remove the row.")
    system, chosen = _side(data, "chosen", "rejected")
    _, rejected = _side(data, "rejected", "chosen")
    if chosen == rejected:
        raise BadField("Chosen and rejected are the same. Remove the row: nothing was preferred.")
    if [turn.question for turn in chosen] != [turn.question for turn in rejected]:
        raise BadField("Chosen and rejected answer different questions. Write the prompt once, under 'prompt'.")
    asked = find(data, QUESTION)
    rest = {name: value for name, value in data.items() if name not in {*_SIDES, asked}}
    row = qa_row(record.number, {"question": chosen[0].question, **({} if "question" in rest else rest)})
    if isinstance(row, RowProblem):
        return row
    kept = {"system": system} if system and "system" not in row.extra else {}
    kept |= {name: data[name] for name in (*_SIDES, asked) if name in data and not _is_plain(data[name])}
    reference = row.turns[0].reference
    first = replace(chosen[0], reference=reference) if reference else chosen[0]
    return replace(
        row,
        turns=(first, *chosen[1:]),
        turns_b=tuple(rejected),
        has_answer=True,
        extra={**row.extra, **kept},
        judgments=(ImportedJudgment(verdict=None, value="A", detail={"chosen": "A"}),),
    )


def _is_plain(said: Any) -> bool:
    """Whether a text or messages say nothing but their words."""
    if not isinstance(said, list):
        return True
    return all(message.keys() == {"role", "content"} and isinstance(message["content"], str) for message in said)


def _side(data: Mapping[str, Any], name: str, other: str) -> tuple[str, list[Turn]]:
    """The system's text and the turns of one side."""
    said, asked = data[name], find(data, QUESTION)
    prompt = data[asked] if asked is not None else None
    if isinstance(said, list):
        return _messages(prompt, said)
    answer = text_of(name, said)
    if isinstance(prompt, list):
        return _messages(prompt, [{"role": "assistant", "content": answer}])
    if prompt is None:
        return "", _transcript(answer, text_of(other, data[other]))
    return "", [Turn(text_of(asked or "prompt", prompt), answer)]


def _messages(prompt: Any, said: list[Any]) -> tuple[str, list[Turn]]:
    asks = any(isinstance(message, dict) and str(message.get("role")) in ASKING for message in said)
    before = [] if asks or prompt is None else prompt
    if not isinstance(before, list):
        before = [{"role": "user", "content": text_of("prompt", before)}]
    system, turns, answered = conversation([*before, *said])
    if not answered:
        raise BadField("A side ends without an answer. Write the assistant's message last.")
    return system, turns


def _transcript(said: str, other: str) -> list[Turn]:
    """What both transcripts have in common is the question, up to a reply; the answer is the rest of one."""
    before, mark, _ = shared_beginning([said, other]).rpartition(_REPLY)
    if not mark:
        raise BadField(f"There is no prompt: expected one of {', '.join(QUESTION)}. Write what both sides answer.")
    return [Turn(before.removeprefix(_ASKED).strip(), said.removeprefix(before + mark).strip())]
