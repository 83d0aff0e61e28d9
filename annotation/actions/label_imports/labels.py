"""Labels of a table's people, in the campaign where all imported labels of a dataset meet."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from annotation.actions.counts import declare_scale, recount
from annotation.actions.label_imports.items import Place
from annotation.actions.label_imports.logs import imported_campaign, supersede
from annotation.core.label_tables import Said, is_number
from annotation.models import Annotator, Campaign, Label
from judging.core.verdicts import PersonVerdict
from judging.models import Dataset

Placed = tuple[Said, Place]
VERDICTS = {verdict.value for verdict in PersonVerdict}
NAMED = {PersonVerdict.UNDEFINED.value}
"""What means something where values are names."""


class TableLabels:
    """Stores what people said. `source`: the table, where its raters are only columns of it. `scales`: of criteria
    whose values the table declares, used or not. `named`: criteria whose values are names and no verdicts."""

    def __init__(
        self,
        dataset: Dataset,
        *,
        source: str,
        scales: Mapping[str, Sequence[str]] | None = None,
        named: Collection[str] = (),
    ) -> None:
        self._dataset = dataset
        self._source = source[:200]
        self._scales = scales or {}
        self._named = named
        self._annotators: dict[str, Annotator] = {}

    def store(self, placed: Iterable[Placed]) -> Counter[str]:
        """Add what is new and end what now says something else; how many of each kind."""
        by_criterion: dict[str, list[Placed]] = {}
        for found in placed:
            by_criterion.setdefault(found[0].criterion, []).append(found)
        counts: Counter[str] = Counter()
        if by_criterion:
            campaign = imported_campaign(self._dataset)
            for criterion, rows in by_criterion.items():
                if criterion in self._scales:
                    declare_scale(campaign, criterion, self._scales[criterion])
                counts += self._store(campaign, criterion, rows)
        return counts

    def _store(self, campaign: Campaign, criterion: str, rows: list[Placed]) -> Counter[str]:
        current = {
            (label.item_id, label.annotator_id): label
            for label in campaign.labels.current().filter(criterion=criterion).iterator(chunk_size=5000)
        }
        fresh, ended, unchanged = [], [], 0
        for said, place in rows:
            annotator = self._annotator(said.rater)
            known = current.get((place.pk, annotator.pk))
            if known is not None and known.value == said.value:
                unchanged += 1
                continue
            if known is not None:
                ended.append(known)
            fresh.append(_label(campaign, annotator, said, place, NAMED if criterion in self._named else VERDICTS))
        supersede(ended)
        Label.objects.bulk_create(fresh, batch_size=1000)
        recount(campaign, {label.item_id for label in fresh}, criterion)
        return Counter({"new": len(fresh) - len(ended), "changed": len(ended), "unchanged": unchanged})

    def _annotator(self, name: str) -> Annotator:
        if name not in self._annotators:
            identity = Annotator.Identity.POSITIONAL if self._source else Annotator.Identity.KNOWN
            self._annotators[name], _ = Annotator.objects.get_or_create(
                name=name, source=self._source, defaults={"identity": identity}
            )
        return self._annotators[name]


def _label(campaign: Campaign, annotator: Annotator, said: Said, place: Place, verdicts: Collection[str]) -> Label:
    return Label(
        campaign=campaign,
        item_id=place.pk,
        annotator=annotator,
        criterion=said.criterion,
        item_revision=place.revision,
        value=said.value,
        score=float(said.value) if is_number(said.value) else None,
        verdict=said.value if said.value in verdicts else "",
        flags=[f"order:{said.order}"] if said.order else [],
        client_key=uuid4().hex,
        at=moment(said.time),
        seconds=float(said.seconds) if is_number(said.seconds) and float(said.seconds) >= 0 else None,
    )


def moment(text: str) -> datetime:
    """When the label was given; now, where the table does not say it in a way that is understood."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        return timezone.now()
    return found if timezone.is_aware(found) else timezone.make_aware(found)
