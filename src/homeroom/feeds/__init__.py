"""Where a district's rosters are collected, and when: the connection to its provider, and its timetable."""
