"""promptfoo's results as version 3 has them: the machine's grade and a person's correction, kept apart.

A correction is the component of a result that promptfoo's own viewer writes: an assertion of type `human`, which
overrides pass and score of the result. The machine's grade stays in the other components, so neither hides the other.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from judging.core.verdicts import PersonVerdict
from training_export.core.records import Destination, JudgedPart, LeftOut, Record
from training_export.core.writers.base import COMPACT, OutputFile, Writer, WriterOptions, WrittenFile

MANUAL = "Manual result (overrides all other grading results)"
HUMAN = {"type": "human"}
OWN = ("evalId", "version")
RIGHT = 1.0


def promptfoo_writer(folder: Path, _options: WriterOptions) -> Writer:
    """Every item of one answer."""
    return PromptfooResults(folder / "results.json")


class PromptfooResults:
    """One document, written result by result."""

    def __init__(self, path: Path) -> None:
        self._file = OutputFile(path)
        self._stats = {"successes": 0, "failures": 0, "errors": 0}
        self._prompts: dict[str, dict[str, Any]] = {}

    def write(self, record: Record, destination: Destination) -> None:
        """Add a result."""
        if destination == LeftOut.NOT_ONE_ANSWER:
            return
        kept = record.extra.get("promptfoo")
        kept = kept if isinstance(kept, dict) else {}
        if not self._file.rows:
            named = COMPACT.encode(kept.get("evalId") or "evalsite")
            self._file.put(f'{{"evalId": {named}, "results": {{"version": 3, "results": [')
        result = result_of(record, kept)
        self._count(result)
        self._file.put_row((",\n" if self._file.rows else "\n") + COMPACT.encode(result))

    def checks(self) -> Mapping[str, Any]:
        """Nothing to say."""
        return {}

    def close(self) -> list[WrittenFile]:
        """Finish the document."""
        if not self._file.rows:
            self._file.put('{"evalId": "evalsite", "results": {"version": 3, "results": [')
        prompts, stats = COMPACT.encode(list(self._prompts.values())), COMPACT.encode(self._stats)
        self._file.put(f'\n], "prompts": {prompts}, "stats": {stats}}}, "config": {{}}, "shareableUrl": null}}\n')
        return [self._file.close()]

    def _count(self, result: Mapping[str, Any]) -> None:
        failed = result.get("failureReason") == 2
        name = "errors" if failed else "successes" if result["success"] else "failures"
        self._stats[name] += 1
        provider = result["provider"]["id"]
        prompt = self._prompts.setdefault(provider, {"provider": provider, "raw": "", "label": "", "metrics": {}})
        counted = prompt["metrics"]
        for key, amount in (("score", result["score"]), ("tests", 1), (name, 1)):
            counted[key] = round(counted.get(key, 0) + amount, 6)


def result_of(record: Record, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A result with everything it came with."""
    machine, person = machine_grade(record), person_grade(record)
    turn = record.turns[0]
    fresh = {
        "provider": {"id": record.model, "label": ""},
        "prompt": {"raw": turn.question, "label": "question"},
        "vars": variables_of(record),
        "response": {"output": turn.answer},
    }
    result = fresh | {name: value for name, value in kept.items() if name not in (*OWN, "gradingResult")}
    if not isinstance(result["provider"], dict):
        result["provider"] = {"id": str(result["provider"] or record.model), "label": ""}
    shown = person or machine or {"pass": False, "score": 0}
    grading = grading_of(kept.get("gradingResult"), machine, person)
    return {**result, "success": shown["pass"], "score": shown["score"], "gradingResult": grading}


def variables_of(record: Record) -> dict[str, str]:
    """What the model was asked, and what it was asked about: as it was given, because the answer is to that."""
    turn = record.turns[0]
    expected = f"grade:{turn.reference}" if turn.reference else ""
    given = {"question": turn.question, "context": record.context, "__expected": expected}
    return {name: text for name, text in given.items() if text or name == "question"}


def grading_of(kept: Any, machine: Mapping[str, Any] | None, person: Mapping[str, Any] | None) -> Any:
    """The grade with its components; the person's last, and its pass and score over all."""
    before = dict(kept) if isinstance(kept, dict) else {}
    parts = [part for part in before.pop("componentResults", None) or [] if not is_human(part)]
    if person is None:
        if isinstance(kept, dict) and not any(is_human(part) for part in kept.get("componentResults") or []):
            return kept
        return None if machine is None else {**before, **machine, "componentResults": parts or [machine]}
    if not parts and machine is not None:
        parts = [{**machine, "assertion": before.get("assertion")}]
    comment = person.get("comment", "")
    manual = {"pass": person["pass"], "score": person["score"], "reason": MANUAL, "assertion": HUMAN}
    shown = {"pass": person["pass"], "score": person["score"], "reason": MANUAL}
    rest = {name: value for name, value in before.items() if name not in {*shown, "comment", "assertion"}}
    return {**shown, **rest, **({"comment": comment} if comment else {}), "componentResults": [*parts, manual]}


def is_human(part: Any) -> bool:
    """Whether a component is a person's."""
    assertion = part.get("assertion") if isinstance(part, dict) else None
    return isinstance(assertion, dict) and assertion.get("type") == "human"


def machine_grade(record: Record) -> dict[str, Any] | None:
    """What the judge said; None where there is no judgment, or no grade in it."""
    part: JudgedPart | None = next(iter(record.judged), None)
    if part is None or part.status != "scored":
        return None
    passed = part.detail.get("pass")
    passed = passed if isinstance(passed, bool) else part.value == "clean" or (part.score or 0) >= RIGHT
    score = part.score if part.score is not None else float(passed)
    return {"pass": passed, "score": whole(score), "reason": part.detail.get("reason") or ""}


def person_grade(record: Record) -> dict[str, Any] | None:
    """What people came to: pass or fail, the mean of the scores they gave with that, and their comments."""
    verdict = record.people.verdict
    if verdict not in {PersonVerdict.CLEAN, PersonVerdict.WRONG}:
        return None
    said = [label for label in record.labels if label.rater_type == "human" and label.verdict == verdict]
    scores = [label.score for label in said if label.score is not None]
    passed = verdict == PersonVerdict.CLEAN
    score = sum(scores) / len(scores) if scores else float(passed)
    comments = "\n".join(dict.fromkeys(label.comment for label in said if label.comment))
    return {"pass": passed, "score": whole(score), "comment": comments}


def whole(score: float) -> int | float:
    """1 for 1.0, as JavaScript writes it."""
    return int(score) if score == int(score) else score
