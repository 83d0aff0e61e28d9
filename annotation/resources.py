"""Labels as a table that leaves: one row per word of a person."""

from import_export.fields import Field
from import_export.resources import ModelResource

from annotation.models import Label


class LabelResource(ModelResource):  # type: ignore[misc]
    """The long table of labels. Export only: labels come in through review and import_labels."""

    item = Field(attribute="item__key", column_name="item")
    dataset = Field(attribute="campaign__dataset__name", column_name="dataset")
    campaign = Field(attribute="campaign__name", column_name="campaign")
    annotator = Field(attribute="annotator__name", column_name="annotator")
    guideline_version = Field(attribute="guideline__version", column_name="guideline_version")

    class Meta:
        model = Label
        fields = [
            "item",
            "dataset",
            "campaign",
            "annotator",
            "criterion",
            "value",
            "verdict",
            "score",
            "error_count",
            "comment",
            "correction",
            "item_revision",
            "guideline_version",
            "judge_visible",
            "seconds",
            "at",
            "ended_at",
            "ended_by",
        ]
        export_order = fields

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return super().get_queryset().select_related("item", "campaign__dataset", "annotator", "guideline")
