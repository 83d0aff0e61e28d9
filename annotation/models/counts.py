"""Kept counts of labels: what a report groups instead of reading every label.

Derived, with one writer (`annotation/actions/counts.py`), rebuilt by `manage.py rebuild_counts`.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotation.models.campaigns import Campaign
from annotation.querysets import ItemCountQuerySet
from judging.models import Item


class CountScale(models.Model):
    """Which value each place of a pattern stands for, per criterion of a campaign."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.CASCADE, related_name="count_scales"
    )
    criterion = models.CharField(verbose_name=_("criterion"), max_length=100, blank=True)
    columns = models.JSONField(
        verbose_name=_("columns"), default=list, help_text="[[value, verdict], ...] in the order of the scale."
    )
    kept = models.BooleanField(
        verbose_name=_("kept"), default=True, help_text=_("Too many different values are not kept as patterns.")
    )

    class Meta:
        verbose_name = _("count scale")
        verbose_name_plural = _("count scales")
        ordering = ["campaign", "criterion"]
        constraints = [models.UniqueConstraint(fields=["campaign", "criterion"], name="count_scale_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.criterion}"


class ItemCount(models.Model):
    """How many current labels of each value one text of an item has in a campaign.

    A report on people groups the rows marked `newest` by pattern; beside a judgment stands the row of the judged text.
    """

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.CASCADE, related_name="item_counts"
    )
    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.CASCADE, related_name="+")
    criterion = models.CharField(verbose_name=_("criterion"), max_length=100, blank=True)
    item_revision = models.PositiveIntegerField(verbose_name=_("item revision"), default=1)
    newest = models.BooleanField(
        verbose_name=_("newest"), default=True, help_text=_("No label of the item is on a later text.")
    )
    pattern = models.CharField(
        verbose_name=_("pattern"),
        max_length=700,
        help_text="'2|1|0': labels of each value, in the order of CountScale.",
    )
    n = models.PositiveIntegerField(verbose_name=_("number of labels"), help_text=_("Labels."))
    entropy = models.FloatField(
        verbose_name=_("entropy"), help_text=_("Bits of doubt in the labels, undefined left out.")
    )

    objects = ItemCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("item count")
        verbose_name_plural = _("item counts")
        ordering = ["campaign", "criterion", "item", "item_revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "criterion", "item", "item_revision"],
                name="item_count_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "item", "criterion"], condition=Q(newest=True), name="item_count_one_newest"
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "criterion", "newest", "pattern"], name="item_count_pattern"),
            models.Index(
                fields=["campaign", "criterion", "-entropy", "item"],
                condition=Q(newest=True, entropy__gt=0),
                name="item_count_doubt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.pattern}"
