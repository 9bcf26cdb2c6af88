"""Tests of appeals, consequences and closing."""
