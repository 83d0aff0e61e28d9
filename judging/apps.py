"""The app of import and judging."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JudgingConfig(AppConfig):
    """IMPORT and JUDGE."""

    name = "judging"
    verbose_name = _("Import and judge")

    def ready(self) -> None:
        """Register the start-up checks."""
        from judging import checks  # noqa: F401
