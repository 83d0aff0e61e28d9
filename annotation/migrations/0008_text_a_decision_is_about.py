from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0007_locked_splits_and_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="goldlabel",
            name="item_revision",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="The text that it is about; without one it is about every text of the item.",
                null=True,
            ),
        ),
    ]
