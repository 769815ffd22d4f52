"""Self-serve rosters: what the engine asks before it judges a template, and what becomes of the rows it accepts.

Uploads and the forms for single records go the same way (product.md 3.6): ``judging`` first, ``creating`` then.
"""
