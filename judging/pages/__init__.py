"""What pages show, made from reports alone."""
