"""Self-serve uploads: a sync of one school's students, staff or classes, that creates and never changes.

receiving   what a browser sent is looked at as a whole, its passwords are taken out and encrypted, and it is queued
pipeline    the story of an upload, from the file that is kept to new records, or to a reason why not
passwords   from encrypted to hashed, row by row
correcting  the file to correct, and how many errors it closed
"""
