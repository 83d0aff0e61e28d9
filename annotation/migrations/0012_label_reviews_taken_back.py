from django.db import migrations, models

from judging.migrations._words import OnlyWords


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0011_bulk_actions_that_can_be_taken_back"),
    ]

    operations = [
        OnlyWords(
            [
                migrations.AlterField(
                    model_name="labelreview",
                    name="outcome",
                    field=models.CharField(
                        choices=[
                            ("accept", "accept"),
                            ("fixed", "fixed"),
                            ("rejected", "rejected"),
                            ("taken_back", "taken back"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
            ]
        ),
    ]
