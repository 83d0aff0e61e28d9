"""mdk's merged gold set as a table, CSV or XLSX: page, question, answer, num_error, reason, checked."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from judging.core.items import ItemRow, PersonWord, RowProblem, Turn
from judging.core.readers.csv_table import header_of, table_rows
from judging.core.readers.fields import BadField, finished_row
from judging.core.readers.files import FileRefused
from judging.core.readers.literals import decode_printed_object
from judging.core.readers.mdk import error_count, person_word
from judging.core.verdicts import PersonVerdict

COLUMNS = ("page", "question", "answer", "num_error", "reason", "checked")
FORM = "gold_table"


def recognises(names: set[str]) -> bool:
    """Whether a table has the six columns."""
    return names >= set(COLUMNS)


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per row, with the person's word that the row is."""
    header = header_of(path)
    missing = next((name for name in COLUMNS[:4] if name not in header), None)
    if missing is not None:
        message = f"There is no column {missing!r}. Import dataset*_checked.csv or .xlsx as mdk wrote it."
        raise FileRefused(1, message)
    for number, cells in enumerate(table_rows(path), 1):
        yield cells if isinstance(cells, RowProblem) else _row(number, *cells)


def _row(number: int, line: int, cells: Mapping[str, str]) -> ItemRow | RowProblem:
    try:
        page, count = _page(cells["page"]), _count(cells["num_error"])
        kept = {name: value for name, value in cells.items() if name not in COLUMNS[:4]}
        context = page.get("page", "")
        if not isinstance(context, str):
            raise BadField("'page' holds no text under 'page'. Write it as {'page': '...'}.")
        if set(page) != {"page"}:
            kept["page"] = cells["page"]
        return finished_row(
            ItemRow(
                line=line,
                turns=(Turn(cells["question"], cells["answer"]),),
                context=context,
                extra={"mdk": {**kept, "entry": number, "format": FORM}},
                person=PersonWord(verdict=PersonVerdict.UNDEFINED) if count is None else person_word(count),
            )
        )
    except BadField as error:
        return RowProblem(line, str(error))


def _page(text: str) -> Mapping[str, object]:
    """The printed object; a text that is none is the passage itself."""
    if not text.lstrip().startswith("{"):
        return {"page": text}
    try:
        return decode_printed_object(text)
    except ValueError as error:
        raise BadField(f"'page' cannot be decoded: {error}") from None


def _count(text: str) -> int | None:
    """The number of errors; nothing is undefined."""
    number = text.strip()
    if not number or number.lower() in {"none", "nan"}:
        return None
    whole = number.removesuffix(".0")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 9:
        raise BadField(f"'num_error' is {text[:40]!r}; a count of errors is 0, 1, 2 and so on, or nothing.")
    return error_count({"num_error": int(whole)}, "num_error")
