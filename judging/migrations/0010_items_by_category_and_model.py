from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("judging", "0009_statistics_of_judgments")]

    operations = [
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["dataset", "category", "position"], name="item_dataset_category"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["dataset", "model", "position"], name="item_dataset_model"),
        ),
    ]
