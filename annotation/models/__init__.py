"""Tables of review and agreement, one file per noun."""

from annotation.models.bulk import BulkAction, BulkChange
from annotation.models.campaigns import Annotator, Assignment, Campaign, CampaignItem, Guideline
from annotation.models.counts import CountScale, ItemCount
from annotation.models.labels import GoldLabel, Label, LabelReview
from annotation.models.tuning import FlagDecision, LockedSplit, RubricDraft, TestLook
from annotation.models.uploads import Upload

__all__ = [
    "Annotator",
    "Assignment",
    "BulkAction",
    "BulkChange",
    "Campaign",
    "CampaignItem",
    "CountScale",
    "FlagDecision",
    "GoldLabel",
    "Guideline",
    "ItemCount",
    "Label",
    "LabelReview",
    "LockedSplit",
    "RubricDraft",
    "TestLook",
    "Upload",
]
