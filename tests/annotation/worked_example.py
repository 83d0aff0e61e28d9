"""The published worked example of a confusion matrix: 406 pairs of a judge's and a person's verdict."""

from django.utils import timezone

from annotation.actions.counts import recount
from annotation.models import Label
from judging.core.items import Turn, question_key
from judging.models import Dataset, Item, Judgment
from tests import factories

MATRIX = {("clean", "clean"): 131, ("clean", "wrong"): 77, ("wrong", "clean"): 55, ("wrong", "wrong"): 78}
MATRIX |= {("invalid", "clean"): 30, ("invalid", "wrong"): 35}
MATRIX_CSV = ",clean,wrong,unknown\nclean,131,77,0\nwrong,55,78,0\ninvalid,30,35,0\n"


def make_worked_example(name: str = "example") -> Dataset:
    """A dataset with one run and one campaign in which one person labelled everything."""
    dataset = factories.make_dataset(name)
    run, campaign = factories.make_run(dataset), factories.make_campaign(dataset, "people")
    person = factories.make_annotator("reviewer")
    pairs = [pair for pair, count in MATRIX.items() for _ in range(count)]
    turn = Turn("Q?", "A.", "")
    items = Item.objects.bulk_create(
        Item(dataset=dataset, key=str(n), position=n, turns=[turn.as_json()], question_key=question_key((turn,)))
        for n in range(1, len(pairs) + 1)
    )
    Judgment.objects.bulk_create(
        Judgment(run=run, item=item, n_replies=1, **judged(judge))
        for item, (judge, _) in zip(items, pairs, strict=True)
    )
    Label.objects.bulk_create(
        Label(
            campaign=campaign,
            item=item,
            annotator=person,
            value=human,
            verdict=human,
            client_key=item.key,
            at=timezone.now(),
        )
        for item, (_, human) in zip(items, pairs, strict=True)
    )
    recount(campaign, [item.pk for item in items])
    return dataset


def judged(verdict: str) -> dict[str, str]:
    if verdict == "invalid":
        return {"status": "unscored", "verdict": "invalid", "reason": "no_verdict"}
    return {"status": "scored", "verdict": verdict, "value": verdict}
