import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from judging.migrations._words import OnlyWords


class Migration(migrations.Migration):
    dependencies = [
        ("judging", "0010_items_by_category_and_model"),
        ("training_export", "0003_claims_of_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        OnlyWords(
            [
                migrations.AlterModelOptions(
                    name="export",
                    options={"ordering": ["-pk"], "verbose_name": "export", "verbose_name_plural": "exports"},
                ),
                migrations.AlterField(
                    model_name="export",
                    name="as_of",
                    field=models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="The last label and judgment that it saw.",
                        verbose_name="as of",
                    ),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="time"),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="attempts",
                    field=models.PositiveIntegerField(
                        default=0, help_text="How often its process died.", verbose_name="attempts"
                    ),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="claimed_at",
                    field=models.DateTimeField(
                        blank=True,
                        help_text="When that process last said how far it is.",
                        null=True,
                        verbose_name="claimed at",
                    ),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="claimed_by",
                    field=models.CharField(
                        blank=True, help_text="The process that writes it.", max_length=200, verbose_name="claimed by"
                    ),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="dataset",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="judging.dataset",
                        verbose_name="dataset",
                    ),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="done",
                    field=models.PositiveIntegerField(default=0, help_text="Items gone through.", verbose_name="done"),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="error",
                    field=models.TextField(blank=True, verbose_name="error"),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="files",
                    field=models.JSONField(
                        blank=True, default=list, help_text="[{name, sha256, rows}]", verbose_name="files"
                    ),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="folder",
                    field=models.CharField(blank=True, max_length=500, verbose_name="folder"),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="format",
                    field=models.CharField(max_length=40, verbose_name="format"),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="items",
                    field=models.PositiveIntegerField(
                        default=0, help_text="Items to go through.", verbose_name="items"
                    ),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="manifest",
                    field=models.JSONField(blank=True, default=dict, verbose_name="manifest"),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="options",
                    field=models.JSONField(
                        blank=True, default=dict, help_text="source, campaign, run and filters", verbose_name="options"
                    ),
                ),
                migrations.AlterField(
                    model_name="export",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("running", "running"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
            ]
        ),
    ]
