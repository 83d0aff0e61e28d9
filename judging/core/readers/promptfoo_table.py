"""promptfoo's table as CSV or HTML: a row per test, a column per variable, then one per prompt and provider.

Of a cell `[PASS] (1.00) text` the text is the answer and the mark the grade that the table shows, which a person may
have changed: the file does not say.
"""

import csv
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from judging.core.items import ImportedJudgment, ItemRow, RowProblem, Turn
from judging.core.readers.fields import QUESTION, find, finished_row
from judging.core.readers.files import CHUNK, FileRefused, open_text, strict_lines, text_chunks
from judging.core.verdicts import Reason, Verdict

MAX_HTML = 50_000_000
_CELL = re.compile(r"\[(PASS|FAIL|ERROR)\](?:\s*\((-?\d+(?:\.\d+)?)\))?\s*", re.IGNORECASE)
_HEAD = re.compile(r"\[(?P<provider>[^\]]+)\]\s*(?P<prompt>.*)", re.DOTALL)
_WHY = re.compile(r"\n+(?:Pass|Fail) Reason:\s*(?P<reason>.*)\Z", re.DOTALL | re.IGNORECASE)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

_Line = tuple[int, list[str]]


def recognises(path: Path) -> bool:
    """Whether the first row of a text file under its header has grades in its cells."""
    if _is_html(path):
        return "[PASS]" in _head(path) or "[FAIL]" in _head(path)
    if not _CELL.search(_head(path)):
        return False
    try:
        lines = list(_first(csv.reader(strict_lines(path), strict=True), 2))
    except csv.Error:
        return False
    return len(lines) == 2 and any(_CELL.match(cell) for cell in lines[1])


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per test, prompt and provider."""
    lines = _html_lines(path) if _is_html(path) else _csv_lines(path)
    _, header = next(lines, (0, []))
    if not header:
        raise FileRefused(1, "The table is empty. Export the results again.")
    for line, cells in lines:
        if len(cells) != len(header):
            yield RowProblem(line, f"The row has {len(cells)} cells and the header {len(header)}. Export it again.")
            continue
        outputs = [place for place, cell in enumerate(cells) if _CELL.match(cell)]
        if not outputs:
            yield RowProblem(line, "No cell of the row begins with [PASS], [FAIL] or [ERROR]. Export the table again.")
        named = enumerate(zip(header, cells, strict=True))
        variables = {name: cell for place, (name, cell) in named if place not in outputs}
        for place in outputs:
            yield _row(line, header[place], cells[place], variables)


def _row(line: int, head: str, cell: str, variables: dict[str, str]) -> ItemRow | RowProblem:
    provider, template = _head_of(head)
    prompt = _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), template)
    found = _CELL.match(cell)
    mark, score = (found[1].upper(), found[2]) if found else ("", None)
    text, reason = _answer(cell[found.end() :] if found else cell, failed=mark == "FAIL")
    name = find(variables, QUESTION)
    expected = variables.get("__expected", "").removeprefix("grade:")
    answered = mark != "ERROR"
    return finished_row(
        ItemRow(
            line=line,
            turns=(
                Turn(
                    variables[name] if name and variables[name].strip() else prompt, text if answered else "", expected
                ),
            ),
            model=provider[:200],
            has_answer=answered,
            extra={"promptfoo": {"vars": variables, "prompt": prompt, "cell": cell}},
            judgments=(_judgment(mark, score, reason if answered else text),),
        )
    )


def _head_of(head: str) -> tuple[str, str]:
    """Provider and prompt of a column."""
    found = _HEAD.fullmatch(head.strip())
    if found:
        return found["provider"], found["prompt"]
    try:
        raw = json.loads(head)
    except ValueError:
        return "", head
    return "", str(raw["raw"]) if isinstance(raw, dict) and "raw" in raw else head


def _answer(text: str, *, failed: bool) -> tuple[str, str]:
    """The answer without the reason of its grade: behind it in newer tables, before it in older ones."""
    found = _WHY.search(text)
    if found:
        return text[: found.start()].strip(), found["reason"].strip()
    before, mark, after = text.partition("\n---\n")
    return (after.strip(), before.strip()) if failed and mark else (text.strip(), "")


def _judgment(mark: str, score: str | None, reason: str) -> ImportedJudgment:
    if mark == "ERROR":
        return ImportedJudgment(verdict=None, reason=Reason.NO_ANSWER, detail={"error": reason[:500]})
    passed = mark == "PASS"
    number = float(score) if score is not None else float(passed)
    detail = {"score": number, "pass": passed, "reason": reason, "from": "table"}
    return ImportedJudgment(verdict=Verdict.CLEAN if passed else Verdict.WRONG, score=number, detail=detail)


def _csv_lines(path: Path) -> Iterator[_Line]:
    reader = csv.reader(strict_lines(path), strict=True)
    start = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileRefused(
                start, f"The table breaks in the row that starts here ({error}). Export it again."
            ) from None
        if cells is None:
            return
        if cells:
            yield start, cells
        start = reader.line_num + 1


def _first(rows: Iterator[list[str]], count: int) -> Iterator[list[str]]:
    for cells in rows:
        if cells:
            yield cells
            count -= 1
        if not count:
            return


def _head(path: Path) -> str:
    with open_text(path) as file:
        return file.read(CHUNK).decode(errors="replace")


def _is_html(path: Path) -> bool:
    return _head(path).lstrip()[:14].lower().startswith(("<!doctype html", "<html"))


def _html_lines(path: Path) -> Iterator[_Line]:
    if path.stat().st_size > MAX_HTML:
        raise FileRefused(0, f"The page is longer than {MAX_HTML:,} bytes. Export the results as JSON.")
    parser = _Table()
    for chunk in text_chunks(path):
        parser.feed(chunk)
    parser.close()
    yield from parser.rows


class _Table(HTMLParser):
    """The cells of the rows of a page; scripts and everything else are passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[_Line] = []
        self._cell: list[str] | None = None
        self._whole = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"tr", "thead"}:
            self.rows.append((self.getpos()[0], []))
        elif tag in {"td", "th"} and self.rows:
            self._cell, self._whole = [], dict(attrs).get("data-content") or ""

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._cell is not None:
            self.rows[-1][1].append(self._whole or "".join(self._cell).strip())
            self._cell = None
        elif tag in {"tr", "thead"}:
            self.rows = [row for row in self.rows if row[1]]
