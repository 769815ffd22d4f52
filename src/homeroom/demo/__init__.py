"""A school district that does not exist, for trying Homeroom, testing it and measuring it."""
