"""lm-evaluation-harness: `samples_<task>_<date>.jsonl`, so that people can look at what a model got wrong.

`doc` is the question as its task has it; the reply is `filtered_resps`. A metric of 0 or 1 is the word of a judge that
ran elsewhere.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ItemRow, RowProblem, Turn
from judging.core.readers.choices import LETTERS
from judging.core.readers.fields import QUESTION, BadField, find, finished_row, text_of
from judging.core.readers.json_records import Record
from judging.core.readers.lm_eval_write_out import as_sample
from judging.core.readers.records import objects
from judging.core.verdicts import Verdict

METRICS = ("acc", "exact_match", "acc_norm", "em", "f1")
_TAKEN = {"doc_id", "target", "filter"}
UNREAD = "[invalid]"
"""What a filter leaves of a reply in which it found nothing."""


def recognises(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a sample."""
    return "doc_id" in entry and (isinstance(entry.get("doc"), dict) or {"prompt_0", "logit_0"} <= entry.keys())


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per sample."""
    for record in objects(path):
        yield record if isinstance(record, RowProblem) else _row(record)


def _row(record: Record) -> ItemRow | RowProblem:
    try:
        if not recognises(record.value):
            raise BadField("A sample has 'doc_id' and 'doc' (an object). Import samples_*.jsonl as it was written.")
        data = record.value if "doc" in record.value else as_sample(record.value)
        choices = _choices(data["doc"])
        answer = _answer(data, choices)
        target = data.get("target")
        gold = _gold(data, choices)
        return finished_row(
            ItemRow(
                line=record.number,
                turns=(Turn(_question(data), answer or "", "" if choices else _plain(target)),),
                key=_key(data),
                category=text_of("subject", data["doc"].get("subject")),
                has_answer=answer is not None,
                extra={name: value for name, value in data.items() if name not in _TAKEN} | {"target": target},
                judgments=_judgments(data),
                choices=choices,
                gold_choice=gold,
            )
        )
    except BadField as error:
        return RowProblem(record.number, str(error))


def _key(data: Mapping[str, Any]) -> str:
    name, filtered = text_of("doc_id", data["doc_id"]), data.get("filter")
    return name if filtered in (None, "none") else f"{name}:{text_of('filter', filtered)}"


def _question(data: Mapping[str, Any]) -> str:
    name = find(data["doc"], QUESTION)
    if name is not None and isinstance(data["doc"][name], str):
        return str(data["doc"][name])
    sent = _sent(data.get("arguments"))
    if sent is None:
        raise BadField("The sample has neither a question in 'doc' nor a prompt in 'arguments'. Write one.")
    return sent


def _sent(arguments: Any) -> str | None:
    """The prompt: [[prompt, ...]] or {"gen_args_0": {"arg_0": prompt}}."""
    if isinstance(arguments, dict):
        first = next(iter(arguments.values()), None)
        arguments = [[first.get("arg_0")]] if isinstance(first, dict) else []
    if not isinstance(arguments, list) or not arguments or not isinstance(arguments[0], list) or not arguments[0]:
        return None
    return _prompt(arguments[0][0])


def _prompt(sent: Any) -> str | None:
    """What was sent: a text, or messages, also as their JSON."""
    if isinstance(sent, list) and len(sent) == 1 and isinstance(sent[0], str):
        sent = sent[0]
    if isinstance(sent, str):
        try:
            messages = json.loads(sent) if sent.startswith("[{") else None
        except (ValueError, RecursionError):
            messages = None
        if not isinstance(messages, list):
            return sent
        sent = messages
    if not isinstance(sent, list) or not all(
        isinstance(one, dict) and isinstance(one.get("content"), str) for one in sent
    ):
        return None
    return "\n\n".join(one["content"] for one in sent)


def _choices(doc: Mapping[str, Any]) -> tuple[str, ...]:
    listed = doc.get("choices", doc.get("mc1_targets"))
    if isinstance(listed, dict):
        listed = listed.get("text", listed.get("choices"))
    if not isinstance(listed, list) or not all(isinstance(choice, str) for choice in listed):
        return ()
    return tuple(listed) if 2 <= len(listed) <= len(LETTERS) else ()


def _gold(data: Mapping[str, Any], choices: tuple[str, ...]) -> str:
    place = _number(data.get("target"))
    if place is None or not choices:
        return ""
    return LETTERS[int(place)] if place.is_integer() and 0 <= place < len(choices) else ""


def _answer(data: Mapping[str, Any], choices: tuple[str, ...]) -> str | None:
    """The reply as text; of several choices the likeliest."""
    replies = data.get("filtered_resps")
    if not isinstance(replies, list) or not replies:
        return None
    if replies[0] in (UNREAD, [UNREAD]):
        return _raw(data.get("resps"))
    if isinstance(replies[0], str):
        return replies[0]
    # Several samples of one prompt: the first is what is looked at.
    if len(replies) == 1 and isinstance(replies[0], list) and replies[0] and isinstance(replies[0][0], str):
        return str(replies[0][0])
    chances = [_number(reply[0]) if isinstance(reply, list) and reply else None for reply in replies]
    known = [chance for chance in chances if chance is not None]
    if len(known) != len(choices) or not choices:
        return None
    return choices[known.index(max(known))]


def _raw(replies: Any) -> str:
    """The first reply as it was given, however deep in lists; a filter that found nothing in it leaves only a word."""
    while isinstance(replies, list) and replies:
        replies = replies[0]
    return replies if isinstance(replies, str) else UNREAD


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _plain(target: Any) -> str:
    if isinstance(target, list) and all(isinstance(one, str) for one in target):
        return "\n".join(target)
    return target if isinstance(target, str) else "" if target is None else str(target)


def _judgments(data: Mapping[str, Any]) -> tuple[ImportedJudgment, ...]:
    named = data.get("metrics")
    others = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
    metric = next((name for name in (*METRICS, *others) if isinstance(data.get(name), (int, float))), None)
    if metric is None:
        return ()
    score = float(data[metric])
    verdict = {0.0: Verdict.WRONG, 1.0: Verdict.CLEAN}.get(score)
    return (ImportedJudgment(verdict=verdict, score=score, judge="lm-eval", detail={"metric": metric}),)
