"""What decides the outcome of a run, outside the database: rubric and judge as frozen values.

`JudgeSpec.as_json` is what a run stores in its snapshot; a worker judges from the snapshot alone, so that nothing
edited later changes a run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from judging.core.scales import Criterion, criterion_from_json

Prompts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricSpec:
    """Criteria and prompt of a rubric. `prompts`: {part: {role: Jinja2 template}}; role `raw` for raw text.

    Parts are `ab` and `ba` for a pair, `attr_1` and `attr_2` for attributes; `turn_1` ... judge a turn each.
    `needs_question` is False where a text is judged that nobody asked for: only then may a prompt show no question.
    """

    name: str
    kind: str
    criteria: tuple[Criterion, ...]
    style: str = "chat"
    needs_question: bool = True
    prompts: Prompts = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "name": self.name,
            "kind": self.kind,
            "criteria": [criterion.as_json() for criterion in self.criteria],
            "style": self.style,
            "needs_question": self.needs_question,
            "prompts": {part: dict(roles) for part, roles in self.prompts.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSpec:
    """A judge. `decision`: {"rule", "threshold", "mode", "min_replies"}, and "coefficients" for the rule `linear`."""

    name: str
    kind: str
    engine: str
    rubric: RubricSpec
    model: str = ""
    sampling: Mapping[str, Any] = field(default_factory=dict)
    samples: int = 1
    decision: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "name": self.name,
            "kind": self.kind,
            "engine": self.engine,
            "model": self.model,
            "rubric": self.rubric.as_json(),
            "sampling": dict(self.sampling),
            "samples": self.samples,
            "decision": dict(self.decision),
        }


def rubric_from_json(data: Mapping[str, Any]) -> RubricSpec:
    """The reverse of `RubricSpec.as_json`."""
    return RubricSpec(
        name=data["name"],
        kind=data["kind"],
        criteria=tuple(criterion_from_json(criterion) for criterion in data["criteria"]),
        style=data["style"],
        # Runs from before this was said carry no word of it.
        needs_question=data.get("needs_question", True),
        prompts=data["prompts"],
    )


def judge_from_json(data: Mapping[str, Any]) -> JudgeSpec:
    """The reverse of `JudgeSpec.as_json`."""
    return JudgeSpec(
        name=data["name"],
        kind=data["kind"],
        engine=data["engine"],
        model=data["model"],
        rubric=rubric_from_json(data["rubric"]),
        sampling=data["sampling"],
        samples=data["samples"],
        decision=data["decision"],
    )
