"""Why a place is closed that no annotator skipped: words that leads' actions store as its skip reason."""

REJECTED = "rejected by a lead"
NOT_WANTED = "no longer wanted"
REMOVED = "removed from the campaign"
HANDED_OVER = "handed over"
BY_LEADS = (REJECTED, NOT_WANTED, REMOVED, HANDED_OVER)
