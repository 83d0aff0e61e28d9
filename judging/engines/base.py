"""What an engine is: the only code that talks to a model.

An engine takes requests from an iterator and yields one outcome for each, in any order, matched by `Request.id`. It
pulls the next request only when it has room, so the caller can claim work and read the database while it waits. A
failure is an outcome of that request (`EngineReply.failure`), never an exception of the run; what can pass (busy
server, lost connection) is tried again inside the engine first.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from judging.core.items import ItemText
from judging.core.prompts import Prompt
from judging.core.verdicts import Unscored

RequestId = tuple[int, str, int]
"""Item, part, sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call. `item` is for engines that compare texts instead of prompting a model; `seed` is this sample's own.

    `sampling`: what differs from that of the options for this call.
    """

    id: RequestId
    prompt: Prompt
    item: ItemText
    seed: int | None = None
    sampling: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReply:
    """The outcome of one request: text, or a failure with its reason and what the engine said."""

    id: RequestId
    text: str = ""
    finish: str = ""
    tokens: int | None = None
    ms: int | None = None
    logprobs: Any = None
    failure: Unscored | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRequest:
    """Which of some texts does the model find most likely behind a prompt?

    `prompts`: the first one that fits is put; none fits: the last one loses its beginning (`cut_left`), or the request
    fails. Requests of one `group` begin alike and come one after the other: an engine computes that beginning once.
    `bos`: whether the prompt begins with the mark of a beginning, None as the tokenizer does it. `longest`: the most
    tokens of a prompt, None as many as the model takes.
    """

    id: RequestId
    prompts: tuple[Prompt, ...]
    texts: tuple[str, ...]
    group: str = ""
    bos: bool | None = None
    longest: int | None = None
    cut_left: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceReply:
    """The log-likelihood of each text, up to a constant that all of them share; or a failure.

    `prompt`: which of the prompts was put. `tokens`: those of the prompt; `computed`: those that were not read from a
    cache, over everything that was asked for this request; `cut`: those taken from its beginning.
    """

    id: RequestId
    loglikelihoods: tuple[float, ...] = ()
    prompt: int = 0
    tokens: int = 0
    computed: int = 0
    cut: int = 0
    single: bool = True
    ms: int | None = None
    failure: Unscored | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How to reach and run a model. `sampling` keys are those of the OpenAI API: temperature, top_p, max_tokens.

    `arguments` say how this machine loads a model (dtype, tensor_parallel_size, gpu_memory_utilization ...), by the
    names that the engine's library has for them. They are the machine's and not the judge's.
    A call that may pass later is made up to `attempts` times; the waits between grow from `backoff_seconds`.
    """

    model: str = ""
    base_url: str = ""
    sampling: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    style: str = "chat"
    concurrency: int = 32
    timeout_seconds: float = 600.0
    attempts: int = 6
    backoff_seconds: float = 1.0


class EngineError(Exception):
    """The engine cannot work at all (its model is unknown, it does not start). The message is shown to people."""


class Engine(Protocol):
    """One loaded engine, made by a factory of `judging.engines.ENGINES`; it and `replies` may raise EngineError."""

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        """Exactly one outcome for every request, in the order in which they are ready."""

    def versions(self) -> dict[str, str]:
        """Software that decides the outcome, stored with every batch."""

    def close(self) -> None:
        """Free what the engine holds; calling it twice is harmless."""


@runtime_checkable
class Choosing(Protocol):
    """An engine that can tell how likely it finds given texts."""

    def choices(self, requests: Iterable[ChoiceRequest]) -> Iterator[ChoiceReply]:
        """Exactly one outcome for every request, in the order in which they are ready."""

    def versions(self) -> dict[str, str]:
        """As for `Engine`."""

    def close(self) -> None:
        """As for `Engine`."""


@runtime_checkable
class Stoppable(Protocol):
    """An engine that can be told, from another thread, to wait no longer."""

    def stop(self) -> None:
        """Let `replies` end soon, without the outcomes that are still due."""
