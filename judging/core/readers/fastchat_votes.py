"""One vote of FastChat's list of votes: who of two answered better, as a person or a judge said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from judging.core.items import Turn
from judging.core.readers.chat import conversation
from judging.core.readers.fields import MAX_NAME, BadField, text_of
from judging.core.readers.json_records import kind_of

_NEEDED = {"question_id", "model_a", "model_b", "winner"}
_MODELS = ("gpt", "claude", "judge")
_WINNERS = {"model_a": "A", "model_b": "B"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A vote. `texts` are both conversations, where the file holds them; `voter` is '' where nobody is named."""

    question: str
    model_a: str
    model_b: str
    winner: str
    voter: str
    is_judge: bool
    turn: int
    texts: tuple[tuple[Turn, ...], tuple[Turn, ...]] | None

    @property
    def item(self) -> str:
        """The id of the pair."""
        return f"{self.question}:{self.model_a}:{self.model_b}"


def is_vote(entry: Mapping[str, Any]) -> bool:
    """Whether an object is a vote."""
    return entry.keys() >= _NEEDED


def vote_of(data: Mapping[str, Any]) -> Vote:
    """The vote of an object; BadField where something is missing or cannot be understood."""
    names = ("question_id", "model_a", "model_b")
    values = [text_of(name, data.get(name)) for name in names]
    missing = next((name for name, value in zip(names, values, strict=True) if not value), None)
    if missing is not None:
        raise BadField(f"The vote has no {missing!r}. Write it.")
    if values[1] == values[2]:
        raise BadField(f"Both models of the vote are {values[1][:80]!r}. Write the two that were compared.")
    voter, is_judge = _voter(data["judge"]) if "judge" in data else ("", False)
    return Vote(
        question=values[0],
        model_a=values[1],
        model_b=values[2],
        winner=_winner(data.get("winner")),
        voter=voter,
        is_judge=is_judge,
        turn=_turn(data.get("turn", 1)),
        texts=_texts(data),
    )


def _winner(winner: Any) -> str:
    said = winner.strip().lower() if isinstance(winner, str) else ""
    if "tie" in said:
        return "tie"
    if said not in _WINNERS:
        raise BadField(f"The winner is {winner!r:.40}; it is model_a, model_b or tie.")
    return _WINNERS[said]


def _voter(judge: Any) -> tuple[str, bool]:
    """Who voted, and whether that is a model."""
    named = judge[0] if isinstance(judge, list) and judge else judge
    if not isinstance(named, str):
        raise BadField(f"'judge' is {kind_of(named)}; write who voted: expert_1, or [model, prompt].")
    if not named.strip():
        raise BadField("'judge' is empty; write who voted: expert_1, or [model, prompt].")
    if len(named) > MAX_NAME:
        raise BadField(f"The judge's name is longer than {MAX_NAME} characters. Shorten it.")
    return named, is_model(judge)


def is_model(judge: Any) -> bool:
    """Whether a vote is a model's: its judge is a list of model and prompt, or a name such as gpt4_pair."""
    return isinstance(judge, list) or (isinstance(judge, str) and judge.lower().startswith(_MODELS))


def _turn(turn: Any) -> int:
    if isinstance(turn, bool) or not isinstance(turn, int) or not 1 <= turn <= 99:
        raise BadField(f"'turn' is {turn!r:.40}; write 1, 2 and so on.")
    return turn


def _texts(data: Mapping[str, Any]) -> tuple[tuple[Turn, ...], tuple[Turn, ...]] | None:
    if data.get("conversation_a") is None or data.get("conversation_b") is None:
        return None
    first, second = (tuple(conversation(data[name], name)[1]) for name in ("conversation_a", "conversation_b"))
    if [turn.question for turn in first] != [turn.question for turn in second]:
        raise BadField("The conversations ask different questions. Write the two answers to the same ones.")
    return first, second
