"""What a person chooses for all pages."""

from django.contrib.auth.models import User

from judging.models import Preference


def choose_language(user: User, language: str) -> None:
    """Keep a person's language; on other machines it comes with the login."""
    Preference.objects.update_or_create(user=user, defaults={"language": language})


def chosen_language(user: User) -> str:
    """The language a person chose, or ''."""
    return Preference.objects.filter(user=user).values_list("language", flat=True).first() or ""
