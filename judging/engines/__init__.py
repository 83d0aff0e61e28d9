"""Engines by name, and the queue that does the work of each. Heavy imports stay inside the one file that needs them."""

from collections.abc import Callable

from judging.engines.base import Engine, EngineOptions
from judging.engines.openai_api import openai_api_engine
from judging.engines.reference import reference_engine
from judging.engines.replayed import replayed_engine
from judging.engines.scripted import scripted_engine
from judging.engines.transformers_local import transformers_engine
from judging.engines.vllm_offline import vllm_engine

ENGINES: dict[str, Callable[[EngineOptions], Engine]] = {
    "reference": reference_engine,
    "openai_api": openai_api_engine,
    "scripted": scripted_engine,
    "replayed": replayed_engine,
    "vllm_offline": vllm_engine,
    "transformers_local": transformers_engine,
}

QUEUES: dict[str, str] = {
    "reference": "default",
    "openai_api": "default",
    "scripted": "default",
    "replayed": "default",
    "vllm_offline": "gpu",
    "transformers_local": "gpu",
}
"""The RQ queue whose workers can run each engine."""


def queue_for(engine: str) -> str:
    """The RQ queue for an engine; the ordinary one for a judge without any, which is a panel."""
    return QUEUES[engine] if engine else "default"
