"""Engines by name. Heavy imports stay inside the one file that needs them."""
