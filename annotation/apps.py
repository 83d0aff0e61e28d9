"""The app of review and agreement."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnnotationConfig(AppConfig):
    """REVIEW and AGREEMENT."""

    name = "annotation"
    verbose_name = _("Review and agreement")
