"""The upload templates: every column of students, staff and classes, declared once (product.md 3.4).

Imports nothing but the standard library and the words of ``tables``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from homeroom.engine.tables import Column, Table, Type

STUDENT_ID, STAFF_ID, PASSWORD = "studentId", "staffId", "password"
#: Columns of our own file to correct, read for linking, never as data (product.md 3.5).
CORRECTION = ("Original Row", "Problems")
#: What the engine itself puts beside the text of a row.
_OURS = ("row", "line")
_LONGEST_NAME = 60
_NAME = re.compile(r"[^\W\d_](?:[ ]?[\w.-])*")
_CALLED_PASSWORD = frozenset({"pwd", "pass"})
_LIKE_ENOUGH = 0.75


def _person(key: str, *, email_required: bool, after_email: Column, username: Type, name: str, singular: str) -> Table:
    return Table(
        name,
        (
            Column(key, Type.ALPHANUMERIC_ID, required=True, personal=True),
            Column("firstName", Type.NAME, required=True, max_length=250, personal=True),
            Column("middleName", Type.NAME, max_length=250, personal=True, strict=True),
            Column("lastName", Type.NAME, required=True, max_length=250, personal=True),
            Column("email", Type.ADDRESS, required=email_required, personal=True),
            after_email,
            Column("username", username, required=True, min_length=5, max_length=100, personal=True),
            Column(PASSWORD, Type.PASSWORD, required=True, min_length=8, personal=True),
        ),
        domain="self-serve",
        key=key,
        singular=singular,
    )


_CLASSES = Table(
    "classes",
    (
        Column("className", Type.NAME, required=True, max_length=200),
        Column("primaryTeacher", Type.TEACHER_EMAIL, required=True, max_length=300, personal=True),
        Column("grade", Type.GRADE, strict=True),
        Column("subject", Type.CHOICE, strict=True),
    ),
    domain="self-serve",
    key="",
    singular="class",
)


def templates(*, student_id: str, staff_id: str) -> Mapping[str, Table]:
    """The templates by name: students, staff, classes. student_id, staff_id: what a publisher calls the columns of the
    source ids, which are the keys.
    """
    students = _person(
        student_id,
        email_required=False,
        after_email=Column("grade", Type.GRADE, required=True),
        username=Type.USERNAME,
        name="students",
        singular="student",
    )
    staff = _person(
        staff_id,
        email_required=True,
        after_email=Column("role", Type.CHOICE, required=True, tokens=("teacher", "school_admin")),
        username=Type.STAFF_USERNAME,
        name="staff",
        singular="staff user",
    )
    return {table.name: table for table in (students, staff, _CLASSES)}


#: As they are unless a publisher calls the source ids otherwise.
TEMPLATES = templates(student_id=STUDENT_ID, staff_id=STAFF_ID)


def fault_of_id_name(template: str, name: str) -> str:
    """Why the column of a template's source ids cannot be called so: the end of a sentence that begins with whose name
    it is; "" where it can.
    """
    names = {_plain(one) for one in (*TEMPLATES[template].names[1:], *CORRECTION, *_OURS)}
    if not name.strip():
        return "is blank"
    if len(name) > _LONGEST_NAME:
        return f"must have at most {_LONGEST_NAME} characters"
    if not _NAME.fullmatch(name):
        return "must begin with a letter and have nothing but letters, digits, single spaces and - _ ."
    if _plain(name) in names:
        return f"must not be {name}: another column is called so"
    if is_password(name):
        return f"must not be {name}: such a column would be taken for that of the passwords"
    return ""


def is_password(header: str) -> bool:
    """Whether a column of this name holds passwords, perhaps under a misspelt name."""
    plain = _plain(header)
    alike = SequenceMatcher(None, plain, PASSWORD).ratio() >= _LIKE_ENOUGH
    return PASSWORD in plain or plain in _CALLED_PASSWORD or alike


def _plain(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())
