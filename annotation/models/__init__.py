"""Tables of review and agreement, one file per noun."""

from annotation.models.campaigns import Annotator, Assignment, Campaign, CampaignItem, Guideline
from annotation.models.labels import GoldLabel, Label

__all__ = ["Annotator", "Assignment", "Campaign", "CampaignItem", "GoldLabel", "Guideline", "Label"]
