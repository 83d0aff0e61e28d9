"""The vocabulary everything shares: what was read from a reply, and what it says about an item.

Absence is not a number. A reply that gave no value is `Unscored` with a reason from `Reason`, never a score
and never "wrong".
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a judge says of an item. A person says clean, wrong or undefined: see `PersonVerdict`."""

    CLEAN = "clean"
    WRONG = "wrong"
    INVALID = "invalid"


class PersonVerdict(StrEnum):
    """What a person says of an item."""

    CLEAN = "clean"
    WRONG = "wrong"
    UNDEFINED = "undefined"


class Reason(StrEnum):
    """Why a reply has no value. Stored as it is written here; pages and commands count by it."""

    # what the reply said
    EMPTY = "empty"
    NO_VERDICT = "no_verdict"
    AMBIGUOUS = "ambiguous"
    OFF_SCALE = "off_scale"
    CUT_OFF = "cut_off"
    REFUSED = "refused"
    NOT_RECORDED = "not_recorded"
    # what the engine did
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    CONNECTION = "connection"
    BROKEN_REPLY = "broken_reply"
    REJECTED = "rejected"
    PROMPT_TOO_LONG = "prompt_too_long"
    # what the item is
    NO_ANSWER = "no_answer"
    NO_REFERENCE = "no_reference"
    # what the decision rule found
    NO_MAJORITY = "no_majority"
    TOO_FEW_REPLIES = "too_few_replies"
    INCONSISTENT = "inconsistent"


@dataclass(frozen=True, slots=True)
class Scored:
    """A value that was read: `value` as text ("clean", "4", "A"), `score` as a number where there is one."""

    value: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Unscored:
    """No value, and why."""

    reason: Reason
    detail: str = ""


Reading = Scored | Unscored
