"""Any server that speaks the OpenAI API."""

from collections.abc import Iterable, Iterator
from importlib.metadata import version

from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineOptions, EngineReply, Request


class OpenAIEngine:
    """Asks /chat/completions or /completions."""

    def __init__(self, options: EngineOptions) -> None:
        self._options = options

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        """One outcome per request."""
        for request in requests:
            yield EngineReply(id=request.id, failure=Unscored(Reason.CONNECTION, "No server was asked."))

    def versions(self) -> dict[str, str]:
        """The HTTP client."""
        return {"httpx": version("httpx")}

    def close(self) -> None:
        """Free the connections."""


def openai_api_engine(options: EngineOptions) -> OpenAIEngine:
    """The engine that runs name."""
    return OpenAIEngine(options)
