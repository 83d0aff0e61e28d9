"""What pages call answers and flags."""

from django.utils.translation import gettext_lazy as _

from annotation.core.asked import UNDEFINED
from annotation.core.words import BAD_QUESTION, BAD_REFERENCE
from judging.core.verdicts import Verdict

ANSWERS = {
    "clean": _("good"),
    "wrong": _("bad"),
    UNDEFINED: _("undefined"),
    "tie": _("tie"),
    Verdict.INVALID.value: _("invalid"),
}
FLAGS = {BAD_QUESTION: _("bad question"), BAD_REFERENCE: _("bad reference")}


def answer_word(value: str) -> str:
    """An answer as the page calls it."""
    return str(ANSWERS.get(value, value))


def flag_word(flag: str) -> str:
    """A flag as the page calls it."""
    return str(FLAGS.get(flag, flag))
