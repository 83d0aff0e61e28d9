"""One line of a FastChat judgment file: a score of one answer, or the winner of two in both orders."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from judging.core.readers.fields import BadField, text_of
from judging.core.readers.json_records import kind_of
from judging.core.verdicts import Reading, Reason, Scored, Unscored

_SINGLE, _TURNS = {"judgment", "score"}, {"score_turn1", "score_turn2"}
_GAMES = ("g1_winner", "winner_ab")
_PLAYED_ONCE = {"winner", "model_1", "model_2"}
"""A pair of which only the outcome was kept, as FastChat's loader takes it."""

_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?")
_TURN_TEXTS = {str(number) for number in range(1, 100)}
_KEPT = ("judge", "tstamp", "user_prompt", "g1_user_prompt", "g2_user_prompt", "avg_score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """What a judge said of one turn, and what was read from it."""

    line: int
    criterion: str
    part: str
    judge: str
    text: str | None
    reading: Reading
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def score(self) -> float | None:
        """The number, where one was read."""
        return self.reading.score if isinstance(self.reading, Scored) else None

    @property
    def value(self) -> str:
        """The value, where one was read."""
        return self.reading.value if isinstance(self.reading, Scored) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """Two models, judged with each of them shown first."""

    line: int
    model_a: str
    model_b: str
    decided: Single
    orders: tuple[Single, ...]


def is_judgment(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a line of a judgment file."""
    games = any(name in entry for name in _GAMES) or entry.keys() >= _PLAYED_ONCE
    return entry.keys() >= _SINGLE or bool(entry.keys() & _TURNS) or games


def single_of(line: int, data: Mapping[str, Any]) -> tuple[str, list[Single]]:
    """The model, and what was said of its answer: one turn per line, or both in one."""
    model = text_of("model", data.get("model", data.get("model_id")))
    if not model:
        raise BadField("There is no 'model'. Write whose answer is judged.")
    judge, detail = _judge(data)
    if "score" in data:
        turn = _turn(data)
        return model, [_scored(line, turn, judge, data["score"], data.get("judgment"), detail)]
    turns = [number for number in (1, 2) if f"score_turn{number}" in data]
    if not turns:
        raise BadField("The judgment has no 'score'. Write the number, or -1 where the judge could not be read.")
    return model, [
        _scored(line, f"turn_{turn}", judge, data[f"score_turn{turn}"], data.get(f"judgment_turn{turn}"), detail)
        for turn in turns
    ]


def _scored(line: int, turn: str, judge: str, score: Any, text: Any, detail: Mapping[str, Any]) -> Single:
    return Single(
        line=line,
        criterion=turn,
        part=turn,
        judge=judge,
        text=_judgment_text(text),
        reading=_score(score),
        detail={**detail, "score": score},
    )


def _score(score: Any) -> Reading:
    """-1 and null mean that the judge could not be read; a number may be written as text."""
    if isinstance(score, str) and _NUMBER.fullmatch(score.strip()):
        score = float(score)
    if score is None or score == -1:
        return Unscored(Reason.NO_VERDICT)
    if isinstance(score, bool) or not isinstance(score, (int, float)) or score < 0:
        raise BadField(f"'score' is {score if isinstance(score, (int, float)) else kind_of(score)}; write a number.")
    return Scored(f"{score:g}", float(score))


def _judgment_text(text: Any) -> str | None:
    if text is not None and not isinstance(text, str):
        raise BadField(f"'judgment' is {kind_of(text)}; write the judge's reply as text.")
    return text


def _turn(data: Mapping[str, Any]) -> str:
    turn = data.get("turn")
    if turn is None:
        turn = 1
    if isinstance(turn, str) and turn.strip() in _TURN_TEXTS:
        turn = int(turn)
    if isinstance(turn, bool) or not isinstance(turn, int) or not 1 <= turn <= 99:
        raise BadField(f"'turn' is {turn!r}; write 1, 2 and so on.")
    return f"turn_{turn}"


def _judge(data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The judge's model, and what of the line is kept beside what was said."""
    judge = data.get("judge", data.get("judge_id")) or ""
    named = judge[0] if isinstance(judge, list) else judge
    if not isinstance(named, str):
        raise BadField(f"'judge' is {kind_of(named)}; write its model, or [model, prompt].")
    return named, {name: data[name] for name in _KEPT if name in data}


def game_of(line: int, data: Mapping[str, Any]) -> Game | None:
    """The pair of a line, or None where one answer is judged."""
    if "g1_winner" in data:
        models = _models(data, "model_1", "model_2")
        won = [_side(data.get(name), models) for name in ("g1_winner", "g2_winner")]
        texts = (data.get("g1_judgment"), data.get("g2_judgment"))
    elif data.keys() >= _PLAYED_ONCE:
        models = _models(data, "model_1", "model_2")
        return _settled(line, data, models, _outcome(data["winner"], models))
    elif "winner_ab" in data:
        models = _models(data, "model_a", "model_b")
        # Positions: A was shown first. In the second game that is the other model.
        shown = _position(data.get("winner_ab")), _position(data.get("winner_ba"))
        won = [shown[0], {"A": "B", "B": "A"}.get(shown[1], shown[1])]
        texts = (data.get("judgment_ab"), data.get("judgment_ba"))
    else:
        return None
    return _game(line, data, models, won, texts)


def _game(
    line: int, data: Mapping[str, Any], models: tuple[str, str], won: Sequence[str], texts: tuple[Any, Any]
) -> Game:
    turn, (judge, detail) = _turn(data), _judge(data)
    winners = {name: data[name] for name in data if "winner" in name}
    orders = tuple(
        Single(
            line=line,
            criterion=turn,
            part=f"{turn}_{order}",
            judge=judge,
            text=_judgment_text(text) or "",
            reading=Scored(side) if side else Unscored(Reason.NO_VERDICT),
        )
        for order, side, text in zip(("ab", "ba"), won, texts, strict=True)
    )
    decided = Single(
        line=line, criterion=turn, part="", judge=judge, text=None, reading=_decided(won), detail={**detail, **winners}
    )
    return Game(line=line, model_a=models[0], model_b=models[1], decided=decided, orders=orders)


def _settled(line: int, data: Mapping[str, Any], models: tuple[str, str], won: Sequence[str]) -> Game:
    """A pair of which only the outcome was kept: no order has a reply of its own."""
    turn, (judge, detail) = _turn(data), _judge(data)
    sides = {"winner": data["winner"], "ab": won[0], "ba": won[1]}
    decided = Single(
        line=line, criterion=turn, part="", judge=judge, text=None, reading=_decided(won), detail={**detail, **sides}
    )
    return Game(line=line, model_a=models[0], model_b=models[1], decided=decided, orders=())


def _decided(won: Sequence[str]) -> Reading:
    """The side that won both games; a winner that changes with the order is none."""
    if not all(won):
        return Unscored(Reason.NO_VERDICT)
    return Scored(won[0]) if won[0] == won[1] else Unscored(Reason.INCONSISTENT)


def _models(data: Mapping[str, Any], *names: str) -> tuple[str, str]:
    first, second = (text_of(name, data.get(name)) for name in names)
    if not first or not second:
        raise BadField(f"The pair has no {names[0]!r} and {names[1]!r}. Write the two models.")
    return first, second


def _side(winner: Any, models: tuple[str, str]) -> str:
    """A, B, tie, or '' for a judge that could not be read."""
    sides = {"model_1": "A", "model_2": "B", models[0]: "A", models[1]: "B", "tie": "tie", "error": ""}
    if not isinstance(winner, str) or winner not in sides:
        raise BadField(f"The winner is {winner!r}; it is model_1, model_2, tie or error.")
    return sides[winner]


def _outcome(winner: Any, models: tuple[str, str]) -> list[str]:
    """Both games of a pair of which only the outcome is known."""
    if isinstance(winner, str) and winner.startswith("tie") and "inconsistent" in winner:
        return ["A", "B"]
    return 2 * [_side(winner, models)]


def _position(winner: Any) -> str:
    sides = {"A": "A", "B": "B", "C": "tie", "tie": "tie", "error": "", None: ""}
    if not isinstance(winner, str | None) or winner not in sides:
        raise BadField(f"The winner is {winner!r}; it is A, B, tie or error.")
    return sides[winner]
