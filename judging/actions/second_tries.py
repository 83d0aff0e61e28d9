"""A reply that cannot be read is asked for once more, within the run, as often as its judge says.

`decision["ask_again"]`: {"times", "temperature"}. The same question at temperature 0 brings the same reply, so that it
is put with a seed and a temperature of its own. Every reply is kept, as one more attempt; the last one counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from judging.actions.judgments import readings_of
from judging.actions.judgments import reply_row as row_of_reply
from judging.core.specs import JudgeSpec
from judging.core.verdicts import Reading, Reason, Unscored
from judging.engines.base import EngineReply, Request, RequestId
from judging.models import Reply, Run

UNREAD = frozenset({Reason.EMPTY, Reason.NO_VERDICT, Reason.AMBIGUOUS, Reason.OFF_SCALE, Reason.CUT_OFF})
"""What a judge may mend by saying it again. Failures of its server were tried again already."""

SEED_STEP = 1_000_003


class SecondTries:
    """The unread replies of a batch, and what was asked for them."""

    def __init__(self, spec: JudgeSpec) -> None:
        wished = spec.decision.get("ask_again") or {}
        self._times, self._temperature = int(wished.get("times", 0)), wished.get("temperature")
        self._spec = spec
        self._asked: dict[RequestId, Request] = {}
        self._earlier: dict[RequestId, list[EngineReply]] = {}

    def note(self, requests: Sequence[Request]) -> None:
        """Remember what was asked, for the case that it has to be asked again."""
        if self._times:
            self._asked |= {request.id: request for request in requests}

    def after(self, said: EngineReply) -> list[Request]:
        """The request to make once more; nothing where the reply has a value, or was asked for often enough."""
        request, tried = self._asked.get(said.id), self._earlier.get(said.id, [])
        if request is None or len(tried) >= self._times or not self._is_unread(said, request):
            return []
        self._earlier[said.id] = [*tried, said]
        again = {} if self._temperature is None else {"temperature": self._temperature}
        seed = None if request.seed is None else request.seed + SEED_STEP * (len(tried) + 1)
        return [replace(request, seed=seed, sampling={**request.sampling, **again})]

    def rows(self, run: Run, final: Sequence[Reply]) -> list[Reply]:
        """All replies: the earlier ones under the numbers from where the final ones stand, which move behind them."""
        rows: list[Reply] = []
        for row in final:
            earlier = self._earlier.get((row.item_id, row.part, row.sample), [])
            for number, said in enumerate(earlier):
                made = row_of_reply(run, said, self._readings(said, self._asked[said.id]))
                made.attempt = row.attempt + number
                rows.append(made)
            row.attempt += len(earlier)
            rows.append(row)
        return rows

    def _is_unread(self, said: EngineReply, request: Request) -> bool:
        if said.failure:
            return False
        readings = self._readings(said, request).values()
        return any(isinstance(reading, Unscored) and reading.reason in UNREAD for reading in readings)

    def _readings(self, said: EngineReply, request: Request) -> Mapping[str, Reading]:
        return readings_of(said, self._spec, request.item)
