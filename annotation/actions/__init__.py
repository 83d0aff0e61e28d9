"""Writes that span models, one file per noun; one verb, one transaction."""
