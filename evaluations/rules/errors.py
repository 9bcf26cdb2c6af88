"""The one exception of the rules."""

from __future__ import annotations


class RuleError(ValueError):
    """A rule refuses; the text is a Chinese sentence naming the place and the remedy."""
