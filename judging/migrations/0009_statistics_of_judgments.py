"""PostgreSQL is told that a judgment's words depend on each other: it then expects some hundred groups, not a million,
and groups millions of judgments on all its processors."""

from typing import Any

from django.db import migrations

NAME = "judgment_groups"


def tell(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        columns = "run_id, value, verdict, reason, score"
        editor.execute(f"CREATE STATISTICS IF NOT EXISTS {NAME} (ndistinct) ON {columns} FROM judging_judgment")


def forget(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP STATISTICS IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("judging", "0008_words_of_columns")]

    operations = [migrations.RunPython(tell, forget)]
