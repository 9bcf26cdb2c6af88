"""专家库: the pool from which panels are drawn."""
