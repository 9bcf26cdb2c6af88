"""年度评估: everything a yearly plan does."""
