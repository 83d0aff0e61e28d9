from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("training_export", "0002_progress_of_exports")]

    operations = [
        migrations.AddField(
            model_name="export",
            name="claimed_by",
            field=models.CharField(blank=True, help_text="The process that writes it.", max_length=200),
        ),
        migrations.AddField(
            model_name="export",
            name="claimed_at",
            field=models.DateTimeField(blank=True, help_text="When that process last said how far it is.", null=True),
        ),
        migrations.AddField(
            model_name="export",
            name="attempts",
            field=models.PositiveIntegerField(default=0, help_text="How often its process died."),
        ),
    ]
