"""Who may do what: annotators review, leads run the work, administrators keep the house."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase

from judging.prepared import Planned

View = Callable[..., HttpResponseBase]
# A row for each of their groups, and one for somebody without any.
WITH_GROUPS = Planned(lambda pk: User.objects.filter(pk=pk).annotate(name_of_group=F("groups__name")), 1)


class Role(StrEnum):
    """Names of the groups that give a role; an administrator is a superuser and in no group."""

    ANNOTATOR = "annotator"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"


class MemberBackend(ModelBackend):
    """Accounts as Django keeps them, read with their groups at once: every request asks for both."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session; None for one that is gone or no longer active."""
        rows = WITH_GROUPS(user_id)
        if not rows or not self.user_can_authenticate(rows[0]):
            return None
        user = rows[0]
        user._names_of_groups = {row.name_of_group for row in rows} - {None}  # type: ignore[attr-defined]
        return user


def role_of(user: AbstractBaseUser | AnonymousUser) -> Role | None:
    """The highest role of a user; None for someone who is logged in but was given none."""
    if not isinstance(user, User) or not user.is_active:
        return None
    if user.is_superuser:
        return Role.ADMINISTRATOR
    names = groups_of(user)
    return next((role for role in (Role.LEAD, Role.ANNOTATOR) if role in names), None)


def groups_of(user: User) -> set[str]:
    """Names of a user's groups, asked once per request: the admin asks for permissions dozens of times a page."""
    names: set[str] | None = getattr(user, "_names_of_groups", None)
    if names is None:
        names = set(user.groups.values_list("name", flat=True))
        user._names_of_groups = names  # type: ignore[attr-defined]
    return names


def leads(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether a user may see and steer everybody's work."""
    return role_of(user) in {Role.LEAD, Role.ADMINISTRATOR}


def role_required(*roles: Role) -> Callable[[View], View]:
    """Let only these roles in: strangers are sent to log in, other roles are refused."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if role_of(request.user) not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


lead_required = role_required(Role.LEAD, Role.ADMINISTRATOR)
member_required = role_required(Role.ANNOTATOR, Role.LEAD, Role.ADMINISTRATOR)
