"""What the page sends on which people get what a judge could not be read on."""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from judging.forms import PlainForm
from judging.permissions import Role


class UnreadForm(PlainForm):
    """Who reviews it."""

    campaign = forms.CharField(label=_("Name of the campaign"), max_length=200)
    annotators = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Annotators"), widget=forms.CheckboxSelectMultiple
    )
    labels_per_item = forms.IntegerField(label=_("Labels per item"), min_value=1, max_value=20, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Q(groups__name__in=[Role.ANNOTATOR, Role.LEAD])
        people = User.objects.filter(roles, is_active=True).distinct().order_by("username")
        cast("forms.ModelMultipleChoiceField[User]", self.fields["annotators"]).queryset = people
