"""What a lead chooses when a run starts."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from judging.benchmarks import BENCHMARKS
from judging.benchmarks.mmlu.recipe import Continued
from judging.benchmarks.mt_bench.prompt_kinds import PAIR, SINGLE
from judging.core.builtin import JUDGES
from judging.engines import ENGINES
from judging.models import Dataset, Item, Judge

MOST_DATASETS = 200
"""As many as a menu offers, the newest first."""


def judge_choices() -> list[tuple[Any, Any]]:
    """Built-in judges, then the newest stored version of every name."""
    newest: dict[str, Judge] = {}
    for judge in Judge.objects.usable().order_by("name", "-version"):
        newest.setdefault(judge.name, judge)
    stored = [
        (f"{judge.name}:{judge.version}", f"{judge} · {judge.engine} {judge.model}".strip())
        for judge in newest.values()
    ]
    builtin = [(name, f"{name} · {spec.engine}") for name, spec in JUDGES.items()]
    return [(_("Built in"), builtin), *([(_("Stored"), stored)] if stored else [])]


class PlainForm(forms.Form):
    """A form whose labels end without a colon, as those that templates write do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class RunForm(PlainForm):
    """Which judge, over which items of which dataset."""

    dataset = forms.ModelChoiceField(Dataset.objects.none(), label=_("Dataset"), empty_label=_("Choose one"))
    judge = forms.ChoiceField(
        label=_("Judge"), help_text=_("What you change below makes a new version of it; a used one never changes.")
    )
    model = forms.CharField(
        label=_("Model"), required=False, max_length=300, help_text=_("As its server calls it. Empty: the judge's own.")
    )
    engine = forms.ChoiceField(
        label=_("Engine"),
        required=False,
        choices=[("", _("the judge's own")), *((name, name) for name in sorted(ENGINES))],
    )
    base_url = forms.URLField(label=_("Address of the server"), required=False, assume_scheme="http")
    samples = forms.IntegerField(
        label=_("Replies per item"), required=False, min_value=1, max_value=100, help_text=_("Empty: the judge's own.")
    )
    limit = forms.IntegerField(
        label=_("Only the first"), required=False, min_value=1, help_text=_("Number of items. Empty: all of them.")
    )
    seed = forms.IntegerField(label=_("Seed"), required=False, min_value=0, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Dataset]", self.fields["dataset"]).queryset = Dataset.objects.ready()
        cast(forms.ChoiceField, self.fields["judge"]).choices = judge_choices()
        self.fields["base_url"].widget.attrs["placeholder"] = settings.OPENAI_BASE_URL


class BenchmarkForm(PlainForm):
    """Which models, by which benchmark, by which rules."""

    benchmark = forms.ChoiceField(label=_("Benchmark"))
    dataset = forms.ModelChoiceField(
        Dataset.objects.none(),
        label=_("Questions"),
        help_text=_("A dataset with the questions of this benchmark."),
        empty_label=_("Choose one"),
    )
    models = forms.CharField(
        label=_("Models"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line: as its server calls it, its folder, or a folder of checkpoints."),
    )
    engine = forms.ChoiceField(label=_("Engine"), choices=[(name, name) for name in sorted(ENGINES)])
    base_url = forms.URLField(label=_("Address of the server"), required=False, assume_scheme="http")
    first_n = forms.IntegerField(
        label=_("Only the first"), required=False, min_value=1, help_text=_("Number of questions. Empty: all of them.")
    )
    seed = forms.IntegerField(label=_("Seed"), required=False, min_value=0, initial=0)
    shots = forms.IntegerField(
        label=_("Solved questions before each"),
        required=False,
        min_value=0,
        max_value=50,
        help_text=_("Empty: 5, or none for MMLU-Branch."),
    )
    continued = forms.ChoiceField(
        label=_("What is weighed"),
        required=False,
        choices=[
            ("", _("as the benchmark does")),
            (Continued.LETTERS.value, _("the letters")),
            (Continued.TEXTS.value, _("the texts of the choices")),
        ],
    )
    chat = forms.BooleanField(label=_("As a chat, with the model's template"), required=False)
    system = forms.CharField(label=_("System message"), required=False, help_text=_("Empty: none."))
    judge = forms.ChoiceField(
        label=_("Judge"), required=False, help_text=_("Who grades the answers, where the benchmark has answers.")
    )
    judge_model = forms.CharField(label=_("Its model"), required=False, max_length=300)
    judge_engine = forms.ChoiceField(
        label=_("Its engine"),
        required=False,
        choices=[("", _("the judge's own")), *((name, name) for name in sorted(ENGINES))],
    )
    judge_base_url = forms.URLField(label=_("Address of its server"), required=False, assume_scheme="http")
    mode = forms.ChoiceField(
        label=_("How answers are judged"),
        required=False,
        choices=[(SINGLE, _("one by one, on a scale")), (PAIR, _("in pairs: which of two is better, in both orders"))],
        help_text=_("Pairs are for MT-Bench."),
    )
    baseline = forms.CharField(
        label=_("Baseline"),
        required=False,
        max_length=300,
        help_text=_("Of pairs: the model that all others are compared with. Empty: everybody with everybody."),
    )
    repeats = forms.IntegerField(label=_("Grade every answer so often"), min_value=1, max_value=20, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(each.name, each.title) for each in BENCHMARKS.values()]
        cast(forms.ChoiceField, self.fields["benchmark"]).choices = named
        cast("forms.ModelChoiceField[Dataset]", self.fields["dataset"]).queryset = Dataset.objects.ready()
        cast(forms.ChoiceField, self.fields["judge"]).choices = [("", _("the benchmark's own")), *judge_choices()]
        self.fields["base_url"].widget.attrs["placeholder"] = settings.OPENAI_BASE_URL

    def clean_models(self) -> list[str]:
        """The lines that name a model."""
        return [line.strip() for line in self.cleaned_data["models"].splitlines() if line.strip()]


class TrialForm(PlainForm):
    """On which item a judge is tried."""

    source = forms.ChoiceField(label=_("Item of"))
    position = forms.IntegerField(label=_("Number"), min_value=1, initial=1, help_text=_("Of an item of a dataset."))
    base_url = forms.URLField(label=_("Address of the server"), required=False, assume_scheme="http")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        datasets = [(str(pk), name) for pk, name in Dataset.objects.ready().values_list("pk", "name")[:MOST_DATASETS]]
        samples = [("en", _("a question in English")), ("ja", _("a question in Japanese"))]
        choices = [(_("Built in"), samples), *([(_("Datasets"), datasets)] if datasets else [])]
        cast(forms.ChoiceField, self.fields["source"]).choices = choices
        self.fields["base_url"].widget.attrs["placeholder"] = settings.OPENAI_BASE_URL

    def clean(self) -> dict[str, Any]:
        """The item must be there: `item` is it, None for a built-in one."""
        cleaned: dict[str, Any] = super().clean() or {}
        source, position = cleaned.get("source", ""), cleaned.get("position")
        cleaned["item"] = None
        if source.isdecimal() and position:
            cleaned["item"] = Item.objects.filter(dataset=source, position=position).first()
            if cleaned["item"] is None:
                self.add_error("position", _("This dataset has no item of that number."))
        return cleaned
