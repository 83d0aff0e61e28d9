"""Chat messages of the clean items, several turns included: {"messages": [{"role", "content"}]}."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from judging.core.items import Turn
from judging.core.readers.chat import as_role, conversation, messages_name, plain_messages
from judging.core.readers.fields import BadField
from judging.core.verdicts import Verdict
from training_export.core.records import Record
from training_export.core.writers.base import JSONL, Writer, WriterOptions
from training_export.core.writers.parquet import MESSAGES
from training_export.core.writers.training import Example, ExampleWriter, TrainingFiles, source_of


def chat_writer(folder: Path, options: WriterOptions) -> Writer:
    """Clean items."""
    files = TrainingFiles(folder, options, ("user", "assistant"), {"messages": MESSAGES})
    return ExampleWriter(files, partial(example_of, in_table=options.files != JSONL), [Verdict.CLEAN])


def example_of(record: Record, verdict: Verdict, *, in_table: bool = False) -> Example:
    """The conversation as people left it. An empty turn makes the whole one empty."""
    turns = record.corrected_turns
    messages = messages_of(record.extra, turns)
    if in_table:
        messages = [{"role": message["role"], "content": flat(message.get("content"))} for message in messages]
    asked, answered = [turn.question for turn in turns], [turn.answer for turn in turns]
    texts = ("\n".join(asked) if all(asked) else "", "\n".join(answered) if all(answered) else "")
    return Example({"messages": messages}, texts, turns[0].question, source_of(record, verdict), (record.position,))


def messages_of(extra: Mapping[str, Any], turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The messages as they came, with tools and all, where they still say what the turns say; else the turns."""
    system = extra.get("system", "")
    name = messages_name(extra)
    if name is not None and same_words(extra[name], turns):
        return [with_text(as_role(message)) for message in extra[name]]
    return plain_messages(system if isinstance(system, str) else "", turns)


def with_text(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message whose content is one text: a column of texts and lists is one that no library opens."""
    content = message.get("content")
    return {**message, "content": flat(content) if isinstance(content, list) else content}


def same_words(messages: Any, turns: Sequence[Turn]) -> bool:
    """Whether the messages are this conversation: nobody corrected it, and the list was not a key of another kind."""
    try:
        said = conversation(messages)[1]
    except BadField:
        return False
    return [(turn.question, turn.answer) for turn in said] == [(turn.question, turn.answer) for turn in turns]


def flat(content: Any) -> str:
    """A content as a column of a table has it: its texts."""
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in content)
    return content if isinstance(content, str) else ""
