"""Biographies to occupations."""
