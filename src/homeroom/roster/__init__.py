"""The roster as it stands."""
