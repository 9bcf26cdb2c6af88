"""年度总览: the one page over the whole year, therefore in the topmost app."""
