"""Tuning a judge: thresholds, coefficients, and a saved version beside a new one."""
