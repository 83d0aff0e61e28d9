"""Pages of review and agreement, one file per noun."""
