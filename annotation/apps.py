"""The app of review and agreement."""

from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    """REVIEW and AGREEMENT."""

    name = "annotation"
    verbose_name = "Review and agreement"
