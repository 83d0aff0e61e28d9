"""Panels filled into a report: what needs labels with their authors, or items one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from annotation.core.aggregation import DawidSkene
from annotation.core.alt_test import NO_SHARED, POSITIONAL
from annotation.core.continuous import NO_NAMES
from annotation.core.intervals import Undefined
from annotation.core.slices import language_of
from annotation.models import Annotator, ItemCount
from annotation.reports.agreement import Material, Question
from annotation.reports.annotators import (
    Person,
    aggregation_of,
    alt_test_as_json,
    alt_test_of,
    errors_of,
    judge_codes,
    matrix_of,
    people_of,
    posteriors,
)
from annotation.reports.counts import CountsNotKept, decoded_labels, gold_labels
from annotation.reports.items import ItemFacts, JudgedItems, chances, item_facts, judged_items
from annotation.reports.panels import (
    SHOWN,
    Beside,
    bias_of,
    calibration_of,
    disagreements_of,
    ranking_of,
    scores_of,
    slices_of,
    weighted_of,
)
from annotation.reports.people import TOO_MANY_LABELS, pair_rows
from annotation.reports.remembered import is_many, remembered, state_of_items
from annotation.reports.which import kept
from judging.models import Item, Run

TOO_MANY_ITEMS = "it needs every judged item, and there are too many to read them here"
MOST_FACTS_KEPT = 200_000
"""Items of which is kept what is known of them: of each some hundred bytes."""
NOT_KEPT = "the labels have too many different values"
Document = dict[str, Any]


class LeftOut(Exception):
    """A panel cannot be made here; the message says why."""


@dataclass
class Panels:
    """What several panels of one report read, read once and only where a panel asks for it."""

    material: Material
    at_most: int

    @cached_property
    def items(self) -> Mapping[int, JudgedItems]:
        """Every run item by item."""
        found = self.material
        if sum(int(one.items.sum()) for one in found.beside.values()) > self.at_most:
            raise LeftOut(TOO_MANY_ITEMS)
        try:
            return {run.pk: judged_items(run, found.campaign, found.criterion, found.scale) for run in found.runs}
        except CountsNotKept as refusal:
            raise LeftOut(NOT_KEPT) from refusal

    @cached_property
    def facts(self) -> ItemFacts:
        """What is known of the items of the dataset."""
        found = self.material
        many = found.labels is not None and is_many(found.labels)
        judged = max((int(one.items.sum()) for one in found.beside.values()), default=0)
        state = state_of_items(found.dataset) if many and judged <= MOST_FACTS_KEPT else None
        return remembered("facts", state, lambda: item_facts(found.runs[0], language_of))

    @cached_property
    def errors(self) -> DawidSkene | Undefined:
        """Who errs how; for both panels that tell it."""
        return errors_of(self.material.words, self.material.scale) if self.material.words else Undefined(NOT_KEPT)

    @cached_property
    def chances(self) -> Mapping[int, tuple[str, float | None]]:
        """How items came into the campaign."""
        return chances(self.material.campaign) if self.material.campaign else {}

    def beside(self, run: Run) -> Beside:
        """A run's items, and how to come by what is known of them."""
        found = self.items[run.pk]
        return Beside(
            run=run,
            found=found,
            facts=lambda: self.facts.of(found.items),
            chances=lambda: self.chances,
        )


def filled(document: Document, material: Material, question: Question) -> Document:
    """The document with the panels that were asked for; those that cannot be made here are named with the reason."""
    panels, left_out = Panels(material, question.at_most), dict(document["left_out"])
    for name in question.panels:
        try:
            document = FILL[name](document, panels)
        except LeftOut as refusal:
            left_out[name] = str(refusal)
    return document | {"left_out": left_out}


def _people(document: Document, panels: Panels) -> Document:
    found = panels.material
    if found.scale.is_continuous:
        nothing = {"alt_test": alt_test_as_json(Undefined(NO_NAMES))}
        judges = [judge | nothing for judge in document["judges"]]
        return document | {"annotators": _measured(document["annotators"]), "judges": judges}
    if found.words is None:
        raise LeftOut(TOO_MANY_LABELS)
    if found.campaign is None or not found.words.names:
        nobody = {"alt_test": alt_test_as_json(Undefined(NO_SHARED))}
        return document | {"judges": [judge | nobody for judge in document["judges"]]}
    words, scale = found.words, found.scale
    pairs = pair_rows(words, found.pairs)
    errors = panels.errors
    people = people_of(found.campaign, found.criterion, words, scale, errors)
    rows = [row | person.as_json() for row, person in zip(document["annotators"], people, strict=True)]
    beside = {run: judge_codes(run, words, scale, found.criterion) for run in found.runs}
    judges = [
        judge | {"alt_test": alt_test_as_json(alt_test_of(beside[run], words, scale))}
        for judge, run in zip(document["judges"], found.runs, strict=True)
    ]
    return document | {
        "annotators": rows,
        "pairs": [pair.as_json() for pair in pairs],
        "tables": document["tables"]
        | {
            "pairs": document["tables"]["pairs"]
            | {"rows": [cell for pair in pairs for cell in pair.cells(scale.values)]}
        },
        "matrix": matrix_of(words, scale, beside),
        "aggregation": aggregation_of(words, scale, errors),
        "judges": judges,
    }


def _measured(rows: Sequence[Document]) -> list[Document]:
    """Annotators whose labels are numbers that nobody else gave."""
    places = any(row["identity"] == Annotator.Identity.POSITIONAL for row in rows)
    nothing = Person(Undefined(POSITIONAL if places else NO_NAMES), (), None).as_json()
    return [row | nothing for row in rows]


def _each_judge(key: str, make: Callable[[Beside, Document], Any]) -> Callable[[Document, Panels], Document]:
    """A panel that puts one key into every judge."""

    def fill(document: Document, panels: Panels) -> Document:
        judges = [
            judge | {key: make(panels.beside(run), judge)}
            for judge, run in zip(document["judges"], panels.material.runs, strict=True)
        ]
        return document | {"judges": judges}

    return fill


def _models_of(run: Run) -> Mapping[int, tuple[str, str]]:
    rows = Item.objects.filter(dataset=run.dataset_id, kind=Item.Kind.PAIR).values_list("pk", "model", "model_b")
    return {item: (one, other) for item, one, other in rows}


def _scores(document: Document, panels: Panels) -> Document:
    """Corrected scores of models, and of judges of pairs the strengths of models."""
    judges = []
    for judge, run in zip(document["judges"], panels.material.runs, strict=True):
        beside = panels.beside(run)
        fresh = {"corrected_score": judge["corrected_score"] | {"models": scores_of(beside)}}
        if judge["pairwise"] is not None:
            fresh["pairwise"] = judge["pairwise"] | {"bradley_terry": ranking_of(beside, _models_of(run))}
        judges.append(judge | fresh)
    top = document["pairwise"]
    if top is not None and len(judges) == 1:
        top = judges[0]["pairwise"]
    return document | {"judges": judges, "pairwise": top}


def _disagreements(document: Document, panels: Panels) -> Document:
    filled = _each_judge("disagreements", lambda beside, _: disagreements_of(beside.found))(document, panels)
    return filled | {"disagreements": _among_people(panels)}


def _among_people(panels: Panels) -> dict[str, Any]:
    """Items on which people disagree most."""
    found = panels.material
    if found.campaign is None:
        return {"total": 0, "items": []}
    doubtful = kept(ItemCount.objects.all()).in_doubt(found.campaign.pk, found.criterion)
    rows = list(doubtful.select_related("item")[:SHOWN])
    gold = dict(gold_labels(found.campaign, found.criterion).values_list("item_id", "value"))
    shown = [row.item_id for row in rows]
    likely = posteriors(found.words, found.scale, panels.errors, shown) if found.words is not None else {}
    labels = decoded_labels(found.campaign, found.criterion, [row.pattern for row in rows])
    items = [
        {
            "item": row.item_id,
            "key": row.item.key,
            "position": row.item.position,
            "labels": said,
            "entropy": row.entropy,
            "gold": gold.get(row.item_id),
            "posterior": likely.get(row.item_id),
        }
        for row, said in zip(rows, labels, strict=True)
    ]
    return {"total": doubtful.count(), "items": items}


FILL: Mapping[str, Callable[[Document, Panels], Document]] = {
    "people": _people,
    "slices": _each_judge("slices", lambda beside, _: slices_of(beside)),
    "calibration": _each_judge("calibration", lambda beside, _: calibration_of(beside)),
    "scores": _scores,
    "bias": _each_judge("bias", lambda beside, judge: bias_of(beside, judge["pairwise"])),
    "weighted": _each_judge("weighted", lambda beside, _: weighted_of(beside)),
    "disagreements": _disagreements,
}
