"""Questions with choices: MMLU's table without a header and its dialects with one, and JSON with a list of choices.

The item's choices are the texts, its right one a letter. Answers are letters, the text of a choice, or numbers: from 0
where a 0 occurs or the names begin there, from 1 where the number of choices occurs.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers.branch_tasks import in_task, refuse_other_answer
from judging.core.readers.csv_table import header_of, table_rows
from judging.core.readers.fields import MAX_NAME, QUESTION, BadField, find, finished_row, text_of
from judging.core.readers.files import strict_lines
from judging.core.readers.json_records import Record, kind_of
from judging.core.readers.literals import decode_printed_list
from judging.core.readers.records import objects
from judging.core.readers.workbook import is_workbook

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
QUESTIONS = (*QUESTION, "stem", "ctx", "goal", "sentence", "問題文", "题目", "문제")
ANSWER = (
    *("answer", "target", "gold", "label", "correct", "answerkey", "answer_key", "answer key", "correct_answer"),
    *("correct answer", "correct_option", "answer_index", "answer_idx", "正解", "解答", "答案", "정답"),
)
LISTED = ("choices", "options", "endings")
SUBJECT = ("subject", "category", "科目", "분야")
KEY = ("id", "question_id", "sample_id")
_CHOICE = re.compile(r"(?:choice|option|opt|sol|選択肢|选项|選項)?[ _]?([a-j0-9])", re.IGNORECASE)
_MARKED = re.compile(r"\(?([A-Za-z])[).]?")
_WRITTEN = {str, int, float}
_FEWEST_NAMED = 3
_RUNS = {run[:length] for run in ("abcdefghij", "0123456789", "123456789") for length in range(3, 11)}
_FILE = re.compile(r"(?P<subject>.+?)_(?P<split>dev|test|val|validation|train)$")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a table has question, choices (several columns, or one with a list), answer and subject."""

    question: str
    choices: tuple[str, ...]
    answer: str | None
    subject: str | None
    key: str | None
    first: int


_OF_A_REPLY = {"turns", "message"}


def has_choices(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a question with choices: a list of them, or each under a name of its own."""
    entry = _unfolded(entry)
    if find(entry, QUESTIONS) is None:
        return False
    return not _are_replies(entry) and (_listed(entry) is not None or _columns(tuple(entry)) is not None)


def _are_replies(entry: Mapping[str, Any]) -> bool:
    """Whether `choices` are what was sampled from a model, as FastChat and OpenAI call it."""
    listed = entry.get("choices")
    return isinstance(listed, list) and any(isinstance(one, dict) and one.keys() & _OF_A_REPLY for one in listed)


def _unfolded(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first files of ARC and their kind hold stem and choices inside their question."""
    inner = entry.get("question")
    if not isinstance(inner, dict) or "stem" not in inner:
        return entry
    return {**{name: value for name, value in entry.items() if name != "question"}, **inner}


def _listed(entry: Mapping[str, Any]) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Where the list of choices is, the choices, and the labels that it gives them."""
    name = find(entry, LISTED)
    found = entry[name] if name is not None else None
    labels: Any = ()
    if isinstance(found, dict):
        labels, found = found.get("label") or (), found.get("text")
    elif isinstance(found, list) and found and all(isinstance(one, dict) and "text" in one for one in found):
        labels, found = [one.get("label") for one in found], [one["text"] for one in found]
    if name is None or not isinstance(found, list) or not all(type(choice) in _WRITTEN for choice in found):
        return None
    return name, tuple(str(choice) for choice in found), tuple(str(label) for label in labels)


def read_json(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per object with its choices and the right one under `answer` or `target`."""
    first = _first_of_objects(path)
    for record in objects(path):
        row = record if isinstance(record, RowProblem) else _json_row(record, first)
        yield row if isinstance(row, RowProblem) else in_task(path, row)


def _first_of_objects(path: Path) -> int:
    """0 or 1: where numbers that are no text begin. From 1 where the number of choices occurs, and 0 nowhere."""
    last = False
    for record in objects(path):
        data = {} if isinstance(record, RowProblem) else _unfolded(record.value)
        name = find(data, ANSWER)
        right = data[name] if name is not None else None
        if right == 0 and type(right) is int:
            return 0
        last = last or (type(right) is int and _counts(data, right))
    return int(last)


def _counts(data: Mapping[str, Any], number: int) -> bool:
    """Whether there are so many choices, each under a name of its own: places in a list begin at 0."""
    columns = None if find(data, LISTED) else _columns(tuple(data))
    return columns is not None and len(columns.choices) == number


def _json_row(record: Record, first_number: int) -> ItemRow | RowProblem:
    data = _unfolded(record.value)
    question, answer, subject = find(data, QUESTIONS), find(data, ANSWER), find(data, SUBJECT)
    key = find(data, KEY)
    try:
        places, choices, labels, first = _choices_of(data)
        right = data[answer] if answer else ""
        if isinstance(right, str) and right in labels:
            right = LETTERS[labels.index(right)]
        if type(right) is int:
            first = 0 if labels or find(data, LISTED) else first_number
        used = {question, *places, answer, subject, key}
        gold = _letter(answer, right, choices, first) if answer else ""
        refuse_other_answer(data, choices, gold)
        row = ItemRow(
            line=record.number,
            turns=(Turn(text_of(question or "", data[question or ""])),),
            key=text_of("id", data[key]) if key else "",
            category=text_of(subject, data[subject])[:MAX_NAME] if subject else "",
            has_answer=False,
            extra={name: value for name, value in data.items() if name not in used} | _kept(labels, data, places),
            choices=choices,
            gold_choice=gold,
        )
        return _checked(row)
    except BadField as error:
        return RowProblem(record.number, str(error))


def _choices_of(data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], int]:
    """Names of the keys that hold the choices, the choices, their labels, and where numbers begin."""
    listed = _listed(data) if find(data, QUESTIONS) else None
    if listed is not None:
        return (listed[0],), listed[1], listed[2], 0
    columns = _columns(tuple(data))
    if columns is None or (len(columns.choices) == 1 and not isinstance(data[columns.choices[0]], str)):
        raise BadField("There is no question with 'choices'. Write the choices as a list of texts.")
    return columns.choices, tuple(text_of(name, data[name]) for name in columns.choices), (), columns.first


def _kept(labels: Sequence[str], data: Mapping[str, Any], places: Sequence[str]) -> dict[str, Any]:
    """Choices that had labels, or were numbers, as they were."""
    found = data[places[0]]
    numbers = isinstance(found, list) and not all(isinstance(choice, str) for choice in found)
    return {places[0]: found} if labels or numbers else {}


def is_table(path: Path) -> bool:
    """Whether a table has choices: MMLU's six columns of which the last is a letter, or named ones."""
    return _has_no_header(path) or _columns(header_of(path)) is not None


def _has_no_header(path: Path) -> bool:
    if is_workbook(path):
        return False
    try:
        cells = next(csv.reader(strict_lines(path), strict=True), [])
    except csv.Error:
        return False
    letters = tuple(LETTERS[: max(len(cells) - 2, 0)])
    return len(cells) in {6, 7} and cells[-1].strip() in letters and find(cells, QUESTIONS) is None


def read_table(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per row. The subject is its column, else the file's name (`anatomy_test.csv`)."""
    if _has_no_header(path):
        yield from _rows_without_header(path)
        return
    columns = _columns(header_of(path))
    if columns is None:
        expected = "question, choices (A to D, choice0 to choice3, or a list under choices) and answer"
        yield RowProblem(1, f"The table has no questions with choices. Name its columns: {expected}.")
        return
    first = _first_number(path, columns)
    for cells in table_rows(path):
        yield cells if isinstance(cells, RowProblem) else _table_row(path, columns, first, *cells)


def _rows_without_header(path: Path) -> Iterator[ItemRow | RowProblem]:
    reader = csv.reader(strict_lines(path), strict=True)
    start, width = 1, 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield RowProblem(start, f"The table breaks in the row that starts here ({error}). Close every quote.")
            return
        if cells is None:
            return
        width = width or len(cells)
        if len(cells) != width:
            yield RowProblem(start, f"The row has {len(cells)} cells and the first one {width}. Quote commas.")
        elif cells:
            # Seven columns: some dialects begin with the row's number.
            shift = len(cells) - 6
            yield _row(path, start, cells[shift], cells[shift + 1 : -1], ("answer", cells[-1]), 0, {})
        start = reader.line_num + 1


def _columns(header: Sequence[str]) -> _Columns | None:
    question, answer = find(header, QUESTIONS), find(header, ANSWER)
    if question is None:
        return None
    listed = find(header, LISTED)
    named = {match[1].lower(): name for name in header if (match := _CHOICE.fullmatch(name.strip()))}
    choices = (listed,) if listed else tuple(named[mark] for mark in sorted(named))
    if not listed and len(choices) < 2:
        return None
    # The tests of C-Eval and its kind keep their answers to themselves: their columns alone tell.
    if answer is None and (listed or len(choices) < _FEWEST_NAMED or "".join(sorted(named)) not in _RUNS):
        return None
    first = 1 if not listed and min(named) == "1" else 0
    return _Columns(question, choices, answer, find(header, SUBJECT), find(header, KEY), first)


def _first_number(path: Path, columns: _Columns) -> int:
    """0 or 1: where numbered answers begin."""
    if columns.answer is None:
        return columns.first
    answers = {cells[1][columns.answer].strip() for cells in table_rows(path) if not isinstance(cells, RowProblem)}
    if "0" in answers:
        return 0
    return 1 if str(len(columns.choices)) in answers and len(columns.choices) > 1 else columns.first


def _table_row(path: Path, columns: _Columns, first: int, line: int, cells: Mapping[str, str]) -> ItemRow | RowProblem:
    texts = [cells[name] for name in columns.choices]
    if len(texts) == 1:
        try:
            texts = decode_printed_list(texts[0])
        except ValueError as error:
            return RowProblem(line, f"'{columns.choices[0]}' cannot be decoded: {error}")
    used = {columns.question, *columns.choices, columns.answer, columns.subject, columns.key}
    extra = {name: value for name, value in cells.items() if name not in used}
    answer = (columns.answer, cells[columns.answer]) if columns.answer else ("answer", "")
    row = _row(path, line, cells[columns.question], texts, answer, first, extra)
    if isinstance(row, RowProblem):
        return row
    subject, key = columns.subject, columns.key
    category = cells[subject] if subject else row.category
    return _checked(replace(row, category=category, key=cells[key] if key else ""))


def _row(
    path: Path,
    line: int,
    question: str,
    choices: Sequence[str],
    answer: tuple[str, str],
    first: int,
    extra: Mapping[str, Any],
) -> ItemRow | RowProblem:
    named = _FILE.fullmatch(path.stem)
    try:
        return _checked(
            ItemRow(
                line=line,
                turns=(Turn(question),),
                category=named["subject"][:MAX_NAME] if named else "",
                has_answer=False,
                extra={**extra, "part": named["split"]} if named else extra,
                choices=tuple(choices),
                gold_choice=_letter(*answer, choices, first),
            )
        )
    except BadField as error:
        return RowProblem(line, str(error))


def _checked(row: ItemRow) -> ItemRow | RowProblem:
    if not 2 <= len(row.choices) <= len(LETTERS):
        return RowProblem(row.line, f"The question has {len(row.choices)} choices. Write 2 to {len(LETTERS)}.")
    return finished_row(row)


def _letter(name: str, answer: Any, choices: Sequence[str], first: int) -> str:
    """The letter of the right choice."""
    letters = LETTERS[: len(choices)]
    if not choices:
        return ""
    if isinstance(answer, bool) or not isinstance(answer, (int, str)):
        raise BadField(f"'{name}' is {kind_of(answer)}; write the letter or the number of the right choice.")
    text = str(answer).strip()
    bare = _MARKED.fullmatch(text)
    if bare and text not in choices:
        text = bare[1]
    if len(text) == 1 and text.upper() in letters:
        return text.upper()
    if text in choices:
        return letters[list(choices).index(text)]
    if text.isascii() and text.isdigit() and 0 <= int(text[:3]) - first < len(choices):
        return letters[int(text[:3]) - first]
    if not text:
        return ""
    shown = f"{letters[0]} to {letters[-1]}"
    raise BadField(f"'{name}' is {text[:40]!r}; write {shown}, its number, or the text of the right choice.")
