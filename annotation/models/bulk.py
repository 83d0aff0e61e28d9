"""What leads did to many items at once, kept so that the last of it can be taken back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.models.campaigns import Campaign


class BulkAction(models.Model):
    """One press of a lead on many items of a campaign. Appended; `undone_at` says that it was taken back."""

    campaign = models.ForeignKey(Campaign, verbose_name=_("campaign"), on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(verbose_name=_("what was done"), max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    changed = models.PositiveIntegerField(verbose_name=_("items changed"), default=0)
    at = models.DateTimeField(verbose_name=_("time"), auto_now_add=True)
    undone_at = models.DateTimeField(verbose_name=_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return gettext("bulk action %(pk)s") % {"pk": self.pk}


class BulkChange(models.Model):
    """What a bulk action changed of some hundred items, until it is taken back or another one follows."""

    bulk_action = models.ForeignKey(
        BulkAction, verbose_name=_("bulk action"), on_delete=models.CASCADE, related_name="changes"
    )
    items = models.JSONField(verbose_name=_("items"), help_text="[{item, columns, places, made, gone}]")

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.bulk_action_id}/{self.pk}"
