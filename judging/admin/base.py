"""Admin classes by role: leads see everything and edit what is theirs to edit; administrators delete."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from judging.admin.deletion import CountedDeletion
from judging.admin.facts import NOTHING, Told, wants_telling
from judging.pages.sentences import sentence
from judging.permissions import Role, leads, role_of


class LeadAdmin(CountedDeletion):
    """Leads view, add and change; administrators also delete. What is only read is told as a person reads it."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return leads(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return leads(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return leads(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return leads(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return role_of(request.user) == Role.ADMINISTRATOR

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields, none of them twice."""
        return [name for name in super().get_fields(request, obj) if not isinstance(name, Told)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields, those that are only read as `Told` where Django would show JSON."""
        read = {name for name in self.get_readonly_fields(request, obj) if isinstance(name, str)}
        shown = super().get_fieldsets(request, obj)
        if obj is not None and not self.has_change_permission(request, obj):
            read |= {name for name in flatten_fieldsets(shown) if isinstance(name, str)}
        return [
            (title, {**options, "fields": [self._told(name) if name in read else name for name in options["fields"]]})
            for title, options in shown
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Those of the class, and what may be told in their place."""
        every = (field for field in self.opts.concrete_fields if wants_telling(field))
        return [*super().get_readonly_fields(request, obj), *map(Told, every)]

    def _told(self, name: Any) -> Any:
        fields = {field.name: field for field in self.opts.concrete_fields}
        return Told(fields[name]) if name in fields and wants_telling(fields[name]) else name


class ReadOnlyAdmin(LeadAdmin):
    """Facts: looked at, never edited. All of them: also what the database sets by itself."""

    shown_as: dict[str, str] = {"error": "what_went_wrong"}
    """Field -> the method that tells it in words."""

    @admin.display(description=_("error"))
    def what_went_wrong(self, row: Any) -> str:
        """The sentence that a worker stored, in the reader's language."""
        return sentence(row.error) or NOTHING

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every column but the key."""
        every = (field.name for field in self.opts.concrete_fields if not field.primary_key)
        return self.fields or [self.shown_as.get(name, name) for name in every]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every column."""
        every = [field.name for field in self.opts.concrete_fields]
        return [*super().get_readonly_fields(request, obj), *every, *self.shown_as.values()]


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Facts on the page of what they belong to."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return leads(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
