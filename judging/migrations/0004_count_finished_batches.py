from collections import Counter

from django.db import migrations
from django.db.models import Sum
from django.utils import timezone


def count_finished_batches(apps, schema_editor):
    batches = apps.get_model("judging", "RunBatch").objects.filter(state="done", counted=None)
    for batch in batches.select_related("run").iterator():
        count_batch(apps, batch)


def count_batch(apps, batch):
    criteria = batch.run.snapshot.get("judge", {}).get("rubric", {}).get("criteria") or [{"name": ""}]
    rows = {
        "run": batch.run,
        "item__dataset": batch.run.dataset_id,
        "item__position__range": (batch.first_position, batch.last_position),
    }
    judgments = apps.get_model("judging", "Judgment").objects.filter(criterion=criteria[0]["name"], **rows)
    found = list(judgments.values_list("verdict", "score", "status", "reason"))
    verdicts = Counter(verdict for verdict, *_ in found)
    scores = [score for _, score, *_ in found if score is not None]
    reasons = Counter(reason for *_, status, reason in found if status == "unscored")
    replies = apps.get_model("judging", "Reply").objects.filter(**rows)
    apps.get_model("judging", "BatchCount").objects.create(
        batch=batch,
        run=batch.run,
        at=batch.claimed_at or batch.run.started_at or timezone.now(),
        n_judged=len(found),
        n_clean=verdicts["clean"],
        n_wrong=verdicts["wrong"],
        n_invalid=verdicts["invalid"],
        n_scores=len(scores),
        score_total=sum(scores),
        tokens=replies.aggregate(tokens=Sum("tokens", default=0))["tokens"],
        n_unscored=sum(reasons.values()),
        reasons=dict(reasons),
    )


class Migration(migrations.Migration):
    dependencies = [("judging", "0003_counts_of_a_batch")]

    operations = [migrations.RunPython(count_finished_batches, migrations.RunPython.noop)]
