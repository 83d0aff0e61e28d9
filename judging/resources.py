"""Items as a table that leaves. What comes in goes through the readers and actions/imports."""

from typing import Any

from django.db.models import QuerySet
from import_export.fields import Field
from import_export.resources import ModelResource

from judging.models import Item


class ItemResource(ModelResource):  # type: ignore[misc]
    """One row per item, under the names that the readers understand."""

    dataset = Field(attribute="dataset__name", column_name="dataset")
    id = Field(attribute="key", column_name="id")
    question = Field(attribute="question", column_name="question")
    answer = Field(attribute="answer", column_name="answer")
    reference = Field(attribute="reference", column_name="reference")

    class Meta:
        model = Item
        fields = [
            "dataset",
            "position",
            "id",
            "question",
            "answer",
            "reference",
            "context",
            "criteria",
            "category",
            "model",
            "answer_state",
            "revision",
        ]
        export_order = fields

    def get_queryset(self) -> "QuerySet[Any]":
        items: QuerySet[Any] = super().get_queryset().select_related("dataset")
        return items
