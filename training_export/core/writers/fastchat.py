"""FastChat's tree: question.jsonl, and files of references, answers and judgments in their folders.

Question numbers are those an item came with ("81:model"), else the position of the first item that asks. What was read
from a FastChat file leaves as it came.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from judging.core.items import Turn
from training_export.core.records import Destination, JudgedPart, LeftOut, Record
from training_export.core.spool import Spool
from training_export.core.writers.base import COMPACT, OutputFile, Writer, WriterOptions, WrittenFile, json_line
from training_export.core.writers.file_names import FileNames

OF_AN_ANSWER = ("answer_id", "tstamp", "choices")
TURN = "turn_"
REFERENCE = "reference"
# What a JSON number can say without loss; longer numbers are texts, as the branch generator writes them.
MOST_DIGITS = 15
WINNERS = {"A": "model_1", "B": "model_2", "tie": "tie"}
VOTES = {"A": "model_a", "B": "model_b", "tie": "tie"}
VOTE_FILE = "human_votes.json"


def fastchat_writer(folder: Path, options: WriterOptions) -> Writer:
    """Every answer and every pair, reviewed or not, with the judge's scores where it has any."""
    return FastChatTree(folder, options.judge or "judge")


class FastChatTree:
    """Records come by question; the files are written in the order of import."""

    def __init__(self, folder: Path, judge: str) -> None:
        self._folder, self._judge = folder, judge
        self._questions, self._references = Spool(), Spool()
        self._answers: dict[str, Spool] = {}
        self._written: set[tuple[Any, str]] = set()
        self._singles, self._pairs, self._votes = Spool(), Spool(), Spool()
        self._asked: tuple[str, ...] = ()
        self._number: int | str = 0
        self._skipped = 0

    def write(self, record: Record, destination: Destination) -> None:
        """Add an answer, a pair, or the question alone; choices have no place here."""
        if destination == LeftOut.NOT_ONE_ANSWER and not record.turns_b:
            self._skipped += 1
            return
        self._ask(record)
        models = [(record.model, record.turns), (record.model_b, record.turns_b)]
        for model, turns in models:
            if model and any(turn.answer for turn in turns):
                self._answer(record, model, turns)
        for part in record.judged:
            self._judge_part(record, part)
        for vote in votes_on(record, self._number):
            self._votes.put(record.position, COMPACT.encode(vote))

    def checks(self) -> Mapping[str, Any]:
        """What is missing."""
        return {"dropped": {"choices": self._skipped}} if self._skipped else {}

    def close(self) -> list[WrittenFile]:
        """Write the files, in FastChat's folders."""
        names = FileNames()
        judge = names.of(self._judge)
        files = [self._file("question.jsonl", self._questions)]
        files += self._filled(f"reference_answer/{judge}.jsonl", self._references)
        answered = FileNames()
        for model, answers in self._answers.items():
            files += self._filled(f"model_answer/{answered.of(model)}.jsonl", answers)
        files += self._filled(f"model_judgment/{judge}_single.jsonl", self._singles)
        files += self._filled(f"model_judgment/{judge}_pair.jsonl", self._pairs)
        return files + ([self._vote_file()] if len(self._votes) else [])

    def _vote_file(self) -> WrittenFile:
        """People's votes as one list, a line each."""
        file = OutputFile(self._folder / VOTE_FILE)
        for vote in self._votes.texts():
            file.put_row(f"{',' if file.rows else '['}\n{vote}")
        file.put("\n]\n")
        return file.close()

    def _filled(self, name: str, lines: Spool) -> list[WrittenFile]:
        return [self._file(name, lines)] if len(lines) else []

    def _file(self, name: str, lines: Spool) -> WrittenFile:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        file = OutputFile(path, name=name)
        for line in lines.texts():
            file.put_row(line)
        return file.close()

    def _ask(self, record: Record) -> None:
        """The question, once for all who answered it."""
        asked = tuple(turn.question for turn in record.turns)
        number = number_of(record)
        if asked == self._asked and number in {None, self._number}:
            return
        self._asked, self._number = asked, record.position if number is None else number
        self._written = set()
        extra = {name: value for name, value in record.extra.items() if name not in OF_AN_ANSWER}
        row = {"question_id": self._number, "category": record.category, "turns": list(asked), **extra}
        self._questions.put(record.position, json_line(row))
        references = [turn.reference for turn in record.turns]
        if any(references):
            choices = [{"index": 0, "turns": references}]
            row = {"question_id": self._number, "answer_id": short_id(self._number), "model_id": REFERENCE}
            self._references.put(record.position, json_line({**row, "choices": choices}))

    def _answer(self, record: Record, model: str, turns: Sequence[Turn]) -> None:
        if (self._number, model) in self._written:
            return
        self._written.add((self._number, model))
        own = record.extra if model == record.model else {}
        row = {
            "question_id": self._number,
            "answer_id": own.get("answer_id", short_id(self._number, model)),
            "model_id": model,
            "choices": own.get("choices", [{"index": 0, "turns": [turn.answer for turn in turns]}]),
        }
        stamp = {"tstamp": own["tstamp"]} if "tstamp" in own else {}
        self._answers.setdefault(model, Spool()).put(record.position, json_line({**row, **stamp}))

    def _judge_part(self, record: Record, part: JudgedPart) -> None:
        if record.turns_b:
            row = pair_row(self._number, record, part, self._judge)
            self._pairs.put(record.position, json_line(row))
            return
        for turn, text, score in spoken(part):
            row = single_row(self._number, record.model, part, (self._judge, turn, text, score))
            self._singles.put(record.position, json_line(row))


def number_of(record: Record) -> int | str | None:
    """The question's number in the item's key, a text where its file had one; None where the key is not FastChat's."""
    if isinstance(text := record.extra.get("question_id"), str):
        return text
    names = ":".join(name for name in (record.model, record.model_b) if name)
    number = record.key.removesuffix(f":{names}") if names else record.key
    if number == record.key and names:
        return None
    if number.isascii() and number.isdigit():
        plain = len(number) <= MOST_DIGITS and str(int(number)) == number
        return int(number) if plain else number
    return number if names else None


def votes_on(record: Record, question: int | str) -> Iterator[dict[str, Any]]:
    """What people said of a pair, as FastChat's list of votes has it: overall words are of the first turn."""
    if not (record.turns_b and record.model and record.model_b):
        return
    row = {"question_id": question, "model_a": record.model, "model_b": record.model_b}
    for label in record.labels:
        of_a_turn = not label.criterion or label.criterion.removeprefix(TURN).isdigit()
        if label.rater_type == "human" and label.value in VOTES and of_a_turn:
            yield row | {"winner": VOTES[label.value], "judge": label.rater, "turn": turn_of(label.criterion)}


def spoken(part: JudgedPart) -> list[tuple[int, str, float | None]]:
    """Turn, reply and score of what was judged: a criterion per turn, or one judgment from a reply per turn."""
    texts = {name: (text, value) for name, text, value in part.replies}
    if part.criterion.startswith(TURN):
        text, _value = texts.get(part.criterion, ("", None))
        return [(turn_of(part.criterion), text, part.score)]
    turns = [(turn_of(name), text, number(value)) for name, (text, value) in texts.items() if name.startswith(TURN)]
    return turns or [(1, texts.get("", ("", None))[0], part.score)]


def single_row(question: int | str, model: str, part: JudgedPart, said: tuple[str, int, str, float | None]) -> Any:
    """A line of a single judgment; -1 is FastChat's word for a judge that could not be read."""
    judge, turn, text, score = said
    kept = part.detail
    raw = kept.get("score", score)
    shown: Any = -1 if score is None else (raw if raw == score else whole(score))
    row = {
        "question_id": question,
        "model": model,
        "judge": kept.get("judge", [judge, part.criterion or "single"]),
        "user_prompt": kept.get("user_prompt", ""),
        "judgment": text,
        "score": shown,
        "turn": turn,
    }
    return row | ({"tstamp": kept["tstamp"]} if "tstamp" in kept else {})


def pair_row(question: int | str, record: Record, part: JudgedPart, judge: str) -> Any:
    """A line of a judged pair: game 1 shows the first model as A, game 2 the other way round."""
    kept, texts = part.detail, {name: (text, value) for name, text, value in part.replies}
    prefix = f"{part.criterion}_" if part.criterion.startswith(TURN) else ""
    games = [texts.get(f"{prefix}{order}", ("", None)) for order in ("ab", "ba")]
    decided = WINNERS.get(part.value, "error")
    row: dict[str, Any] = {"question_id": question, "model_1": record.model, "model_2": record.model_b}
    for at, (_text, value) in enumerate(games, 1):
        row[f"g{at}_winner"] = kept.get(f"g{at}_winner", WINNERS.get(value or "", decided))
    row["judge"] = kept.get("judge", [judge, "pair"])
    for at, (text, _value) in enumerate(games, 1):
        row[f"g{at}_user_prompt"] = kept.get(f"g{at}_user_prompt", "")
        row[f"g{at}_judgment"] = text
    row["turn"] = turn_of(part.criterion) if prefix else 1
    return row | ({"tstamp": kept["tstamp"]} if "tstamp" in kept else {})


def turn_of(name: str) -> int:
    """The number in turn_1."""
    digits = name.removeprefix(TURN)
    return int(digits) if digits.isdigit() else 1


def number(value: str | None) -> float | None:
    """A reply's value as a number; None where it is none."""
    try:
        return float(value) if value else None
    except ValueError:
        return None


def whole(score: float) -> int | float:
    """9 for 9.0, as FastChat writes it."""
    return int(score) if score == int(score) else score


def short_id(*parts: Any) -> str:
    """22 characters, the same for the same answer."""
    return sha256("\x1f".join(map(str, parts)).encode(errors="replace")).hexdigest()[:22]
