"""Tables of any kind of file as rows of text: one reader per kind, chosen by what the file is.

`open_table` gives the header and then the rows one after another; nothing is held in memory whole.
"""

from pathlib import Path

from annotation.core.tables import csv_file, json_file, xlsx_file
from annotation.core.tables.known_files import graded_table
from annotation.core.tables.rows import Row, Table, cell_text, is_number
from judging.core.readers import FileRefused
from judging.core.readers.documents import document_format
from judging.core.readers.json_records import first_character
from judging.core.readers.parquet_file import is_parquet

__all__ = ["FileRefused", "Row", "Table", "cell_text", "is_number", "open_table"]


def open_table(path: Path) -> Table:
    """A CSV, JSONL, JSON, Parquet or XLSX file as a table. FileRefused says why it is none."""
    if is_parquet(path):
        return json_file.read(path)
    if xlsx_file.recognises(path):
        return xlsx_file.read(path)
    first = first_character(path)
    if first == "{" and document_format(path) == "judge_bench":
        return graded_table(path)
    if first in {"[", "{"}:
        return json_file.read(path)
    return csv_file.read(path)
