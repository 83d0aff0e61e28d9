"""What tuning a judge leaves behind: looks at the locked test part, drafts of rubrics, decisions on flags."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from annotation.core.splits import SplitRule
from annotation.models.campaigns import Campaign
from judging.models import Dataset, Item, Judge, Rubric


class LockedSplit(models.Model):
    """A part of a dataset's items is locked away for one test: drawn once, by a rule that holds for later items too."""

    dataset = models.OneToOneField(
        Dataset, verbose_name=_("dataset"), primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    seed = models.PositiveIntegerField(verbose_name=_("seed"), default=0)
    test_share = models.FloatField(verbose_name=_("test share"))
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Whose labels were strata."),
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
    settled_to = models.PositiveIntegerField(
        verbose_name=_("settled to"), default=0, help_text=_("Items up to this position have their side.")
    )

    class Meta:
        verbose_name = _("locked split")
        verbose_name_plural = _("locked splits")
        constraints = [
            models.CheckConstraint(
                name="locked_split_share_is_a_share", condition=Q(test_share__gt=0, test_share__lt=1)
            )
        ]

    def __str__(self) -> str:
        return f"split of {self.dataset_id}"

    @property
    def rule(self) -> SplitRule:
        """How a side is drawn."""
        return SplitRule(seed=self.seed, test_share=self.test_share)


class TestLook(models.Model):
    """Somebody asked for numbers of the locked test part. Appended; the address of the numbers names it."""

    __test__ = False  # A name that begins like a test's is none.

    dataset = models.ForeignKey(Dataset, verbose_name=_("dataset"), on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)
    where = models.CharField(
        verbose_name=_("where shown"), max_length=40, help_text=_("The page or command that showed them.")
    )
    judges = models.ManyToManyField(
        Judge, verbose_name=_("judges"), blank=True, related_name="+", help_text=_("The versions it was about.")
    )

    class Meta:
        verbose_name = _("test look")
        verbose_name_plural = _("test looks")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.at:%Y-%m-%d %H:%M}"


class RubricDraft(models.Model):
    """New prompts for a rubric, by a person or proposed by a model. It is used by nobody until a person accepts it."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("draft", "open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    dataset = models.ForeignKey(Dataset, verbose_name=_("dataset"), on_delete=models.CASCADE, related_name="+")
    judge = models.ForeignKey(
        Judge,
        verbose_name=_("judge"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The one to be improved."),
    )
    base = models.ForeignKey(Rubric, verbose_name=_("base"), on_delete=models.PROTECT, related_name="+")
    prompts = models.JSONField(verbose_name=_("prompts"), help_text=_("As in Rubric.prompts."))
    proposed_by = models.CharField(
        verbose_name=_("proposed by"), max_length=300, blank=True, help_text=_("Engine and model; '' for a person.")
    )
    shown = models.JSONField(
        verbose_name=_("shown"), default=list, blank=True, help_text=_("Positions of the items the model was shown.")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)
    state = models.CharField(verbose_name=_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(verbose_name=_("decided at"), null=True, blank=True)
    accepted = models.ForeignKey(
        Judge,
        verbose_name=_("accepted"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The version it became."),
    )

    class Meta:
        verbose_name = _("rubric draft")
        verbose_name_plural = _("rubric drafts")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="rubric_draft_decided_iff_not_open",
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.pk} of {self.base}"


class FlagDecision(models.Model):
    """A lead's word on whether an item's question or reference is bad; it counts over the flags of annotators."""

    campaign = models.ForeignKey(Campaign, verbose_name=_("campaign"), on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.CASCADE, related_name="+")
    is_bad = models.BooleanField(
        verbose_name=_("is bad"), help_text=_("Left out where flagged items are; else kept whatever people flagged.")
    )
    comment = models.TextField(verbose_name=_("comment"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)
    ended_at = models.DateTimeField(verbose_name=_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("flag decision")
        verbose_name_plural = _("flag decisions")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "item"], condition=Q(ended_at__isnull=True), name="flag_decision_one_current"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {'bad' if self.is_bad else 'good'}"
