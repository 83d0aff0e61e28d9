"""What the pages and the file of agreement show, from the report document alone: no statistic is made here."""
