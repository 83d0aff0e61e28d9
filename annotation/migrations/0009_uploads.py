import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0008_text_a_decision_is_about"),
        ("judging", "0001_tables_of_import_and_judging"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("files", models.JSONField(default=list, help_text="[{name, bytes}]")),
                (
                    "kind",
                    models.CharField(
                        choices=[("items", "Items"), ("labels", "Labels")], default="items", max_length=10
                    ),
                ),
                ("name", models.CharField(blank=True, help_text="Of the dataset.", max_length=200)),
                (
                    "options",
                    models.JSONField(
                        blank=True, default=dict, help_text="How the files are read, and whose words they are."
                    ),
                ),
                (
                    "phase",
                    models.CharField(choices=[("read", "Read"), ("store", "Store")], default="read", max_length=10),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("planned", "Planned"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("claimed_by", models.CharField(blank=True, max_length=200)),
                (
                    "found",
                    models.JSONField(
                        blank=True, default=dict, help_text="What the files hold: counts, first rows, columns."
                    ),
                ),
                ("problems", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="judging.dataset",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
    ]
