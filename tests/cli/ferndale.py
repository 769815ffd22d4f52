"""A district of two schools, as small as a roster can be, and ways to deliver it."""

from __future__ import annotations

import zipfile
from pathlib import Path

SECRET = "Otter-Beach-41"

_MANIFEST = """\
propertyName,value
manifest.version,1.0
oneroster.version,1.1
file.academicSessions,bulk
file.categories,absent
file.classes,bulk
file.classResources,absent
file.courseResources,absent
file.courses,bulk
file.demographics,absent
file.enrollments,bulk
file.lineItems,absent
file.orgs,bulk
file.resources,absent
file.results,absent
file.users,bulk
source.systemName,Ferndale
source.systemCode,ferndale
"""
_ORGS = """\
sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,,,Ferndale,district,,
s1,,,Fern Elementary,school,,d1
s2,,,Dale Middle,school,,d1
"""
_SESSIONS = """\
sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
y1,,,2026,schoolYear,2026-08-17,2027-06-12,,2027
"""
_COURSES = """\
sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes
c1,,,y1,Mathematics,M,05,d1,,
"""
_USERS = """\
sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,\
identifier,email,sms,phone,agentSourcedIds,grades,password
t1,,,true,s1,teacher,rosa,,Rosa,Moreno,,,rosa@ferndale.example,,,,,Otter-Beach-41
t2,,,true,s2,teacher,karl,,Karl,Ito,,,karl@ferndale.example,,,,,Otter-Beach-41
p1,,,true,s1,student,ana,,Ana,Lopez,,,,,,,05,Otter-Beach-41
p2,,,true,s2,student,ben,,Ben,Chu,,,,,,,06,Otter-Beach-41
"""
_CLASSES = """\
sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,\
termSourcedIds,subjects,subjectCodes,periods
k1,,,Mathematics 5,05,c1,,scheduled,,s1,y1,,,
k2,,,Mathematics 6,06,c1,,scheduled,,s2,y1,,,
"""
_ENROLLMENTS = """\
sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,,k1,s1,t1,teacher,true,,
e2,,,k1,s1,p1,student,,,
e3,,,k2,s2,t2,teacher,true,,
e4,,,k2,s2,p2,student,,,
"""
TABLES = {
    "manifest": _MANIFEST,
    "orgs": _ORGS,
    "academicSessions": _SESSIONS,
    "courses": _COURSES,
    "users": _USERS,
    "classes": _CLASSES,
    "enrollments": _ENROLLMENTS,
}
#: A student whose role is written with a capital, on row 6 of users.csv.
FAULTY_STUDENT = f"p3,,,true,s1,Student,cem,,Cem,Aydin,,,,,,,05,{SECRET}\n"
STUDENTS = "studentId,firstName,middleName,lastName,email,grade,username,password\n"


def deliver(folder: Path, **changed: str) -> Path:
    """The roster in a folder, with these tables in place of its own: users="…" for users.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**TABLES, **changed}.items():
        (folder / f"{name}.csv").write_bytes(text.replace("\n", "\r\n").encode())
    return folder


def with_rows(table: str, *rows: str) -> dict[str, str]:
    """For `deliver`: the table with further rows at its end."""
    return {table: TABLES[table] + "".join(rows)}


def with_error(folder: Path) -> Path:
    """The roster with one error: a student is refused, on row 6 of users.csv."""
    return deliver(folder, **with_rows("users", FAULTY_STUDENT))


def without(table: str, *ids: str) -> dict[str, str]:
    """For `deliver`: the table without the rows of these ids."""
    lines = TABLES[table].splitlines(keepends=True)
    return {table: "".join(line for line in lines if line.split(",")[0] not in ids)}


def zipped(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as target:
        for file in sorted(folder.iterdir()):
            target.write(file, file.name)
    return archive
