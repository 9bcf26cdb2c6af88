"""The pages in a real browser: Debian's Chromium, skipped visibly where it is missing."""
