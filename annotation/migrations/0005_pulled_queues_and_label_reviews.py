
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0004_count_labels_there_are"),
        ("judging", "0005_texts_without_a_question"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LabelReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("accept", "Accept"), ("fixed", "Fixed"), ("rejected", "Rejected")], max_length=10
                    ),
                ),
                ("comment", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.RemoveIndex(
            model_name="assignment",
            name="assignment_queue",
        ),
        migrations.AddField(
            model_name="assignment",
            name="lap",
            field=models.PositiveIntegerField(
                default=0, help_text="How often it was put to the end of its annotator's queue."
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="placed",
            field=models.BooleanField(
                default=True, help_text="Has one of the item's places; a label without a place is surplus."
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="distribution",
            field=models.CharField(
                choices=[("dealt", "Dealt"), ("pulled", "Pulled")],
                default="dealt",
                help_text="dealt: every item has its people from the start; pulled: people draw the next item that wants one.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="group",
            field=models.CharField(
                blank=True, help_text="Its members are the annotators of a pulled campaign.", max_length=150
            ),
        ),
        migrations.AddField(
            model_name="campaignitem",
            name="extra",
            field=models.PositiveIntegerField(
                default=0, help_text="Labels wanted beyond the plan, because people disagree."
            ),
        ),
        migrations.AddField(
            model_name="campaignitem",
            name="returned",
            field=models.BooleanField(
                default=False, help_text="A place came free or was added: drawn before fresh items."
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="rubric",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="judging.rubric",
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="run",
            field=models.ForeignKey(
                blank=True,
                help_text="The judge of the campaign.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="judging.run",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="held_until",
            field=models.DateTimeField(
                blank=True,
                help_text="Until when an open place of a pulled campaign is kept for its annotator.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="order",
            field=models.CharField(
                choices=[
                    ("sequential", "Sequential"),
                    ("random", "Random"),
                    ("stratified", "Stratified"),
                    ("judge_human", "Judge Human"),
                    ("judge_judge", "Judge Judge"),
                    ("lowest_margin", "Lowest Margin"),
                ],
                default="sequential",
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["campaign", "annotator", "state", "lap", "queue_rank"], name="assignment_queue"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("held_until__isnull", False)),
                fields=["campaign", "held_until"],
                name="assignment_held",
            ),
        ),
        migrations.AddIndex(
            model_name="campaignitem",
            index=models.Index(
                condition=models.Q(("taken__lt", models.F("wanted"))),
                fields=["campaign", "rank"],
                name="campaign_item_free",
            ),
        ),
        migrations.AddIndex(
            model_name="campaignitem",
            index=models.Index(
                condition=models.Q(("returned", True), ("taken__lt", models.F("wanted"))),
                fields=["campaign", "rank"],
                name="campaign_item_returned",
            ),
        ),
        migrations.AddIndex(
            model_name="campaignitem",
            index=models.Index(fields=["campaign", "how", "rank"], name="campaign_item_how"),
        ),
        migrations.AddField(
            model_name="labelreview",
            name="label",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="annotation.label"
            ),
        ),
        migrations.AddField(
            model_name="labelreview",
            name="lead",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
