"""What the design of a campaign looks at: strata of items, and how doubtful what was said of each of them is."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from annotation.core.assignment import Order
from annotation.core.design import NONE, UNJUDGED, Stratum
from annotation.models import GoldLabel, Label
from judging.core.decisions import FLIP_RATE
from judging.core.verdicts import Verdict
from judging.models import Dataset, Item, Judgment, Run

Doubt = dict[int, tuple[float, ...]]
DECIDED = (Verdict.CLEAN.value, Verdict.WRONG.value)


def strata_of(dataset: Dataset, by: str, run: Run | None) -> dict[int, str]:
    """Each item's category, model, or the verdict that a run's judge gave it."""
    items = Item.objects.filter(dataset=dataset)
    if by != Stratum.VERDICT:
        return {pk: name or NONE for pk, name in items.values_list("pk", by)}
    said = verdicts_of(run)
    return {pk: said.get(pk, UNJUDGED) for pk in items.values_list("pk", flat=True)}


def verdicts_of(run: Run | None) -> dict[int, str]:
    """The verdict, or where there is none the value, of each item's first criterion."""
    rows = Judgment.objects.filter(run=run).order_by("item_id", "criterion")
    words: dict[int, str] = {}
    for item, verdict, value in rows.values_list("item_id", "verdict", "value").iterator():
        words.setdefault(item, verdict or value or UNJUDGED)
    return words


def doubt_of(order: str, dataset: Dataset, run: Run | None, other: Run | None) -> Doubt:
    """Item -> how doubtful, the larger the more; items of which nothing is known are left out."""
    if run is None:
        return {}
    if order == Order.JUDGE_HUMAN:
        return judge_against_people(dataset, run)
    if order == Order.JUDGE_JUDGE and other is not None:
        return judge_against_judge(run, other)
    return by_margin(run) if order == Order.LOWEST_MARGIN else {}


def judge_against_people(dataset: Dataset, run: Run) -> Doubt:
    """The share of people's verdicts on the judged text that are not the judge's; its gold label speaks for all."""
    people: dict[tuple[int, str, int], Counter[str]] = defaultdict(Counter)
    labels = Label.objects.current().filter(item__dataset=dataset, verdict__in=DECIDED)
    for *key, verdict in labels.values_list("item_id", "criterion", "item_revision", "verdict").iterator():
        people[key[0], key[1], key[2]][verdict] += 1
    gold = GoldLabel.objects.filter(item__dataset=dataset, ended_at=None, verdict__in=DECIDED)
    rows = gold.values_list("item_id", "criterion", "item_revision", "verdict")
    decided = {(item, name): (revision, verdict) for item, name, revision, verdict in rows}
    found: Doubt = {}
    judged = Judgment.objects.filter(run=run).values_list("item_id", "criterion", "item_revision", "verdict")
    for item, criterion, revision, verdict in judged.iterator():
        about, gold_word = decided.get((item, criterion), (None, ""))
        speaks = gold_word and about in (None, revision)
        said = Counter([gold_word]) if speaks else people.get((item, criterion, revision))
        if said:
            share = 1 - said[verdict] / said.total()
            # No verdict at all is no clash, but doubtful.
            found[item] = max(found.get(item, (0.0,)), (share if verdict in DECIDED else 0.5 * share,))
    return found


def judge_against_judge(run: Run, other: Run) -> Doubt:
    """The share of criteria on which two judges differ, then by how much their scores do."""
    second = {(item, criterion): rest for item, criterion, *rest in _said(other)}
    found: Doubt = {}
    for item, rows in groupby(_said(run), key=lambda row: row[0]):
        pairs = [(rest, second[item, name]) for _, name, *rest in rows if (item, name) in second]
        if pairs:
            differ = sum(_differ(one, two) for one, two in pairs) / len(pairs)
            apart = max(
                (abs(one[2] - two[2]) for one, two in pairs if one[2] is not None and two[2] is not None), default=0.0
            )
            found[item] = (differ, apart)
    return found


def _said(run: Run) -> Any:
    rows = Judgment.objects.filter(run=run).order_by("item_id", "criterion")
    return rows.values_list("item_id", "criterion", "verdict", "value", "score").iterator()


def _differ(one: Any, two: Any) -> float:
    if Verdict.INVALID in (one[0], two[0]):
        return 0.0 if one[0] == two[0] else 0.5
    return float(one[:1] != two[:1] if one[0] and two[0] else one[1] != two[1])


def by_margin(run: Run) -> Doubt:
    """No verdict first; then by the share of replies against the verdict, nearness to the threshold, and spread."""
    decision: Mapping[str, Any] = run.judge.decision if run.judge else {}
    threshold = decision.get("threshold")
    found: Doubt = {}
    rows = Judgment.objects.filter(run=run).values_list("item_id", "verdict", "score", "spread", "detail")
    for item, verdict, score, spread, detail in rows.iterator():
        near = -abs(score - threshold) if score is not None and isinstance(threshold, int | float) else float("-inf")
        invalid = float(verdict == Verdict.INVALID)
        doubt = (invalid, detail.get(FLIP_RATE, 0.0), near, spread or 0.0)
        found[item] = max(found.get(item, doubt), doubt)
    return found
