"""The reference matcher: no model, the answer is compared with the reference."""

import json
from collections.abc import Iterable, Iterator
from importlib.metadata import version

from judging.core.prompts import judged_turn
from judging.core.verdicts import Reason, Unscored
from judging.engines.base import EngineOptions, EngineReply, Request


class ReferenceEngine:
    """Compares texts; deterministic."""

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        """One outcome per request, in their order."""
        for request in requests:
            turn = judged_turn(request.item, request.id[1])
            if not turn.reference.strip():
                yield EngineReply(id=request.id, failure=Unscored(Reason.NO_REFERENCE, "The item has no reference."))
                continue
            clean = turn.answer.strip() == turn.reference.strip()
            yield EngineReply(
                id=request.id, text=json.dumps({"verdict": "clean" if clean else "wrong"}), finish="stop", ms=0
            )

    def versions(self) -> dict[str, str]:
        """The matcher of characters."""
        return {"sacrebleu": version("sacrebleu")}

    def close(self) -> None:
        """Nothing to free."""


def reference_engine(options: EngineOptions) -> ReferenceEngine:
    """The engine that runs name; it takes no options."""
    return ReferenceEngine()
