"""What a lead's action changed of an item or of the campaign itself, and what taking it back comes to.

An action is taken back as far as nothing built on it: where a person has gone on with a place, or somebody changed the
item again, both stay as they are now.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from annotation.core.lead_reasons import BY_LEADS

COUNTED = ("wanted", "taken")
HINTS = {*COUNTED, "returned"}
"""Columns of an item that others may have changed meanwhile without building on the action."""
OPEN = {"pending", "draft"}
SETTLED = {"submitted", "skipped"}
Row = Mapping[str, Any]
Pairs = Mapping[str, Sequence[Any]]
"""Column -> what it was before, and what it was after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Of one item of a campaign: columns of its row, of the places that were there, and the places that were made.

    `gone`: the row itself was deleted; `columns` has all of it.
    """

    item: int
    columns: Pairs
    places: Mapping[str, Pairs]
    made: Sequence[int] = ()
    gone: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    def was(self) -> dict[str, Any]:
        """The columns of the item as they were before."""
        return {name: before for name, (before, _after) in self.columns.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignChange:
    """Of the campaign itself: columns of its row (`guideline`: its newest), and its rules one by one."""

    columns: Pairs
    rules: Pairs

    def as_json(self) -> dict[str, Any]:
        """As it is stored among the items."""
        return {"campaign": asdict(self)}


def campaign_change(before: Row, after: Row) -> CampaignChange | None:
    """What an action did to a campaign, None where it did nothing. A rule that is not stored is None."""
    columns, names = differing(before, after), before["rules"].keys() | after["rules"].keys()
    columns.pop("rules", None)
    was, now = ({name: row["rules"].get(name) for name in sorted(names)} for row in (before, after))
    rules = differing(was, now)
    return CampaignChange(columns=columns, rules=rules) if columns or rules else None


def campaign_before(change: CampaignChange, now: Row) -> dict[str, Any] | None:
    """The columns of a campaign as they were, None where one was changed again since. Other rules stay as they are."""
    rules = dict(now["rules"])
    if any(now[name] != after for name, (_before, after) in change.columns.items()):
        return None
    if any(rules.get(name) != after for name, (_before, after) in change.rules.items()):
        return None
    rules |= {name: before for name, (before, _after) in change.rules.items()}
    kept = {name: value for name, value in rules.items() if value is not None}
    return {name: before for name, (before, _after) in change.columns.items()} | {"rules": kept}


def change_of(
    item: int, before: Row, after: Row | None, places: Mapping[int, Row], now: Mapping[int, Row]
) -> Change | None:
    """What an action did to an item and to its places, None where it did nothing; `after` is None for a deleted row."""
    if after is None:
        return Change(item=item, columns={name: (was, None) for name, was in before.items()}, places={}, gone=True)
    told = {str(pk): differing(row, now[pk]) for pk, row in places.items() if pk in now and by_a_lead(row, now[pk])}
    made = sorted(now.keys() - places.keys())
    columns = differing(before, after)
    if not (columns or told or made):
        return None
    counted = {name: (before[name], after[name]) for name in COUNTED}
    return Change(item=item, columns=columns | counted, places=told, made=made)


def differing(before: Row, after: Row) -> dict[str, tuple[Any, Any]]:
    """The columns that are not as they were."""
    return {name: (was, after[name]) for name, was in before.items() if was != after[name]}


def by_a_lead(before: Row, after: Row) -> bool:
    """Whether such a change of a place is one that leads' actions make, and not its annotator's at the same moment."""
    put_aside = after["state"] == "skipped" and after["skip_reason"] in BY_LEADS and before != after
    return put_aside or (before["state"] in SETTLED and after["state"] in OPEN)


def stands(change: Change, now: Row | None, places: Mapping[int, Row], untouched: Collection[int]) -> bool:
    """Whether an item and its places are as the action left them; `untouched` are places that nobody has begun."""
    if change.gone or now is None:
        return change.gone and now is None
    moved = {"how"} & change.columns.keys()
    exact = [name for name in change.columns if moved or name not in HINTS]
    if any(now[name] != change.columns[name][1] for name in exact):
        return False
    if any(now_of(places, pk, name) != pair[1] for pk, pairs in change.places.items() for name, pair in pairs.items()):
        return False
    counts = restored_counts(change, now)
    return set(change.made) <= set(untouched) and 0 <= counts["taken"] <= counts["wanted"]


def now_of(places: Mapping[int, Row], pk: str, name: str) -> Any:
    """A column of a place as it is; None where the place is gone."""
    return places[int(pk)][name] if int(pk) in places else None


def restored_counts(change: Change, now: Row) -> dict[str, int]:
    """Wanted and taken labels without what the action added or took; others may have counted on meanwhile."""
    return {name: now[name] + change.columns[name][0] - change.columns[name][1] for name in COUNTED}
