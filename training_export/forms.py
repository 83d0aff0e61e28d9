"""What a lead chooses on the page of a new export."""

from typing import Any, cast

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from annotation.models import Campaign
from judging.models import Dataset, Run
from training_export.core.records import Source
from training_export.core.writers import WRITERS
from training_export.selection import ExportProblem, Selection, judge_runs, select

FORMATS = {
    "mdk": _("mdk: question and answer per line, and the manual log"),
    "qa_jsonl": _("QA JSONL: everything an item came with"),
    "trl_prompt_completion": _("TRL prompt and completion: clean answers"),
    "trl_preference": _("TRL preference: corrected over wrong, clean over wrong"),
    "trl_unpaired": _("TRL unpaired preference: clean and wrong answers"),
    "chat": _("Chat messages: clean answers"),
    "text": _("Plain text: clean answers"),
    "mdk_gold": _("mdk gold set: CSV, XLSX, JSON, and JSON without verdicts"),
    "promptfoo_csv": _("promptfoo tests: clean answers as what is expected"),
    "label_studio": _("Label Studio tasks, with everyone's words"),
    "labels": _("Label table: one line per item, rater and criterion"),
}
SOURCES = {
    Source.GOLD: _("People: a lead's decision, else the majority"),
    Source.HUMAN: _("People: the majority alone"),
    Source.JUDGE: _("The judge"),
    Source.GOLD_THEN_JUDGE: _("People, and the judge where nobody labelled"),
}


class RunField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Runs, named by their judge."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.pk}: {obj.judge}"


class ExportForm(forms.Form):
    """Dataset, format, and whose verdict. Valid when there is something to export."""

    dataset = forms.ModelChoiceField(Dataset.objects.none(), label=_("Dataset"))
    source = forms.ChoiceField(label=_("Whose verdict"), choices=[(key.value, text) for key, text in SOURCES.items()])
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), required=False, label=_("Campaign"), empty_label=_("The only one")
    )
    run = RunField(
        Run.objects.none(), required=False, label=_("Run of a judge"), empty_label=_("The newest finished one")
    )
    format = forms.ChoiceField(label=_("Format"), choices=[(name, FORMATS.get(name, name)) for name in WRITERS])

    def __init__(self, *args: Any, dataset: Dataset | None, **kwargs: Any) -> None:
        """`dataset` decides which campaigns and runs are offered."""
        super().__init__(*args, **kwargs)
        offered = {
            "dataset": Dataset.objects.ready(),
            "campaign": Campaign.objects.filter(dataset=dataset),
            "run": judge_runs(dataset) if dataset else Run.objects.none(),
        }
        for name, rows in offered.items():
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = rows

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                _selected = self.selection
            except ExportProblem as problem:
                raise forms.ValidationError(str(problem)) from problem
        return cleaned

    @cached_property
    def selection(self) -> Selection:
        """What the choices come to."""
        chosen = self.cleaned_data
        return select(chosen["dataset"], source=chosen["source"], campaign=chosen["campaign"], run=chosen["run"])
