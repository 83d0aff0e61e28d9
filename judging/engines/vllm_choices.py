"""How likely vLLM finds given texts: one prefill each, the group's beginning read from the prefix cache.

Where one look tells the texts apart, that look is one token of output with the log-probabilities of just these tokens
(`logprob_token_ids`), which leaves the prefix cache in use. Other texts are scored whole (`prompt_logprobs`), and for
these vLLM computes the prompt anew.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from judging.core.verdicts import Reason, Unscored
from judging.engines.base import ChoiceReply, EngineError
from judging.engines.choice_tokens import ChoiceTokens
from judging.engines.prompt_tokens import NotSent

WHOLE = -1


@dataclass(slots=True)
class OpenChoice:
    """A request that is in the engine, in one piece or one for each text."""

    asked: ChoiceTokens
    started: float
    open: int
    computed: int = 0
    values: dict[int, float] = field(default_factory=dict)
    failure: Unscored | None = None

    def reply(self) -> ChoiceReply:
        """The outcome, when nothing of it is open any more."""
        tokens, ms = self.asked.tokens, round((monotonic() - self.started) * 1000)
        if self.failure:
            return ChoiceReply(id=self.asked.request.id, failure=self.failure, ms=ms)
        return ChoiceReply(
            id=self.asked.request.id,
            loglikelihoods=tuple(self.values[choice] for choice in range(len(tokens.tails))),
            prompt=self.asked.prompt,
            tokens=tokens.longest,
            computed=self.computed,
            cut=tokens.cut,
            single=tokens.single,
            ms=ms,
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """What one call to the engine asks: `choice` one text, or WHOLE for all of them at once."""

    of: OpenChoice
    choice: int
    tokens: list[int]


class ChoiceFlight:
    """Requests for a choice through a flight of the engine; `flight` is a `vllm_offline.Flight`."""

    def __init__(self, flight: Any, room: int) -> None:
        self._flight, self._room = flight, room

    def choices(self, source: Iterable[ChoiceTokens | ChoiceReply], stopped: Any) -> Iterator[ChoiceReply]:
        """One outcome for each, as they come."""
        for each in source:
            if isinstance(each, ChoiceReply):
                yield each
                continue
            yield from self._sent(each)
            while len(self._flight.waiting) >= self._room and not stopped.is_set():
                yield from self._step()
            if stopped.is_set():
                return
        while self._flight.waiting and not stopped.is_set():
            yield from self._step()

    def _sent(self, asked: ChoiceTokens) -> Iterator[ChoiceReply]:
        opened = OpenChoice(asked, monotonic(), 0)
        for piece in pieces(opened):
            try:
                self._flight.add(piece, piece.tokens, looks_at(piece))
                opened.open += 1
            except NotSent as error:
                opened.failure = error.outcome
        if not opened.open:
            yield opened.reply()

    def _step(self) -> Iterator[ChoiceReply]:
        for sent, output in self._flight.outputs():
            piece: Piece = sent.request
            take(piece, output)
            if not piece.of.open:
                yield piece.of.reply()


def pieces(opened: OpenChoice) -> list[Piece]:
    """What is asked of the engine for one request."""
    tokens = opened.asked.tokens
    if tokens.single:
        return [Piece(opened, WHOLE, list(tokens.shared))]
    return [Piece(opened, choice, [*tokens.shared, *tail]) for choice, tail in enumerate(tokens.tails)]


def looks_at(piece: Piece) -> Any:
    """The sampling of one piece: greedy, one token, and the log-probabilities that are wanted."""
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    wanted: dict[str, Any] = (
        {"logprob_token_ids": sorted({tail[0] for tail in piece.of.asked.tokens.tails})}
        if piece.choice == WHOLE
        else {"prompt_logprobs": 0}
    )
    return SamplingParams(
        temperature=0, max_tokens=1, detokenize=False, output_kind=RequestOutputKind.FINAL_ONLY, **wanted
    )


def take(piece: Piece, output: Any) -> None:
    """File what the engine made of a piece."""
    opened, tokens = piece.of, piece.of.asked.tokens
    opened.open -= 1
    opened.computed += len(piece.tokens) - (output.num_cached_tokens or 0)
    made = output.outputs[0]
    if made.finish_reason in {"abort", "error"}:
        opened.failure = Unscored(Reason.SERVER_ERROR, f"vLLM ended the request: {made.finish_reason}.")
    elif piece.choice == WHOLE:
        row = made.logprobs[0]
        opened.values = {choice: logprob(row, tail[0]) for choice, tail in enumerate(tokens.tails)}
    else:
        tail = tokens.tails[piece.choice]
        rows = output.prompt_logprobs[len(tokens.shared) :]
        opened.values[piece.choice] = sum(logprob(row, token) for row, token in zip(rows, tail, strict=True))


def logprob(row: Any, token: int) -> float:
    """The log-probability of a token; EngineError where vLLM does not say it."""
    if token not in row:
        raise EngineError("vLLM did not return the log-probability of a token that was asked for.")
    return float(row[token].logprob)
