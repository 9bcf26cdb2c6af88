"""Who may do what in the yearly evaluation, one module per step of the year."""
