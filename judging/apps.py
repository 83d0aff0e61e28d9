"""The app of import and judging."""

from django.apps import AppConfig


class JudgingConfig(AppConfig):
    """IMPORT and JUDGE."""

    name = "judging"

    def ready(self) -> None:
        """Register the start-up checks."""
        from judging import checks  # noqa: F401
