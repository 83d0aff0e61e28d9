"""What a lead chooses on the page of a new export."""

from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from annotation.models import Campaign
from judging.forms import PlainForm
from judging.models import Dataset, Run
from judging.pages.sentences import by_fields
from training_export.core.records import Source
from training_export.core.sides import parse_split
from training_export.core.writers import WRITERS, TrainingOptions
from training_export.core.writers.base import DROP, HUB, JSONL, PARQUET
from training_export.core.writers.base import REPORT as TELL
from training_export.selection import EXCLUDE, REPORT, Asked, ExportProblem, Selection, judge_runs, select

FORMATS = {
    "mdk": _("mdk: question and answer per line, and the manual log"),
    "qa_jsonl": _("QA JSONL: everything an item came with"),
    "parquet": _("Parquet: everything an item came with"),
    "hf_dataset": _("Folder for datasets.load_dataset: every item with its verdict, and a dataset card"),
    "trl_prompt_completion": _("TRL prompt and completion: clean answers"),
    "trl_preference": _("TRL preference: corrected over wrong, clean over wrong"),
    "trl_unpaired": _("TRL unpaired preference: clean and wrong answers"),
    "chat": _("Chat messages: clean answers"),
    "text": _("Plain text: clean answers"),
    "mdk_gold": _("mdk gold set: CSV, XLSX, JSON, and JSON without verdicts"),
    "promptfoo_csv": _("promptfoo tests: clean answers as what is expected"),
    "promptfoo": _("promptfoo results: the machine's grade and people's corrections apart"),
    "fastchat": _("FastChat tree: questions, references, answers and judgments"),
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


class ExportForm(PlainForm):
    """Dataset, format, and whose verdict. Valid when there is something to export."""

    dataset = forms.ModelChoiceField(Dataset.objects.none(), label=_("Dataset"), empty_label=_("Choose one"))
    source = forms.ChoiceField(label=_("Whose verdict"), choices=[(key.value, text) for key, text in SOURCES.items()])
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), required=False, label=_("Campaign"), empty_label=_("The only one")
    )
    run = RunField(
        Run.objects.none(), required=False, label=_("Run of a judge"), empty_label=_("The newest finished one")
    )
    criterion = forms.CharField(
        required=False,
        label=_("Criterion"),
        help_text=_("Whose verdicts decide, where there are several criteria and no overall verdict."),
    )
    format = forms.ChoiceField(label=_("Format"), choices=[(name, FORMATS.get(name, name)) for name in WRITERS])
    min_agreement = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        label=_("Least agreement"),
        help_text=_("Share of an item's labels that must say its verdict, 0 to 1."),
    )
    judge_gate = forms.BooleanField(
        required=False,
        label=_("Only where the judge may stand in"),
        help_text=_("The judge's verdict is taken only where its agreement with people is good enough."),
    )
    leakage_against = forms.ModelChoiceField(
        Dataset.objects.none(),
        required=False,
        label=_("Benchmark that must not leak"),
        empty_label=_("None"),
        help_text=_("Items whose question is a near copy of one of its questions."),
    )
    leakage = forms.ChoiceField(
        required=False,
        label=_("Items that leak"),
        choices=[(EXCLUDE, _("are left out")), (REPORT, _("are counted only"))],
    )
    split = forms.CharField(
        required=False,
        label=_("Split"),
        help_text=_(
            "Percentages of train/validation/test, such as 90/5/5. Near copies and one document's items stay together."
        ),
    )
    written_as = forms.ChoiceField(
        required=False,
        label=_("Files"),
        choices=[
            (JSONL, _("lines of JSON")),
            (PARQUET, _("Parquet")),
            (HUB, _("a folder for datasets.load_dataset")),
        ],
    )
    min_chars = forms.IntegerField(required=False, min_value=1, label=_("Shortest text, characters"))
    max_chars = forms.IntegerField(required=False, min_value=1, label=_("Longest text, characters"))
    near_copies = forms.ChoiceField(
        required=False,
        label=_("Rows that nearly repeat another"),
        choices=[("", _("are not looked for")), (TELL, _("are counted")), (DROP, _("are left out"))],
    )
    max_similarity = forms.FloatField(
        required=False,
        min_value=0.01,
        max_value=1,
        label=_("Most similarity of a pair's sides"),
        help_text=_("Share of the text that both sides have, 0 to 1."),
    )
    include_metadata = forms.BooleanField(required=False, label=_("Say in every row where it comes from"))

    def __init__(self, *args: Any, dataset: Dataset | None, **kwargs: Any) -> None:
        """`dataset` decides which campaigns and runs are offered."""
        super().__init__(*args, **kwargs)
        offered = {
            "dataset": Dataset.objects.ready(),
            "campaign": Campaign.objects.filter(dataset=dataset),
            "run": judge_runs(dataset) if dataset else Run.objects.none(),
            "leakage_against": Dataset.objects.ready().exclude(pk=dataset.pk if dataset else None),
        }
        for name, rows in offered.items():
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = rows
        if offered["campaign"].count() > 1:
            cast("forms.ModelChoiceField[Any]", self.fields["campaign"]).empty_label = str(_("Choose one"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                _selected = self.selection
            except ExportProblem as problem:
                self.refuse(problem)
        return cleaned

    def refuse(self, problem: ExportProblem) -> None:
        """Say what is wrong at the choice that mends it."""
        self.add_error(problem.choice if problem.choice in self.fields else None, by_fields(str(problem)))

    def still_to_choose(self) -> list[str]:
        """What no choice was made for yet, taken off the errors: whoever still chooses has done nothing wrong."""
        waiting = [name for name in self.errors if name in {NON_FIELD_ERRORS, "source"} or not self[name].data]
        return [str(sentence) for name in waiting for sentence in self.errors.pop(name, [])]

    def clean_split(self) -> tuple[int, ...]:
        """The percentages as numbers."""
        try:
            return parse_split(self.cleaned_data["split"]) if self.cleaned_data["split"] else ()
        except ValueError as problem:
            sentence = _("Write percentages over 0 that come to 100, such as 90/5/5.")
            raise forms.ValidationError(sentence) from problem

    @property
    def for_training(self) -> bool:
        """Whether the chosen format has splits, lengths and the like."""
        form = WRITERS.get(str(self["format"].value()))
        return bool(form and form.for_training)

    @property
    def with_judge(self) -> bool:
        """Whether a judge's verdict can be taken."""
        return self["source"].value() in {Source.JUDGE, Source.GOLD_THEN_JUDGE}

    @cached_property
    def selection(self) -> Selection:
        """What the choices come to."""
        chosen = self.cleaned_data
        asked = Asked(
            min_agreement=0.0 if chosen["source"] == Source.JUDGE else chosen["min_agreement"] or 0.0,
            judge_gate=chosen["judge_gate"] and self.with_judge,
            leakage_against=chosen["leakage_against"],
            leakage=chosen["leakage"] or EXCLUDE,
            criterion=chosen["criterion"],
        )
        return select(
            chosen["dataset"], source=chosen["source"], campaign=chosen["campaign"], run=chosen["run"], asked=asked
        )

    @property
    def options(self) -> TrainingOptions:
        """What was asked of the rows, where the format has them."""
        chosen = self.cleaned_data
        if not self.for_training:
            return TrainingOptions()
        return TrainingOptions(
            split=chosen["split"],
            include_metadata=chosen["include_metadata"],
            min_chars=chosen["min_chars"] or 1,
            max_chars=chosen["max_chars"],
            files=chosen["written_as"] or JSONL,
            near_copies=chosen["near_copies"],
            max_similarity=chosen["max_similarity"] or 1.0,
        )
