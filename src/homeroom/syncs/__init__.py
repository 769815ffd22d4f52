"""Attempts to bring a roster up to date."""
