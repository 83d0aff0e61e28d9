"""Tables of review and agreement, one file per noun."""

from annotation.models.campaigns import Annotator, Assignment, Campaign, CampaignItem, Guideline
from annotation.models.counts import CountScale, ItemCount
from annotation.models.labels import GoldLabel, Label, LabelReview

__all__ = [
    "Annotator",
    "Assignment",
    "Campaign",
    "CampaignItem",
    "CountScale",
    "GoldLabel",
    "Guideline",
    "ItemCount",
    "Label",
    "LabelReview",
]
