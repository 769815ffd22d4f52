"""A publisher's profile: what it may say, and what is answered to one that says something else."""

from __future__ import annotations

import re

import pytest

from homeroom.engine.oneroster import VERSIONS, tables_of
from homeroom.engine.profile import SHIPPED, Profile, ProfileError, parse, shipped
from homeroom.engine.rules import RULES_BY_ID

NAME = 'name = "ours"\n'
RULES = frozenset(RULES_BY_ID)
ONE_OF = "must be one of: stops the sync, refuses the row, clears the value, notes, off."
PLACES = frozenset({"users.role", "classes.classType"})


def test_profile_needs_no_more_than_a_name() -> None:
    assert parse('name = "ours"') == Profile(name="ours")


def test_profile_says_everything_that_can_be_said() -> None:
    profile = parse(
        """
        name = "ours"
        product = "Beacon"
        optional_faults = "notes"

        [requirements]
        staff_email = false
        primary_teacher = false
        onboarding = false
        grade_vocabulary = false
        self_contained_deltas = true
        additional_roles_column = "metadata.our.roles"

        [vocabularies]
        grades = ["5", "6"]
        class_grades = ["7"]
        subjects = ["Chess"]
        additional_roles = ["coach"]

        [self_serve]
        max_rows = 5
        max_bytes = 500
        student_id_column = "localId"
        staff_id_column = "Payroll no."

        [tokens]
        "users.role" = ["staff"]

        [consequences]
        "username-repeated" = "off"
        """,
        rules=RULES,
        places=PLACES,
    )

    assert profile == Profile(
        name="ours",
        product="Beacon",
        optional_faults="notes",
        staff_email=False,
        primary_teacher=False,
        onboarding=False,
        grade_vocabulary=False,
        self_contained_deltas=True,
        grades=("5", "6"),
        class_grades=("7",),
        subjects=("Chess",),
        additional_roles_column="metadata.our.roles",
        additional_roles=("coach",),
        max_rows=5,
        max_bytes=500,
        student_id_column="localId",
        staff_id_column="Payroll no.",
        tokens={"users.role": ("staff",)},
        consequences={"username-repeated": "off"},
    )


def test_templates_call_the_ids_as_the_profile_does() -> None:
    templates = parse(NAME + '[self_serve]\nstudent_id_column = "localId"').templates

    assert [table.names[0] for table in templates.values()] == ["localId", "staffId", "className"]
    assert templates["students"].key == "localId"


def test_words_are_accepted_only_in_the_column_they_are_given_for() -> None:
    profile = parse(NAME + '[tokens]\n"users.role" = ["staff"]')

    assert profile.tokens_for("users", "role") == ("staff",)
    assert profile.tokens_for("roles", "role") == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_profile_is_called_by_its_name_and_names_only_what_exists(name: str) -> None:
    text = shipped(name)
    places = {
        f"{table.name}.{column.name}"
        for version in VERSIONS
        for table in tables_of(version).values()
        for column in table.columns
        if column.tokens
    }

    assert text.name == name
    assert set(text.consequences) <= RULES
    assert set(text.tokens) <= places


def test_publisher_clears_faults_and_standard_refuses_them() -> None:
    assert shipped("publisher").optional_faults == "clears the value"
    assert shipped("standard").optional_faults == "refuses the row"


def test_publisher_is_what_a_profile_says_that_says_nothing_but_for_the_column_of_additional_roles() -> None:
    silent = parse('name = "publisher"\n[requirements]\nadditional_roles_column = "metadata.gm.additionalroles"')

    assert shipped("publisher") == silent


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", 'The profile has no name. Begin it with a line such as: name = "our-publisher"'),
        ("name = ours", "The profile is not valid TOML: Invalid value (at line 1, column 8)."),
        (NAME + NAME, "The profile is not valid TOML: Cannot overwrite a value (at line 2, column 14)."),
        ("name = 5", "In the profile, 'name' must be a text in quotes."),
        (NAME + "produkt = 'x'", "The profile has 'produkt', which is not a setting. Did you mean 'product'?"),
        (NAME + "xyzzy = 1", "The profile has 'xyzzy', which is not a setting."),
        (
            NAME + "[requirements]\nstaff_emial = true",
            "The profile has 'requirements.staff_emial', which is not a setting. Did you mean 'staff_email'?",
        ),
        (
            NAME + "staff_email = true",
            "The profile has 'staff_email', which is not a setting there; it belongs under [requirements].",
        ),
        (
            "[vocabularies]\n" + NAME,
            "The profile has 'vocabularies.name', which is not a setting there; it belongs at the top of the file.",
        ),
        (
            NAME + "[requirement]\nstaff_email = true",
            "The profile has 'requirement', which is not a setting. Did you mean 'requirements'?",
        ),
        (NAME + "[requirements]\nstaff_email = 1", "In the profile, 'requirements.staff_email' must be true or false."),
        (
            NAME + '[requirements]\nstaff_email = "yes"',
            "In the profile, 'requirements.staff_email' must be true or false.",
        ),
        (NAME + "[self_serve]\nmax_rows = true", "In the profile, 'self_serve.max_rows' must be a whole number."),
        (NAME + "[self_serve]\nmax_rows = 1.5", "In the profile, 'self_serve.max_rows' must be a whole number."),
        (
            NAME + "[self_serve]\nstudent_id_column = 5",
            "In the profile, 'self_serve.student_id_column' must be a text in quotes.",
        ),
        (NAME + "[self_serve]\nstudent_id_column = ''", "In the profile, 'self_serve.student_id_column' is blank."),
        (
            NAME + "[self_serve]\nstaff_id_column = 'E-mail'",
            "In the profile, 'self_serve.staff_id_column' must not be E-mail: another column is called so.",
        ),
        (NAME + '[vocabularies]\ngrades = "05"', "In the profile, 'vocabularies.grades' must be a list of texts."),
        (NAME + "[vocabularies]\ngrades = [5]", "In the profile, 'vocabularies.grades' must be a list of texts."),
        (
            NAME + "requirements = true",
            "In the profile, 'requirements' must be a section: write [requirements] on a line of its own.",
        ),
        (
            NAME + 'tokens = ["staff"]',
            "In the profile, 'tokens' must be a section: write [tokens] on a line of its own.",
        ),
        (NAME + '[tokens]\n"users.role" = "staff"', "In the profile, 'tokens.users.role' must be a list of texts."),
        (
            NAME + '[tokens]\n"users.roles" = ["staff"]',
            "The profile names 'users.roles' under [tokens], which does not exist. Did you mean 'users.role'?",
        ),
        (NAME + '[tokens]\n"a.b" = ["staff"]', "The profile names 'a.b' under [tokens], which does not exist."),
        (
            NAME + '[consequences]\n"username-repeated" = "warn"',
            f"In the profile, 'consequences.username-repeated' {ONE_OF}",
        ),
        (
            NAME + '[consequences]\n"off-by-one" = "off"',
            "The profile names 'off-by-one' under [consequences], which does not exist.",
        ),
        (
            NAME + 'optional_faults = "clear"',
            f"In the profile, 'optional_faults' {ONE_OF}",
        ),
    ],
)
def test_profile_that_cannot_be_used_is_told_where_and_what_would_be_right(text: str, answer: str) -> None:
    with pytest.raises(ProfileError, match=f"^{re.escape(answer)}$"):
        parse(text, rules=RULES, places=PLACES)


def test_names_of_rules_and_columns_are_taken_at_their_word_where_nobody_says_which_there_are() -> None:
    profile = parse(NAME + '[tokens]\n"a.b" = ["c"]\n[consequences]\n"no-such-rule" = "off"')

    assert profile.tokens == {"a.b": ("c",)}
    assert profile.consequences == {"no-such-rule": "off"}
