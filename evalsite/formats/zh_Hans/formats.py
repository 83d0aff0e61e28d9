"""Numbers in groups of three, as they are written everywhere; Django has no separator here."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
