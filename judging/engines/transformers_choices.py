"""How likely transformers find given texts: what questions of a group begin with is computed once and kept.

Rows of a batch are padded behind their ends, where nothing that counts can see them. The logarithm is taken in single
precision whatever the model's own is: in half precision many choices would tie.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from time import monotonic
from typing import Any

from judging.core.continuations import common_length
from judging.core.interrupts import INTERRUPTS
from judging.engines.base import ChoiceReply, EngineError
from judging.engines.choice_tokens import ChoiceTokens

WORTH_KEEPING = 32
"""A beginning shorter than this is computed anew for every row."""

NEARLY = 0.9
"""A beginning that is kept already is used where it is at least so much of what texts have in common."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text of one request: all tokens that are put, and how many of the last ones are scored."""

    place: int
    choice: int
    tokens: tuple[int, ...]
    scored: tuple[int, ...]


class Chooser:
    """A loaded model that chooses, in batches of so many rows. What the last group of requests began with stays: the
    next window may go on with that group."""

    def __init__(self, loaded: Any, batch_size: int) -> None:
        self._loaded, self._batch_size = loaded, batch_size
        self._last: Beginning | None = None

    def choose(self, window: Sequence[ChoiceTokens]) -> Iterator[ChoiceReply]:
        """The outcomes of a window, group by group."""
        # What lost its beginning begins like nothing else.
        for _, group in groupby(window, key=lambda each: (each.request.group, each.tokens.cut > 0)):
            yield from self._of_group(list(group))

    def _of_group(self, group: Sequence[ChoiceTokens]) -> list[ChoiceReply]:
        """The outcomes of requests that begin alike."""
        started = monotonic()
        rows = [row for place, each in enumerate(group) for row in rows_of(place, each)]
        found: dict[tuple[int, int], float] = {}
        rows.sort(key=lambda row: -len(row.tokens))
        try:
            with INTERRUPTS.held():
                kept, anew = self._beginning(rows)
                for start in range(0, len(rows), self._batch_size):
                    found |= scored_rows(self._loaded, rows[start : start + self._batch_size], kept)
        except (RuntimeError, ValueError, TypeError) as error:
            raise EngineError(f"transformers stopped working: {type(error).__name__}: {error}"[:800]) from error
        ms = round((monotonic() - started) * 1000 / len(group))
        computed = computed_tokens(rows, len(kept.tokens) if kept else 0, anew)
        return [reply_of(place, each, found, computed[place], ms) for place, each in enumerate(group)]

    def _beginning(self, rows: Sequence[Row]) -> tuple["Beginning | None", bool]:
        """The beginning that is kept for these rows, the longest first, and whether it was computed for them."""
        begun = shared_beginning(rows)
        if not begun:
            return None, False
        tokens, last = rows[0].tokens[:begun], self._last
        anew = last is None or not last.serves(tokens)
        if last is None or anew:
            # The old one's memory is the new one's.
            last = self._last = Beginning(self._loaded, tokens, last.memory if last else None)
        last.make_room(min(self._batch_size, len(rows)), len(rows[0].tokens) - len(last.tokens))
        return last, anew


def rows_of(place: int, each: ChoiceTokens) -> list[Row]:
    """One row where one look tells all texts apart, else one for each."""
    tokens = each.tokens
    if tokens.single:
        return [Row(place, -1, tokens.shared, tuple(tail[0] for tail in tokens.tails))]
    return [Row(place, choice, (*tokens.shared, *tail[:-1]), tail) for choice, tail in enumerate(tokens.tails)]


def shared_beginning(rows: Sequence[Row]) -> int:
    """Tokens worth keeping: at least one of every row stays to be asked, and so do all that are scored behind."""
    if len(rows) < 2:
        return 0
    ends = [looks(row, len(row.tokens)).start for row in rows]
    length = min(common_length([row.tokens for row in rows]), *ends)
    return length if length >= WORTH_KEEPING else 0


class Beginning:
    """The state of a model after some tokens, with room for rows of tokens behind.

    Where the model keeps plain keys and values they stand once in buffers, and each batch writes its own behind them;
    copying them for every batch would take a fifth of the time. `memory`: what these buffers lie in, which the next
    beginning goes on with.
    """

    def __init__(self, loaded: Any, tokens: tuple[int, ...], memory: "Memory | None" = None) -> None:
        import torch
        from transformers.cache_utils import DynamicLayer

        self.tokens, self.memory = tokens, memory or Memory()
        with torch.inference_mode():
            ids = torch.tensor([tokens], device=loaded.model.device)
            self._state = loaded.model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values
        layers = getattr(self._state, "layers", None) or [None]
        self._plain = all(type(layer) is DynamicLayer for layer in layers)
        self._buffers: list[tuple[Any, Any]] = []
        self._size = (0, 0)

    def serves(self, tokens: tuple[int, ...]) -> bool:
        """Whether it is nearly all that texts which begin with these tokens have in common."""
        length = len(self.tokens)
        return NEARLY * len(tokens) <= length <= len(tokens) and tokens[:length] == self.tokens

    def make_room(self, rows: int, more: int) -> None:
        """Room for so many rows, each with so many tokens behind."""
        if not self._plain or (rows <= self._size[0] and more <= self._size[1]):
            return
        import torch

        self._size = (rows, more)
        with torch.inference_mode():
            self._buffers = [
                (
                    self.memory.with_room(2 * place, layer.keys, rows, more),
                    self.memory.with_room(2 * place + 1, layer.values, rows, more),
                )
                for place, layer in enumerate(self._state.layers)
            ]

    def repeated(self, times: int) -> Any:
        """The state for so many rows; the one before it is of no use any more."""
        from copy import copy, deepcopy

        if not self._plain:
            state = deepcopy(self._state)
            state.batch_repeat_interleave(times)
            return state
        layer = roomy_layer()
        state = copy(self._state)
        state.layers = [layer(keys[:times], values[:times], len(self.tokens)) for keys, values in self._buffers]
        return state


class Memory:
    """Memory that one beginning after another lies in: asking for it anew each time costs more than filling it."""

    def __init__(self) -> None:
        self._flat: dict[int, Any] = {}

    def with_room(self, place: int, states: Any, rows: int, more: int) -> Any:
        """Keys or values (1, heads, tokens, size) of every row, with room for more tokens; in the memory of a place."""
        _, heads, tokens, size = states.shape
        wanted = rows * heads * (tokens + more) * size
        if place not in self._flat or self._flat[place].numel() < wanted:
            self._flat[place] = states.new_empty(wanted)
        buffer = self._flat[place][:wanted].view(rows, heads, tokens + more, size)
        buffer[:, :, :tokens] = states
        return buffer


@cache
def roomy_layer() -> Any:
    """The class of a layer whose keys and values are written into buffers that begin with so many tokens."""
    from transformers.cache_utils import DynamicLayer

    class RoomyLayer(DynamicLayer):  # type: ignore[misc]
        def __init__(self, keys: Any, values: Any, begun: int) -> None:
            super().__init__()
            self._room = keys, values
            self.keys, self.values = keys[:, :, :begun], values[:, :, :begun]
            self.dtype, self.device, self.is_initialized = keys.dtype, keys.device, True

        def update(self, key_states: Any, value_states: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
            begun = self.keys.shape[-2]
            end = begun + key_states.shape[-2]
            keys, values = self._room
            keys[:, :, begun:end], values[:, :, begun:end] = key_states, value_states
            self.keys, self.values = keys[:, :, :end], values[:, :, :end]
            return self.keys, self.values

    return RoomyLayer


def scored_rows(loaded: Any, rows: Sequence[Row], kept: Beginning | None) -> dict[tuple[int, int], float]:
    """The log-likelihood of every text of these rows, by request and text."""
    import torch

    begun = len(kept.tokens) if kept else 0
    ends = [len(row.tokens) - begun for row in rows]
    width, device = max(ends), loaded.model.device
    pads = [width - end for end in ends]
    pad = loaded.tokenizer.pad_token_id
    ids = torch.tensor([[*row.tokens[begun:], *[pad] * more] for row, more in zip(rows, pads, strict=True)])
    seen = torch.tensor([[1] * (width + begun - more) + [0] * more for more in pads])
    looked = sorted({place for row, end in zip(rows, ends, strict=True) for place in looks(row, end)})
    with torch.inference_mode():
        how = {"past_key_values": kept.repeated(len(rows))} if kept else {}
        logits = loaded.model(
            input_ids=ids.to(device),
            attention_mask=seen.to(device),
            use_cache=bool(kept),
            logits_to_keep=torch.tensor(looked, device=device),
            **how,
        ).logits
        return {
            key: value
            for number, (row, end) in enumerate(zip(rows, ends, strict=True))
            for key, value in values_of(row, logits[number, [looked.index(place) for place in looks(row, end)]])
        }


def looks(row: Row, end: int) -> range:
    """The places of a row, which ends there, whose next tokens are asked for."""
    return range(end - (1 if row.choice < 0 else len(row.scored)), end)


def values_of(row: Row, logits: Any) -> Iterator[tuple[tuple[int, int], float]]:
    """The log-likelihoods of one row's texts; `logits`: (places, vocabulary)."""
    import torch

    logs = torch.log_softmax(logits.float(), dim=-1)
    if row.choice < 0:
        values = logs[0, list(row.scored)].tolist()
        yield from (((row.place, choice), value) for choice, value in enumerate(values))
    else:
        yield (row.place, row.choice), float(logs[range(len(row.scored)), list(row.scored)].sum())


def computed_tokens(rows: Sequence[Row], begun: int, anew: bool) -> dict[int, int]:
    """Tokens that were computed, by request; a common beginning that was computed for them counts for the first one."""
    found: dict[int, int] = {}
    for row in rows:
        found[row.place] = found.get(row.place, 0) + len(row.tokens) - begun
    found[0] += begun if anew else 0
    return found


def reply_of(
    place: int, each: ChoiceTokens, found: dict[tuple[int, int], float], computed: int, ms: int
) -> ChoiceReply:
    """The outcome of a request."""
    tokens = each.tokens
    return ChoiceReply(
        id=each.request.id,
        loglikelihoods=tuple(found[place, choice] for choice in range(len(tokens.tails))),
        prompt=each.prompt,
        tokens=tokens.longest,
        computed=computed,
        cut=tokens.cut,
        single=tokens.single,
        ms=ms,
    )
