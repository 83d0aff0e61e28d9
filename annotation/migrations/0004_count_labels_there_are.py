from django.db import migrations
from django.db.models import Count

from annotation.core.kept import MOST_COLUMNS, kept_rows, widened

BATCH = 1000


def count_labels(apps, schema_editor):
    label = apps.get_model("annotation", "Label")
    current = label.objects.filter(ended_at__isnull=True)
    for campaign, criterion in current.order_by().values_list("campaign_id", "criterion").distinct():
        count_criterion(apps, current.filter(campaign_id=campaign, criterion=criterion), campaign, criterion)


def count_criterion(apps, labels, campaign, criterion):
    scale, count = (apps.get_model("annotation", name) for name in ("CountScale", "ItemCount"))
    columns = widened((), set(labels.order_by().values_list("value", "verdict").distinct()))
    kept = len(columns) <= MOST_COLUMNS
    scale.objects.create(campaign_id=campaign, criterion=criterion, columns=columns, kept=kept)
    if not kept:
        return
    groups = labels.order_by("item_id", "item_revision").values_list("item_id", "item_revision", "value", "verdict")
    batch = []
    for row in kept_rows(groups.annotate(labels=Count("pk")).iterator(), columns):
        batch.append(
            count(
                campaign_id=campaign,
                criterion=criterion,
                item_id=row.item,
                item_revision=row.item_revision,
                newest=row.newest,
                pattern=row.pattern,
                n=row.n,
                entropy=row.entropy,
            )
        )
        if len(batch) == BATCH:
            count.objects.bulk_create(batch)
            batch.clear()
    count.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("annotation", "0003_kept_counts")]

    operations = [migrations.RunPython(count_labels, migrations.RunPython.noop)]
