"""What the list of a campaign's items sends: the filter, and what to do to many of them."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from annotation.querysets import LabelQuerySet
from annotation.reports.campaign_items import ItemFilter, Show
from annotation.reports.stale import REASONS, Stale

ACTIONS = {
    "more_labels": _("one label more"),
    "fewer_labels": _("one label fewer, where nobody has begun"),
    "send_to_adjudication": _("to adjudication"),
    "hand_items_over": _("hand the open places over to"),
    "back_to_pending": _("back to pending"),
    "mark_known": _("mark as known, the right answer is"),
    "forget_known": _("no longer known"),
    "forbid_skipping": _("nobody may skip them"),
    "allow_skipping": _("they may be skipped again"),
    "remove_items": _("remove from the campaign, where nobody has begun"),
}
DONE_WORDS = ACTIONS | {
    "mark_known": _("marked as known"),
    "hand_items_over": _("open places handed over"),
    "rereview": _("back with who labelled them"),
    "hand_over": _("open places handed over"),
    "add_annotators": _("people added"),
    "remove_annotators": _("people removed"),
    "change_campaign": _("rules changed"),
}
"""What was done; the names of two actions ask for something more, and others are done on other pages."""
LONGEST = 200


class ItemFilterForm(forms.Form):
    """The part of the items that is listed; what it does not know counts as not asked."""

    show = forms.ChoiceField(required=False, choices=[(one.value, one.value) for one in Show])
    category = forms.CharField(required=False, max_length=LONGEST)
    q = forms.CharField(required=False, max_length=LONGEST)

    def asked(self) -> ItemFilter:
        """The filter."""
        if not self.is_valid():
            return ItemFilter()
        data = self.cleaned_data
        return ItemFilter(show=Show(data["show"] or Show.ALL), category=data["category"], q=data["q"].strip())


class BulkForm(forms.Form):
    """An action on chosen items, or on all that the filter leaves."""

    action = forms.ChoiceField(choices=list(ACTIONS.items()), error_messages={"required": _("Choose what to do.")})
    items = forms.TypedMultipleChoiceField(required=False, coerce=int)
    everything = forms.BooleanField(required=False)
    taker = forms.IntegerField(required=False)
    value = forms.CharField(required=False, max_length=100)
    confirmed = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        numbers = [text for text in data.getlist("items") if text.isascii() and text.isdecimal()]
        self.fields["items"].choices = [(int(text), text) for text in numbers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """An action without items would do nothing."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("items") and not data.get("everything"):
            raise forms.ValidationError(_("Choose items first, or all of the filter."))
        if data.get("action") == "hand_items_over" and not data.get("taker"):
            raise forms.ValidationError(_("Choose who takes the items over."))
        if data.get("action") == "mark_known" and not (data.get("value") or "").strip():
            raise forms.ValidationError(_("Say which answer is the right one."))
        return data

    def sentence(self) -> str:
        """What is wrong, in words."""
        return " ".join(str(message) for found in self.errors.values() for message in found)


class RereviewForm(forms.Form):
    """The part of the older labels that is listed; what it does not know counts as not asked."""

    reason = forms.CharField(required=False, max_length=LONGEST)
    person = forms.CharField(required=False, max_length=LONGEST)

    def asked(self) -> tuple[Collection[str], int | None]:
        """For which reasons, and by whom."""
        self.full_clean()
        reason, person = (self.cleaned_data.get(name, "") for name in ("reason", "person"))
        reasons = [reason] if reason in REASONS else REASONS
        return reasons, int(person) if person.isascii() and person.isdecimal() else None

    def of(self, stale: Stale) -> LabelQuerySet:
        """These labels."""
        reasons, person = self.asked()
        labels = stale.labels(reasons)
        return labels if person is None else labels.filter(annotator=person)

    def query(self) -> Mapping[str, str]:
        """The parameters of the address."""
        reasons, person = self.asked()
        found = {
            "reason": "" if len(reasons) > 1 else next(iter(reasons)),
            "person": "" if person is None else str(person),
        }
        return {name: value for name, value in found.items() if value}


def query_of(asked: ItemFilter) -> Mapping[str, str]:
    """A filter as the parameters of an address."""
    found = {"show": asked.show.value, "category": asked.category, "q": asked.q}
    return {name: value for name, value in found.items() if value and value != Show.ALL}
