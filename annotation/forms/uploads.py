"""What the pages of an upload send."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.core.label_tables import HUMAN, JUDGE, Shape
from annotation.models import Upload
from judging.core.readers import MAPPED, READERS
from judging.core.readers.fields import FIELDS
from judging.forms import PlainForm

ENCODINGS = [
    ("", _("UTF-8")),
    ("cp932", "Shift-JIS (cp932)"),
    ("euc_jp", "EUC-JP"),
    ("iso2022_jp", "ISO-2022-JP"),
    ("gb18030", "GB18030, GBK"),
    ("big5", "Big5"),
    ("cp949", "EUC-KR (cp949)"),
    ("utf-16", "UTF-16"),
    ("cp1252", "Windows-1252"),
]
FIELD_WORDS = {
    "question": _("Question"),
    "answer": _("Answer"),
    "reference": _("Reference"),
    "id": _("Id"),
    "model": _("Model"),
    "category": _("Category"),
    "context": _("Context"),
    "criteria": _("Criteria"),
}
"""What pages call the fields that a column may be; a field that has no words here is called by its name."""

COLUMN = "column_"
NONE = "-"
"""The choice that a file has no such column; '' leaves it to the names."""


class UploadForm(PlainForm):
    """How the files of an upload are read, and into which dataset."""

    kind = forms.ChoiceField(
        label=_("The files hold"),
        choices=[
            (Upload.Kind.ITEMS, _("items: questions and answers to be judged")),
            (Upload.Kind.LABELS, _("labels: what people or judges said of items")),
        ],
    )
    name = forms.CharField(
        max_length=200,
        label=_("Dataset"),
        help_text=_("A new name makes a new dataset; an existing one is brought up to date."),
    )
    format = forms.ChoiceField(
        required=False,
        label=_("Format"),
        choices=[("", _("as the content says")), *((name, name) for name in READERS)],
    )
    encoding = forms.ChoiceField(required=False, label=_("Encoding"), choices=ENCODINGS)
    skip_bad = forms.BooleanField(
        required=False, label=_("Leave out bad rows"), help_text=_("Store the good rows all the same.")
    )
    annotator = forms.CharField(
        required=False,
        max_length=150,
        label=_("Who said this?"),
        help_text=_("Whose verdicts the files hold, where they do not say it. Empty: no labels are made of a log."),
    )
    rater_type = forms.ChoiceField(
        required=False,
        label=_("The labels are of"),
        choices=[(HUMAN, _("people")), (JUDGE, _("judges"))],
    )
    criterion = forms.CharField(
        required=False, max_length=100, label=_("What was judged"), help_text=_("Where the table does not say.")
    )
    positional = forms.BooleanField(required=False, label=_("The raters' columns are places, not the same people"))

    shape = forms.ChoiceField(
        required=False,
        label=_("Shape of the table"),
        choices=[
            ("", _("as it looks")),
            (Shape.LONG, _("a row per label")),
            (Shape.WIDE, _("a row per item, a column per rater")),
            (Shape.TURNED, _("a row per rater, a column per item")),
            (Shape.COUNTS, _("counts: how many raters gave each value to an item")),
            (Shape.SQUARE, _("the table of two raters: how often they said each two values")),
        ],
    )
    missing = forms.CharField(
        required=False,
        max_length=300,
        label=_("No label"),
        help_text=_("Values that mean no label, with commas between: -1, 99. Blanks always do."),
    )
    scale = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Scale"),
        help_text=_("All values in their order, with commas between: low, medium, high. Words become 1, 2, 3."),
    )

    ITEMS: ClassVar[tuple[str, ...]] = ("format", "skip_bad")
    LABELS: ClassVar[tuple[str, ...]] = ("rater_type", "criterion", "positional", "shape")
    LISTS: ClassVar[tuple[str, ...]] = ("missing", "scale")

    def __init__(self, data: Mapping[str, Any] | None = None, *, upload: Upload) -> None:
        super().__init__(data, initial=initial_of(upload))
        self.upload = upload
        self.columns: list[str] = list(upload.found.get("columns", []))
        if self.columns:
            self._add_columns()

    def _add_columns(self) -> None:
        named = [(name, name) for name in self.columns]
        choices = [("", _("by its name")), (NONE, _("none")), *named]
        for field in FIELDS:
            self.fields[COLUMN + field] = forms.ChoiceField(
                required=False,
                label=FIELD_WORDS.get(field, field.capitalize()),
                choices=choices,
                initial=self.initial.get(COLUMN + field, ""),
            )
        self.fields["raters"] = forms.MultipleChoiceField(required=False, label=_("Raters' columns"), choices=named)

    def column_fields(self) -> list[forms.BoundField]:
        """The fields that say what a column is."""
        return [self[COLUMN + field] for field in FIELDS if COLUMN + field in self.fields]

    def clean(self) -> dict[str, Any]:
        """Columns are named in plain tables and lists only."""
        data = super().clean() or self.cleaned_data
        if self.mapped() and data.get("format") and data["format"] not in MAPPED:
            self.add_error(
                "format", _("The columns of this format have their meaning. Name columns in plain tables only.")
            )
        named = [name for name in self.mapped().values() if name]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice is not None:
            message = _("The column %(name)s is given to two fields. Give it to one.") % {"name": twice}
            raise forms.ValidationError(message)
        return data

    def mapped(self) -> dict[str, str]:
        """What a person said the columns are."""
        said = {field: self.cleaned_data.get(COLUMN + field, "") for field in FIELDS}
        return {field: "" if name == NONE else name for field, name in said.items() if name}

    def options(self) -> dict[str, Any]:
        """The choices as an upload keeps them; what was left alone is not among them."""
        data = self.cleaned_data
        kept = {name: data.get(name) for name in ("encoding", "annotator")}
        if data["kind"] == Upload.Kind.ITEMS:
            kept |= {name: data.get(name) for name in self.ITEMS} | {"columns": self.mapped()}
        else:
            kept |= {name: data.get(name) for name in (*self.LABELS, "raters")}
            kept |= {name: names_in(data.get(name, "")) for name in self.LISTS}
        return {name: value for name, value in kept.items() if value}


def initial_of(upload: Upload) -> dict[str, Any]:
    """The choices of an upload as they stand in its form."""
    columns = {COLUMN + field: name or NONE for field, name in upload.options.get("columns", {}).items()}
    lists = {name: ", ".join(upload.options.get(name, ())) for name in UploadForm.LISTS}
    return {"kind": upload.kind, "name": upload.name, **upload.options, **columns, **lists}


def names_in(text: str) -> list[str]:
    """What is written with commas between."""
    return [name.strip() for name in text.split(",") if name.strip()]
