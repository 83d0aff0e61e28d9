"""Files that a browser sent, and what becomes of them."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse

from judging.models import Dataset


class Upload(models.Model):
    """Files on their way into a dataset: looked at, confirmed by a person, and stored by a worker.

    The files and how far the work is lie in a folder of their own (`token`), so that work in one long transaction can
    be followed and stopped.
    """

    class Kind(models.TextChoices):
        ITEMS = "items"
        LABELS = "labels"

    class Phase(models.TextChoices):
        READ = "read"
        STORE = "store"

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        PLANNED = "planned"
        READY = "ready"
        FAILED = "failed"
        CANCELLED = "cancelled"

    token = models.UUIDField(default=uuid4, unique=True, editable=False)
    files = models.JSONField(default=list, help_text="[{name, bytes}]")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ITEMS)
    name = models.CharField(max_length=200, blank=True, help_text="Of the dataset.")
    options = models.JSONField(default=dict, blank=True, help_text="How the files are read, and whose words they are.")
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.READ)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    claimed_by = models.CharField(max_length=200, blank=True)
    found = models.JSONField(default=dict, blank=True, help_text="What the files hold: counts, first rows, columns.")
    problems = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
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
    def counts(self) -> dict[str, Any]:
        """What the files come to, in numbers."""
        return dict(self.found.get("counts", {}))
