"""Files of labels that other tools write, as long tables: a row per label, whatever their own shape is.

FastChat's votes, LLMBar's evaluators (a judge in both orders beside the gold label), and JUDGE-BENCH's graded sets.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from annotation.core.tables.rows import Row, Table, cell_text
from judging.core.items import RowProblem
from judging.core.readers.fastchat_votes import is_vote, vote_of
from judging.core.readers.fields import BadField, text_of
from judging.core.readers.json_records import Record, json_document, kind_of
from judging.core.readers.judge_bench import instances_of

HEADER = ("item_id", "rater", "rater_type", "criterion", "value", "turn", "order", "time")
_SIDES = {"1": "A", "2": "B", "tie": "tie", "": ""}
_ORDERS = {"winner_swap_False": "ab", "winner_swap_True": "ba"}

Records = Iterator[Record | RowProblem]


def known_table(path: Path, first: Record, rest: Records) -> Table | None:
    """The labels of a file whose first object this is; None where it is none of the known kinds."""
    rows: Callable[[Record], Iterator[dict[str, str]]]
    if is_vote(first.value):
        rows = _vote
    elif "idx" in first.value and first.value.keys() & _ORDERS.keys():
        judge = f"{path.parent.name} {path.stem}"

        def rows(record: Record) -> Iterator[dict[str, str]]:
            return _evaluated(record.value, judge)
    else:
        return None
    return Table(HEADER, _rows(chain([first], rest), rows))


def graded_table(path: Path) -> Table:
    """The grades of a set of JUDGE-BENCH; whose they are it does not say."""
    return Table(HEADER, _grades(instances_of(json_document(path))))


def _rows(records: Records, cells_of: Callable[[Record], Iterator[dict[str, str]]]) -> Iterator[Row | RowProblem]:
    for record in records:
        if isinstance(record, RowProblem):
            yield record
            continue
        try:
            yield from [_row(record.number, **cells) for cells in cells_of(record)]
        except BadField as error:
            yield RowProblem(record.number, str(error))


def _row(line: int, **cells: str) -> Row:
    return Row(line, dict.fromkeys(HEADER, "") | cells)


def _vote(record: Record) -> Iterator[dict[str, str]]:
    vote = vote_of(record.value)
    yield {
        "item_id": vote.item,
        "rater": vote.voter,
        "rater_type": "judge" if vote.is_judge else "human",
        "value": vote.winner,
        "turn": str(vote.turn),
        "time": cell_text(record.value.get("tstamp")),
    }


def _evaluated(data: Mapping[str, Any], judge: str) -> Iterator[dict[str, str]]:
    """The winners as sides of the pair, in whichever order they were shown; the gold label beside them."""
    item = text_of("idx", data.get("idx"))
    if data.get("label") is not None:
        yield {"item_id": item, "rater": "gold", "rater_type": "human", "value": _side("label", data["label"])}
    for name, order in _ORDERS.items():
        if name in data:
            said = {"rater": judge, "rater_type": "judge", "value": _side(name, data[name]), "order": order}
            yield {"item_id": item, **said}


def _side(name: str, value: Any) -> str:
    said = text_of(name, value)
    if said not in _SIDES:
        raise BadField(f"'{name}' is {said[:40]!r}; it is 1, 2 or tie.")
    return _SIDES[said]


def _grades(instances: list[Any]) -> Iterator[Row | RowProblem]:
    for number, instance in enumerate(instances, 1):
        try:
            yield from list(_of_instance(number, instance))
        except BadField as error:
            yield RowProblem(number, str(error))


def _of_instance(number: int, instance: Any) -> Iterator[Row]:
    graded = instance.get("annotations") if isinstance(instance, dict) else None
    if not isinstance(graded, dict):
        raise BadField("The instance has no 'annotations'. Import the set as it was published.")
    item = text_of("id", instance.get("id")) or str(number)
    for criterion, found in graded.items():
        scores = found.get("individual_human_scores", []) if isinstance(found, dict) else None
        if not isinstance(scores, list):
            raise BadField(f"The grades of {criterion[:80]!r} are {kind_of(scores)}; write a list of numbers or words.")
        for value in scores:
            yield _row(number, item_id=item, criterion=criterion, value=cell_text(value))
