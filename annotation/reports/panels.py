"""Panels about one run that look at its items one by one: slices, calibration, scores of models, what sways it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotation.core.bias import length_bias, pair_length_bias, self_preference
from annotation.core.calibration import calibrated, reliability
from annotation.core.intervals import FloatArray, IntArray, Undefined, mean_share
from annotation.core.pairwise import ONE_ORDER, VOTES
from annotation.core.ranking import bradley_terry
from annotation.core.sampling import chosen, weighted_agreement, weighted_kappa
from annotation.core.slices import bands, slices
from annotation.reports.items import ItemFacts, JudgedItems
from annotation.reports.trust import corrected_scores
from judging.core.verdicts import Reason
from judging.models import Item, Run

SHOWN = 50
ONE_REPLY = "every item was judged by one reply"
NO_BOTH = "no item with the judge's share of votes and people's verdict"
KINDS = ("clean_to_wrong", "wrong_to_clean", "invalid", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A run's items; read when asked for, what is known of them, and how each came into the campaign (item -> how,
    probability)."""

    run: Run
    found: JudgedItems
    facts: Callable[[], ItemFacts]
    chances: Callable[[], Mapping[int, tuple[str, float | None]]]


def slices_of(beside: Beside) -> list[dict[str, Any]]:
    """Agreement by kind of item."""
    facts, found = beside.facts(), beside.found
    kinds = {"category": facts.category, "model": facts.model}
    if facts.answers.any():
        # Items of a table of labels are names without a text.
        lengths = {"question_length": bands(facts.questions), "answer_length": bands(facts.answers)}
        kinds |= {"language": facts.language} | lengths
    return [row.as_json() for row in slices(kinds, found.both, found.same)]


def calibration_of(beside: Beside) -> dict[str, Any] | None:
    """What the judge's share of votes for clean is worth; None where values mean no verdict."""
    found = beside.found
    if not found.scale.is_verdict:
        return None
    shares = found.clean_votes
    kept = found.both & ~np.isnan(shares)
    human = (found.people[kept] == 0).astype(np.int64)
    seen = reliability(shares[kept], human)
    nothing = NO_BOTH if (~np.isnan(shares)).any() else ONE_REPLY
    return {
        **(seen.as_json() if kept.any() else seen.as_json() | {"brier": Undefined(nothing).as_json()}),
        "votes": _votes(shares[kept], human),
        "calibrated": _calibrated(shares[kept], human),
        "reason": None if kept.any() else nothing,
    }


def _votes(shares: FloatArray, human: IntArray) -> list[dict[str, Any]]:
    rows = []
    for share in np.unique(shares.round(6)):
        inside = shares.round(6) == share
        clean = int(human[inside].sum())
        n = int(inside.sum())
        rows.append({"share": float(share), "clean": clean, "wrong": n - clean, "n": n})
    return rows


def _calibrated(shares: FloatArray, human: IntArray) -> dict[str, Any] | None:
    found = calibrated(shares, human)
    if isinstance(found, Undefined):
        return None
    predicted, kind = found
    return {"method": kind, "brier": mean_share((predicted - human) ** 2, undefined=NO_BOTH).as_json()}


def scores_of(beside: Beside) -> list[dict[str, Any]]:
    """Per model, the share of clean answers as the judge counts it and corrected; the best corrected first."""
    found = beside.found
    if not found.scale.is_verdict:
        return []
    models = beside.facts().model
    judge = np.where(found.judge < 0, 2, found.judge)
    rows = []
    for model in np.unique(models).tolist():
        kept = models == model
        scores = corrected_scores(judge[kept], found.people[kept], np.ones(int(kept.sum()), dtype=np.int64))
        labelled = int((found.people[kept] >= 0).sum())
        row = {"model": model, "items": int(kept.sum()), "labelled": labelled}
        rows.append(row | {name: scores[name].as_json() for name in ("raw", "corrected")})
    return sorted(rows, key=lambda row: (-(row["corrected"]["value"] or -1.0), row["model"]))


def bias_of(beside: Beside, pairwise: Mapping[str, Any] | None) -> dict[str, Any]:
    """What may sway the judge besides quality. `pairwise`: of a judge of pairs, its part of the report."""
    found, facts = beside.found, beside.facts()
    return {
        "length": _length(found, facts).as_json(),
        "pair_length": _pair_length(found, facts).as_json(),
        "order": pairwise["position_bias"] if pairwise else Undefined(ONE_ORDER).as_json(),
        "order_p": pairwise["position_p"] if pairwise else None,
        "self_preference": _self_preference(beside, facts).as_json(),
    }


def _length(found: JudgedItems, facts: ItemFacts) -> Any:
    if not found.scale.is_verdict:
        return Undefined("labels on this scale mean no verdict")
    both = found.both
    clean = [(each[both] == 0).astype(np.int64) for each in (found.judge, found.people)]
    return length_bias(facts.answers[both].astype(np.float64), *clean)


def _pair_length(found: JudgedItems, facts: ItemFacts) -> Any:
    votes = _votes_on(found)
    kept = (votes == 0) | (votes == 1)
    ratio = np.log2(np.maximum(facts.answers, 1) / np.maximum(facts.answers_b, 1))[kept]
    return pair_length_bias(ratio, (votes[kept] == 0).astype(np.int64))


def _self_preference(beside: Beside, facts: ItemFacts) -> Any:
    judge = beside.run.judge.model if beside.run.judge else ""
    if not beside.found.scale.is_verdict or not judge:
        return Undefined("the judge's own model is not known" if not judge else "labels on this scale mean no verdict")
    both = beside.found.both
    own = np.array([_same_model(model, judge) for model in facts.model[both].tolist()], dtype=bool)
    clean = [(each[both] == 0).astype(np.int64) for each in (beside.found.judge, beside.found.people)]
    return self_preference(own, *clean)


def _same_model(model: str, judge: str) -> bool:
    """Whether two names are the same but for their owner: 'org/name' and 'name'."""
    return bool(model) and model.rsplit("/", 1)[-1].lower() == judge.rsplit("/", 1)[-1].lower()


def ranking_of(beside: Beside, models: Mapping[int, tuple[str, str]]) -> list[dict[str, Any]]:
    """Bradley and Terry's strengths of the models, from the judge's votes. `models`: item -> both models."""
    votes = _votes_on(beside.found)
    kept = [row for row in np.flatnonzero(votes >= 0).tolist() if all(models.get(int(beside.found.items[row]), ("",)))]
    pairs = [models[int(beside.found.items[row])] for row in kept]
    found = bradley_terry([one for one, _ in pairs], [other for _, other in pairs], votes[kept]) if pairs else []
    return [row.as_json() for row in found]


def _votes_on(found: JudgedItems) -> IntArray:
    """0 for A, 1 for B, 2 for a tie or votes that turned with the order, -1 for none."""
    place = np.array([VOTES.index(value) if value in VOTES else -1 for value in found.scale.values] or [-1])
    votes = np.where(found.judge >= 0, place[found.judge], -1)
    turned = np.array([reason == Reason.INCONSISTENT for reason in found.reasons], dtype=bool)
    return np.where(turned, VOTES.index("tie"), votes) if len(turned) else votes


def weighted_of(beside: Beside) -> dict[str, Any] | None:
    """Agreement over all items, by the chance each had of being chosen; None where the campaign chose none.

    Items picked by hand have none, stay out and are counted.
    """
    chances = beside.chances()
    if not chances:
        return None
    found = beside.found.only(beside.found.both)
    chance = [chances.get(item, ("", None)) for item in found.items.tolist()]
    listed = np.array([how != "" for how, _ in chance], dtype=bool)
    probability = np.array([np.nan if one is None else one for _, one in chance], dtype=np.float64)
    items = chosen(found.judge, found.people, probability)
    return {
        "agreement": weighted_agreement(items).as_json(),
        "kappa": weighted_kappa(items, len(found.scale.values)).as_json(),
        "items": len(items.first),
        "effective_items": items.kish,
        "without_probability": int((listed & np.isnan(probability)).sum()) if len(chance) else 0,
    }


def disagreement_kinds(found: JudgedItems) -> dict[str, IntArray]:
    """Rows of the items on which the judge and people differ, by kind, the most certain people first."""
    labelled = found.labels.sum(axis=1)
    sure = np.where(labelled > 0, found.labels.max(axis=1, initial=0) / np.maximum(labelled, 1), 1.0)
    invalid = (found.judge < 0) & (found.people >= 0)
    differs = found.both & (found.judge != found.people)
    is_verdict = found.scale.is_verdict
    kinds = {
        "clean_to_wrong": differs & (found.judge == 0) & is_verdict,
        "wrong_to_clean": differs & (found.judge == 1) & is_verdict,
        "invalid": invalid,
        "other": differs & (not is_verdict),
    }
    apart = _apart(found)
    order = np.lexsort((found.items, -labelled, -sure, -apart))
    return {kind: order[kept[order]] for kind, kept in kinds.items()}


def _apart(found: JudgedItems) -> FloatArray:
    """How far the judge is from people, where values are numbers."""
    if found.scale.is_verdict or not found.scale.is_numeric:
        return np.zeros(len(found.items))
    values = np.append(found.scale.measure.numbers(len(found.scale.values)), 0.0)
    return np.where(found.both, np.abs(values[found.judge] - values[found.people]), 0.0)


def disagreements_of(found: JudgedItems, *, kind: str = "", start: int = 0, many: int = SHOWN) -> dict[str, Any]:
    """How many items the judge and people differ on, by kind, and some of them; `kind`: only those of one kind."""
    kinds = disagreement_kinds(found)
    wanted = [(name, row) for name, rows in kinds.items() if kind in {"", name} for row in rows.tolist()]
    part = wanted[start : start + many]
    items = Item.objects.in_bulk([int(found.items[row]) for _, row in part])
    rows = [_disagreement(found, row, name, items[int(found.items[row])]) for name, row in part]
    return {**{name: len(kinds[name]) for name in KINDS}, "items": rows}


def _disagreement(found: JudgedItems, row: int, kind: str, item: Item) -> dict[str, Any]:
    values, spread = found.scale.values, float(found.spreads[row])
    labels = dict(zip(values, found.labels[row].tolist(), strict=True))
    return {
        "item": item.pk,
        "key": item.key,
        "position": item.position,
        "kind": kind,
        "judge": values[found.judge[row]] if found.judge[row] >= 0 else "invalid",
        "people": values[found.people[row]] if found.people[row] >= 0 else "unknown",
        "labels": {value: n for value, n in labels.items() if n}
        | ({"undefined": int(found.undefined[row])} if found.undefined[row] else {}),
        "reason": found.reasons[row],
        "spread": None if np.isnan(spread) else spread,
    }
