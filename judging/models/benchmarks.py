"""Models examined by a benchmark: which, by what rules, and how far that is."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from judging.models.datasets import Dataset
from judging.models.judges import Judge
from judging.querysets import BenchmarkRunQuerySet


class BenchmarkRun(models.Model):
    """One benchmark over some candidates. Its work is done by runs, one per stage and candidate, that point to it.

    What is to be done next follows from its options and the states of these runs alone: nothing else is kept.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        FINISHED = "finished"
        CANCELLED = "cancelled"
        FAILED = "failed"

    benchmark = models.CharField(max_length=40, help_text="Its name, as commands call it.")
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="benchmark_runs", help_text="The questions."
    )
    judge = models.ForeignKey(Judge, null=True, blank=True, on_delete=models.PROTECT, related_name="benchmark_runs")
    options = models.JSONField(default=dict, blank=True, help_text="Stages, recipe, asking, first_n, seed, repeats.")
    candidates = models.JSONField(help_text="[{engine, model, base_url, content}]; a folder is its path and content.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    error = models.TextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BenchmarkRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.benchmark} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("benchmark_detail", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Whether nobody works on it any more."""
        return self.state != self.State.RUNNING

    def says_the_same(self, other: "BenchmarkRun") -> bool:
        """Whether both examine the same candidates by the same rules."""
        compared: list[tuple[Any, Any]] = [
            (getattr(self, name), getattr(other, name))
            for name in ("benchmark", "dataset_id", "judge_id", "options", "candidates")
        ]
        return all(ours == theirs for ours, theirs in compared)
