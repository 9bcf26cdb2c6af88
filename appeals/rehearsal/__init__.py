"""演练: a year of invented people, filled to any stage through the same actions as the pages."""
