"""Why a report was not made."""


class ReportRefused(ValueError):
    """The report asked for has no one meaning; the message is a sentence for the person who asked."""
