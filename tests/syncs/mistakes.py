"""The help page's story at a provider: a small roster with the four documented mistakes (product.md 4.3), what a
district then finds in its reports, byte for byte, and the same roster mended. Oak is onboarded, Birch is not.
"""

from __future__ import annotations

import json

from homeroom.demo.provider import Provider
from homeroom.demo.provider_access import Access
from homeroom.demo.provider_records import Record

_HEAD = "\ufeffSourcedId,Field,Status,Error Message\r\n"
REPORTS = {
    "classes_sync_report.csv": "drama,subject,Failure,primary teacher is required\r\n",
    "enrollments_sync_report.csv": (
        "drama-pat,classSourcedId,Failure,classSourcedId not found in our system\r\n"
        "maths-gone,userSourcedId,Failure,userSourcedId not found in our system\r\n"
        "maths-tess,userSourcedId,Failure,userSourcedId not found in our system\r\n"
    ),
    "orgs_sync_report.csv": (
        'birch,school,Failure,"school is not onboarded in Homeroom, school and all associated records will not be '
        'synced"\r\n'
    ),
    "users_sync_report.csv": (
        "tess,email,Failure,email is required for users with “teacher” or “administrator” roles\r\n"
    ),
}


def expected(name: str) -> bytes:
    return (_HEAD + REPORTS[name]).encode()


def mistaken_provider() -> Provider:
    """The class Drama has no teacher, the teacher Tess no e-mail, and an enrollment names somebody who is not there."""
    return Provider(_roster(is_mended=False), access=Access("oauth1"))


def mend(provider: Provider) -> None:
    """What the district does in its SIS; onboarding Birch is left to the operator."""
    for collection, records in _roster(is_mended=True).items():
        written = [(record["sourcedId"], json.dumps(record).encode()) for record in records]
        provider.rewrite(collection, sorted(written))


def _roster(*, is_mended: bool) -> dict[str, list[Record]]:
    enrollments = [
        _enrollment("maths", "terry", "teacher", primary="true"),
        _enrollment("maths", "tess", "teacher", primary="false"),
        _enrollment("maths", "pat", "student"),
        _enrollment("drama", "pat", "student"),
        _enrollment("chess", "birdie", "student"),
        _enrollment("chess", "bea", "teacher", primary="true"),
    ]
    if is_mended:
        enrollments.append(_enrollment("drama", "tess", "teacher", primary="true"))
    else:
        enrollments.append(_enrollment("maths", "gone", "student"))
    return {
        "orgs": [
            _record("ferndale", name="Ferndale", type="district"),
            _record("oak", name="Oak Elementary", type="school", parent=_to("ferndale", "org")),
            _record("birch", name="Birch High", type="school", parent=_to("ferndale", "org")),
        ],
        "academicSessions": [
            _record(
                "year", title="The year", type="schoolYear", schoolYear="2027",
                startDate="2026-08-01", endDate="2027-07-31",
            )
        ],
        "courses": [_record("course", title="All of it", org=_to("ferndale", "org"))],
        "classes": [_class("maths", "oak"), _class("drama", "oak"), _class("chess", "birch")],
        "users": [
            _user("terry", "teacher", "oak", email="terry@ferndale.example"),
            _user("tess", "teacher", "oak", **({"email": "tess@ferndale.example"} if is_mended else {})),
            _user("pat", "student", "oak"),
            _user("birdie", "student", "birch"),
            _user("bea", "teacher", "birch", email="bea@ferndale.example"),
        ],
        "enrollments": enrollments,
    }  # fmt: skip


def _record(source_id: str, **values: object) -> Record:
    return {"sourcedId": source_id, "status": "active", "dateLastModified": "2026-08-01T06:00:00.000Z", **values}


def _to(source_id: str, kind: str) -> Record:
    return {"href": f"https://sis.example/{kind}s/{source_id}", "sourcedId": source_id, "type": kind}


def _user(source_id: str, role: str, school: str, **values: object) -> Record:
    return _record(
        source_id, enabledUser="true", username=f"{source_id}.{role}", givenName=source_id.title(), familyName="Fern",
        role=role, orgs=[_to(school, "org")], **values,
    )  # fmt: skip


def _class(source_id: str, school: str) -> Record:
    return _record(
        source_id, title=source_id.title(), classType="scheduled", course=_to("course", "course"),
        school=_to(school, "org"), terms=[_to("year", "academicSession")],
    )  # fmt: skip


def _enrollment(of: str, user: str, role: str, **values: object) -> Record:
    school = "birch" if of == "chess" else "oak"
    return _record(
        f"{of}-{user}", role=role, user=_to(user, "user"), school=_to(school, "org"),
        **{"class": _to(of, "class")}, **values,
    )  # fmt: skip
