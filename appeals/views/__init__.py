"""Pages of appeals: `mine` for handlers, `work` and `closing` for staff."""
