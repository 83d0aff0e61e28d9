"""What an item's labels come to, for export: the verdict, and the text that goes with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from statistics import median_low

from annotation.core.resolution import majority
from judging.core.verdicts import PersonVerdict
from training_export.core.records import LabelWord, Origin, PeopleWord


def resolve_labels(labels: Sequence[LabelWord]) -> PeopleWord:
    """The majority of the labels, with the text and the number of errors of those who are of that opinion."""
    if not labels:
        return PeopleWord()
    verdict = majority([label.verdict for label in labels])
    if verdict is None:
        return PeopleWord(origin=Origin.TIE)
    agreeing = [label for label in labels if label.verdict == verdict]
    return PeopleWord(
        origin=Origin.MAJORITY,
        verdict=PersonVerdict(verdict),
        agreement=len(agreeing) / len(labels),
        error_count=common_error_count(agreeing),
        correction=common_correction([label.correction for label in agreeing if label.correction]),
    )


@lru_cache(maxsize=4096)
def resolve_uncorrected(said: tuple[tuple[str, int | None], ...]) -> PeopleWord:
    """The same from verdicts and error counts alone: most items have one of a few such sets of labels."""
    return resolve_labels([LabelWord(verdict=PersonVerdict(word), error_count=errors) for word, errors in said])


def with_correction(word: PeopleWord, corrections: Sequence[Mapping[str, str]]) -> PeopleWord:
    """The word of labels, with what those who are of its opinion made of the text, in the order of their labels."""
    return PeopleWord(
        origin=word.origin,
        verdict=word.verdict,
        agreement=word.agreement,
        error_count=word.error_count,
        correction=common_correction(corrections),
    )


def resolve_gold(verdict: PersonVerdict, correction: Mapping[str, str], labels: Sequence[LabelWord]) -> PeopleWord:
    """A lead's decision stands over the labels; how many errors there are is still the labels' word."""
    agreeing = [label for label in labels if label.verdict == verdict]
    return PeopleWord(
        origin=Origin.GOLD, verdict=verdict, error_count=common_error_count(agreeing), correction=correction
    )


def common_error_count(labels: Sequence[LabelWord]) -> int | None:
    """The middle of the error counts given, the lower of two; None where nobody counted."""
    counts = [label.error_count for label in labels if label.error_count is not None]
    return median_low(counts) if counts else None


def common_correction(corrections: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    """The correction that was made most often; of equally many the one made first."""
    if len(corrections) < 2:
        return dict(sorted(corrections[0].items())) if corrections else {}
    tally = Counter(tuple(sorted(correction.items())) for correction in corrections)
    return dict(tally.most_common(1)[0][0])
