"""Rubrics and judges: versioned, and frozen once a run used them."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from judging.core.scales import Criterion, criterion_from_json
from judging.querysets import FrozenError, VersionedQuerySet

__all__ = ["FrozenError", "Judge", "Rubric", "Versioned"]


class Versioned(models.Model):
    """A name with versions. A version that a run used is frozen: it says for ever what was judged by."""

    name = models.CharField(verbose_name=_("name"), max_length=100)
    version = models.PositiveIntegerField(verbose_name=_("version"), default=1)
    frozen_at = models.DateTimeField(verbose_name=_("frozen at"), null=True, blank=True, editable=False)

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    def save(self, *args: Any, **options: Any) -> None:
        """Save, unless this version is frozen: FrozenError then."""
        self.refuse_if_frozen()
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete, unless this version is frozen: FrozenError then."""
        self.refuse_if_frozen()
        return super().delete(*args, **options)

    def refuse_if_frozen(self) -> None:
        """Raise FrozenError where the database says that a run used this version."""
        if self.pk:
            type(self).objects.filter(pk=self.pk).refuse_frozen()


class Rubric(Versioned):
    """Criteria with their scales, what counts as clean, and the prompt."""

    class Kind(models.TextChoices):
        VERDICT = "verdict", _("verdict")
        SCORE = "score", _("score")
        PAIR = "pair", _("pair")
        CHOICE = "choice", _("choice")
        ATTRIBUTES = "attributes", _("attributes")

    class Style(models.TextChoices):
        CHAT = "chat", _("chat")
        PREFIX = "prefix", _("chat with an assistant prefix")
        RAW = "raw", _("raw text")

    kind = models.CharField(verbose_name=_("kind"), max_length=10, choices=Kind.choices)
    criteria = models.JSONField(
        verbose_name=_("criteria"), help_text="[{name, scale: {low, high, step} or {values}, direction, clean_if}]"
    )
    style = models.CharField(verbose_name=_("style"), max_length=10, choices=Style.choices, default=Style.CHAT)
    needs_question = models.BooleanField(
        verbose_name=_("needs question"),
        default=True,
        help_text=_("Not for a text that nobody asked for: then the prompt may show no question."),
    )
    prompts = models.JSONField(
        verbose_name=_("prompts"),
        default=dict,
        blank=True,
        help_text='{part: {"system", "user", "assistant"}} or, for raw text, {part: {"raw"}}; Jinja2 templates.',
    )

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        ordering = ["name", "-version"]
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="rubric_version_once")]

    def parsed_criteria(self) -> tuple[Criterion, ...]:
        """The criteria as core knows them."""
        return tuple(criterion_from_json(data) for data in self.criteria)


class Judge(Versioned):
    """Engine + model + rubric + sampling + number of samples + decision rule."""

    class Kind(models.TextChoices):
        MODEL = "model", _("model")
        REFERENCE = "reference", _("reference")
        PANEL = "panel", _("panel")
        IMPORTED = "imported", _("imported")

    kind = models.CharField(verbose_name=_("kind"), max_length=10, choices=Kind.choices)
    engine = models.CharField(
        verbose_name=_("engine"), max_length=40, blank=True, help_text=_("Name of the engine; its URL is a setting.")
    )
    model = models.CharField(verbose_name=_("model"), max_length=300, blank=True)
    rubric = models.ForeignKey(
        Rubric, verbose_name=_("rubric"), null=True, blank=True, on_delete=models.PROTECT, related_name="judges"
    )
    sampling = models.JSONField(
        verbose_name=_("sampling"), default=dict, blank=True, help_text="temperature, top_p, max_tokens, stop ..."
    )
    samples = models.PositiveIntegerField(verbose_name=_("samples"), default=1)
    decision = models.JSONField(
        verbose_name=_("decision"),
        default=dict,
        blank=True,
        help_text="rule, threshold, min_replies, mode; coefficients for the rule linear",
    )
    members = models.ManyToManyField(
        "self", verbose_name=_("members"), symmetrical=False, blank=True, help_text=_("Judges of a panel.")
    )

    class Meta:
        verbose_name = _("judge")
        verbose_name_plural = _("judges")
        ordering = ["name", "-version"]
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="judge_version_once")]

    def get_absolute_url(self) -> str:
        """The page where it is tried."""
        return reverse("judge_try", args=[self.pk])
