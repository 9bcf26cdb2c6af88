"""`make bench`: ratios to a floor measured in the same run. No timing is a test."""
