"""A made-up district is wrong where its labels say so, and nowhere else."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from homeroom.demo.district import Made, make
from homeroom.demo.kinds import KINDS
from tests.demo.rosters import REFERENCES, line_of, lines, readable

#: What leaves the row in the roster.
KEPT = {(kind.rule, f"{kind.edit.table}.csv", kind.field) for kind in KINDS if not kind.refuses}


@pytest.fixture(scope="module", params=["1.1", "1.2"])
def broken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("broken"), version=request.param, users=700, defects_per_kind=2)


class TestDefects:
    def test_every_kind_is_there_as_often_as_asked(self, broken: Made) -> None:
        version = "1.2" if (broken.roster / "roles.csv").exists() else "1.1"
        wanted: Counter[tuple[str, str, str]] = Counter()
        for kind in KINDS:
            if kind.only in (None, version) and kind.mode in (None, "bulk"):
                wanted[kind.rule, f"{kind.edit.table}.csv", kind.field] += 4 if kind.blames_all else 2
        faults = broken.labels.rows_by_key("kind", named=True)["fault"]

        assert Counter((label["rule"], label["file"], label["field"]) for label in faults) == (
            wanted + Counter({("school-not-onboarded", "orgs.csv", "school"): 1})
        )

    def test_no_row_is_broken_twice(self, broken: Made) -> None:
        places = Counter((label["file"], label["line"], label["kind"]) for label in broken.labels.rows(named=True))
        broken_rows = {place[:2] for place in places if place[2] == "fault"}
        followers = {place[:2] for place in places if place[2] == "follows"}

        assert max(number for place, number in places.items() if place[2] == "fault") == 1
        assert not broken_rows & followers

    def test_labels_name_the_record_that_stands_on_their_line(self, broken: Made) -> None:
        standing = {(file, line): row["sourcedId"] for file, line, row in readable(broken)}
        labels = [label for label in broken.labels.rows(named=True) if label["field"] != "row"]

        assert all(standing[label["file"], label["line"]] == label["sourcedId"] for label in labels)

    def test_labels_name_columns_of_their_file(self, broken: Made) -> None:
        headers = {path.name: lines(path)[0].decode().split(",") for path in broken.roster.glob("*.csv")}
        named = broken.labels.filter(~broken.labels["field"].is_in(["subject", "school", "row"]))

        assert all(label["field"] in headers[label["file"]] for label in named.rows(named=True))

    def test_without_the_refused_rows_every_reference_leads_somewhere_and_only_then(self, broken: Made) -> None:
        labels = broken.labels.rows(named=True)
        refused = {
            (label["file"], label["line"])
            for label in labels
            if (label["rule"], label["file"], label["field"]) not in KEPT and label["rule"] != "school-not-onboarded"
        }
        followers = {
            (label["file"], label["line"], label["field"])
            for label in labels
            if label["kind"] == "follows" and label["rule"] == "reference-not-found"
        }
        wrong = {(label["file"], label["line"]) for label in labels if label["kind"] == "fault"}
        rows = list(readable(broken))
        known = {(file, row["sourcedId"]) for file, line, row in rows if (file, line) not in refused}
        lost = {
            (file, line, column)
            for file, line, row in rows
            for column in row
            if (target := REFERENCES.get((file.removesuffix(".csv"), column)))
            for reference in row[column].split(",")
            if reference and (f"{target}.csv", reference) not in known
        }

        # The enrollment whose refusal cost a class its teacher does not also say that the class is gone.
        teacherless = {label["sourcedId"] for label in labels if label["rule"] == "class-without-teacher"}
        said = {
            (file, line, "classSourcedId")
            for file, line, row in rows
            if row.get("role") == "teacher" and row.get("classSourcedId") in teacherless
        }

        assert {place for place in lost - said if place[:2] not in wrong} == followers

    def test_classes_without_teacher_are_those_whose_teachers_are_refused(self, broken: Made) -> None:
        labels = broken.labels.rows(named=True)
        refused = {
            (label["file"], label["line"])
            for label in labels
            if (label["rule"], label["file"], label["field"]) not in KEPT
            and (label["kind"], label["field"]) not in {("follows", "classSourcedId"), ("follows", "schoolSourcedId")}
            and label["rule"] not in ("class-without-teacher", "school-not-onboarded")
        }
        rows = list(readable(broken))
        users = {row["sourcedId"] for file, line, row in rows if file == "users.csv" and (file, line) not in refused}
        taught = {
            row["classSourcedId"]
            for file, line, row in rows
            if file == "enrollments.csv" and row["role"] == "teacher" and row["userSourcedId"] in users
            if (file, line) not in refused
        }
        gone = {label["line"] for label in labels if label["file"] == "classes.csv"}
        unlabelled_untaught = {
            line
            for file, line, row in rows
            if file == "classes.csv" and row["sourcedId"] not in taught and line not in gone
        }

        assert unlabelled_untaught == set()
        assert len([label for label in labels if label["rule"] == "class-without-teacher"]) == 2 + 2 * 3

    def test_one_school_is_not_onboarded(self, broken: Made) -> None:
        labels = broken.labels.rows_by_key("rule", named=True)["school-not-onboarded"]

        assert [label["file"] for label in labels] == ["orgs.csv"]
        assert labels[0]["sourcedId"] not in broken.onboarded

    def test_nobody_of_that_school_is_labelled(self, broken: Made) -> None:
        school = broken.labels.rows_by_key("rule", named=True)["school-not-onboarded"][0]["sourcedId"]
        labelled = {(label["file"], label["line"]) for label in broken.labels.rows(named=True)}
        columns = {"orgSourcedIds", "schoolSourcedId", "orgSourcedId"}
        there = [
            (file, line) for file, line, row in readable(broken) if school in {row.get(column) for column in columns}
        ]

        assert there
        assert not labelled & set(there)

    @pytest.mark.parametrize(
        ("rule", "field", "pattern"),
        [
            ("row-not-utf8", "row", r"Dupr\udce9moss|Th\udce9atre"),
            ("row-nul", "row", r"Am\x00ara|Umber\x00"),
            ("row-carriage-return", "row", r",Ash\rBay,"),
            ("row-quote", "row", r'O"Brindle|,"2026-08-17,[^"]*$|,"Old" Mill,'),
            ("cell-line-break", "location", r'"Room 12\nNorth wing"'),
            ("id-padded", "sourcedId", r"^[0-9a-f-]{36} ,"),
            ("excel-number", "sourcedId", r"^1\.[0-9]{6}E\+15,"),
            ("date-form", "birthDate", r",8/15/2014,"),
            ("control-characters", "familyName", "\u200b"),
            ("staff-email-form", "email", r",the office,"),
            ("additional-role-on-student", "metadata.gm.additionalroles", r",teacher$"),
        ],
    )
    def test_the_fault_is_on_its_line(self, broken: Made, rule: str, field: str, pattern: str) -> None:
        labels = [
            label
            for label in broken.labels.rows_by_key("rule", named=True, include_key=True)[rule]
            if label["field"] == field
        ]

        assert labels
        assert all(re.search(pattern, line_of(broken, label["file"], label["line"])) for label in labels)

    def test_short_and_long_rows_have_too_few_and_too_many_cells(self, broken: Made) -> None:
        def surplus(rule: str) -> set[int]:
            return {
                len(next(csv.reader([line_of(broken, label["file"], label["line"])])))
                - lines(broken.roster / label["file"])[0].count(b",")
                - 1
                for label in broken.labels.rows_by_key("rule", named=True)[rule]
            }

        assert surplus("row-too-short") == {-1}
        assert surplus("row-too-long") == {1}

    def test_the_repeated_row_is_the_later_one(self, broken: Made) -> None:
        usernames = {line: row["username"] for file, line, row in readable(broken) if file == "users.csv"}
        repeated = {label["line"] for label in broken.labels.rows_by_key("rule", named=True)["username-repeated"]}
        shared = {name for name, number in Counter(usernames.values()).items() if number > 1 and name}
        places = [sorted(line for line, name in usernames.items() if name == one) for one in shared]

        assert all(len(lines) == 2 for lines in places)
        assert {lines[1] for lines in places} == repeated

    def test_a_share_of_all_rows_is_broken(self, tmp_path: Path) -> None:
        made = make(tmp_path, users=5_000, share=0.01)
        faults = Counter(label["file"] for label in made.labels.rows_by_key("kind", named=True)["fault"])

        assert faults["users.csv"] == pytest.approx(50, rel=0.3)
        assert faults["enrollments.csv"] == pytest.approx(400, rel=0.1)
        assert faults["classes.csv"] == pytest.approx(16, rel=0.5)

    def test_delta_has_faults_of_its_own(self, tmp_path: Path) -> None:
        made = make(tmp_path, defects_per_kind=1, mode="delta")

        assert "datetime-form" in set(made.labels["rule"])
