"""Admin of people: a role is a group, so nobody is shown permissions that decide nothing here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, SetUnusablePasswordMixin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from judging.admin.deletion import CountedDeletion

admin.site.unregister([User, Group])
ROLES = _("Annotators review; leads run the work. Any other group only says who reviews together.")


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """Django's, with its help in the reader's language: its own is put together once, when it is loaded."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "usable_password" in self.fields:
            self.fields["usable_password"].help_text = format_html(
                '{}<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
                SetUnusablePasswordMixin.usable_password_help_text,
                _("If disabled, the current password for this user will be lost."),
            )


@admin.register(User)
class PersonAdmin(CountedDeletion, UserAdmin):  # type: ignore[type-arg]
    """Accounts with their role."""

    change_password_form = PasswordForm
    list_display = ["username", "roles", "first_name", "last_name", "is_staff", "is_active", "last_login"]
    list_filter = ["groups", "is_superuser", "is_staff", "is_active"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Role"), {"fields": ["groups", "is_superuser", "is_staff", "is_active"]}),
        (_("Personal info"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Important dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = []

    def get_queryset(self, request):  # type: ignore[no-untyped-def]
        people: QuerySet[User] = super().get_queryset(request).prefetch_related("groups")
        return people

    def formfield_for_manytomany(self, db_field, request, **options):  # type: ignore[no-untyped-def]
        """The few groups at a glance, ticked."""
        options |= {"widget": forms.CheckboxSelectMultiple, "help_text": ROLES}
        return super().formfield_for_manytomany(db_field, request, **options)

    @admin.display(description=_("role"))
    def roles(self, person: User) -> str:
        """Groups; an administrator is in none."""
        names = [_("administrator")] if person.is_superuser else []
        return ", ".join(map(str, [*names, *(group.name for group in person.groups.all())]))


@admin.register(Group)
class TeamAdmin(CountedDeletion, GroupAdmin):
    """Roles, and groups whose members review together."""

    fields = ["name"]
    list_display = ["name", "members"]

    def get_queryset(self, request):  # type: ignore[no-untyped-def]
        groups: QuerySet[Group] = super().get_queryset(request).prefetch_related("user_set")
        return groups

    @admin.display(description=_("members"))
    def members(self, group: Group) -> int:
        """How many."""
        return len(group.user_set.all())
