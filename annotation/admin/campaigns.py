"""Admin of campaigns, their guidelines, items and queues."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from annotation.actions.campaign_rules import close_campaign, open_campaign
from annotation.actions.campaigns import add_guideline
from annotation.forms.campaign_items import DONE_WORDS
from annotation.models import Annotator, Assignment, BulkAction, Campaign, CampaignItem, Guideline
from annotation.pages.words import how_title
from judging.admin.base import LeadAdmin, ReadOnlyAdmin

SHARE_HELP = _("Share of the items that get as many labels as are wanted; the others get one.")


@admin.register(Annotator)
class AnnotatorAdmin(LeadAdmin):
    """People who label, with or without an account."""

    list_display = ["name", "user", "source", "identity"]
    list_filter = ["identity"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username", "source"]
    autocomplete_fields = ["user"]


@admin.register(Campaign)
class CampaignAdmin(LeadAdmin):
    """Campaigns. What decided who reviews what is fixed once it did; a campaign is made on its own page."""

    list_display = [
        "name", "dataset", "kind", "state", "distribution", "labels_per_item", "order", "blind_judge",
        "blind_model", "at",
    ]  # fmt: skip
    list_filter = ["state", "kind", "distribution", "blind_judge", ("dataset", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["dataset"]
    search_fields = ["name", "dataset__name"]
    date_hierarchy = "at"
    readonly_fields = [
        "dataset", "kind", "rubric", "run", "distribution", "group", "labels_per_item", "share", "order", "seed",
        "rules", "blind_people", "at",
    ]  # fmt: skip
    actions = ["close", "reopen"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """No help names a column of the database."""
        return super().get_form(request, obj, change, help_texts={"share": SHARE_HELP}, **options)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=_("Close: labels can no longer change"))
    def close(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        closed = list(queryset.filter(state=Campaign.State.OPEN).order_by("name"))
        for campaign in closed:
            close_campaign(campaign)
        told = ngettext("%(n)d campaign is closed: %(names)s.", "%(n)d campaigns are closed: %(names)s.", len(closed))
        self._tell(request, closed, told, gettext("None of these campaigns was open."))

    @admin.action(description=_("Open again"))
    def reopen(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        opened = list(queryset.filter(state=Campaign.State.CLOSED).order_by("name"))
        for campaign in opened:
            open_campaign(campaign)
        told = ngettext("%(n)d campaign is open: %(names)s.", "%(n)d campaigns are open: %(names)s.", len(opened))
        self._tell(request, opened, told, gettext("None of these campaigns was closed."))

    def _tell(self, request: HttpRequest, changed: list[Campaign], told: str, nothing: str) -> None:
        for campaign in changed:
            self.log_change(request, campaign, [{"changed": {"fields": [str(_("state"))]}}])
        names = gettext(", ").join(campaign.name for campaign in changed)
        sentence = told % {"n": len(changed), "names": names} if changed else nothing
        self.message_user(request, sentence, messages.SUCCESS if changed else messages.WARNING)


@admin.register(Guideline)
class GuidelineAdmin(LeadAdmin):
    """Versions of guidelines. A new text is a new version; labels name the one they followed."""

    list_display = ["campaign", "version", "at"]
    list_filter = ["campaign"]
    list_select_related = ["campaign"]
    search_fields = ["campaign__name", "text"]
    fields = ["campaign", "text"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Guideline, form: Any, change: bool) -> None:
        obj.pk = add_guideline(obj.campaign, obj.text).pk


class HowFilter(admin.ChoicesFieldListFilter):
    """How items were chosen, in words that differ from that for no filter."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The same, told."""
        first, *others = super().choices(changelist)
        yield first
        for how, choice in zip(CampaignItem.How, others, strict=True):
            yield {**choice, "display": str(choice["display"]).replace(str(how.label), how_title(how.value), 1)}


@admin.register(CampaignItem)
class CampaignItemAdmin(ReadOnlyAdmin):
    """Items of campaigns, with how they were chosen."""

    class Media:
        css = {"all": ["judging/admin.css"]}

    list_display = ["campaign", "rank", "item_key", "how", "stratum", "probability", "wanted", "taken", "extra"]
    list_filter = [("how", HowFilter), "campaign"]
    list_select_related = ["campaign", "item"]
    search_fields = ["=item__key", "item__turns"]
    show_full_result_count = False

    @admin.display(description=_("item"), ordering="item__position")
    def item_key(self, row: CampaignItem) -> str:
        return f"{row.item.position}: {row.item.question[:80]}"


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Places in queues, with their drafts."""

    list_display = [
        "campaign", "annotator", "queue_rank", "state", "placed", "held_until", "draft_rev", "opened_at", "revealed_at",
    ]  # fmt: skip
    list_filter = ["state", "placed", "campaign", "annotator"]
    list_select_related = ["campaign", "annotator"]
    search_fields = ["annotator__name", "=campaign_item__item__key"]
    raw_id_fields = ["campaign_item"]
    show_full_result_count = False


class DoerFilter(admin.RelatedOnlyFieldListFilter):
    """Those who did one, under a name that can follow a preposition."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = _("person")


@admin.register(BulkAction)
class BulkActionAdmin(ReadOnlyAdmin):
    """What leads did to many items at once, and whether it was taken back."""

    list_display = ["campaign", "what", "changed", "by", "at", "undone_at"]
    list_filter = [("by", DoerFilter)]
    list_select_related = ["campaign", "by"]
    search_fields = ["campaign__name"]
    date_hierarchy = "at"
    shown_as = {"verb": "what"}

    @admin.display(description=_("what was done"), ordering="verb")
    def what(self, row: BulkAction) -> str:
        return str(DONE_WORDS.get(row.verb, row.verb))
