"""What people said in Label Studio, each under their name: choices, ratings, numbers, taxonomies, pairs.

Regions of a text (spans, boxes) are about a part of it and no word on the item; free texts are comments or corrections
where their control is named so.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from judging.core.items import NamedWord
from judging.core.readers.fields import text_of as plain_text
from judging.core.verdicts import PersonVerdict, Verdict

CLEAN = {"clean", "correct", "good", "pass", "right", "true", "yes", "正しい", "正解", "良い"}
WRONG = {"wrong", "incorrect", "bad", "fail", "error", "false", "no", "誤り", "不正解", "悪い"}
SIDES = {"left": "A", "right": "B"}
BETWEEN = " / "
"""Between the levels of a taxonomy."""
COMMENT, CORRECTED = "comment", "corrected_"
_OF_A_PART = {"start", "end", "x", "y"}


def verdict_named(label: Any) -> Verdict | None:
    """The verdict that a label says in words."""
    said = label.strip().lower() if isinstance(label, str) else ""
    return Verdict.CLEAN if said in CLEAN else Verdict.WRONG if said in WRONG else None


def person_verdict(label: Any) -> PersonVerdict | None:
    """The same of a person, who may also have found that it cannot be decided."""
    if label == PersonVerdict.UNDEFINED.value:
        return PersonVerdict.UNDEFINED
    verdict = verdict_named(label)
    return PersonVerdict(verdict.value) if verdict else None


def words_of(annotations: Iterable[Mapping[str, Any]]) -> tuple[NamedWord, ...]:
    """The words of a task's annotations; a skipped one says nothing, and a lead's decision is nobody's word."""
    found = (annotation for annotation in annotations if not annotation.get("was_cancelled"))
    return tuple(word for annotation in found for word in _of_annotation(annotation))


def name_of(who: Any) -> str:
    """The name of an annotator: their e-mail address, else their names, else their number; '' for nobody."""
    if isinstance(who, dict):
        names = " ".join(str(who[part]) for part in ("first_name", "last_name") if who.get(part))
        return str(who.get("email") or who.get("username") or names or "") or name_of(who.get("id"))
    if isinstance(who, str) and not who.isdecimal():
        return who.strip()
    return f"annotator {who}" if isinstance(who, (int, str)) and not isinstance(who, bool) and who != "" else ""


def _of_annotation(annotation: Mapping[str, Any]) -> Iterator[NamedWord]:
    by = name_of(annotation.get("completed_by"))
    regions = [region for region in annotation.get("result") or [] if isinstance(region, dict)]
    if annotation.get("ground_truth") and not by:
        return
    said = {str(region.get("from_name") or ""): region["value"] for region in regions if _is_of_all(region)}
    at = plain_text("updated_at", annotation.get("updated_at") or annotation.get("created_at"))
    yield from _words(said, by=by, at=at, seconds=annotation.get("lead_time"))


def _is_of_all(region: Mapping[str, Any]) -> bool:
    """Whether a region is about the whole task."""
    value = region.get("value")
    return isinstance(value, dict) and not _OF_A_PART & value.keys()


def _words(said: Mapping[str, Any], *, by: str, at: str, seconds: Any) -> Iterator[NamedWord]:
    texts = {name: text for name, value in said.items() if (text := text_of(value))}
    correction = {name.removeprefix(CORRECTED): text for name, text in texts.items() if name.startswith(CORRECTED)}
    took = _seconds(seconds)
    for name, value in said.items():
        one, parts = value_of(value)
        if (one or parts) and name != COMMENT and not name.startswith(CORRECTED):
            yield NamedWord(
                value=one,
                parts=parts,
                criterion=name,
                by=by,
                comment=texts.get(COMMENT, ""),
                correction=correction,
                at=at,
                seconds=took,
            )


def _seconds(said: Any) -> float | None:
    """How long it took; a table has it as text."""
    try:
        return None if isinstance(said, bool) else float(said)
    except (TypeError, ValueError, OverflowError):
        return None


def text_of(value: Mapping[str, Any]) -> str:
    """What was written under a control of free text; '' for any other."""
    texts = value.get("text")
    return "\n".join(texts) if isinstance(texts, list) and all(isinstance(text, str) for text in texts) else ""


def value_of(value: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """What was chosen, or the several things that were."""
    for name in ("rating", "number"):
        if isinstance(number := value.get(name), (int, float)) and not isinstance(number, bool):
            return f"{number:g}", ()
    if value.get("selected") in SIDES:
        return SIDES[value["selected"]], ()
    chosen = value.get("choices", value.get("taxonomy"))
    if not isinstance(chosen, list):
        return "", ()
    paths = [one if isinstance(one, list) else [one] for one in chosen]
    names = tuple(BETWEEN.join(map(str, path)) for path in paths)
    return (names[0], ()) if len(names) == 1 else ("", names)


def words_of_flat(entry: Mapping[str, Any]) -> tuple[NamedWord, ...]:
    """The words of an entry of JSON-MIN: the keys between `id` and `annotator` are those of its controls."""
    said = {name: found for name, value in _controls(entry).items() if (found := _flat_value(value))}
    at = plain_text("updated_at", entry.get("updated_at") or entry.get("created_at"))
    return tuple(_words(said, by=name_of(entry.get("annotator")), at=at, seconds=entry.get("lead_time")))


def _controls(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    names = list(entry)
    if "id" not in names or "annotator" not in names or names.index("id") == 0:
        # Not as Label Studio writes it: only what cannot be a text of the task is a control.
        return {name: value for name, value in entry.items() if isinstance(value, (dict, list)) or verdict_named(value)}
    return {name: entry[name] for name in names[names.index("id") + 1 : names.index("annotator")]}


def _flat_value(value: Any) -> Mapping[str, Any]:
    """The value of a control as the whole form has it; a text is a choice, and a comment where its control says so."""
    if isinstance(value, str):
        return {"choices": [value], "text": [value]} if value else {}
    values = value if isinstance(value, list) else [value]
    if values and all(isinstance(one, str) for one in values):
        return {"choices": values, "text": values}
    regions = [one for one in values if isinstance(one, dict)]
    return regions[0] if len(regions) == 1 and _is_of_all({"value": regions[0]}) else {}
