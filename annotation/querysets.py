"""Reads over many rows of one table. Each reaches its model as `self.model`."""

from django.db.models import QuerySet


class CampaignQuerySet(QuerySet):  # type: ignore[type-arg]
    """Campaigns."""

    def of_user(self, user_id: int) -> "CampaignQuerySet":
        """Campaigns in which this user has a queue."""
        return self.filter(campaign_items__assignments__annotator__user=user_id).distinct()


class AssignmentQuerySet(QuerySet):  # type: ignore[type-arg]
    """Assignments."""

    def open(self) -> "AssignmentQuerySet":
        """Those that still want a decision."""
        return self.filter(state__in=[self.model.State.PENDING, self.model.State.DRAFT])


class LabelQuerySet(QuerySet):  # type: ignore[type-arg]
    """Labels."""

    def current(self) -> "LabelQuerySet":
        """Labels that were neither superseded nor undone."""
        return self.filter(ended_at__isnull=True)
