"""mdk's verdict JSONL, and from people's verdicts its manual log.

The log gives back every key of the log an item came from. Keys that the manual log names itself: `num_error` is
people's verdict, the original's goes to `judge_num_error` (a judge's log) or `previous_num_error` (a log that people
wrote, mdk's own word for a verdict an entry came with).
"""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from judging.core.verdicts import PersonVerdict, Verdict
from training_export.core.records import Destination, LeftOut, Record, Source
from training_export.core.writers.base import (
    JsonArray,
    VerdictFiles,
    Writer,
    WriterOptions,
    WrittenFile,
    quoted,
)

# Keys of Item.extra["mdk"] that say how the entry was read; they were never in the entry.
READ_AS = {"entry", "format"}
JUDGE_LOG = "judge_log"


def mdk_writer(folder: Path, options: WriterOptions) -> Writer:
    """Three verdict files; with people's verdicts the manual log too."""
    verdicts = VerdictFiles(folder, options, trainer_line)
    if options.source == Source.JUDGE:
        return verdicts
    return VerdictsAndLog(verdicts, ManualLog(folder / f"experiment_log_manual_{options.stamp}.json"))


def trainer_row(record: Record) -> dict[str, str]:
    """What a trainer reads, and nothing else."""
    turn = record.corrected_turns[0]
    return {"question": turn.question, "answer": turn.answer}


def trainer_line(record: Record) -> str:
    """The same as a line."""
    turn = record.corrected_turns[0]
    return f'{{"question": {quoted(turn.question)}, "answer": {quoted(turn.answer)}}}\n'


class ManualLog:
    """One JSON array with an indent of 4, written entry by entry."""

    def __init__(self, path: Path) -> None:
        self._array = JsonArray(path)

    def write(self, record: Record, destination: Destination) -> None:
        """Every item is in the log, also one that nobody reviewed; pairs and choices have no place in it."""
        if destination is not LeftOut.NOT_ONE_ANSWER:
            self._array.add(log_entry(record))

    def checks(self) -> Mapping[str, Any]:
        """Nothing to say."""
        return {}

    def close(self) -> list[WrittenFile]:
        """Finish the array."""
        return [self._array.close()]


class VerdictsAndLog:
    """Both forms of people's verdicts."""

    def __init__(self, *writers: Writer) -> None:
        self._writers = writers

    def write(self, record: Record, destination: Destination) -> None:
        """Write the record in each form."""
        for writer in self._writers:
            writer.write(record, destination)

    def checks(self) -> Mapping[str, Any]:
        """What each form has to say."""
        return {name: said for writer in self._writers for name, said in writer.checks().items()}

    def close(self) -> list[WrittenFile]:
        """Finish all files."""
        return [file for writer in self._writers for file in writer.close()]


def page_of(record: Record, page: Any) -> Any:
    """The page that an entry came with, with the context as people left it."""
    if "context" not in record.people.correction:
        return page
    return {**page, "page": record.corrected_context} if isinstance(page, dict) else record.corrected_context


def log_entry(record: Record) -> dict[str, Any]:
    """mdk's four keys, what the entry came with, and the item's key: by it, corrected items are known again."""
    came_with = {key: value for key, value in mdk_of(record).items() if key not in READ_AS}
    judge = {} if "output" in came_with else judge_said(record)
    entry = {
        "qa": [qa_of(record)],
        "page": page_of(record, came_with.pop("page", {"page": record.context})),
        "num_error": num_error(record),
        "output": output_of(record, came_with.pop("output", None)),
    }
    renamed = renamed_num_error(record, entry["num_error"], came_with)
    # An entry with several QAs had one key for all of them; each is an entry of its own here.
    shared = {"entry_key": came_with.pop("key")} if "key" in came_with else {}
    return entry | original_text(record) | judge | renamed | came_with | shared | {"key": record.key}


def judge_said(record: Record) -> dict[str, Any]:
    """The judge's verdict and score, beside its replies, for an item whose log did not bring them."""
    if record.judge is None:
        return {}
    errors = {Verdict.CLEAN: 0, Verdict.WRONG: 1}
    said: dict[str, Any] = {"judge_num_error": errors.get(record.judge.verdict) if record.judge.verdict else None}
    return said if record.judge.score is None else said | {"judge_score": record.judge.score}


def mdk_of(record: Record) -> Mapping[str, Any]:
    """What the reader of mdk's logs kept of the entry; empty for an item from another format."""
    kept = record.extra.get("mdk")
    return kept if isinstance(kept, dict) else {}


def qa_of(record: Record) -> dict[str, Any]:
    """The question and answer as people left them, with the keys that the QA object had beside them."""
    kept = record.extra.get("qa")
    return trainer_row(record) | (dict(kept) if isinstance(kept, dict) else {})


def num_error(record: Record) -> int | None:
    """0 clean, the number of errors (at least 1) wrong, null for undefined and for what people did not decide."""
    if record.people.verdict == PersonVerdict.CLEAN:
        return 0
    if record.people.verdict == PersonVerdict.WRONG:
        return max(1, record.people.error_count or 1)
    return None


def output_of(record: Record, original: Any) -> Any:
    """The judge's replies: a list where nobody decided, the printed list where people did. mdk tells them by this."""
    output = list(record.replies) if original is None else original
    if record.reviewed:
        return output if isinstance(output, str) else repr(output)
    return listed(output) if isinstance(output, str) else output


def listed(printed: str) -> list[Any]:
    """The list that was printed; read as a literal and never evaluated."""
    try:
        value = ast.literal_eval(printed)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return [printed]
    return value if isinstance(value, list) else [printed]


def original_text(record: Record) -> dict[str, Any]:
    """The texts that a correction replaced."""
    before = record.turns[0].as_json()
    changed = {name: before[name] for name, text in trainer_row(record).items() if text != before[name]}
    if record.corrected_context != record.context:
        changed["context"] = record.context
    return {"original": changed} if changed else {}


def renamed_num_error(record: Record, written: int | None, came_with: dict[str, Any]) -> dict[str, Any]:
    """The original's num_error under a name that is free; takes it out of `came_with`."""
    if "num_error" not in came_with:
        return {}
    original = came_with.pop("num_error")
    from_judge = mdk_of(record).get("format") == JUDGE_LOG
    if original == written and not from_judge:
        return {}
    wished = "judge_num_error" if from_judge else "previous_num_error"
    return {"imported_num_error" if wished in came_with else wished: original}
