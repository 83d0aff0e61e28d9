"""The app of export."""

from django.apps import AppConfig


class TrainingExportConfig(AppConfig):
    """EXPORT."""

    name = "training_export"
    verbose_name = "Export"
