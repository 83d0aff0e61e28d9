"""What people said in an annotation tool, as labels: which control is the overall word, and what its values mean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotation.core.label_rows import MAX_VALUE, value_text
from judging.core.items import NamedWord
from judging.core.readers.label_studio_words import person_verdict

OVERALL = "verdict"
OWN = ("score", "value")
"""What our own files call an overall word that is no verdict."""
VOTES = {"A", "B", "tie"}
FEW = 20
"""Different values that a scale has at most, where most labels say something else."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Words with criterion and value as labels have them. `texts`: controls of free texts, which are no labels."""

    words: tuple[NamedWord, ...]
    texts: tuple[str, ...]


def settled(words: Sequence[NamedWord]) -> Settled:
    """The words of a file. The overall control, where there is one, is the criterion ''."""
    values = _values(words)
    written = [replace(word, value=values[word.criterion].written(word), parts=()) for word in words]
    said: dict[str, list[str]] = defaultdict(list)
    for word in written:
        said[word.criterion].append(word.value)
    texts = tuple(name for name, found in said.items() if _are_texts(found))
    overall = _overall({name: found for name, found in said.items() if name not in texts})
    are_verdicts = all(map(person_verdict, said.get(overall or "", [""])))
    kept = (word for word in written if word.criterion not in texts)
    return Settled(tuple(_as_label(word, overall, are_verdicts=are_verdicts) for word in kept), texts)


@dataclass(slots=True)
class _Values:
    """What one control was answered with."""

    orders: set[tuple[str, ...]]

    def written(self, word: NamedWord) -> str:
        """One text for several things: in their order where everybody put the same ones into an order of their own."""
        if not word.parts:
            return word.value
        is_ranking = len(self.orders) > 1 and len({tuple(sorted(order)) for order in self.orders}) == 1
        return " > ".join(word.parts) if is_ranking else " + ".join(sorted(word.parts))


def _values(words: Iterable[NamedWord]) -> dict[str, _Values]:
    found: dict[str, _Values] = {}
    for word in words:
        orders = found.setdefault(word.criterion, _Values(set())).orders
        orders.add(word.parts or (word.value,))
    return found


def _are_texts(values: Sequence[str]) -> bool:
    """Whether a control was answered in free text: too long for a value, or nearly always something else."""
    if any(len(value) > MAX_VALUE or "\n" in value for value in values):
        return True
    names = [value for value in values if value_text(value) == value and not value.replace(".", "", 1).isdigit()]
    return len(set(names)) > FEW and 2 * len(set(names)) > len(values)


def _overall(said: Mapping[str, Sequence[str]]) -> str | None:
    """The control that says how the item is as a whole; None where none does, or several might."""
    if OVERALL in said:
        return OVERALL
    verdicts = [name for name, values in said.items() if all(map(person_verdict, values))]
    votes = [name for name, values in said.items() if VOTES.issuperset(values)]
    for found in (verdicts, votes):
        if found:
            return found[0] if len(found) == 1 else None
    return next((name for name in OWN if name in said), None)


def _as_label(word: NamedWord, overall: str | None, *, are_verdicts: bool) -> NamedWord:
    if word.criterion != overall:
        return replace(word, value=value_text(word.value))
    verdict = person_verdict(word.value) if are_verdicts else None
    return replace(word, criterion="", value=verdict.value if verdict else value_text(word.value))
