"""What a judge says and why it says nothing, in the words of a language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from judging.core.verdicts import PersonVerdict, Reason, Verdict

VERDICTS: dict[str, Promise] = {
    Verdict.CLEAN: _("clean"),
    Verdict.WRONG: _("wrong"),
    Verdict.INVALID: _("invalid"),
    # What people's labels come to stands beside it in tables of agreement.
    PersonVerdict.UNDEFINED: _("undefined"),
    "unknown": _("unknown"),
    "tie": _("tie"),
}
REASONS: dict[str, Promise] = {
    # In English they stand as they are stored, counted and named in the documentation.
    Reason.EMPTY: _("empty"),
    Reason.NO_VERDICT: _("no_verdict"),
    Reason.AMBIGUOUS: _("ambiguous"),
    Reason.OFF_SCALE: _("off_scale"),
    Reason.CUT_OFF: _("cut_off"),
    Reason.REFUSED: _("refused"),
    Reason.NOT_RECORDED: _("not_recorded"),
    Reason.TIMEOUT: _("timeout"),
    Reason.RATE_LIMITED: _("rate_limited"),
    Reason.SERVER_ERROR: _("server_error"),
    Reason.CONNECTION: _("connection"),
    Reason.BROKEN_REPLY: _("broken_reply"),
    Reason.REJECTED: pgettext_lazy("of an engine", "rejected"),
    Reason.PROMPT_TOO_LONG: _("prompt_too_long"),
    Reason.NO_ANSWER: _("no_answer"),
    Reason.NO_REFERENCE: _("no_reference"),
    Reason.NO_MAJORITY: _("no_majority"),
    Reason.TOO_FEW_REPLIES: _("too_few_replies"),
    Reason.INCONSISTENT: _("inconsistent"),
}


def verdict_word(verdict: str) -> str:
    """A verdict, or what stands where there is none; any other value stays as it is."""
    return str(VERDICTS.get(verdict, verdict))


def unscored_word(reason: str) -> str:
    """Why there is no value; a reason that a file brought stands as it is."""
    return str(REASONS.get(reason, reason))
