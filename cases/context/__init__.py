"""What the import pages show besides what the queries find."""
