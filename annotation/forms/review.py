"""What the review page sends."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.core.asked import UNDEFINED, NotAnAnswer, answer_of, choices_of, is_one_verdict, side
from annotation.core.rules import CampaignRules
from annotation.core.words import CORRECTABLE, FLAGS, Answer, PageView, Word
from annotation.models import Assignment
from judging.core.scales import Criterion
from judging.core.verdicts import PersonVerdict
from judging.models import Item

COMMENT_LENGTH = 20_000
TEXT_LENGTH = 500_000
REASON_LENGTH = 500
ANSWER_NAME = re.compile(r"verdict|value-\d+")
LISTS = ("error_types", "flags")
AnyForm = TypeVar("AnyForm", bound=forms.Form)


class SharedFields(dict[str, forms.Field]):
    """Fields of a form that is read and never shown. Django copies all of them for every form, which takes longer than
    reading what was sent; who changes one puts a copy in its place."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "SharedFields":
        return SharedFields(self)


def read_only(form: type[AnyForm]) -> type[AnyForm]:
    """A form whose fields all forms of its class share."""
    form.base_fields = SharedFields(form.base_fields)
    return form


def plain(text: str) -> str:
    """A browser sends every line end as two characters; texts are compared and stored with one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@read_only
class PageForm(forms.Form):
    """Which showing of an item a request comes from, and everything a person may write about it."""

    page_key = forms.RegexField(
        r"^[0-9a-f]{32}$", error_messages={"invalid": _("This page is out of date: reload it.")}
    )
    known_rev = forms.IntegerField(min_value=0)
    item_revision = forms.IntegerField(min_value=1)
    seconds = forms.FloatField(required=False, min_value=0)
    comment = forms.CharField(required=False, strip=False, max_length=COMMENT_LENGTH, label=_("Comment"))
    question = forms.CharField(required=False, strip=False, max_length=TEXT_LENGTH, label=_("Question"))
    answer = forms.CharField(required=False, strip=False, max_length=TEXT_LENGTH, label=_("Answer"))
    context = forms.CharField(required=False, strip=False, max_length=TEXT_LENGTH, label=_("Context"))
    error_types = forms.MultipleChoiceField(
        required=False,
        label=_("Error types"),
        error_messages={"invalid_choice": _("%(value)s is no error type of this campaign any more: reload the page.")},
    )
    flags = forms.MultipleChoiceField(required=False, choices=[(flag, flag) for flag in FLAGS], label=_("Flags"))

    def __init__(self, data: Mapping[str, Any], *, assignment: Assignment) -> None:
        super().__init__(data)
        self.assignment = assignment
        self.item: Item = assignment.campaign_item.item
        self.asked = assignment.asked()
        self.rules = CampaignRules.from_json(assignment.campaign.rules)
        types = deepcopy(self.fields["error_types"])
        types.choices = [(name, name) for name in self.rules.error_types]  # type: ignore[attr-defined]
        self.fields["error_types"] = types

    def answer_fields(self) -> Iterator[tuple[str, Criterion]]:
        """The criteria asked, each with the name of its field."""
        if is_one_verdict(self.asked):
            yield "verdict", self.asked[0]
        else:
            yield from ((f"value-{number}", criterion) for number, criterion in enumerate(self.asked, 1))

    def view(self) -> PageView:
        """The page view, for an action."""
        data = self.cleaned_data
        return PageView(
            key=data["page_key"],
            known_rev=data["known_rev"],
            item_revision=data["item_revision"],
            seconds=data["seconds"],
        )

    def changed_texts(self) -> dict[str, str]:
        """The texts that differ from the item's."""
        sent = {name: plain(self.cleaned_data.get(name, "")) for name in CORRECTABLE if name in self.data}
        return {name: text for name, text in sent.items() if text != plain(getattr(self.item, name))}

    def sentence(self) -> str:
        """Everything that is wrong with the input, in words."""
        return problems_of(self)


def problems_of(form: forms.Form) -> str:
    """Everything that is wrong with the input of a form, a line each."""
    return "\n".join(
        str(_("%(field)s: %(problem)s") % {"field": _called(form, name), "problem": message})
        if name in form.fields
        else str(message)
        for name, messages in form.errors.items()
        for message in messages
    )


def _called(form: forms.Form, name: str) -> str:
    return str(form.fields[name].label or name.replace("_", " ").capitalize())


@read_only
class LabelForm(PageForm):
    """A decision: an answer to every criterion, and what goes with it."""

    error_count = forms.IntegerField(required=False, min_value=0, max_value=10_000, label=_("Number of errors"))

    def __init__(self, data: Mapping[str, Any], *, assignment: Assignment) -> None:
        super().__init__(data, assignment=assignment)
        for name, criterion in self.answer_fields():
            self.fields[name] = AnswerField(criterion, swapped=assignment.swapped)

    def clean(self) -> dict[str, Any]:
        """What contradicts itself, or this page, is for the person to settle."""
        data = super().clean() or self.cleaned_data
        if any(ANSWER_NAME.fullmatch(name) and name not in self.fields for name in self.data):
            raise forms.ValidationError(_("This campaign asks for other answers than this page: reload it."))
        verdict, count = data.get("verdict"), data.get("error_count")
        if count is not None and not is_one_verdict(self.asked):
            raise forms.ValidationError(_("This campaign does not count errors: reload the page."))
        if isinstance(verdict, Answer) and verdict.value == PersonVerdict.CLEAN and count:
            raise forms.ValidationError(_("You counted errors: press bad, or empty the number of errors."))
        if isinstance(verdict, Answer) and verdict.value == PersonVerdict.WRONG and count == 0:
            raise forms.ValidationError(_("Bad with 0 errors: empty the number of errors, or press good."))
        if any(not text.strip() for text in self.changed_texts().values()):
            raise forms.ValidationError(_("A corrected text cannot be empty: write it, or restore the original."))
        return data

    def word(self) -> Word:
        """What the person says."""
        data = self.cleaned_data
        return Word(
            answers=tuple(data[name] for name, _criterion in self.answer_fields()),
            error_count=data["error_count"],
            comment=plain(data["comment"]),
            error_types=tuple(data["error_types"]),
            correction=self.changed_texts() or None,
            flags=tuple(data["flags"]),
        )


class AnswerField(forms.CharField):
    """An answer to one criterion. Sides come as they were shown and leave as they are meant."""

    def __init__(self, criterion: Criterion, *, swapped: bool) -> None:
        required = _("Choose good, undefined or bad.") if is_one_verdict((criterion,)) else _("Not answered yet.")
        super().__init__(max_length=100, label=criterion.name or _("Answer"), error_messages={"required": required})
        self.criterion = criterion
        self.swapped = swapped

    def clean(self, value: Any) -> Answer:
        """The answer; a text that is none is named, with what can be answered."""
        text = super().clean(value)
        try:
            return answer_of(self.criterion, side(text.strip(), swapped=self.swapped))
        except NotAnAnswer:
            raise forms.ValidationError(
                _("%(text)s is no answer here; there is %(answers)s."),
                params={"text": text, "answers": answers_there_are(self.criterion)},
            ) from None


def answers_there_are(criterion: Criterion) -> str:
    """What can be answered to a criterion."""
    scale, choices = criterion.scale, choices_of(criterion)
    if not scale.is_numeric:
        return ", ".join((*choices, UNDEFINED))
    return str(_("a number from %(low)g to %(high)g, or undefined")) % {"low": scale.low, "high": scale.high}


@read_only
class DraftForm(PageForm):
    """What is typed so far, finished or not."""

    error_count = forms.CharField(required=False, max_length=20)
    skip_reason = forms.CharField(required=False, strip=False, max_length=REASON_LENGTH)
    sequence = forms.IntegerField(required=False, min_value=0)

    def __init__(self, data: Mapping[str, Any], *, assignment: Assignment) -> None:
        super().__init__(data, assignment=assignment)
        for name, criterion in self.answer_fields():
            self.fields[name] = forms.CharField(required=False, max_length=100, label=criterion.name or None)

    def content(self, baseline: Mapping[str, Any]) -> dict[str, Any]:
        """What differs from what stands in the form when nothing was typed: texts, answers as shown, and lists."""
        names = {
            "error_count",
            "comment",
            "skip_reason",
            *CORRECTABLE,
            *(name for name, _asked in self.answer_fields()),
        }
        sent = {name: plain(self.cleaned_data[name]) for name in sorted(names & set(self.data))}
        changed = {name: text for name, text in sent.items() if text != plain(baseline.get(name, ""))}
        lists = {name: self.cleaned_data[name] for name in LISTS}
        return changed | {name: chosen for name, chosen in lists.items() if chosen != list(baseline.get(name, []))}


@read_only
class SkipForm(PageForm):
    """Why an item is passed over."""

    skip_reason = forms.CharField(
        required=False,
        max_length=REASON_LENGTH,
        label=_("Reason"),
        error_messages={"required": _("Say why you skip it.")},
    )

    def __init__(self, data: Mapping[str, Any], *, assignment: Assignment) -> None:
        super().__init__(data, assignment=assignment)
        reason = deepcopy(self.fields["skip_reason"])
        reason.required = self.rules.comment_on_skip
        self.fields["skip_reason"] = reason

    def reason(self) -> str:
        """The reason as it was typed."""
        return plain(self.cleaned_data["skip_reason"])


class JumpForm(forms.Form):
    """A place in one's queue, and the one we are at."""

    number = forms.IntegerField()
    here = forms.IntegerField(required=False)


class UndoForm(forms.Form):
    """The label to take back."""

    label = forms.IntegerField(min_value=1)
