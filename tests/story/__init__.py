"""A whole year, walked through the pages: every step is a form filled in as a person does it."""
