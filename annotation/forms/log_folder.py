"""The upload of a folder of mdk's logs."""

import json
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from judging.permissions import Role

MOST_FILES = 200


class FilesInput(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each as a form takes one."""

    widget = FilesInput(attrs={"accept": ".json,application/json"})

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """The files; two of one name cannot be from one folder."""
        files = [super(FilesField, self).clean(file, initial) for file in (data if isinstance(data, list) else [data])]
        names = [file.name for file in files]
        if len(set(names)) != len(names):
            raise forms.ValidationError(_("Two files have the same name: choose the files of one folder."))
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("These are too many files for one folder of logs."))
        return files


class LogFolderForm(forms.Form):
    """The files of a folder, what they become, and whose decisions are in them."""

    logs = FilesField(
        label=_("Files"),
        help_text=_("experiment_log.json, all experiment_log_manual_*.json and experiment_log_autosave.json."),
    )
    dataset = forms.CharField(
        max_length=200, label=_("Name of the dataset"), help_text=_("The same name opens the same folder once more.")
    )
    annotator = forms.ModelChoiceField(
        User.objects.none(), to_field_name="username", label=_("Whose decisions they are"), empty_label=None
    )
    take = forms.CharField(
        required=False, max_length=200, label=_("Take this file"), help_text=_("Without a name: the newest by time.")
    )
    modified = forms.JSONField(required=False, widget=forms.HiddenInput(), decoder=json.JSONDecoder)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Q(groups__name__in=list(Role)) | Q(is_superuser=True)
        people = User.objects.filter(roles, is_active=True).distinct().order_by("username")
        self.fields["annotator"].queryset = people  # type: ignore[attr-defined]

    def clean_modified(self) -> dict[str, float]:
        """When each file was written, in seconds since 1970, as far as the browser said it."""
        sent = self.cleaned_data["modified"]
        pairs = sent.items() if isinstance(sent, dict) else ()
        return {name: at / 1000 for name, at in pairs if isinstance(at, (int, float)) and not isinstance(at, bool)}
