"""Admin of runs."""
