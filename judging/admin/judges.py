"""Admin of rubrics and judges: edited while unused, copied to a new version afterwards."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from judging.actions.judges import copy_judge, copy_rubric
from judging.admin.base import LeadAdmin
from judging.admin.facts import NOTHING
from judging.admin.judge_forms import (
    RUBRIC_COLUMNS,
    TEMPLATE_ROLES,
    JudgeForm,
    RubricForm,
    field_of,
    parts_of,
    templates_see,
    title_of,
)
from judging.models import Judge, Rubric

MOST_JUDGES = 20


class FrozenFilter(admin.EmptyFieldListFilter):
    """Versions that can be edited, and those that a run used."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = _("state")

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The same, told."""
        words = (_("All"), _("can be edited"), _("used by a run"))
        for choice, word in zip(super().choices(changelist), words, strict=True):
            yield {**choice, "display": word}


class EngineFilter(admin.AllValuesFieldListFilter):
    """Engines, and the judges that have none."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The same, none of them without a name."""
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] or NOTHING}


class VersionedAdmin(LeadAdmin):
    """A version that a run used is shown and never edited; a copy of it is a new version that is."""

    change_form_template = "admin/judging/versioned_change_form.html"
    readonly_fields = ["version", "frozen_at"]
    search_fields = ["name"]
    ordering = ["name", "-version"]
    make_copy: Callable[[Any], Model]

    class Media:
        css = {"all": ["judging/admin.css"]}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not once it was used."""
        return (obj is None or obj.frozen_at is None) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not once it was used."""
        return (obj is None or obj.frozen_at is None) and super().has_delete_permission(request, obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """What stays is shown, with the reason, to those who would delete it."""
        shown = self.get_object(request, object_id)
        if shown is not None and shown.frozen_at and self.has_view_permission(request, shown):
            return redirect(reverse(f"admin:judging_{self.opts.model_name}_change", args=[shown.pk]))
        return super().delete_view(request, object_id, extra_context)

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


@admin.register(Rubric)
class RubricAdmin(VersionedAdmin):
    """Criteria and prompts; a template has a text area of its own, one for each part and role."""

    form = RubricForm
    make_copy = staticmethod(copy_rubric)
    list_display = ["name", "version", "kind", "style", "frozen_at"]
    list_filter = ["kind", "style", ("frozen_at", FrozenFilter)]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """The text areas are fields of the form alone, so the model is asked for its own ones only."""
        return super().get_form(request, obj, change, **options | {"fields": RUBRIC_COLUMNS})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The rubric, then each part of its prompt."""
        own = ["name", "version", "kind", "style", "criteria", "needs_question"]
        if not self.has_change_permission(request, obj):
            shown = [(gettext_lazy("Prompts"), {"fields": ["shown_prompts"]})] if obj and obj.prompts else []
            return [(None, {"fields": [*map(self._told, own), "judges_of_it", "frozen_at"]}), *shown]
        own += ["judges_of_it"] if obj else []
        parts = parts_of(request.POST.get("parts")) if request.method == "POST" else list(obj.prompts if obj else [""])
        return [
            (None, {"fields": own}),
            (gettext_lazy("Parts of the prompt"), {"fields": ["parts"], "description": templates_see()}),
            *((title_of(part), {"fields": [field_of(part, role) for role in TEMPLATE_ROLES]}) for part in parts),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Those that are worked out."""
        return ["version", "frozen_at", "judges_of_it", "shown_prompts"]

    @admin.display(description=gettext_lazy("prompts"))
    def shown_prompts(self, rubric: Rubric) -> SafeString:
        """The templates of a rubric that stays as it is."""
        texts = [
            (f"{part} · {role}" if part else role, text)
            for part, roles in rubric.prompts.items()
            for role, text in roles.items()
        ]
        return format_html_join("", '<h4>{}</h4><pre class="template-text">{}</pre>', texts)

    @admin.display(description=gettext_lazy("judges"))
    def judges_of_it(self, rubric: Rubric) -> SafeString | str:
        """The judges that use this version, and the pages where they are tried."""
        links = [(judge.get_absolute_url(), judge) for judge in rubric.judges.all()[:MOST_JUDGES]]
        return format_html_join(", ", _("<a href='{}'>try {}</a>"), links) or "–"


@admin.register(Judge)
class JudgeAdmin(VersionedAdmin):
    """Engine, model, rubric, sampling, decision. Saving can go on to a trial: one real call, shown and not stored."""

    form = JudgeForm
    change_form_template = "admin/judging/judge_change_form.html"
    make_copy = staticmethod(copy_judge)
    list_display = ["name", "version", "kind", "engine", "model", "rubric", "frozen_at", "trial"]
    list_filter = ["kind", ("engine", EngineFilter), ("frozen_at", FrozenFilter)]
    list_select_related = ["rubric"]
    search_fields = ["name", "model", "rubric__name"]
    autocomplete_fields = ["rubric", "members"]
    view_on_site = False
    fieldsets = [
        (None, {"fields": ["name", "version", "kind", "frozen_at"]}),
        (gettext_lazy("How it judges"), {"fields": ["rubric", "engine", "model", "sampling", "samples", "decision"]}),
        (gettext_lazy("Panel"), {"fields": ["members"]}),
    ]

    @admin.display(description=gettext_lazy("trial"))
    def trial(self, judge: Judge) -> SafeString:
        """The page where it is tried."""
        return format_html("<a href='{}'>{}</a>", judge.get_absolute_url(), _("Try"))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        """Go on to the trial where that was asked for."""
        return self.trial_of(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        """Go on to the trial where that was asked for."""
        return self.trial_of(request, obj) or super().response_change(request, obj)

    def trial_of(self, request: HttpRequest, judge: Judge) -> HttpResponseBase | None:
        """The way to the trial, if the button for it was pressed."""
        return redirect(f"{judge.get_absolute_url()}?now=1") if "_try" in request.POST else None
