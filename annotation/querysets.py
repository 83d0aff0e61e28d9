"""Reads over many rows of one table. Each reaches its model as `self.model`."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Substr

from annotation.core.lead_reasons import BY_LEADS
from annotation.core.queue_filter import QueueFilter

BEGINNING = 80
"""Characters of a question by which somebody knows it again in a list."""


class CampaignQuerySet(QuerySet):  # type: ignore[type-arg]
    """Campaigns."""

    def of_user(self, user_id: int) -> "CampaignQuerySet":
        """Campaigns in which this user has a queue, and open pulled ones that they may draw from."""
        assignments = self.model._meta.get_field("assignments").related_model._default_manager
        joined = Exists(assignments.filter(campaign=OuterRef("pk"), annotator__user=user_id))
        return self.filter(joined | Q(pk__in=self.to_draw_from(user_id)))

    def to_draw_from(self, user_id: int) -> list[int]:
        """Open pulled campaigns that name this user, or that a group of theirs works on."""
        user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            return []
        groups = set(user.groups.values_list("name", flat=True))
        pulled = self.model._default_manager.filter(
            distribution=self.model.Distribution.PULLED, state=self.model.State.OPEN
        )
        rows = pulled.values_list("pk", "group", "rules__annotators")
        return [pk for pk, group, names in rows if (group in groups if group else user.get_username() in (names or []))]


class AssignmentQuerySet(QuerySet):  # type: ignore[type-arg]
    """Assignments."""

    def open(self) -> "AssignmentQuerySet":
        """Those that still want a decision."""
        return self.filter(state__in=[self.model.State.PENDING, self.model.State.DRAFT])

    def whole(self) -> "AssignmentQuerySet":
        """With everything that a decision on a place needs to know."""
        return self.select_related("campaign__rubric", "campaign_item__item")

    def with_beginnings(self) -> "AssignmentQuerySet":
        """With the beginning of each place's question, and no other text of the item."""
        question = KeyTextTransform("question", KeyTransform("0", "campaign_item__item__turns"))
        rows: AssignmentQuerySet = self.annotate(beginning=Substr(question, 1, BEGINNING))
        return rows

    def queue(self, campaign_id: int, annotator_id: int) -> "AssignmentQuerySet":
        """One person's queue in one campaign, in its order."""
        return self.filter(campaign=campaign_id, annotator=annotator_id).order_by("queue_rank")

    def shown(self, asked: QueueFilter) -> "AssignmentQuerySet":
        """What a filter leaves of one person's queue."""
        rows = self
        if asked.show == "open":
            rows = rows.open()
        elif asked.show in self.model.State.values:
            rows = rows.filter(state=asked.show)
            if asked.show == self.model.State.SKIPPED:
                rows = rows.exclude(skip_reason__in=BY_LEADS)
        elif asked.show == "flagged":
            rows = rows.filter(Exists(self._own_labels().exclude(flags=[])))
        elif asked.show == "starred":
            rows = rows.filter(starred=True)
        if asked.verdict:
            rows = rows.filter(Exists(self._own_labels().filter(verdict=asked.verdict)))
        if asked.category:
            rows = rows.filter(campaign_item__item__category=asked.category)
        if asked.q:
            # One item after the other, so that the first places are found without reading the whole queue.
            items = self.model._meta.get_field("campaign_item").related_model._meta.get_field("item").related_model
            rows = rows.filter(Exists(items.objects.saying(asked.q).filter(pk=OuterRef("campaign_item__item"))))
        return rows

    def _own_labels(self) -> "LabelQuerySet":
        """The current labels of each place's item by its annotator."""
        labels = self.model._meta.get_field("annotator").related_model._meta.get_field("labels").related_model
        mine = {"campaign": OuterRef("campaign"), "annotator": OuterRef("annotator")}
        found: LabelQuerySet = labels.objects.current().filter(item=OuterRef("campaign_item__item"), **mine)
        return found

    def of_items(self, campaign_id: int, annotator_id: int, items: Iterable[int]) -> "AssignmentQuerySet":
        """One person's places of these items."""
        # Not by way of queue(): the database would walk the whole queue to find one item in it.
        chosen = {"campaign_item__campaign": campaign_id, "campaign_item__item__in": list(items)}
        return self.filter(annotator=annotator_id, **chosen)

    def first_open(self, *, after: int = 0) -> "AssignmentQuerySet":
        """Of a queue, the next that wants a decision behind `after` first; one put to the end comes last."""
        ahead = self.filter(lap=0, queue_rank__gt=after) if after else self
        pending, draft = ahead.nearest_open()
        found: AssignmentQuerySet = self.model._default_manager.filter(Q(pk=pending) | Q(pk=draft))
        return found.order_by("lap", "queue_rank")

    def nearest_open(self) -> "tuple[QuerySet[Any, Any], QuerySet[Any, Any]]":
        """Of a queue, the keys of the next pending place and of the next draft: each is one step in the index, both
        together would sort the whole queue."""
        places = self.order_by("lap", "queue_rank").values("pk")
        state = self.model.State
        return places.filter(state=state.PENDING)[:1], places.filter(state=state.DRAFT)[:1]

    def last_rank(self) -> int:
        """Of a queue, its length: places are numbered from 1 without gaps."""
        return self.order_by("-queue_rank").values_list("queue_rank", flat=True).first() or 0

    def state_counts(self) -> dict[str, int]:
        """How many there are in each state, without what a lead put aside."""
        found = dict(self.order_by().values_list("state").annotate(n=Count("pk")))
        counts = {state: found.get(state, 0) for state in self.model.State.values}
        if counts[self.model.State.SKIPPED]:
            counts[self.model.State.SKIPPED] -= sum(self.put_aside().values())
        return counts

    def progress(self) -> list[dict[str, Any]]:
        """Per campaign and person: how many items they have, submitted, skipped and have drafts of.

        What a lead put aside is neither theirs nor skipped.
        """
        rows = list(self._places_by_person())
        aside = self.put_aside() if any(row["skipped"] for row in rows) else {}
        for row in rows:
            closed = aside.get((row["campaign_id"], row["annotator_id"]), 0)
            row |= {"total": row["total"] - closed, "skipped": row["skipped"] - closed}
        return rows

    def _places_by_person(self) -> "QuerySet[Any, dict[str, Any]]":
        state = self.model.State
        kinds = {"done": state.SUBMITTED, "skipped": state.SKIPPED, "drafts": state.DRAFT}
        counts = {name: Count("pk", filter=Q(state=kind)) for name, kind in kinds.items()}
        rows: QuerySet[Any, dict[str, Any]] = (
            self.order_by()
            .values("campaign_id", "annotator_id", "annotator__name")
            .annotate(total=Count("pk"), **counts)
            .order_by("campaign_id", "annotator__name")
        )
        return rows

    def put_aside(self) -> dict[tuple[int, int], int]:
        """Per campaign and person: how many places a lead or an undo closed. Nobody skipped these."""
        closed = self.filter(state=self.model.State.SKIPPED, skip_reason__in=BY_LEADS)
        rows = closed.order_by().values_list("campaign_id", "annotator_id").annotate(n=Count("pk"))
        return {(campaign, annotator): n for campaign, annotator, n in rows}


class LabelQuerySet(QuerySet):  # type: ignore[type-arg]
    """Labels."""

    def current(self) -> "LabelQuerySet":
        """Labels that were neither superseded nor undone."""
        return self.filter(ended_at__isnull=True)

    def own(self, campaign_id: int, annotator_id: int, criterion: str = "") -> "LabelQuerySet":
        """One person's current labels in one campaign."""
        return self.current().filter(campaign=campaign_id, annotator=annotator_id, criterion=criterion)

    def verdict_counts(self) -> dict[str, int]:
        """How many say clean, wrong and undefined."""
        names = ("clean", "wrong", "undefined")
        return self.aggregate(**{name: Count("pk", filter=Q(verdict=name)) for name in names})

    def counts_by_item(self) -> "LabelQuerySet":
        """Rows (item, revision, clean, wrong, undefined) in this order: how many labels of each kind there are."""
        rows: LabelQuerySet = (
            self.order_by("item_id", "item_revision")
            .values_list("item_id", "item_revision")
            .annotate(
                clean=Count("pk", filter=Q(verdict="clean")),
                wrong=Count("pk", filter=Q(verdict="wrong")),
                undefined=Count("pk", filter=Q(verdict="undefined")),
            )
        )
        return rows

    def groups(self) -> "LabelQuerySet":
        """Rows (item, revision, value, verdict, labels), sorted by item and revision."""
        rows: LabelQuerySet = (
            self.order_by("item_id", "item_revision")
            .values_list("item_id", "item_revision", "value", "verdict")
            .annotate(labels=Count("pk"))
        )
        return rows


class ItemCountQuerySet(QuerySet):  # type: ignore[type-arg]
    """Kept counts of labels."""

    def histogram(self, campaign_id: int, criterion: str = "") -> list[tuple[str, int]]:
        """(pattern, items) of a campaign, each item speaking through its newest labelled text."""
        rows = self.filter(campaign=campaign_id, criterion=criterion, newest=True).order_by("pattern")
        return [(pattern, items) for pattern, items in rows.values_list("pattern").annotate(items=Count("pk"))]

    def in_doubt(self, campaign_id: int, criterion: str = "") -> "ItemCountQuerySet":
        """Items on which people disagree, the most doubtful first."""
        rows = self.filter(campaign=campaign_id, criterion=criterion, newest=True, entropy__gt=0)
        return rows.order_by("-entropy", "item_id")
