"""What the counts of mdk's page are of a log that was opened: over the whole file, whoever said it."""

from django.db.models import Exists, OuterRef

from annotation.models import Annotator, Campaign, Label
from judging.core.verdicts import PersonVerdict, Verdict
from judging.models import Judgment


def whole_counts(campaign: Campaign, annotator: Annotator) -> dict[str, int]:
    """Items that are good, undefined and bad: by this person's word, and where there is none yet by the judge's."""
    own = Label.objects.own(campaign.pk, annotator.pk)
    said = own.verdict_counts()
    judged = Judgment.objects.filter(run=campaign.run_id).exclude(Exists(own.filter(item=OuterRef("item"))))
    by_judge = {verdict: judged.filter(verdict=verdict).count() for verdict in (Verdict.CLEAN, Verdict.WRONG)}
    good, bad = said["clean"] + by_judge[Verdict.CLEAN], said["wrong"] + by_judge[Verdict.WRONG]
    items = campaign.campaign_items.count()
    counts = {PersonVerdict.CLEAN: good, PersonVerdict.UNDEFINED: items - good - bad, PersonVerdict.WRONG: bad}
    return {verdict.value: n for verdict, n in counts.items()}
