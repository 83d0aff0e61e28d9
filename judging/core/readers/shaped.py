"""Objects whose texts may have any plain shape: a question with one or two answers, a conversation, a text alone."""

from judging.core.items import ItemRow, RowProblem
from judging.core.readers import chat, pairs, texts
from judging.core.readers.fields import QUESTION, find, qa_row
from judging.core.readers.json_records import Record

_CHAT = "chat"
"""What annotation tools call a field of messages."""


def shaped_row(record: Record) -> ItemRow | RowProblem:
    """The item of an object whose keys say what it is."""
    data = record.value
    if isinstance(data.get(_CHAT), list) and not chat.recognises(data):
        data = {("messages" if name == _CHAT else name): value for name, value in data.items()}
        record = Record(record.number, data)
    if find(data, QUESTION) is not None:
        return pairs.pair_row(record) if pairs.recognises(data) else qa_row(record.number, data)
    if chat.recognises(data):
        return chat.chat_row(record)
    return texts.text_row(record) if texts.recognises(data) else qa_row(record.number, data)
