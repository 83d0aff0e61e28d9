import django.db.models.deletion
from django.db import migrations, models


def name_campaigns(apps, schema_editor):
    assignment = apps.get_model("annotation", "Assignment")
    item = apps.get_model("annotation", "CampaignItem")
    campaign = item.objects.filter(pk=models.OuterRef("campaign_item")).values("campaign")
    assignment.objects.update(campaign=models.Subquery(campaign))


class Migration(migrations.Migration):
    # PostgreSQL does not alter a table in the transaction that filled it.
    atomic = False

    dependencies = [("annotation", "0001_tables_of_review")]

    operations = [
        migrations.AddField(
            "assignment",
            "campaign",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="assignments",
                to="annotation.campaign",
            ),
        ),
        migrations.RunPython(name_campaigns, migrations.RunPython.noop),
        migrations.AlterField(
            "assignment",
            "campaign",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="annotation.campaign"
            ),
        ),
        migrations.AddField(
            "assignment",
            "revealed_at",
            models.DateTimeField(
                blank=True, help_text="When the judge's word was first on this annotator's screen.", null=True
            ),
        ),
        migrations.AlterField(
            "assignment",
            "queue_rank",
            models.PositiveIntegerField(help_text="Place in this annotator's queue of the campaign, from 1."),
        ),
        migrations.RemoveIndex("assignment", "assignment_queue"),
        migrations.AddIndex(
            "assignment",
            models.Index(fields=["campaign", "annotator", "state", "queue_rank"], name="assignment_queue"),
        ),
        migrations.AddConstraint(
            "assignment",
            models.UniqueConstraint(fields=("campaign", "annotator", "queue_rank"), name="assignment_rank_once"),
        ),
        migrations.AddIndex(
            "label",
            models.Index(
                fields=["campaign", "annotator", "criterion", "at", "verdict", "ended_at"],
                condition=models.Q(ended_at__isnull=True),
                name="label_of_annotator",
            ),
        ),
    ]
