"""What the pages send, one file per page."""
