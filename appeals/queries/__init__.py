"""What the pages of appeals show: `mine` for handlers, `work` for staff."""
