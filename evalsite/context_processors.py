"""What the frame of every page needs."""

from typing import Any

from django.http import HttpRequest

from judging.permissions import Role, role_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """The reader's role, and whether they lead."""
    user = getattr(request, "user", None)
    role = role_of(user) if user is not None else None
    return {"role": role, "is_lead": role in {Role.LEAD, Role.ADMINISTRATOR}}
