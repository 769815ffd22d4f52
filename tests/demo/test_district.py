"""A made-up district is clean, as large as was asked, and the same for the same seed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from homeroom.demo import district
from homeroom.demo.district import make
from tests.demo.rosters import REFERENCES, Tables, ids, lines, tables

HEADERS = {
    "academicSessions": "title,type,startDate,endDate,parentSourcedId,schoolYear",
    "classes": "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,"
    "subjectCodes,periods",
    "courses": "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "demographics": "birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
    "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,"
    "countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
    "enrollments": "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "orgs": "name,type,identifier,parentSourcedId",
}
HEADERS_1_1 = HEADERS | {
    "users": "enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,"
    "phone,agentSourcedIds,grades,password",
}
HEADERS_1_2 = HEADERS | {
    "roles": "userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
    "userProfiles": "userSourcedId,profileType,vendorId,applicationId,description,credentialType,username,password",
    "users": "enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,"
    "grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns",
}
COMMON = "sourcedId,status,dateLastModified,"
STAFF = {"teacher", "administrator", "districtAdministrator", "principal", "siteAdministrator", "systemAdministrator"}
GRADES = {"KG", *(f"{grade:02}" for grade in range(1, 13))}
versions = pytest.mark.parametrize("version", ["1.1", "1.2"])


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def role_of(found: Tables) -> dict[str, str]:
    """By person, the role: in 1.1 the person's own, in 1.2 that of the primary row of roles.csv."""
    if "roles" not in found:
        return {user["sourcedId"]: user["role"] for user in found["users"]}
    return {role["userSourcedId"]: role["role"] for role in found["roles"] if role["roleType"] == "primary"}


@pytest.fixture(scope="module", params=["1.1", "1.2"])
def clean(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return tables(make(tmp_path_factory.mktemp("clean"), version=request.param, users=700).roster)


class TestWhatIsWritten:
    @versions
    def test_same_seed_makes_the_same_bytes_and_labels(self, tmp_path: Path, version: str) -> None:
        one = make(tmp_path / "one", version=version, seed=7, defects_per_kind=1)
        two = make(tmp_path / "two", version=version, seed=7, defects_per_kind=1)

        assert content(tmp_path / "one") == content(tmp_path / "two")
        assert one.labels.equals(two.labels)
        assert one.onboarded == two.onboarded

    def test_another_seed_makes_another_district(self, tmp_path: Path) -> None:
        one = make(tmp_path / "one", users=100, seed=1)
        two = make(tmp_path / "two", users=100, seed=2)

        assert not ids(tables(one.roster)["users"]) & ids(tables(two.roster)["users"])
        assert not ids(tables(one.roster)["enrollments"]) & ids(tables(two.roster)["enrollments"])

    @pytest.mark.parametrize(("users", "enrollments_per_user"), [(60, 8), (500, 2), (3_000, 10)])
    def test_size_is_about_what_was_asked(self, tmp_path: Path, users: int, enrollments_per_user: int) -> None:
        made = make(tmp_path, users=users, enrollments_per_user=enrollments_per_user)
        found = tables(made.roster)

        assert len(found["users"]) == pytest.approx(users, rel=0.35)
        assert len(found["enrollments"]) == pytest.approx(users * enrollments_per_user, rel=0.35)
        assert len(made.onboarded) == sum(org["type"] == "school" for org in found["orgs"])

    @pytest.mark.parametrize(("version", "headers"), [("1.1", HEADERS_1_1), ("1.2", HEADERS_1_2)])
    def test_headers_are_the_standards(self, tmp_path: Path, version: str, headers: dict[str, str]) -> None:
        roster = make(tmp_path, users=60, version=version).roster
        written = {path.stem: lines(path)[0].decode() for path in roster.glob("*.csv") if path.stem != "manifest"}

        assert written == {table: COMMON + rest for table, rest in headers.items()}

    @versions
    def test_manifest_names_every_table(self, tmp_path: Path, version: str) -> None:
        roster = make(tmp_path, users=60, version=version).roster
        manifest = dict(line.decode().split(",") for line in lines(roster / "manifest.csv")[1:])
        modes = {name.removeprefix("file."): mode for name, mode in manifest.items() if name.startswith("file.")}

        assert manifest["manifest.version"] == "1.0"
        assert manifest["oneroster.version"] == version
        assert {table for table, mode in modes.items() if mode == "bulk"} == set(tables(roster)) - {"manifest"}
        assert len(modes) == {"1.1": 13, "1.2": 21}[version]

    def test_bulk_leaves_status_and_time_blank(self, clean: Tables) -> None:
        rows = [row for table, found in clean.items() if table != "manifest" for row in found]

        assert {(row["status"], row["dateLastModified"]) for row in rows} == {("", "")}

    def test_delta_fills_status_and_time(self, tmp_path: Path) -> None:
        roster = make(tmp_path, users=60, mode="delta").roster
        rows = [row for table, found in tables(roster).items() if table != "manifest" for row in found]

        assert {row["status"] for row in rows} == {"active"}
        assert all(re.fullmatch(r"[0-9-]{10}T[0-9:]{8}\.000Z", row["dateLastModified"]) for row in rows)

    def test_files_of_an_earlier_district_go(self, tmp_path: Path) -> None:
        make(tmp_path, users=60, version="1.2")
        roster = make(tmp_path, users=60, version="1.1").roster

        assert "roles" not in tables(roster)

    @pytest.mark.parametrize("wrong", [{"version": "1.0"}, {"mode": "partial"}, {"users": 10}])
    def test_what_cannot_be_made_is_refused(self, tmp_path: Path, wrong: dict[str, str]) -> None:
        with pytest.raises(ValueError, match=r"OneRoster|users"):
            make(tmp_path, **wrong)  # type: ignore[arg-type]

    def test_more_broken_enrollments_than_there_are_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="ask for fewer defects"):
            make(tmp_path, users=60, enrollments_per_user=1, defects_per_kind=20)


class TestCleanDistrict:
    def test_has_nothing_to_label(self, tmp_path: Path) -> None:
        assert make(tmp_path, users=60).labels.is_empty()

    def test_every_reference_leads_somewhere(self, clean: Tables) -> None:
        known = {table: ids(rows) for table, rows in clean.items() if table != "manifest"}
        lost = [
            (table, column, row["sourcedId"])
            for (table, column), target in REFERENCES.items()
            for row in clean.get(table, [])
            for reference in row.get(column, "").split(",")
            if reference and reference not in known[target]
        ]

        assert lost == []

    def test_ids_and_usernames_are_unique_and_well_formed(self, clean: Tables) -> None:
        usernames = [user["username"] for user in clean["users"]]

        assert len(set(usernames)) == len(usernames)
        for rows in (rows for table, rows in clean.items() if table != "manifest"):
            assert len(ids(rows)) == len(rows)
            assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", row["sourcedId"]) for row in rows)

    def test_every_class_has_one_primary_teacher_and_students(self, clean: Tables) -> None:
        enrolled = clean["enrollments"]
        primary = Counter(
            row["classSourcedId"] for row in enrolled if (row["role"], row["primary"]) == ("teacher", "true")
        )
        taught = {row["classSourcedId"] for row in enrolled if row["role"] == "student"}

        assert set(primary.values()) == {1}
        assert set(primary) == taught == ids(clean["classes"])

    def test_every_student_has_a_grade_and_a_class_and_every_teacher_a_class(self, clean: Tables) -> None:
        roles = role_of(clean)
        students = [user for user in clean["users"] if roles[user["sourcedId"]] == "student"]
        enrolled = {row["userSourcedId"] for row in clean["enrollments"]}

        assert {user["grades"] for user in students} <= GRADES
        assert {user for user, role in roles.items() if role in ("student", "teacher")} == enrolled
        assert ids(students) == ids(clean["demographics"])

    def test_people_have_the_role_in_class_that_they_have(self, clean: Tables) -> None:
        roles = role_of(clean)

        assert all(row["role"] == roles[row["userSourcedId"]] for row in clean["enrollments"])

    def test_nobody_is_twice_in_a_class(self, clean: Tables) -> None:
        seats = Counter((row["classSourcedId"], row["userSourcedId"]) for row in clean["enrollments"])

        assert set(seats.values()) == {1}

    def test_staff_have_an_email_and_some_students_do_not(self, clean: Tables) -> None:
        roles = role_of(clean)
        without = {roles[user["sourcedId"]] for user in clean["users"] if not user["email"]}

        assert "student" in without
        assert not without & STAFF

    def test_enrollments_lie_within_the_sessions_of_their_class(self, clean: Tables) -> None:
        sessions = {
            session["sourcedId"]: (session["startDate"], session["endDate"]) for session in clean["academicSessions"]
        }
        days = {
            row["sourcedId"]: [sessions[term] for term in row["termSourcedIds"].split(",")] for row in clean["classes"]
        }
        dated = [row for row in clean["enrollments"] if row["beginDate"]]

        assert len(dated) > 0.9 * len(clean["enrollments"])
        for row in dated:
            terms = days[row["classSourcedId"]]
            assert min(terms)[0] <= row["beginDate"] < row["endDate"] <= max(end for _, end in terms)

    def test_paired_lists_have_one_length(self, clean: Tables) -> None:
        pairs = {(row["subjects"], row["subjectCodes"]) for row in clean["classes"] + clean["courses"]}

        assert all(subjects.count(",") == codes.count(",") for subjects, codes in pairs)
        assert any("," in subjects for subjects, _ in pairs)

    def test_names_are_of_many_kinds(self, clean: Tables) -> None:
        written = " ".join(user["givenName"] + user["familyName"] for user in clean["users"])

        assert {"é", "'", "’", "-", "\u200c", "\u200d", "\u200f", "ن"} <= set(written)
        assert not {"\u200b", "\ufeff"} & set(written)


class TestCommand:
    def test_writes_the_roster_the_labels_and_the_schools(self, tmp_path: Path) -> None:
        district.main([str(tmp_path), "--users", "300", "--version", "1.2", "--defects-per-kind", "1"])
        made = make(tmp_path / "again", users=300, version="1.2", defects_per_kind=1)

        assert content(tmp_path / "roster") == content(made.roster)
        assert (tmp_path / "onboarded.txt").read_text().split() == made.onboarded
        with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
            assert [label["rule"] for label in csv.DictReader(file)] == made.labels["rule"].to_list()

    def test_clean_has_no_labels(self, tmp_path: Path) -> None:
        district.main([str(tmp_path), "--users", "60", "--clean"])

        assert (tmp_path / "labels.csv").read_text() == "file,line,rule,field,sourcedId,kind\n"
