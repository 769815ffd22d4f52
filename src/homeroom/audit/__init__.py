"""What was done, by whom, to what. ``recording.record`` writes it; every action calls that once."""
