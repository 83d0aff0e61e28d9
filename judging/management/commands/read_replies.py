"""`manage.py read_replies`: what the judges' replies of a file say, stored nowhere."""

import json
import re
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from judging.core.extraction import EVERY_MARK, LENIENT, MODES, Protocol, read_text
from judging.core.extraction.protocols import PROTOCOLS, UnknownProtocol, protocol_named
from judging.core.items import RowProblem
from judging.core.readers.files import FileRefused
from judging.core.reply_files import ReplyLine, reply_lines
from judging.core.scales import Criterion, Scale
from judging.core.verdicts import Reading, Scored, Unscored


class Command(BaseCommand):
    help = "Read the score from each reply of a file of JSON lines {id, reply}. Nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help='JSON lines {"id", "reply"}; "finish": "length" where cut off')
        parser.add_argument("--scale", type=scale, required=True, help="1-10, 1-5, 0-10 ...; A/B/tie; clean/wrong")
        parser.add_argument(
            "--protocol",
            default="",
            help=f"what the judge was asked to write: {', '.join(PROTOCOLS)}; or words that show the mark, such as "
            '"Rating: [[n]]". Without it: what the line says under "protocol", else any mark',
        )
        parser.add_argument("--mode", choices=MODES, default=LENIENT, help="strict: only the protocol's marks")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        criterion = Criterion("", options["scale"])
        problems = Problems(options["file"])
        try:
            asked = known_protocol(options["protocol"]) if options["protocol"] else None
            readings = readings_of(options["file"], criterion, asked, options["mode"], problems)
            self.print_json(readings) if options["json"] else self.print_table(readings, options["mode"])
        except UnknownProtocol as error:
            raise CommandError(str(error)) from error
        for sentence in problems.shown:
            self.stderr.write(sentence)
        if problems.count:
            how_many = f"{problems.count} {'problem' if problems.count == 1 else 'problems'}"
            raise CommandError(f"{how_many} in {options['file']}; what could be read was.")

    def print_json(self, readings: Iterator[tuple[Any, Reading]]) -> None:
        """One array, written as it is read."""
        self.stdout.write("[", ending="")
        for number, (name, reading) in enumerate(readings):
            self.stdout.write(",\n " if number else "", ending="")
            self.stdout.write(json.dumps(as_json(name, reading), ensure_ascii=False), ending="")
        self.stdout.write("]")

    def print_table(self, readings: Iterator[tuple[Any, Reading]], mode: str) -> None:
        """One line for each reply, and the counts."""
        counts: Counter[str] = Counter()
        for name, reading in readings:
            said = reading.value if isinstance(reading, Scored) else f"unscored: {reading.reason}  {reading.detail}"
            counts["scored" if isinstance(reading, Scored) else str(reading.reason)] += 1
            self.stdout.write(f"{name}\t{said}".rstrip())
        total = ", ".join(f"{count} {what}" for what, count in counts.most_common())
        self.stdout.write(f"{counts.total()} replies, mode {mode}: {total or 'none'}")


class Problems:
    """Lines that could not be taken: the first of them as sentences, and how many."""

    SHOWN = 50

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self.shown: list[str] = []

    def add(self, problem: RowProblem) -> None:
        """Count one more."""
        self.count += 1
        if self.count <= self.SHOWN:
            self.shown.append(f"{self.path}, line {problem.line}: {problem.message}")


def readings_of(
    path: Path, criterion: Criterion, asked: Protocol | None, mode: str, problems: Problems
) -> Iterator[tuple[Any, Reading]]:
    """Id and reading of every reply that could be taken from the file."""
    try:
        for line in reply_lines(path):
            if isinstance(line, RowProblem):
                problems.add(line)
                continue
            protocol = asked or protocol_of_line(line)
            yield line.id, read_text(line.reply, criterion, protocol=protocol, finish=line.finish, mode=mode)
    except FileRefused as error:
        problems.add(RowProblem(error.line, error.message))


known_protocol = lru_cache(maxsize=256)(protocol_named)


def protocol_of_line(line: ReplyLine) -> Protocol:
    """The protocol that the line itself names; any mark where it names none that is known."""
    try:
        return known_protocol(line.protocol)
    except UnknownProtocol:
        return EVERY_MARK


def as_json(name: Any, reading: Reading) -> dict[str, Any]:
    """One row of the document: a number on a scale of numbers, else the value."""
    if isinstance(reading, Unscored):
        return {"id": name, "score": None, "reason": str(reading.reason)}
    score = reading.value if reading.score is None else reading.score
    whole = isinstance(score, float) and score.is_integer()
    return {"id": name, "score": int(score) if whole else score, "reason": None}


def scale(text: str) -> Scale:
    """A scale as people write it: 1-10, 0-10, A/B/tie."""
    number = r"-?\d+(?:\.\d+)?"
    try:
        if match := re.fullmatch(rf"({number})-({number})", text):
            return Scale(float(match[1]), float(match[2]))
        values = tuple(value.strip() for value in text.split("/"))
        if len(values) > 1 and all(values):
            return Scale(values=values)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
    raise ArgumentTypeError(f"{text!r} is no scale: write 1-10, 1-5, 0-10, A/B/tie or clean/wrong.")
