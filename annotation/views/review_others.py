"""What other people said of an item, where its annotator may see it: at once, or after a word of their own."""

from dataclasses import dataclass

from annotation.core.differences import Part
from annotation.models import Assignment, Label
from annotation.reports.cases import letter_of, opinions_on
from annotation.views.review_form import said


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWord:
    """What somebody else said. `name` is '' where the campaign hides people: they are letters then."""

    name: str
    letter: str
    said: str
    label: Label
    corrections: tuple[tuple[str, tuple[Part, ...]], ...]


def shows_others(assignment: Assignment) -> bool:
    """Whether other people's words may be on this page. A decision that was taken back hides them again."""
    return not assignment.campaign.blind_people or assignment.state == Assignment.State.SUBMITTED


def other_words(assignment: Assignment) -> list[OtherWord]:
    """The standing words of others, with sides as this person sees them; what leads think of them is not told."""
    if not shows_others(assignment):
        return []
    campaign = assignment.campaign
    opinions = opinions_on(campaign, assignment.campaign_item.item)
    others = [opinion for opinion in opinions if opinion.first.annotator_id != assignment.annotator_id]
    return [
        OtherWord(
            name="" if campaign.blind_people else opinion.first.annotator.name,
            letter=letter_of(number),
            said=said(assignment, opinion.labels),
            label=opinion.first,
            corrections=opinion.corrections,
        )
        for number, opinion in enumerate(others)
    ]
