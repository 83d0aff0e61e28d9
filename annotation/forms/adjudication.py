"""What the adjudication page sends."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.core.adjudication import Decided
from annotation.core.asked import is_one_verdict
from annotation.forms.review import COMMENT_LENGTH, TEXT_LENGTH, AnswerField, plain, problems_of
from annotation.reports.adjudication import Filter
from judging.actions.revisions import REVISABLE
from judging.core.scales import Criterion
from judging.models import Item


class FilterForm(forms.Form):
    """Which items a lead decides."""

    filter = forms.ChoiceField(choices=[(one.value, one.value) for one in Filter], required=False)
    names = forms.BooleanField(required=False)

    def chosen(self) -> Filter:
        """The filter; what is no filter means disagreement."""
        if not self.is_valid():
            return Filter.DISAGREEMENT
        return Filter(self.cleaned_data["filter"] or Filter.DISAGREEMENT)


class DecisionForm(forms.Form):
    """One answer per criterion, the texts as the lead leaves them, and why."""

    item_revision = forms.IntegerField(min_value=1)
    known = forms.IntegerField(min_value=0)
    comment = forms.CharField(required=False, strip=False, max_length=COMMENT_LENGTH, label=_("Reason"))
    question = forms.CharField(required=False, strip=False, max_length=TEXT_LENGTH, label=_("Question"))
    answer = forms.CharField(required=False, strip=False, max_length=TEXT_LENGTH, label=_("Answer"))
    reference = forms.CharField(required=False, strip=False, max_length=TEXT_LENGTH, label=_("Reference"))
    context = forms.CharField(required=False, strip=False, max_length=TEXT_LENGTH, label=_("Context"))

    def __init__(self, data: Mapping[str, Any], *, item: Item, asked: Sequence[Criterion]) -> None:
        super().__init__(data)
        self.item = item
        self.names = field_names(asked)
        for name, criterion in zip(self.names, asked, strict=True):
            self.fields[name] = AnswerField(criterion, swapped=False)

    def decided(self) -> Decided:
        """What the lead says."""
        data = self.cleaned_data
        return Decided(
            answers=tuple(data[name] for name in self.names),
            revision=data["item_revision"],
            known=data["known"],
            texts=self.changed_texts(),
            comment=plain(data["comment"]),
        )

    def changed_texts(self) -> dict[str, str]:
        """The texts that differ from the item's."""
        sent = {name: plain(self.cleaned_data[name]) for name in REVISABLE if name in self.data}
        return {name: text for name, text in sent.items() if text != plain(getattr(self.item, name))}

    def sentence(self) -> str:
        """Everything that is wrong with the input, in words."""
        return problems_of(self)


class ReviewForm(forms.Form):
    """What a lead makes of a label."""

    ACCEPT, FIX, REJECT, REJECT_TO_ANOTHER = "accept", "fix", "reject", "reject_to_another"
    label = forms.IntegerField(min_value=1)
    outcome = forms.ChoiceField(choices=[(one, one) for one in (ACCEPT, FIX, REJECT, REJECT_TO_ANOTHER)])
    comment = forms.CharField(required=False, max_length=COMMENT_LENGTH, label=_("Comment"))

    def sentence(self) -> str:
        """What is wrong, in words."""
        return " ".join(str(message) for found in self.errors.values() for message in found)


def field_names(asked: Sequence[Criterion]) -> list[str]:
    """The fields that answers come in, as on the review page."""
    if is_one_verdict(asked):
        return ["verdict"]
    return [f"value-{number}" for number in range(1, len(asked) + 1)]
