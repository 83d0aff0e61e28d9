"""Measurements that are run by hand. Each has a data folder of its own and leaves nothing behind."""
