"""vLLM alone and in a run, in one process and on one loaded engine; importing this needs vLLM."""

import argparse
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.tiny_model import CPU_ENVIRONMENT, make_model

if not Path("/proc/driver/nvidia/version").exists():
    os.environ.update(CPU_ENVIRONMENT)

import torch
from vllm import SamplingParams

from bench.judge_throughput import clock, run_seconds
from judging.actions.judgments import requests_for
from judging.core.builtin import JUDGES, RUBRICS
from judging.core.specs import JudgeSpec
from judging.engines.base import EngineOptions
from judging.engines.vllm_offline import VllmEngine
from judging.models import Dataset

ROUNDS = 3
"""The two take turns, and the best of each counts: what else the machine does then hits both alike."""

PROMPT = """\
Is the answer right? Reply with {"reason": "...", "verdict": "clean" or "wrong"}.
<question>{{ question }}</question>
<answer>{{ answer }}</answer>"""
RUBRIC = replace(RUBRICS["verdict"], name="bench", prompts={"": {"user": PROMPT}})
"""Short, because a tiny model takes a thousand tokens and Japanese needs many of them."""

CPU_ARGUMENTS = {"dtype": "float32", "enforce_eager": True}


@dataclass(frozen=True)
class Measured:
    """Seconds of the engine alone and of a run."""

    alone: float
    ours: float
    device: str


def measured(dataset: Dataset, chosen: argparse.Namespace) -> Measured:
    """Greedy replies of a fixed length, so that both do the same work; the prefix cache is emptied before each."""
    on_gpu = torch.cuda.is_available()
    sampling = {"temperature": 0, "max_tokens": chosen.max_tokens, "ignore_eos": True}
    with tempfile.TemporaryDirectory() as folder:
        model = chosen.vllm_model or str(make_model(Path(folder)))
        spec = replace(JUDGES["verdict"], rubric=RUBRIC, engine="vllm_offline", model=model, sampling=sampling)
        options = EngineOptions(
            model=model, sampling=sampling, arguments=({} if on_gpu else CPU_ARGUMENTS) | chosen.vllm_arguments
        )
        engine = VllmEngine(options)
        alone_seconds(engine, spec, dataset, items=64)
        alone, ours = [], []
        for turn in range(ROUNDS):
            alone.append(alone_seconds(engine, spec, dataset))
            forget(engine)
            # Another judge, so that the run is not the last one's; its replies have more tokens than this anyway.
            fresh = replace(spec, sampling=sampling | {"min_tokens": turn})
            ours.append(run_seconds(fresh, dataset, lambda name, given: VllmEngine(options)))
    device = torch.cuda.get_device_name() if on_gpu else "cpu"
    return Measured(min(alone), min(ours), device)


def alone_seconds(engine: VllmEngine, spec: JudgeSpec, dataset: Dataset, items: int | None = None) -> float:
    """One call of LLM.chat with every prompt at once, which is the fastest that vLLM offers."""
    prompts: list[Any] = [
        [{"role": role, "content": content} for role, content in request.prompt.messages]
        for item in dataset.items.all()[:items]
        for request in requests_for(item, spec, 0, [])
    ]
    forget(engine)
    with clock() as seconds:
        found = engine._loaded.llm.chat(prompts, SamplingParams(**spec.sampling), use_tqdm=False)
    assert len(found) == len(prompts)
    return seconds()


def forget(engine: VllmEngine) -> None:
    """Empty the prefix cache."""
    engine._loaded.llm.reset_prefix_cache()
