"""The app of export."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingExportConfig(AppConfig):
    """EXPORT."""

    name = "training_export"
    verbose_name = _("Export")
