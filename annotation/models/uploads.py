"""Files that a browser sent, and what becomes of them."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from judging.models import Dataset


class Upload(models.Model):
    """Files on their way into a dataset: looked at, confirmed by a person, and stored by a worker.

    The files and how far the work is lie in a folder of their own (`token`), so that work in one long transaction can
    be followed and stopped.
    """

    class Kind(models.TextChoices):
        ITEMS = "items", _("items")
        LABELS = "labels", _("labels")

    class Phase(models.TextChoices):
        READ = "read", _("read")
        STORE = "store", _("store")

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        RUNNING = "running", _("running")
        PLANNED = "planned", _("planned")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    token = models.UUIDField(verbose_name=_("token"), default=uuid4, unique=True, editable=False)
    files = models.JSONField(verbose_name=_("files"), default=list, help_text="[{name, bytes}]")
    kind = models.CharField(verbose_name=_("kind"), max_length=10, choices=Kind.choices, default=Kind.ITEMS)
    name = models.CharField(verbose_name=_("name"), max_length=200, blank=True, help_text=_("Of the dataset."))
    options = models.JSONField(
        verbose_name=_("options"),
        default=dict,
        blank=True,
        help_text=_("How the files are read, and whose words they are."),
    )
    phase = models.CharField(verbose_name=_("phase"), max_length=10, choices=Phase.choices, default=Phase.READ)
    state = models.CharField(verbose_name=_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(verbose_name=_("attempts"), default=0)
    claimed_by = models.CharField(verbose_name=_("claimed by"), max_length=200, blank=True)
    found = models.JSONField(
        verbose_name=_("found"),
        default=dict,
        blank=True,
        help_text=_("What the files hold: counts, first rows, columns."),
    )
    problems = models.PositiveIntegerField(verbose_name=_("problems"), default=0)
    error = models.TextField(verbose_name=_("error"), blank=True)
    dataset = models.ForeignKey(
        Dataset, verbose_name=_("dataset"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)
    started_at = models.DateTimeField(verbose_name=_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(verbose_name=_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"upload {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("upload_detail", args=[self.pk])

    @property
    def title(self) -> str:
        """Names of the files."""
        names = [str(file["name"]) for file in self.files]
        return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(int(file["bytes"]) for file in self.files)

    @property
    def is_live(self) -> bool:
        """Whether it waits for a worker or is worked on."""
        return self.state in {self.State.PENDING, self.State.RUNNING}

    @property
    def can_be_stored(self) -> bool:
        """Whether what was found in the files may be stored."""
        return self.state == self.State.PLANNED and bool(self.found.get("acceptable"))

    @property
    def n_items(self) -> int | None:
        """How many items the files hold; None where they hold none, or nobody has looked yet."""
        return self.counts.get("items")

    @property
    def counts(self) -> dict[str, Any]:
        """What the files come to, in numbers."""
        return dict(self.found.get("counts", {}))
