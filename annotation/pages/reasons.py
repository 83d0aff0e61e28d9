"""Why a number does not exist, and what is to be said beside the numbers, in the reader's language.

A document holds these sentences in English, whoever reads it; a page looks them up here.
"""

import re
from functools import cache

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from judging.pages.sentences import by_fields
from judging.pages.words import verdict_word

PLAIN = (
    _("each rater always gave one and the same value"),
    _("errors were not estimated"),
    _("judge and people have no value in common"),
    _("every item has the same length"),
    _("every item was judged by one reply"),
    _("every judged item has people's verdict"),
    _("every label has the same value"),
    _("every word is the same"),
    _("fewer than two judged items with people's verdict"),
    _("it needs every judged item, and there are too many to read them here"),
    _("it needs every label, and there are too many to read them here"),
    _("it needs every label, and is worked out with the panel of people"),
    _("labels on this scale mean no verdict"),
    _("length alone tells every verdict"),
    _("nearly every label has its own value"),
    _("neither the judge nor people called an item wrong"),
    _("no clean items"),
    _("no clean items with people's verdict"),
    _("no item decided by both"),
    _("no item decided by people"),
    _("no item was chosen with a known probability"),
    _("no item with a value of both"),
    _("no item with both labels"),
    _("no item with both versions' words and people's"),
    _("no item with the judge's share of votes and people's verdict"),
    _("no item with two labels or more"),
    _("no items"),
    _("no judge"),
    _("no judged item with people's verdict"),
    _("no judged item with two labels"),
    _("no judged item with two labels or more"),
    _("no judged items"),
    _("no label on an item with a gold label"),
    _("no label on an item with a known answer"),
    _("no labels"),
    _("no pair was judged in both orders"),
    _("no such item"),
    _("no vote of both on one pair"),
    _("no vote of both that is not a tie"),
    _("no wrong items"),
    _("nobody else labelled these items"),
    _("nobody gave this value"),
    _("one label per item"),
    _("one of the two gave every item the same value"),
    _("people agree no better than chance"),
    _("people gave one verdict only"),
    _("ratios need values that are not negative"),
    _("several campaigns: choose one with --campaign"),
    _("several criteria: choose one with --criterion"),
    _("some models never met, or one side always won, so no strength fits"),
    _("the judge called no item clean"),
    _("the judge called no item wrong"),
    _("the judge decided no item"),
    _("the judge decided no wrong item"),
    _("the judge went through the items once"),
    _("the judge's own model is not known"),
    _("the labels are no numbers"),
    _("the labels have too many different values"),
    _("the order of these words is not known: import them with --scale"),
    _("the panel of people was not asked for"),
    _("the raters are columns of a table, not known people"),
    _("the scores do not differ"),
    _("there are no other items"),
    _("this judge gives no scores"),
    _("The labels are skewed to one verdict: read the agreement per verdict, not one coefficient alone."),
    _("The raters are columns of a table, not known people: figures of single people and pairs are n/a."),
    _("The rubric does not say which scores are clean, so every judgment counts as invalid."),
    _("There are too many labels to compare them person by person here: figures of persons are n/a."),
    _(
        "The items were picked because raters disagree on them: the figures are about those items, not about "
        "the dataset."
    ),
)
WITH_NAMES = (
    _("for two people; %(n)s labelled"),
    _("fewer than %(least)s items with both verdicts; there are %(n)s"),
    _("fewer than %(least)s %(things)s; there are %(n)s"),
    _("more than %(most)s raters are not compared pair by pair"),
    _("people looked at no item that the judge called %(word)s, %(share)s of all"),
    _("stratum %(place)s has one labelled item, which says nothing of how its items differ"),
    _("the judge may do no better than guessing: sensitivity + specificity - 1 may be %(low)s"),
    _(
        "the test needs %(people)s people with %(items)s or more labels each on judged items that somebody else "
        "labelled too; there are %(found)s"
    ),
    _("Always answering %(verdict)s would reach %(share)s, more than this judge."),
    _("Only %(n)s items are decided by both: read the intervals, not the values."),
    _(
        "People may not agree reliably among themselves (lower bound of alpha %(low)s, below %(least)s): mend the "
        "guideline before trusting any number about a judge."
    ),
    _(
        "The items on which raters disagree come first, and %(left)s items are still to be reviewed: until then the "
        "figures are about the hardest items, not about the dataset."
    ),
    _("The run is %(state)s: the numbers cover %(n)s judged items so far."),
    _("There are %(n)s campaigns, and labels of one are not mixed with those of another: %(names)s."),
    _("There are %(n)s criteria, and figures of one are not mixed with those of another: %(names)s."),
)
THINGS = (
    _("items with both verdicts that the judge tells apart"),
    _("decided pairs of different length"),
    _("answers of its own model with both verdicts"),
    _("answers of other models with both verdicts"),
)
"""What %(things)s may be: with too few of them there is no figure."""

COUNTED = {"least", "n", "most"}
_NAME = re.compile(r"%\((\w+)\)s")


def sentence(english: str) -> str:
    """A sentence of the document in the reader's language; one that is not known stays as it is."""
    if english in PLAIN:
        return by_fields(gettext(english))
    for template, pattern in _patterns():
        found = pattern.fullmatch(english)
        if found:
            return gettext(template) % {name: _word(text) for name, text in found.groupdict().items()}
    return english


@cache
def _patterns() -> tuple[tuple[str, "re.Pattern[str]"], ...]:
    return tuple((template, pattern_of(template)) for template in WITH_NAMES)


def _word(text: str) -> str:
    """A name of a sentence: a verdict or things that are counted in the reader's language, the rest as it is."""
    return gettext(text) if text in THINGS else verdict_word(text)


def pattern_of(template: str) -> "re.Pattern[str]":
    """The words as they stand, a number without a space where one is counted, anything where a name is."""
    texts = _NAME.split(template)
    parts = [
        f"(?P<{text}>{r'[-0-9.,]+' if text in COUNTED else '.+'})" if at % 2 else re.escape(text)
        for at, text in enumerate(texts)
    ]
    return re.compile("".join(parts))
