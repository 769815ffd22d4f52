"""The pages of a school: its students, its staff, its classes, and each of them by itself."""
