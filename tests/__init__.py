"""Tests: the specification; they mirror the tree."""
