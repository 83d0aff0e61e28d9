"""What the pages send on which a teacher makes questions and people get them."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from judging.actions.document_questions import PER_PASSAGE, Document
from judging.engines import ENGINES
from judging.forms import PlainForm
from judging.permissions import Role

MOST_BYTES = 5 << 20


class DocumentForm(PlainForm):
    """A document, as a file or as text, and who makes questions of it."""

    name = forms.CharField(label=_("Name"), max_length=150, help_text=_("Of the document; models are scored under it."))
    file = forms.FileField(label=_("File"), required=False, help_text=_("Plain text or Markdown, in UTF-8."))
    text = forms.CharField(
        label=_("Or its text"), required=False, widget=forms.Textarea(attrs={"rows": 8}), strip=False
    )
    model = forms.CharField(label=_("Teacher"), max_length=300, help_text=_("As its server calls it, or its folder."))
    engine = forms.ChoiceField(label=_("Engine"), choices=[(name, name) for name in sorted(ENGINES)])
    base_url = forms.URLField(label=_("Address of the server"), required=False, assume_scheme="http")
    per_passage = forms.IntegerField(
        label=_("Questions of each passage"), min_value=1, max_value=20, initial=PER_PASSAGE
    )
    seed = forms.IntegerField(label=_("Seed"), required=False, min_value=0, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_url"].widget.attrs["placeholder"] = settings.OPENAI_BASE_URL
        self.fields["file"].widget.attrs["accept"] = ".txt,.md,text/plain,text/markdown"

    def clean(self) -> dict[str, Any]:
        """`document`: the text that is meant, of one of the two."""
        cleaned: dict[str, Any] = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text") or ""
        if bool(file) == bool(text.strip()):
            raise forms.ValidationError(_("Choose a file or write a text, one of the two."))
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is longer than 5 MiB of text. Take a part of it."))
        if file:
            try:
                text = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError(_("The file is no text in UTF-8. Store it as plain text first.")) from error
        cleaned["document"] = Document(name=cleaned.get("name", ""), text=text)
        return cleaned


class ReviewersForm(PlainForm):
    """Who reviews the questions."""

    campaign = forms.CharField(label=_("Name of the campaign"), max_length=200)
    annotators = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Annotators"), required=False, widget=forms.CheckboxSelectMultiple
    )
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label=_("Or a group"),
        required=False,
        help_text=_("Its members draw the questions."),
        to_field_name="name",
    )
    labels_per_item = forms.IntegerField(label=_("People per question"), min_value=1, max_value=20, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Q(groups__name__in=[Role.ANNOTATOR, Role.LEAD])
        people = User.objects.filter(roles, is_active=True).distinct().order_by("username")
        cast("forms.ModelMultipleChoiceField[User]", self.fields["annotators"]).queryset = people
        cast("forms.ModelChoiceField[Group]", self.fields["group"]).queryset = Group.objects.order_by("name")

    def clean(self) -> dict[str, Any]:
        """Annotators or a group."""
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("annotators")) == bool(cleaned.get("group")):
            raise forms.ValidationError(_("Choose annotators or a group, one of the two."))
        return cleaned
