"""Admin classes by role: leads see everything and edit what is theirs to edit; administrators delete."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from judging.permissions import Role, leads, role_of


class LeadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Leads view, add and change; administrators also delete."""

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


class ReadOnlyAdmin(LeadAdmin):
    """Facts: looked at, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
