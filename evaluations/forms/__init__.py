"""Forms of the yearly evaluation, one module per step of the year."""
