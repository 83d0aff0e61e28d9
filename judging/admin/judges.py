"""Admin of judges."""
