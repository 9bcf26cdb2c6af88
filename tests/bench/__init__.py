"""`make bench`: what the work costs, as ratios to floors measured in the same run; never a test."""
