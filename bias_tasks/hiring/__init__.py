"""Slates of equally qualified candidates."""
