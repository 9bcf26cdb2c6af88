"""办结案件: the population from which a year is drawn."""
