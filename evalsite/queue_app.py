"""The work queue's app under a name of ours: its own has one in no language."""

from django.utils.translation import gettext_lazy as _
from django_rq.apps import DjangoRqAdminConfig


class QueueConfig(DjangoRqAdminConfig):
    """django-rq, named in the reader's language."""

    verbose_name = _("Work queue")

    def ready(self) -> None:
        """Name its only entry in the back office."""
        super().ready()
        entry = self.get_model("Dashboard")._meta
        entry.verbose_name = entry.verbose_name_plural = _("Queues, jobs and workers")
