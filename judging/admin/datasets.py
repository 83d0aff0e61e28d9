"""Admin of datasets."""
