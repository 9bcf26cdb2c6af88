"""Filters and tags that turn values into the words and drawings of the pages."""
