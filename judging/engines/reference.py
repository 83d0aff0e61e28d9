"""The reference matcher: no model, the answer is compared with the reference.

Three tests, in this order; each says what it did in the reply.

1. exact: the same text after NFKC, without case, spaces and closing punctuation.
2. numeric: where the reference has numbers, its last one must be the last one of the answer ("so it is 1,200 yen"
   matches "1200"). A reference that is a number and its unit is decided by this alone.
3. chrF: character n-gram F-score of at least CHRF_CLEAN out of 100.

It knows words, not meaning: good for short answers, arithmetic and translations, a first guess for anything else.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from math import isclose
from unicodedata import normalize

from judging.core.prompts import CannotAsk, judged_turn
from judging.core.verdicts import Reason, Unscored, Verdict
from judging.engines.base import EngineOptions, EngineReply, Request

CHRF_CLEAN = 50.0
NUMBER = re.compile(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\d+(?:\.\d+)?")
ONLY_A_NUMBER = re.compile(r"\W*-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\s*[^\W\d]{0,12}\W*")


@dataclass(frozen=True)
class Text:
    """A text as the matcher compares it."""

    raw: str

    @cached_property
    def plain(self) -> str:
        """Width, case, spaces and closing punctuation taken out."""
        return "".join(normalize("NFKC", self.raw).casefold().split()).rstrip(".。!?")

    @cached_property
    def last_number(self) -> float | None:
        """The last number, without the commas of thousands."""
        numbers = NUMBER.findall(normalize("NFKC", self.raw))
        return float(numbers[-1].replace(",", "")) if numbers else None

    @property
    def is_only_a_number(self) -> bool:
        """Whether it is a number with at most a unit."""
        return bool(ONLY_A_NUMBER.fullmatch(normalize("NFKC", self.raw)))


def compare(answer: str, reference: str) -> tuple[Verdict, str]:
    """The verdict on an answer, and which test gave it."""
    said, known = Text(answer), Text(reference)
    if said.plain == known.plain:
        return Verdict.CLEAN, "exact: the answer is the reference"
    if known.last_number is not None:
        same = said.last_number is not None and isclose(said.last_number, known.last_number, rel_tol=1e-9)
        if not same or known.is_only_a_number:
            return _verdict(same), f"numeric: the last number is {_shown(said)}, in the reference {_shown(known)}"
    # Loaded here: it takes ten megabytes that no other engine needs.
    from sacrebleu.metrics.chrf import CHRF

    score = CHRF().sentence_score(normalize("NFKC", answer), [normalize("NFKC", reference)]).score
    return _verdict(score >= CHRF_CLEAN), f"chrF: {score:.1f} of 100, clean from {CHRF_CLEAN:g}"


def _verdict(clean: bool) -> Verdict:
    return Verdict.CLEAN if clean else Verdict.WRONG


def _shown(text: Text) -> str:
    return "absent" if text.last_number is None else f"{text.last_number:g}"


class ReferenceEngine:
    """Compares texts; the same texts always get the same reply."""

    def replies(self, requests: Iterable[Request]) -> Iterator[EngineReply]:
        """One outcome per request, in their order."""
        for request in requests:
            yield self._reply(request)

    def versions(self) -> dict[str, str]:
        """The library that counts characters."""
        return {"sacrebleu": version("sacrebleu")}

    def close(self) -> None:
        """Nothing to free."""

    def _reply(self, request: Request) -> EngineReply:
        try:
            turn = judged_turn(request.item, request.id[1])
        except CannotAsk as error:
            return EngineReply(id=request.id, failure=error.outcome)
        if not turn.reference.strip():
            return EngineReply(id=request.id, failure=Unscored(Reason.NO_REFERENCE, "The item has no reference."))
        verdict, reason = compare(turn.answer, turn.reference)
        return EngineReply(id=request.id, text=json.dumps({"reason": reason, "verdict": verdict}), finish="stop", ms=0)


def reference_engine(options: EngineOptions) -> ReferenceEngine:
    """The engine that runs name; it takes no options."""
    return ReferenceEngine()
