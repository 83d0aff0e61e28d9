"""Exports: files that left, with what is needed to rebuild them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from judging.core.verdicts import Verdict
from judging.models import Dataset
from training_export.core.flags import flags_of


class Export(models.Model):
    """One export with its manifest."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        RUNNING = "running", _("running")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    dataset = models.ForeignKey(Dataset, verbose_name=_("dataset"), on_delete=models.CASCADE, related_name="+")
    format = models.CharField(verbose_name=_("format"), max_length=40)
    options = models.JSONField(
        verbose_name=_("options"), default=dict, blank=True, help_text="source, campaign, run and filters"
    )
    as_of = models.JSONField(
        verbose_name=_("as of"), default=dict, blank=True, help_text=_("The last label and judgment that it saw.")
    )
    state = models.CharField(verbose_name=_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    items = models.PositiveIntegerField(verbose_name=_("items"), default=0, help_text=_("Items to go through."))
    done = models.PositiveIntegerField(verbose_name=_("done"), default=0, help_text=_("Items gone through."))
    claimed_by = models.CharField(
        verbose_name=_("claimed by"), max_length=200, blank=True, help_text=_("The process that writes it.")
    )
    claimed_at = models.DateTimeField(
        verbose_name=_("claimed at"), null=True, blank=True, help_text=_("When that process last said how far it is.")
    )
    attempts = models.PositiveIntegerField(
        verbose_name=_("attempts"), default=0, help_text=_("How often its process died.")
    )
    error = models.TextField(verbose_name=_("error"), blank=True)
    folder = models.CharField(verbose_name=_("folder"), max_length=500, blank=True)
    files = models.JSONField(verbose_name=_("files"), default=list, blank=True, help_text="[{name, sha256, rows}]")
    manifest = models.JSONField(verbose_name=_("manifest"), default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return gettext("export %(pk)s") % {"pk": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("export_detail", args=[self.pk])

    @property
    def source(self) -> str:
        """Whose verdict decided."""
        return str(self.options.get("source", ""))

    @property
    def counts(self) -> dict[str, Any]:
        """The counts of the manifest; empty until it is written."""
        return dict(self.manifest.get("counts", {}))

    @property
    def filters(self) -> dict[str, Any]:
        """What was asked beyond format and source; what was not asked is not in it."""
        shown = {name: value for name, value in self.options.items() if name not in {"source", "campaign", "run"}}
        if not shown.get("min_agreement"):
            shown.pop("min_agreement", None)
        return shown

    @property
    def flags(self) -> list[str]:
        """The same as they are typed on the command line."""
        return flags_of(self.filters)

    @property
    def percent(self) -> int:
        """How far the building is."""
        return min(100, 100 * self.done // self.items) if self.items else 0

    @property
    def written(self) -> int:
        """Items in the verdict files."""
        return sum(self.counts.get(verdict.value, 0) for verdict in Verdict)
