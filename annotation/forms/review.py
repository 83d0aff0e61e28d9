"""What the review page sends."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.core.words import CORRECTABLE, PageView, Word
from judging.core.verdicts import PersonVerdict
from judging.models import Item

COMMENT_LENGTH = 20_000
TEXT_LENGTH = 500_000


def plain(text: str) -> str:
    """A browser sends every line end as two characters; texts are compared and stored with one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class PageForm(forms.Form):
    """Which showing of an item a request comes from, and everything a person may write about it."""

    page_key = forms.RegexField(
        r"^[0-9a-f]{32}$", error_messages={"invalid": _("This page is out of date: reload it.")}
    )
    known_rev = forms.IntegerField(min_value=0)
    item_revision = forms.IntegerField(min_value=1)
    comment = forms.CharField(required=False, strip=False, max_length=COMMENT_LENGTH)
    question = forms.CharField(required=False, strip=False, max_length=TEXT_LENGTH)
    answer = forms.CharField(required=False, strip=False, max_length=TEXT_LENGTH)

    def __init__(self, data: Mapping[str, Any], *, item: Item) -> None:
        super().__init__(data)
        self.item = item

    def view(self) -> PageView:
        """The page view, for an action."""
        data = self.cleaned_data
        return PageView(key=data["page_key"], known_rev=data["known_rev"], item_revision=data["item_revision"])

    def changed_texts(self) -> dict[str, str]:
        """The texts that differ from the item's."""
        sent = {name: plain(self.cleaned_data.get(name, "")) for name in CORRECTABLE if name in self.data}
        return {name: text for name, text in sent.items() if text != plain(getattr(self.item, name))}

    def sentence(self) -> str:
        """Everything that is wrong with the input, in words."""
        return " ".join(
            f"{self.fields[name].label or name.replace('_', ' ').capitalize()}: {message}"
            if name in self.fields
            else str(message)
            for name, messages in self.errors.items()
            for message in messages
        )


class LabelForm(PageForm):
    """A decision."""

    verdict = forms.ChoiceField(
        choices=[(verdict.value, verdict.value) for verdict in PersonVerdict],
        error_messages={"required": _("Choose good, undefined or bad.")},
    )
    error_count = forms.IntegerField(required=False, min_value=0, max_value=10_000, label=_("Number of errors"))

    def clean(self) -> dict[str, Any]:
        """A count and a verdict that contradict each other are for the person to settle."""
        data = super().clean() or self.cleaned_data
        verdict, count = data.get("verdict"), data.get("error_count")
        if verdict == PersonVerdict.CLEAN and count:
            raise forms.ValidationError(_("You counted errors: press bad, or empty the number of errors."))
        if verdict == PersonVerdict.WRONG and count == 0:
            raise forms.ValidationError(_("Bad with 0 errors: empty the number of errors, or press good."))
        if any(not text.strip() for text in self.changed_texts().values()):
            raise forms.ValidationError(_("A corrected text cannot be empty: write it, or restore the original."))
        return data

    def word(self) -> Word:
        """What the person says."""
        data = self.cleaned_data
        return Word(
            verdict=PersonVerdict(data["verdict"]),
            error_count=data["error_count"],
            comment=plain(data["comment"]),
            correction=self.changed_texts() or None,
        )


class DraftForm(PageForm):
    """What is typed so far, finished or not."""

    error_count = forms.CharField(required=False, max_length=20)
    sequence = forms.IntegerField(required=False, min_value=0)

    def content(self, baseline: Mapping[str, str]) -> dict[str, str]:
        """What differs from what stands in the form when nothing was typed."""
        sent = {name: plain(self.cleaned_data[name]) for name in baseline if name in self.data}
        return {name: text for name, text in sent.items() if text != plain(baseline[name])}


class JumpForm(forms.Form):
    """A place in one's queue, and the one we are at."""

    number = forms.IntegerField()
    here = forms.IntegerField(required=False)


class UndoForm(forms.Form):
    """The label to take back."""

    label = forms.IntegerField(min_value=1)
