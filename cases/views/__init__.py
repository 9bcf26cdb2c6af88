"""案件 pages."""
