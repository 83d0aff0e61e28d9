"""Pages of import and judging, one file per noun."""
