"""What the campaign page sends."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotation.core.words import Terms
from annotation.forms.review import plain
from annotation.models import Campaign
from judging.models import Dataset, Run
from judging.permissions import Role


class CampaignForm(forms.Form):
    """A new campaign."""

    dataset = forms.ModelChoiceField(Dataset.objects.none(), label=_("Dataset"))
    name = forms.CharField(max_length=200, label=_("Name"))
    run = forms.ModelChoiceField(
        Run.objects.none(),
        required=False,
        label=_("Judge shown beside"),
        help_text=_("A run over the same dataset. While the campaign is blind, its word is shown after submitting."),
        empty_label=_("none"),
    )
    annotators = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Annotators"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Members of the groups annotator and lead."),
    )
    labels_per_item = forms.IntegerField(min_value=1, initial=2, label=_("Labels per item"))
    order = forms.ChoiceField(choices=Campaign.Order.choices, label=_("Order"))
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=0, label=_("Seed"))
    blind_judge = forms.BooleanField(required=False, initial=True, label=_("Hide the judge until submitting"))
    blind_model = forms.BooleanField(required=False, initial=True, label=_("Hide the name of the answering model"))
    guideline = forms.CharField(
        required=False, widget=forms.Textarea, label=_("Guideline"), help_text=_("Shown beside every item.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Q(groups__name__in=[Role.ANNOTATOR, Role.LEAD])
        self.fields["dataset"].queryset = Dataset.objects.ready()  # type: ignore[attr-defined]
        runs = Run.objects.filter(judge__isnull=False).select_related("judge", "dataset")
        self.fields["run"].queryset = runs  # type: ignore[attr-defined]
        self.fields["run"].label_from_instance = self.run_name  # type: ignore[attr-defined]
        people = User.objects.filter(roles, is_active=True).distinct().order_by("username")
        self.fields["annotators"].queryset = people  # type: ignore[attr-defined]

    @staticmethod
    def run_name(run: Run) -> str:
        """A run as a lead knows it."""
        return f"{run.dataset} · {run.judge} · {run}"

    def terms(self) -> Terms:
        """What annotators will see."""
        data = self.cleaned_data
        return Terms(
            blind_judge=data["blind_judge"], blind_model=data["blind_model"], guideline=plain(data["guideline"])
        )
