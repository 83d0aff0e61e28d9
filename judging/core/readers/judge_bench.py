"""JUDGE-BENCH's sets: `instances` that people graded, several per instance and question; the grades are no one's names.

Here the texts become items. The grades come in by `import_labels` as labels of places.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from judging.core.items import ItemRow, RowProblem, Turn
from judging.core.readers.fields import BadField, checked_names, text_of
from judging.core.readers.files import FileRefused
from judging.core.readers.json_records import json_document, kind_of, why_not_storable


def read(path: Path) -> Iterator[ItemRow | RowProblem]:
    """One text per instance."""
    for number, instance in enumerate(instances_of(json_document(path)), 1):
        try:
            yield _row(number, instance)
        except BadField as error:
            yield RowProblem(number, str(error))


def instances_of(document: Mapping[str, Any]) -> list[Any]:
    """The instances; FileRefused where there are none."""
    found = document.get("instances")
    if not isinstance(found, list):
        raise FileRefused(1, "There is no list 'instances'. Import the set as it was published.")
    return found


def _row(number: int, instance: Any) -> ItemRow | RowProblem:
    if not isinstance(instance, dict):
        raise BadField(f"The instance is {kind_of(instance)}; it is an object with id and instance.")
    why = why_not_storable("NaN", instance)
    if why:
        raise BadField(why)
    told = instance.get("instance")
    texts = {name: value for name, value in told.items() if isinstance(value, str)} if isinstance(told, dict) else {}
    said = "\n\n".join(texts.values()) if texts else text_of("instance", told)
    if not said.strip():
        raise BadField("There is no text under 'instance'. Write one, or remove the instance.")
    rest = {name: value for name, value in instance.items() if name not in {"id", "instance"}}
    return checked_names(
        ItemRow(
            line=number,
            turns=(Turn("", said),),
            key=text_of("id", instance.get("id")),
            extra={**rest, **({"instance": told} if texts else {})},
        )
    )
