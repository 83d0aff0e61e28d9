from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("training_export", "0001_tables_of_export")]

    operations = [
        migrations.AddField(
            model_name="export",
            name="items",
            field=models.PositiveIntegerField(default=0, help_text="Items to go through."),
        ),
        migrations.AddField(
            model_name="export",
            name="done",
            field=models.PositiveIntegerField(default=0, help_text="Items gone through."),
        ),
    ]
