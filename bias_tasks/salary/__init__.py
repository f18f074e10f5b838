"""Recommended pay."""
