"""Admin of rubrics and judges: edited while unused, copied to a new version afterwards."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from judging.actions.judges import copy_judge, copy_rubric, rubric_spec_of
from judging.admin.base import LeadAdmin
from judging.core.prompts import check_prompts
from judging.core.scales import criterion_from_json
from judging.models import Judge, Rubric


class VersionedAdmin(LeadAdmin):
    """A version that a run used is shown and never edited; a copy of it is a new version that is."""

    change_form_template = "admin/judging/versioned_change_form.html"
    readonly_fields = ["version", "frozen_at"]
    search_fields = ["name"]
    ordering = ["name", "-version"]
    make_copy: Callable[[Any], Model]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not once it was used."""
        return (obj is None or obj.frozen_at is None) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not once it was used."""
        return (obj is None or obj.frozen_at is None) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new one gets the next number of its name."""
        if not change:
            newest = self.model._default_manager.filter(name=obj.name).order_by("-version").first()
            obj.version = newest.version + 1 if newest else 1
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        """The usual ones, and the one that copies."""
        name = f"judging_{self.opts.model_name}_copy"
        copying = path("<int:pk>/copy/", self.admin_site.admin_view(self.copy_view), name=name)
        return [copying, *super().get_urls()]

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Make a new version and open it; a GET changes nothing."""
        if request.method == "POST" and self.has_add_permission(request):
            original = get_object_or_404(self.model, pk=pk)
            copied = type(self).make_copy(original)
            self.log_addition(request, copied, f"Copied from {original}.")
            messages.success(request, _("%(copy)s can be edited until a run uses it.") % {"copy": copied})
            pk = copied.pk
        return redirect(reverse(f"admin:judging_{self.opts.model_name}_change", args=[pk]))


class RubricForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses criteria and prompts that no judge could work with."""

    def clean_criteria(self) -> Any:
        """Each must be readable."""
        criteria = self.cleaned_data["criteria"]
        if not isinstance(criteria, list) or not criteria:
            raise forms.ValidationError(_("Write a list with at least one criterion."))
        for data in criteria:
            if not isinstance(data, dict):
                raise forms.ValidationError(_("Every criterion is an object with name, scale, direction and clean_if."))
            try:
                criterion_from_json(data)
            except (ValueError, TypeError) as error:
                raise forms.ValidationError(str(error)) from error
        return criteria

    def clean_prompts(self) -> Any:
        """Parts, roles and templates."""
        prompts = self.cleaned_data["prompts"] or {}
        parts: Iterable[Any] = prompts.values() if isinstance(prompts, dict) else [None]
        if not all(
            isinstance(roles, dict) and all(isinstance(text, str) for text in roles.values()) for roles in parts
        ):
            raise forms.ValidationError(_("Write {part: {role: template}}."))
        return prompts

    def clean(self) -> dict[str, Any]:
        """The templates must render."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            names = ("name", "kind", "criteria", "style", "needs_question", "prompts")
            rubric = Rubric(**{name: cleaned[name] for name in names})
            for problem in check_prompts(rubric_spec_of(rubric)):
                self.add_error("prompts", problem)
        return cleaned


@admin.register(Rubric)
class RubricAdmin(VersionedAdmin):
    """Criteria and prompts."""

    form = RubricForm
    make_copy = staticmethod(copy_rubric)
    list_display = ["name", "version", "kind", "style", "frozen_at"]
    list_filter = ["kind", "style", ("frozen_at", admin.EmptyFieldListFilter)]
    fields = ["name", "version", "kind", "style", "criteria", "needs_question", "prompts", "frozen_at"]


@admin.register(Judge)
class JudgeAdmin(VersionedAdmin):
    """Engine, model, rubric, sampling, decision."""

    make_copy = staticmethod(copy_judge)
    list_display = ["name", "version", "kind", "engine", "model", "rubric", "samples", "frozen_at"]
    list_filter = ["kind", "engine", ("frozen_at", admin.EmptyFieldListFilter)]
    list_select_related = ["rubric"]
    search_fields = ["name", "model", "rubric__name"]
    autocomplete_fields = ["rubric"]
    fieldsets = [
        (None, {"fields": ["name", "version", "kind", "frozen_at"]}),
        (gettext_lazy("How it judges"), {"fields": ["rubric", "engine", "model", "sampling", "samples", "decision"]}),
        (gettext_lazy("Panel"), {"fields": ["members"]}),
    ]
    filter_horizontal = ["members"]
