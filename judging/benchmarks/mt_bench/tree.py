"""The folders of FastChat's and instructlab-eval's MT-Bench: whose rows stand where, and which may be replaced.

A judgment file holds every model. A run replaces its own rows, which carry its name under `run`, and nothing else: rows
of the same model from another run, or from another program, refuse it. Questions, references and answers may be written
again as long as they say the same. Every file is replaced whole, so that nobody reads half of one.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Any

Row = Mapping[str, Any]
Identity = tuple[Any, ...]

MOST_DIGITS = 15
"""What a JSON number says without loss; longer numbers are texts, as the branch generator writes them."""


class TreeRefused(ValueError):
    """The folder holds what must not be replaced; the message names the file and what to do."""


def file_name(name: str) -> str:
    """A model's name as a path below a folder: a slash makes a folder, nothing leads out."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in {"/", ".", ".."}]
    return "/".join(part.replace("\x00", "")[:200] for part in parts) or "model"


def question_id(text: str) -> int | str:
    """A question's number as the question file had it: a number where one can say it, else text."""
    plain = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and str(int(text)) == text
    return int(text) if plain else text


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Alone in a folder, among all programs that ask for it like this."""
    folder.mkdir(parents=True, exist_ok=True)
    place = os.open(folder, os.O_RDONLY)
    try:
        flock(place, LOCK_EX)
        yield
    finally:
        os.close(place)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of the tree; none where it is absent. TreeRefused for one that is not of the tree."""
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise TreeRefused(f"{path}:{number}: the line is no JSON. Mend it, or choose another folder.") from error
        if not isinstance(row, dict):
            raise TreeRefused(f"{path}:{number}: the line is no object. Mend it, or choose another folder.")
        found.append(row)
    return found


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    """Replace a file whole, one row to a line."""
    return write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def write_text(path: Path, text: str) -> Path:
    """Replace a file whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".", delete=False) as file:
        file.write(text)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
    return path


def merge_said(path: Path, rows: Sequence[Row], said: Callable[[Row], Any], *, what: str, sort: bool = False) -> Path:
    """Add rows to a file that has one per question; TreeRefused where it says something else of one of them."""
    merged: dict[str, Row] = {str(row.get("question_id")): row for row in rows_of(path)}
    for row in rows:
        known = merged.get(str(row["question_id"]))
        if known is not None and said(known) != said(row):
            raise TreeRefused(
                f"{path} holds another {what} of question {row['question_id']}. Choose another folder, or remove it."
            )
        merged[str(row["question_id"])] = row
    found = list(merged.values())
    return write_rows(path, sorted(found, key=_by_id) if sort else found)


def _by_id(row: Row) -> tuple[bool, Any]:
    number = row["question_id"]
    return isinstance(number, str), number


def replace_own(path: Path, rows: Sequence[Row], *, run: str, identity: Callable[[Row], Identity]) -> Path:
    """Put the rows of a run into a judgment file, in place of those it had there.

    TreeRefused where somebody else's rows are about the same models.
    """
    kept = [row for row in rows_of(path) if row.get("run") != run]
    own = {identity(row) for row in rows}
    for row in kept:
        if identity(row) in own:
            whose = f"run {row['run']}" if row.get("run") else "another program"
            names = " and ".join(str(name) for name in identity(row))
            raise TreeRefused(
                f"{path} holds judgments of {names} from {whose}. Choose another folder, or remove that file."
            )
    return write_rows(path, [*kept, *rows])


def said_of_question(row: Row) -> Any:
    """What a row of question.jsonl asks."""
    return row.get("turns")


def said_of_answer(row: Row) -> Any:
    """What a row of answers or references says: of several choices the first one counts."""
    choices = row.get("choices") or [{}]
    return choices[0].get("turns")


VOTE_WINNERS = {"model_1": "model_a", "model_2": "model_b", "tie": "tie"}


def votes_of(pairs: Iterable[Row]) -> list[dict[str, Any]]:
    """Judged pairs as the votes that FastChat's compute_agreement reads; what could not be read is no vote."""
    votes = []
    for row in pairs:
        first, second = row["g1_winner"], row["g2_winner"]
        if "error" in {first, second}:
            continue
        votes.append(
            {
                "question_id": row["question_id"],
                "model_a": row["model_1"],
                "model_b": row["model_2"],
                "winner": VOTE_WINNERS[first] if first == second else "tie (inconsistent)",
                "turn": row.get("turn", 1),
                "judge": row["judge"],
            }
        )
    return votes
