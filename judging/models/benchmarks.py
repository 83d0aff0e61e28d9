"""Models examined by a benchmark: which, by what rules, and how far that is."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from judging.models.datasets import Dataset
from judging.models.judges import Judge
from judging.querysets import BenchmarkRunQuerySet


class BenchmarkRun(models.Model):
    """One benchmark over some candidates. Its work is done by runs, one per stage and candidate, that point to it.

    What is to be done next follows from its options and the states of these runs alone: nothing else is kept.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    benchmark = models.CharField(
        verbose_name=_("benchmark"), max_length=40, help_text=_("Its name, as commands call it.")
    )
    dataset = models.ForeignKey(
        Dataset,
        verbose_name=_("dataset"),
        on_delete=models.CASCADE,
        related_name="benchmark_runs",
        help_text=_("The questions."),
    )
    judge = models.ForeignKey(
        Judge, verbose_name=_("judge"), null=True, blank=True, on_delete=models.PROTECT, related_name="benchmark_runs"
    )
    options = models.JSONField(
        verbose_name=_("options"), default=dict, blank=True, help_text="Stages, recipe, asking, first_n, seed, repeats."
    )
    candidates = models.JSONField(
        verbose_name=_("candidates"),
        help_text="[{engine, model, base_url, content}]; a folder is its path and content.",
    )
    state = models.CharField(verbose_name=_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    error = models.TextField(verbose_name=_("error"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(verbose_name=_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(verbose_name=_("finished at"), null=True, blank=True)

    objects = BenchmarkRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("benchmark run")
        verbose_name_plural = _("benchmark runs")
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
