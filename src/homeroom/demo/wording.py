"""What does a row of the made-up district say in a OneRoster file?

Turns the numbers of ``outline`` into text, column by column as the standard names and orders them. A blank cell is
null.
Source: OneRoster CSV binding 1.1 and 1.2 (the 1.2.1 layout of users.csv).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from homeroom.demo import names
from homeroom.demo.chance import draw, guid
from homeroom.demo.outline import Frames, Level, Org, Role

ADDITIONAL_ROLES = "metadata.gm.additionalroles"

_HEAD = "sourcedId status dateLastModified"
_HEADERS = {
    "academicSessions": "title type startDate endDate parentSourcedId schoolYear",
    "classes": """title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds subjects
        subjectCodes periods""",
    "courses": "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "demographics": """birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican
        nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity
        countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus""",
    "enrollments": "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
    "orgs": "name type identifier parentSourcedId",
}
_HEADERS_1_1 = _HEADERS | {
    "users": """enabledUser orgSourcedIds role username userIds givenName familyName middleName identifier email sms
        phone agentSourcedIds grades password""",
}
_HEADERS_1_2 = _HEADERS | {
    "roles": "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
    "userProfiles": """userSourcedId profileType vendorId applicationId description credentialType username
        password""",
    "users": """enabledUser username userIds givenName familyName middleName identifier email sms phone agentSourcedIds
        grades password userMasterIdentifier preferredGivenName preferredMiddleName preferredFamilyName
        primaryOrgSourcedId pronouns""",
}
#: By version and table, the header as the standard has it.
HEADERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    version: {table: (*_HEAD.split(), *rest.split()) for table, rest in tables.items()}
    for version, tables in (("1.1", _HEADERS_1_1), ("1.2", _HEADERS_1_2))
}
#: The tables beyond those, which the manifest must name as absent.
_OTHER_TABLES = "categories classResources courseResources lineItems resources results"
_OTHER_TABLES_1_2 = """lineItemLearningObjectiveIds lineItemScoreScales resultLearningObjectiveIds resultScoreScales
    scoreScales userResources"""
OTHER_TABLES = {"1.1": _OTHER_TABLES.split(), "1.2": f"{_OTHER_TABLES} {_OTHER_TABLES_1_2}".split()}

_ROLES_1_2 = {
    Role.SCHOOL_ADMIN: "siteAdministrator",
    Role.COUNSELOR: "counselor",
    Role.PRINCIPAL: "principal",
    Role.DISTRICT_ADMIN: "districtAdministrator",
    Role.SYSTEM_ADMIN: "systemAdministrator",
}
_ROLES_1_1 = dict.fromkeys(_ROLES_1_2, "administrator") | {Role.COUNSELOR: "aide"}
#: By version, the token of each ``Role``.
ROLES = {
    version: pl.Series([tokens.get(role, role.name.lower()) for role in Role])
    for version, tokens in (("1.1", _ROLES_1_1), ("1.2", _ROLES_1_2))
}
_SEATS = pl.Series(["student", "teacher", "teacher"])
_PRIMARY = pl.Series([None, "true", "false"], dtype=pl.String)

#: Title, type, first and (exclusive) last day of each session; the last stands for those made for a defect.
_SESSIONS = (
    ("2026–2027 School Year", "schoolYear", "2026-08-17", "2027-06-12"),
    ("First Semester", "semester", "2026-08-17", "2027-01-16"),
    ("Second Semester", "semester", "2027-01-16", "2027-06-12"),
    ("Quarter 1", "gradingPeriod", "2026-08-17", "2026-10-24"),
    ("Quarter 2", "gradingPeriod", "2026-10-24", "2027-01-16"),
    ("Quarter 3", "gradingPeriod", "2027-01-16", "2027-03-27"),
    ("Quarter 4", "gradingPeriod", "2027-03-27", "2027-06-12"),
    ("Harvest Intersession", "term", "2026-09-08", "2026-12-19"),
)
#: By term of a class (0 all year, 1 and 2 a semester, 3 a session of its own): the session that has its days.
_TERM_SESSIONS = (0, 1, 2, 7)
#: Who comes late does so within so many days.
_LATE_DAYS = 40


@dataclass(frozen=True)
class Wording:
    """Everything the text depends on beside the row itself. ``ids``: by table, the sourcedIds in their order."""

    seed: int
    version: str
    mode: str
    has_additional_roles: bool
    ids: Mapping[str, pl.Series]
    class_schools: pl.Series
    class_terms: pl.Series

    def header(self, table: str) -> tuple[str, ...]:
        further = (ADDITIONAL_ROLES,) if table == "users" and self.has_additional_roles else ()
        return (*HEADERS[self.version][table], *further)

    def text(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows of the outline as text: the columns of the table's header, in order."""
        cells = _CELLS[table](self) | self._delta()
        blank = pl.lit(None, pl.String)
        return rows.select(
            self.source_id(table).alias("sourcedId"),
            *(cells.get(column, blank).alias(column) for column in self.header(table)[1:]),
        )

    def source_id(self, table: str) -> pl.Expr:
        """The row's sourcedId, over the columns of its outline."""
        if table in self.ids:
            return self.id_of(table, "ix")
        if table == "demographics":
            return self.id_of("users", "ix")
        return guid(self.seed, table, *{"enrollments": ("class", "user"), "roles": ("ix", "rank")}.get(table, ("ix",)))

    def id_of(self, table: str, number: str) -> pl.Expr:
        return _pick(self.ids[table], pl.col(number))

    def draw(self, about: str, *whom: str) -> pl.Expr:
        return draw(self.seed, about, *whom)

    def _delta(self) -> dict[str, pl.Expr]:
        if self.mode == "bulk":
            return {}
        return {"status": pl.lit("active"), "dateLastModified": pl.lit("2026-11-02T06:15:00.000Z")}


def wording(frames: Frames, *, seed: int, version: str, mode: str, has_additional_roles: bool) -> Wording:
    """The wording for a finished outline, whose rows may stand in any order."""
    kept = ("orgs", "academicSessions", "courses", "users", "classes")
    classes = frames["classes"].sort("ix")
    return Wording(
        seed=seed,
        version=version,
        mode=mode,
        has_additional_roles=has_additional_roles,
        ids={
            table: pl.select(ix=pl.int_range(frames[table].height)).select(guid(seed, table, "ix")).to_series()
            for table in kept
        },
        class_schools=classes["school"],
        class_terms=classes["term"],
    )


def _pick(words: Sequence[str | None] | pl.Series, at: pl.Expr) -> pl.Expr:
    series = words if isinstance(words, pl.Series) else pl.Series(words, dtype=pl.String)
    return pl.lit(series).gather(at)


def _choose(words: Sequence[str] | pl.Series, chance: pl.Expr) -> pl.Expr:
    return _pick(words, chance % len(words))


def _true_if(claim: pl.Expr) -> pl.Expr:
    return pl.when(claim).then(pl.lit("true")).otherwise(pl.lit("false"))


def _orgs(wording: Wording) -> dict[str, pl.Expr]:
    kind = pl.col("kind")
    number = pl.col("ix").cast(pl.String)
    school = pl.concat_str(
        _choose(names.SCHOOL_FIRST, pl.col("ix")),
        _choose(names.SCHOOL_SECOND, pl.col("ix")),
        _pick(names.SCHOOL_KIND, pl.col("level").fill_null(int(Level.ALL))),
        separator=" ",
    )
    others = (
        pl.when(kind == int(Org.DISTRICT))
        .then(pl.lit(names.DISTRICT))
        .otherwise(pl.format("Office of Lost Mittens {}", number))
    )
    return {
        "name": pl.when(kind == int(Org.SCHOOL)).then(school).otherwise(others),
        "type": _pick([org.name.lower() for org in Org], kind),
        "identifier": (pl.col("ix") + 1000).cast(pl.String),
        "parentSourcedId": wording.id_of("orgs", "parent"),
    }


def _sessions(wording: Wording) -> dict[str, pl.Expr]:
    known = pl.col("ix").clip(0, len(_SESSIONS) - 1)
    titles, types, starts, ends = (list(values) for values in zip(*_SESSIONS, strict=True))
    return {
        "title": _pick(titles, known),
        "type": _pick(types, known),
        "startDate": _pick(starts, known),
        "endDate": _pick(ends, known),
        "parentSourcedId": wording.id_of("academicSessions", "parent"),
        "schoolYear": pl.lit("2027"),
    }


def _subject(part: int) -> pl.Expr:
    return _choose([subject[part] for subject in names.SUBJECTS], pl.col("slot"))


def _grades() -> pl.Expr:
    """The grade, or in the subjects that mix them, it and the next one."""
    both = [f"{grade},{after}" for grade, after in zip(names.GRADES, names.GRADES[1:], strict=False)]
    mixes = pl.col("slot") % len(names.SUBJECTS) >= len(names.SUBJECTS) - 2
    return _pick([*names.GRADES, *both, names.GRADES[-1]], pl.col("grade") + pl.when(mixes).then(13).otherwise(0))


def _courses(wording: Wording) -> dict[str, pl.Expr]:
    grade = _pick(names.GRADES, pl.col("grade"))
    return {
        "schoolYearSourcedId": pl.when(pl.col("ix") % 9 != 4).then(pl.lit(wording.ids["academicSessions"][0])),
        "title": pl.format("{}, Grade {}", _subject(0), grade),
        "courseCode": pl.format("{}-{}", _subject(1), grade),
        "grades": _grades(),
        "orgSourcedId": wording.id_of("orgs", "org"),
        "subjects": _subject(2),
        "subjectCodes": _subject(3),
    }


def _classes(wording: Wording) -> dict[str, pl.Expr]:
    grade = _pick(names.GRADES, pl.col("grade"))
    section = pl.col("section").cast(pl.String)
    is_homeroom = pl.col("slot") % len(names.SUBJECTS) == 0
    sessions = wording.ids["academicSessions"]
    terms = _pick([f"{sessions[1]},{sessions[2]}", sessions[1], sessions[2], None], pl.col("term"))
    room = wording.draw("room", "ix")
    return {
        "title": pl.format("{} {} – Section {}", _subject(0), grade, section),
        "grades": _grades(),
        "courseSourcedId": wording.id_of("courses", "course"),
        "classCode": pl.format("{}-{}-{}", _subject(1), grade, section),
        "classType": pl.when(is_homeroom).then(pl.lit("homeroom")).otherwise(pl.lit("scheduled")),
        "location": pl.when(room % 8 != 0).then(pl.format("Room {}", room % 400 + 100)),
        "schoolSourcedId": wording.id_of("orgs", "school"),
        "termSourcedIds": terms.fill_null(wording.id_of("academicSessions", "session")),
        "subjects": _subject(2),
        "subjectCodes": _subject(3),
        "periods": pl.when(is_homeroom).then(pl.lit("1,7")).otherwise((pl.col("slot") % 7 + 1).cast(pl.String)),
    }


def _enrollments(wording: Wording) -> dict[str, pl.Expr]:
    chance = wording.draw("dates", "class", "user")
    term = _pick_number(wording.class_terms, pl.col("class"))
    late = pl.when(chance % 16 == 0).then(chance // 16 % _LATE_DAYS).otherwise(0)
    # Rows made for a defect have dates: whether two enrollments overlap must not be left open.
    dated = (chance % 20 != 1) | pl.col("case").is_not_null()
    begins = [_day_after(_SESSIONS[session][2], days) for session in _TERM_SESSIONS for days in range(_LATE_DAYS)]
    ends = [_SESSIONS[session][3] for session in _TERM_SESSIONS]
    return {
        "classSourcedId": wording.id_of("classes", "class"),
        "schoolSourcedId": _pick(wording.ids["orgs"], _pick_number(wording.class_schools, pl.col("class"))),
        "userSourcedId": wording.id_of("users", "user"),
        "role": _pick(_SEATS, pl.col("seat")),
        "primary": _pick(_PRIMARY, pl.col("seat")),
        "beginDate": pl.when(dated).then(_pick(begins, term * _LATE_DAYS + late)),
        "endDate": pl.when(dated).then(_pick(ends, term)),
    }


def _pick_number(numbers: pl.Series, at: pl.Expr) -> pl.Expr:
    return pl.lit(numbers.cast(pl.UInt32)).gather(at)


def _day_after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _users(wording: Wording) -> dict[str, pl.Expr]:
    is_student = pl.col("role") == int(Role.STUDENT)
    is_family = pl.col("role").is_in([int(Role.GUARDIAN), int(Role.PARENT), int(Role.RELATIVE)])
    given, family = wording.draw("given", "ix"), wording.draw("family", "ix")
    chance = wording.draw("person", "ix")
    number = pl.col("ix").cast(pl.String)
    username = pl.concat_str(
        _choose(names.GIVEN_HANDLES, given), _choose(names.FAMILY_HANDLES, family), number, separator="."
    )
    login = pl.concat_str(pl.lit("{LDAP:"), username, pl.lit("}"))
    both_logins = pl.concat_str(login, pl.lit(",{LTI:"), number, pl.lit("}"))
    phone = pl.format("555-01{}", (chance % 100).cast(pl.String).str.zfill(2))
    domain = (
        pl.when(is_student).then(pl.lit(f"students.{names.DOMAIN}"))
        .when(is_family).then(pl.lit("mail.example"))
        .otherwise(pl.lit(names.DOMAIN))
    )  # fmt: skip
    has_email = ~((is_student & (chance % 5 == 0)) | (is_family & (chance % 5 < 2)))
    agents = pl.concat_str(
        wording.id_of("users", "agent"), wording.id_of("users", "second_agent"), separator=",", ignore_nulls=True
    )
    cells = {
        "enabledUser": _true_if(chance // 7 % 50 != 0),
        "username": username,
        "userIds": pl.when(chance % 3 == 1).then(login).when(chance % 3 == 2).then(both_logins),
        "givenName": _choose(names.GIVEN, given),
        "familyName": _choose(names.FAMILY, family),
        "middleName": pl.when(chance // 11 % 3 == 0).then(_choose(names.MIDDLE, chance // 33)),
        "identifier": pl.when(~is_family).then(number.str.zfill(8)),
        "email": pl.when(has_email).then(pl.concat_str(username, pl.lit("@"), domain)),
        "sms": pl.when(is_family & (chance % 3 != 0)).then(phone),
        "phone": pl.when(~is_student & (chance % 4 != 0)).then(phone),
        "agentSourcedIds": pl.when(pl.col("agent").is_not_null()).then(agents),
        "grades": pl.when(is_student).then(_pick(names.GRADES, pl.col("grade"))),
        ADDITIONAL_ROLES: pl.when((pl.col("role") == int(Role.PRINCIPAL)) & (chance % 2 == 0)).then(
            pl.lit("school_admin")
        ),
    }
    return cells | (_users_1_1(wording) if wording.version == "1.1" else _users_1_2(wording, chance // 99))


def _users_1_1(wording: Wording) -> dict[str, pl.Expr]:
    orgs = pl.concat_str(
        wording.id_of("orgs", "org"), wording.id_of("orgs", "second_org"), separator=",", ignore_nulls=True
    )
    return {"orgSourcedIds": orgs, "role": _pick(ROLES["1.1"], pl.col("role"))}


def _users_1_2(wording: Wording, chance: pl.Expr) -> dict[str, pl.Expr]:
    return {
        "userMasterIdentifier": pl.when(chance % 6 != 0).then(
            pl.format("LV-{}", pl.col("ix").cast(pl.String).str.zfill(9))
        ),
        "preferredGivenName": pl.when(chance % 10 == 1).then(_choose(names.GIVEN, chance // 10)),
        "preferredMiddleName": pl.when(chance % 50 == 2).then(_choose(names.MIDDLE, chance // 50)),
        "preferredFamilyName": pl.when(chance % 50 == 3).then(_choose(names.FAMILY, chance // 50)),
        "primaryOrgSourcedId": pl.when((chance % 9 != 0) | pl.col("case").is_not_null()).then(
            wording.id_of("orgs", "org")
        ),
        "pronouns": pl.when(chance % 4 == 0).then(_choose(names.PRONOUNS, chance // 4)),
    }


def _demographics(wording: Wording) -> dict[str, pl.Expr]:
    chance = wording.draw("demographics", "ix")
    race = chance // 400 % 7
    races = HEADERS["1.1"]["demographics"][5:11]
    born = [pl.col("grade").cast(pl.Int32) * -1 + 2021, chance % 12 + 1, chance // 12 % 28 + 1]
    return {
        "birthDate": pl.concat_str(*(part.cast(pl.String).str.zfill(2) for part in born), separator="-"),
        "sex": pl.when(chance % 19 != 0).then(_choose(("female", "male"), chance // 19)),
        **{column: _true_if(race == number) for number, column in enumerate(races)},
        "hispanicOrLatinoEthnicity": _true_if(chance // 2800 % 4 == 0),
        "countryOfBirthCode": pl.lit("US"),
        "stateOfBirthAbbreviation": _choose(names.STATES, chance // 11_200),
        "cityOfBirth": _choose(names.CITIES, chance // 112_000),
        "publicSchoolResidenceStatus": pl.lit("01652"),
    }


def _roles(wording: Wording) -> dict[str, pl.Expr]:
    dated = wording.draw("role dates", "ix", "rank") % 2 == 0
    return {
        "userSourcedId": wording.id_of("users", "ix"),
        "roleType": pl.when(pl.col("rank") == 0).then(pl.lit("primary")).otherwise(pl.lit("secondary")),
        "role": _pick(ROLES["1.2"], pl.col("role")),
        "beginDate": pl.when(dated).then(pl.lit(_SESSIONS[0][2])),
        "endDate": pl.when(dated).then(pl.lit(_SESSIONS[0][3])),
        "orgSourcedId": wording.id_of("orgs", "org"),
        "userProfileSourcedId": guid(wording.seed, "userProfiles", "profile"),
    }


def _profiles(wording: Wording) -> dict[str, pl.Expr]:
    return {
        "userSourcedId": wording.id_of("users", "ix"),
        "profileType": pl.lit("LMS"),
        "vendorId": pl.lit("lantern-lms.example"),
        "applicationId": pl.lit("lantern"),
        "description": pl.lit("Lantern, the district’s learning platform"),
        "credentialType": pl.lit("username"),
        "username": pl.format("lantern-{}", pl.col("ix").cast(pl.String)),
    }


_CELLS: Mapping[str, Callable[[Wording], dict[str, pl.Expr]]] = {
    "academicSessions": _sessions,
    "classes": _classes,
    "courses": _courses,
    "demographics": _demographics,
    "enrollments": _enrollments,
    "orgs": _orgs,
    "roles": _roles,
    "userProfiles": _profiles,
    "users": _users,
}
