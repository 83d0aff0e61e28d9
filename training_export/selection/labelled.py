"""People's labels on the items of a chunk, a row per item: most items have one of a few sets of labels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Aggregate, Case, F, Func, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from judging.core.verdicts import PersonVerdict
from training_export.core.people import resolve_uncorrected, with_correction
from training_export.core.records import LabelWord, PeopleWord
from training_export.selection.columns import as_text, decoded, of_items, plain_rows

CHUNK = 2000
Said = tuple[str, int | None]
# Between labels, between their parts, and between corrections, whose JSON has no such character.
LABELS, PARTS, CORRECTIONS = ",", ":", "\x1e"
NOTHING_SAID = {"", "{}", "null"}


class Joined(Aggregate):
    """Texts of a group, one behind the other, in any order."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def __init__(self, expression: Any, between: str) -> None:
        super().__init__(expression, Value(between))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same of PostgreSQL."""
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


def parts(*expressions: Any) -> Func:
    """Numbers and texts as one text, with PARTS between them."""
    joiner = f" || '{PARTS}' || "
    return Func(*expressions, template="%(expressions)s", arg_joiner=joiner, output_field=TextField())


# A label on the first text without a number of errors is its verdict alone.
CODE = Case(
    When(error_count__isnull=True, item_revision=1, then=F("verdict")),
    default=parts(F("item_revision"), F("verdict"), Coalesce(Cast("error_count", TextField()), Value(""))),
    output_field=TextField(),
)
CORRECTION = Case(
    When(correction__isnull=False, then=parts(F("pk"), F("item_revision"), F("verdict"), as_text("correction"))),
    output_field=TextField(),
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What people said, by item. `codes` is for `said_in`."""

    words: dict[int, PeopleWord] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)


def labelled(labels: "QuerySet[Any]", revisions: Mapping[int, int]) -> Labelled:
    """What these labels come to on the items that have these revisions."""
    rows = of_items(labels, revisions).order_by("item_id").values("item_id")
    rows = rows.annotate(code=Joined(CODE, LABELS), corrections=Joined(CORRECTION, CORRECTIONS))
    found = Labelled()
    words, codes, revision_of = found.words, found.codes, revisions.get
    for item, code, corrections in plain_rows(rows.values_list("item_id", "code", "corrections"), size=CHUNK):
        revision = revision_of(item)
        if revision is None:
            continue
        word = word_of_code(code, revision)
        if word is not None:
            words[item] = word if corrections is None else corrected(word, corrections, revision)
            codes[item] = code
    return found


@lru_cache(maxsize=4096)
def word_of_code(code: str, revision: int) -> PeopleWord | None:
    """What labels come to, corrections aside; None where none of them is on this text. Many items have the same."""
    said = said_in(code, revision)
    return resolve_uncorrected(tuple(said)) if said else None


def said_in(code: str, revision: int) -> list[Said]:
    """Verdicts and numbers of errors of the labels on this text, in an order of their own."""
    return sorted(
        [(verdict, errors) for about, verdict, errors in map(label_in, code.split(LABELS)) if about == revision],
        key=str,
    )


def label_in(text: str) -> tuple[int, str, int | None]:
    """Revision, verdict and number of errors of a label."""
    revision, separator, rest = text.partition(PARTS)
    if not separator:
        return 1, text, None
    verdict, _separator, errors = rest.partition(PARTS)
    return int(revision), verdict, int(errors) if errors else None


def corrected(word: PeopleWord, text: str, revision: int) -> PeopleWord:
    """The word with what those who are of its opinion made of the text, in the order of their labels."""
    found = [piece.split(PARTS, 3) for piece in text.split(CORRECTIONS)]
    found.sort(key=lambda parts: int(parts[0]))
    corrections = [
        decoded(correction)
        for _pk, about, verdict, correction in found
        if int(about) == revision and verdict == word.verdict and correction not in NOTHING_SAID
    ]
    return with_correction(word, corrections) if corrections else word


def label_words(said: list[Said]) -> list[LabelWord]:
    """Labels as core knows them."""
    return [LabelWord(verdict=PersonVerdict(verdict), error_count=errors) for verdict, errors in said]
