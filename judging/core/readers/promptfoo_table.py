"""promptfoo's table as CSV or HTML: a row per test, a column per variable, then one per prompt and provider.

Of a cell `[PASS] (1.00) text` the text is the answer and the mark the grade that the table shows, which a person may
have changed: the file does not say. Later versions put the grade, its reason and a comment into columns of their own
behind the answer.
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
from judging.core.readers.promptfoo import context_of
from judging.core.verdicts import Reason, Verdict

MAX_HTML = 50_000_000
_CELL = re.compile(r"\[(PASS|FAIL|ERROR)\](?:\s*\((-?\d+(?:\.\d+)?)\))?\s*", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_HEAD = re.compile(r"\[(?P<provider>[^\]]+)\]\s*(?P<prompt>.*)", re.DOTALL)
_WHY = re.compile(r"\n+(?:Pass|Fail) Reason:\s*(?P<reason>.*)\Z", re.DOTALL | re.IGNORECASE)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")

BESIDE = {"Reasoning", "Status", "Score", "Named Scores", "Grader Reason", "Comment", "Latency (ms)"}
_SIGN, _METRIC = "Grader Reason", "Metric: "
_MARKS = {"PASS", "FAIL", "ERROR"}

_Line = tuple[int, list[str]]
_Beside = dict[str, str]


def recognises(path: Path) -> bool:
    """Whether a table has grades, in columns of their own or in the cells of the first row under its header."""
    if _is_html(path):
        return "[PASS]" in _head(path) or "[FAIL]" in _head(path)
    if not _CELL.search(_head(path)) and _SIGN not in _head(path):
        return False
    try:
        lines = list(_first(csv.reader(strict_lines(path), strict=True), 2))
    except csv.Error:
        return False
    return len(lines) == 2 and (bool(_graded(lines[0])) or any(_CELL.match(cell) for cell in lines[1]))


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One item per test, prompt and provider."""
    lines = _html_lines(path) if _is_html(path) else _csv_lines(path)
    _, header = next(lines, (0, []))
    if not header:
        raise FileRefused(1, "The table is empty. Export the results again.")
    graded = _graded(header)
    for line, cells in lines:
        if len(cells) == len(header):
            yield from _rows(line, header, cells, graded)
        else:
            yield RowProblem(line, f"The row has {len(cells)} cells and the header {len(header)}. Export it again.")


def _graded(header: list[str]) -> dict[int, list[int]]:
    """The columns of answers, each with the columns behind it that grade them; none in tables with marks only."""
    found: dict[int, list[int]] = {}
    answer = 0
    for place, name in enumerate(header):
        if name in BESIDE or name.startswith(_METRIC):
            found.setdefault(answer, []).append(place)
        else:
            answer = place
    return {place: beside for place, beside in found.items() if _SIGN in [header[at] for at in beside]}


def _rows(
    line: int, header: list[str], cells: list[str], graded: dict[int, list[int]]
) -> Iterator[ItemRow | RowProblem]:
    outputs = list(graded) or [place for place, cell in enumerate(cells) if _CELL.match(cell)]
    taken = {*outputs, *(at for beside in graded.values() for at in beside)}
    named = enumerate(zip(header, cells, strict=True))
    variables = {name: cell for place, (name, cell) in named if place not in taken}
    rows = 0
    for place in outputs:
        beside = {header[at]: cells[at] for at in graded.get(place, ())}
        # A table of several evaluations has no cell where one of them had no such test.
        if cells[place] or any(beside.values()):
            rows += 1
            yield _row(line, header[place], cells[place], variables, beside)
    if not rows:
        yield RowProblem(line, "No cell of the row begins with [PASS], [FAIL] or [ERROR]. Export the table again.")


def _row(line: int, head: str, cell: str, variables: dict[str, str], beside: _Beside) -> ItemRow | RowProblem:
    provider, template = _head_of(head)
    prompt = _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), template)
    mark, score, text, reason = _from_columns(cell, beside) if "Status" in beside else _from_cell(cell)
    if mark not in _MARKS or (score and not _NUMBER.fullmatch(score)):
        shown = f"{mark} {score or ''}".strip()
        return RowProblem(line, f"The grade of a cell is {shown!r:.60}; it is PASS, FAIL or ERROR and a number.")
    reason = beside.get(_SIGN) or reason
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
            context=context_of(variables),
            has_answer=answered,
            extra={"promptfoo": {"vars": variables, "prompt": prompt, "cell": cell, **_kept(beside)}},
            judgments=(_judgment(mark, score, reason if answered else reason or text),),
        )
    )


def _kept(beside: _Beside) -> dict[str, _Beside]:
    return {"graded": beside} if beside else {}


def _from_columns(cell: str, beside: _Beside) -> tuple[str, str | None, str, str]:
    """Mark, score, answer and reason of a table that has a column for each."""
    mark = beside["Status"].strip().upper()
    return mark, beside.get("Score", "").strip() or None, "" if mark == "ERROR" else cell, ""


def _from_cell(cell: str) -> tuple[str, str | None, str, str]:
    """The same of a cell that begins with its mark."""
    found = _CELL.match(cell)
    mark, score = (found[1].upper(), found[2]) if found else ("", None)
    return mark, score, *_answer(cell[found.end() :] if found else cell, failed=mark == "FAIL")


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
