"""People's words on items, and what a lead decided they come to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.models.campaigns import Annotator, Campaign, Guideline
from annotation.querysets import LabelQuerySet
from judging.core.verdicts import PersonVerdict
from judging.models import Item, Rubric, Run

PERSON_VERDICTS = [
    ("", _("none")),
    (PersonVerdict.CLEAN.value, _("clean")),
    (PersonVerdict.WRONG.value, _("wrong")),
    (PersonVerdict.UNDEFINED.value, _("undefined")),
]


class Label(models.Model):
    """A person's word on an item. Never edited: a row changes only in `ended_at` and `ended_by`."""

    class EndedBy(models.TextChoices):
        NOT = "", _("not")
        SUPERSEDED = "superseded", _("superseded")
        UNDONE = "undone", _("undone")
        REJECTED = "rejected", _("rejected")

    campaign = models.ForeignKey(Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="labels")
    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.PROTECT, related_name="+")
    annotator = models.ForeignKey(
        Annotator, verbose_name=_("annotator"), on_delete=models.PROTECT, related_name="labels"
    )
    criterion = models.CharField(verbose_name=_("criterion"), max_length=100, blank=True)
    item_revision = models.PositiveIntegerField(verbose_name=_("item revision"), default=1)
    guideline = models.ForeignKey(
        Guideline, verbose_name=_("guideline"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rubric = models.ForeignKey(
        Rubric, verbose_name=_("rubric"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    run = models.ForeignKey(
        Run,
        verbose_name=_("run"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The judge of the campaign."),
    )
    value = models.CharField(verbose_name=_("value"), max_length=100, help_text="clean, wrong, undefined, 4, A, tie, B")
    score = models.FloatField(verbose_name=_("score"), null=True, blank=True)
    verdict = models.CharField(verbose_name=_("verdict"), max_length=10, blank=True, choices=PERSON_VERDICTS)
    error_count = models.PositiveIntegerField(verbose_name=_("error count"), null=True, blank=True)
    comment = models.TextField(verbose_name=_("comment"), blank=True)
    error_types = models.JSONField(verbose_name=_("error types"), default=list, blank=True)
    correction = models.JSONField(
        verbose_name=_("correction"), null=True, blank=True, help_text="{question, answer}: the texts that changed."
    )
    flags = models.JSONField(verbose_name=_("flags"), default=list, blank=True)
    judge_visible = models.BooleanField(
        verbose_name=_("judge visible"), default=False, help_text=_("Whether the judge's word was on the screen.")
    )
    surplus = models.BooleanField(
        verbose_name=_("surplus"), default=False, help_text=_("Arrived after the wanted number was reached.")
    )
    seconds = models.FloatField(
        verbose_name=_("seconds"), null=True, blank=True, help_text=_("Seconds between opening and submitting.")
    )
    client_key = models.CharField(
        verbose_name=_("client key"),
        max_length=64,
        help_text=_("Given by the page: the same press sent twice counts once."),
    )
    at = models.DateTimeField(verbose_name=_("time"))
    ended_at = models.DateTimeField(verbose_name=_("ended at"), null=True, blank=True)
    ended_by = models.CharField(
        verbose_name=_("ended by"), max_length=12, choices=EndedBy.choices, default=EndedBy.NOT, blank=True
    )

    objects = LabelQuerySet.as_manager()

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
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
        return gettext("label %(pk)s") % {"pk": self.pk}


class LabelReview(models.Model):
    """What a lead thinks of a label, kept apart from it. Appended; the newest counts."""

    class Outcome(models.TextChoices):
        ACCEPT = "accept", _("accept")
        FIXED = "fixed", _("fixed")
        REJECTED = "rejected", _("rejected")
        TAKEN_BACK = "taken_back", _("taken back")

    label = models.ForeignKey(Label, verbose_name=_("label"), on_delete=models.PROTECT, related_name="reviews")
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("lead"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(verbose_name=_("outcome"), max_length=10, choices=Outcome.choices)
    comment = models.TextField(verbose_name=_("comment"), blank=True)
    at = models.DateTimeField(verbose_name=_("time"))

    class Meta:
        verbose_name = _("label review")
        verbose_name_plural = _("label reviews")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.label_id}: {self.outcome}"


class GoldLabel(models.Model):
    """A decision on what an item's labels resolve to. A majority is computed and never stored here."""

    class Method(models.TextChoices):
        ADJUDICATED = "adjudicated", _("adjudicated")
        IMPORTED = "imported", _("imported")

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="gold_labels"
    )
    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.PROTECT, related_name="+")
    criterion = models.CharField(verbose_name=_("criterion"), max_length=100, blank=True)
    item_revision = models.PositiveIntegerField(
        verbose_name=_("item revision"),
        null=True,
        blank=True,
        help_text=_("The text that it is about; without one it is about every text of the item."),
    )
    value = models.CharField(verbose_name=_("value"), max_length=100)
    score = models.FloatField(verbose_name=_("score"), null=True, blank=True)
    verdict = models.CharField(verbose_name=_("verdict"), max_length=10, blank=True, choices=PERSON_VERDICTS)
    correction = models.JSONField(verbose_name=_("correction"), null=True, blank=True)
    comment = models.TextField(verbose_name=_("comment"), blank=True, help_text=_("Why the lead decided so."))
    method = models.CharField(verbose_name=_("method"), max_length=12, choices=Method.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(verbose_name=_("time"))
    ended_at = models.DateTimeField(verbose_name=_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("gold label")
        verbose_name_plural = _("gold labels")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "item", "criterion"],
                condition=Q(ended_at__isnull=True),
                name="gold_label_one_current",
            )
        ]

    def __str__(self) -> str:
        return gettext("gold label %(pk)s") % {"pk": self.pk}
