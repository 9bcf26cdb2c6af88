"""Files that leave the yearly evaluation, one module per step of the year."""
