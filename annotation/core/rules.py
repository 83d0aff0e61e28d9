"""The rules of a campaign that are no column of it: one dataclass that reads and writes `Campaign.rules`."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any


class Skipped(StrEnum):
    """What becomes of an item that somebody skipped."""

    OTHERS = "others"  # its place goes to somebody else
    ME = "me"  # it comes again at the end of one's own queue
    IGNORE = "ignore"  # nobody gets it instead
    NEVER = "never"  # no item can be skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRules:
    """Every rule has a default, and a rule at its default is not stored."""

    annotators: tuple[str, ...] = ()
    """User names; of a pulled campaign with a group, its members instead."""
    error_types: tuple[str, ...] = ()
    """The list an annotator chooses from."""
    comment_on_skip: bool = False
    comment_on_override: bool = False
    """A label unlike the judge's visible word needs a comment."""
    skipped: str = ""
    """One of Skipped; without one, `others` where items are pulled and `ignore` where they are dealt."""
    extra_below: float | None = None
    """One more label for an item on which fewer of the pairs of people than this share agree."""
    extra_most: int = 1
    """How many more at most."""
    known_share: float = 0.0
    """Share of everybody's items whose value is known beforehand."""
    judge_run2: int | None = None
    """The other run of the order judge_judge."""
    sample: int | None = None
    """How many items were to be drawn."""
    limit: int | None = None
    """How many items of the order were to be taken from its beginning."""
    stratify_by: str = ""
    """One of Stratum."""
    drawn: Mapping[str, float] = field(default_factory=dict)
    """Kept by the draws themselves: the chance that items of each stratum ('' for all) had so far."""
    drawn_by: str = ""
    """What these strata divide by."""
    drawn_to: tuple[int, ...] = ()
    """The last position there was when items were first drawn, and after each growth: what came later had less
    chance. In `drawn` it has keys of its own, see `chance_key`."""
    opened_log: bool = False
    """Whether it was opened from a log of mdk, and is saved as one."""
    log_folder: str = ""
    """The folder on this machine that the log lies in; without one it was uploaded."""
    logs: Mapping[str, str] = field(default_factory=dict)
    """Whose decisions a log holds that was taken or saved: SHA-256 of the file -> user name."""
    scales: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of imported tables that say it: criterion -> every value of its scale in order, used or not."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "CampaignRules":
        """Read `Campaign.rules`; keys that are no rule are left alone."""
        known = {one.name: stored[one.name] for one in fields(cls) if stored.get(one.name) is not None}
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in known.items()}
        return cls(**values)

    def as_json(self) -> dict[str, Any]:
        """What `Campaign.rules` stores."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        changed = {name: value for name, value in values.items() if value != RULE_DEFAULTS[name]}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}


RULE_DEFAULTS: Mapping[str, Any] = {one.name: getattr(CampaignRules(), one.name) for one in fields(CampaignRules)}


def chance_key(rules: CampaignRules, stratum: str, position: int) -> str:
    """Under which key `drawn` keeps the chance of an item: items that came after a draw had no part in it."""
    generation = bisect_left(rules.drawn_to, position)
    return f"{stratum}@{rules.drawn_to[generation - 1]}" if generation else stratum


def skip_rule(rules: CampaignRules, *, pulled: bool) -> Skipped:
    """What becomes of skipped items in a campaign."""
    if rules.skipped:
        return Skipped(rules.skipped)
    return Skipped.OTHERS if pulled else Skipped.IGNORE
