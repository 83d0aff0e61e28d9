"""People's words on items, and what a lead decided they come to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotation.models.campaigns import Annotator, Campaign, Guideline
from annotation.querysets import LabelQuerySet
from judging.core.verdicts import PersonVerdict
from judging.models import Item, Rubric, Run

PERSON_VERDICTS = [("", "none"), *((verdict.value, verdict.value) for verdict in PersonVerdict)]


class Label(models.Model):
    """A person's word on an item. Never edited: a row changes only in `ended_at` and `ended_by`."""

    class EndedBy(models.TextChoices):
        NOT = ""
        SUPERSEDED = "superseded"
        UNDONE = "undone"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="labels")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    annotator = models.ForeignKey(Annotator, on_delete=models.PROTECT, related_name="labels")
    criterion = models.CharField(max_length=100, blank=True)
    item_revision = models.PositiveIntegerField(default=1)
    guideline = models.ForeignKey(Guideline, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rubric = models.ForeignKey(Rubric, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="The judge of the campaign."
    )
    value = models.CharField(max_length=100, help_text="clean, wrong, undefined, 4, A, tie, B")
    score = models.FloatField(null=True, blank=True)
    verdict = models.CharField(max_length=10, blank=True, choices=PERSON_VERDICTS)
    error_count = models.PositiveIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    error_types = models.JSONField(default=list, blank=True)
    correction = models.JSONField(null=True, blank=True, help_text="{question, answer}: the texts that changed.")
    flags = models.JSONField(default=list, blank=True)
    judge_visible = models.BooleanField(default=False, help_text="Whether the judge's word was on the screen.")
    surplus = models.BooleanField(default=False, help_text="Arrived after the wanted number was reached.")
    seconds = models.FloatField(null=True, blank=True, help_text="Seconds between opening and submitting.")
    client_key = models.CharField(max_length=64, help_text="Given by the page: the same press sent twice counts once.")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=12, choices=EndedBy.choices, default=EndedBy.NOT, blank=True)

    objects = LabelQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["client_key", "criterion"], name="label_press_once"),
            models.UniqueConstraint(
                fields=["campaign", "item", "annotator", "criterion"],
                condition=Q(ended_at__isnull=True),
                name="label_one_current",
            ),
            models.CheckConstraint(
                name="label_ended_iff_by",
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "criterion", "item"], name="label_campaign_item"),
            # Counts of a person's verdicts and their last decision, from the index alone; ended_at is in it because
            # SQLite would look it up in the table.
            models.Index(
                fields=["campaign", "annotator", "criterion", "at", "verdict", "ended_at"],
                condition=Q(ended_at__isnull=True),
                name="label_of_annotator",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annotator_id}: {self.value}"


class LabelReview(models.Model):
    """What a lead thinks of a label, kept apart from it. Appended; the newest counts."""

    class Outcome(models.TextChoices):
        ACCEPT = "accept"
        FIXED = "fixed"
        REJECTED = "rejected"

    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="reviews")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.label_id}: {self.outcome}"


class GoldLabel(models.Model):
    """A decision on what an item's labels resolve to. A majority is computed and never stored here."""

    class Method(models.TextChoices):
        ADJUDICATED = "adjudicated"
        IMPORTED = "imported"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="gold_labels")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    criterion = models.CharField(max_length=100, blank=True)
    item_revision = models.PositiveIntegerField(
        null=True, blank=True, help_text="The text that it is about; without one it is about every text of the item."
    )
    value = models.CharField(max_length=100)
    score = models.FloatField(null=True, blank=True)
    verdict = models.CharField(max_length=10, blank=True, choices=PERSON_VERDICTS)
    correction = models.JSONField(null=True, blank=True)
    comment = models.TextField(blank=True, help_text="Why the lead decided so.")
    method = models.CharField(max_length=12, choices=Method.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "item", "criterion"],
                condition=Q(ended_at__isnull=True),
                name="gold_label_one_current",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.value}"
