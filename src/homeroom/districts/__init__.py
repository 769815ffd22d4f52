"""Districts, their schools, and who may do what there."""


class Refused(Exception):  # noqa: N818  (it is an answer to a person, not an error)
    """What was asked is not done. The text is a sentence for the person who asked."""
