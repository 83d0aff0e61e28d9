"""Requests for a choice as tokens, for engines that hold the model themselves.

A question is five texts (its context, and the context with each letter), so that tokens cost as much as the model's
own work on a fast GPU. They are made many questions at a time, which a fast tokenizer does on all cores.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count, islice, takewhile
from typing import Any

from judging.core.continuations import Continuations, continuations
from judging.core.verdicts import Reason
from judging.engines.base import ChoiceReply, ChoiceRequest
from judging.engines.prompt_tokens import NotSent, PromptTokens

WINDOW = 64
"""Requests whose tokens are made together."""

Written = list[str] | NotSent
"""The prompts of a request as texts, or why there are none."""

Encoded = dict[tuple[bool | None, str], list[int]]


@dataclass(frozen=True, slots=True)
class ChoiceTokens:
    """A request with the tokens of the prompt that is put, and which of its prompts that is."""

    request: ChoiceRequest
    prompt: int
    tokens: Continuations


class ChoiceTokenizer:
    """A tokenizer, and the most tokens that a prompt may have."""

    def __init__(self, prompts: PromptTokens, room: int) -> None:
        self._prompts, self._room = prompts, room
        self._mark = prompts.tokenizer.decode(beginning(prompts.tokenizer))

    def of(self, requests: Iterable[ChoiceRequest]) -> Iterator[ChoiceTokens | ChoiceReply]:
        """Each request with its tokens, or with the outcome of one that cannot be put to the model.

        The next window's tokens are made in a thread while the model works on the last one's. Requests are pulled in
        the caller's thread, whose database connection they may need.
        """
        source = iter(requests)
        with ThreadPoolExecutor(max_workers=1) as maker:
            windows = (list(islice(source, WINDOW)) for _ in count())
            ahead: deque[tuple[list[ChoiceRequest], list[Written], Future[Encoded]]] = deque()
            for window in takewhile(bool, windows):
                written = [self._written(request) for request in window]
                ahead.append((window, written, maker.submit(self._encoded, window, written)))
                if len(ahead) > 1:
                    yield from self._finished(*ahead.popleft())
            while ahead:
                yield from self._finished(*ahead.popleft())

    def _finished(
        self, window: Sequence[ChoiceRequest], written: Sequence[Written], encoded: Future[Encoded]
    ) -> Iterator[ChoiceTokens | ChoiceReply]:
        found = encoded.result()
        for request, contexts in zip(window, written, strict=True):
            yield self._one(request, contexts, found)

    def _written(self, request: ChoiceRequest) -> Written:
        """The prompts of a request as texts, without the space at their ends that belongs to what follows."""
        try:
            return [self._prompts.written(prompt) for prompt in request.prompts]
        except NotSent as error:
            return error

    def _encoded(self, window: Sequence[ChoiceRequest], written: Sequence[Written]) -> Encoded:
        wanted: dict[bool | None, set[str]] = defaultdict(set)
        for request, contexts in zip(window, written, strict=True):
            for context in contexts if isinstance(contexts, list) else ():
                wanted[request.bos] |= {context.rstrip(), *(context + text for text in request.texts)}
        return {(bos, text): row for bos, texts in wanted.items() for text, row in self._batch(bos, sorted(texts))}

    def _batch(self, bos: bool | None, texts: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
        """Tokens of texts. One that begins with the mark of a beginning does not get a second one."""
        marked = [text for text in texts if self._mark and text.startswith(self._mark)]
        bare = sorted(set(texts) - set(marked))
        for group, special in ((marked, False), (bare, bos)):
            if group:
                options: dict[str, Any] = {} if special is None else {"add_special_tokens": special}
                rows = self._prompts.tokenizer(group, verbose=False, **options)["input_ids"]
                yield from zip(group, rows, strict=True)

    def _one(self, request: ChoiceRequest, contexts: Written, encoded: Encoded) -> ChoiceTokens | ChoiceReply:
        try:
            if isinstance(contexts, NotSent):
                raise contexts
            return self._fitted(request, contexts, encoded)
        except NotSent as error:
            return ChoiceReply(id=request.id, failure=error.outcome)
        except ValueError as error:
            return ChoiceReply(id=request.id, failure=NotSent(Reason.REJECTED, str(error)).outcome)

    def _fitted(self, request: ChoiceRequest, contexts: Sequence[str], encoded: Encoded) -> ChoiceTokens:
        """The first prompt that fits, or the last one without its beginning."""
        room = min(self._room, request.longest or self._room)
        for place, context in enumerate(contexts):
            made = continuations(lambda text: encoded[request.bos, text], context, request.texts)
            if made.longest <= room:
                return ChoiceTokens(request, place, made)
        if not request.cut_left:
            raise NotSent(
                Reason.PROMPT_TOO_LONG,
                f"The prompt has {made.longest:,} tokens; at most {room:,} are put to the model.",
            )
        return ChoiceTokens(request, place, made.cut_to(room))


def beginning(tokenizer: Any) -> int:
    """The token that begins a text; where a model has none, the one that ends it, as in lm-eval."""
    return int(tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id)
