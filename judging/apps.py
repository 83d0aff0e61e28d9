"""The app of import and judging."""

from django.apps import AppConfig


class JudgingConfig(AppConfig):
    """IMPORT and JUDGE."""

    name = "judging"
    verbose_name = "Import and judge"

    def ready(self) -> None:
        """Register the start-up checks."""
        from judging import checks  # noqa: F401
