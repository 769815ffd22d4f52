"""The tables of OneRoster as they were when they were last compared with the standard, on purpose written out again.

Whoever changes a declaration changes what every district's files are judged by: this test asks whether that was meant.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from homeroom.engine.oneroster import TABLES, VERSIONS, tables_of
from homeroom.engine.tables import METADATA_PREFIX, Column, Table, Type

#: By version the columns of each table in the order of the standard; those that are required have a star. users of 1.2
#: is in the layout of 1.2.1.
COLUMNS: Mapping[str, str] = {
    "1.1": """
        academicSessions: sourcedId* status dateLastModified title* type* startDate* endDate* parentSourcedId
            schoolYear*
        categories: sourcedId* status dateLastModified title*
        classes: sourcedId* status dateLastModified title* grades courseSourcedId* classCode classType* location
            schoolSourcedId* termSourcedIds* subjects subjectCodes periods
        classResources: sourcedId* status dateLastModified title classSourcedId* resourceSourcedId*
        courseResources: sourcedId* status dateLastModified title courseSourcedId* resourceSourcedId*
        courses: sourcedId* status dateLastModified schoolYearSourcedId title* courseCode grades orgSourcedId*
            subjects subjectCodes
        demographics: sourcedId* status dateLastModified birthDate sex americanIndianOrAlaskaNative asian
            blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces
            hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth
            publicSchoolResidenceStatus
        enrollments: sourcedId* status dateLastModified classSourcedId* schoolSourcedId* userSourcedId* role*
            primary beginDate endDate
        lineItems: sourcedId* status dateLastModified title* description assignDate* dueDate* classSourcedId*
            categorySourcedId* gradingPeriodSourcedId* resultValueMin* resultValueMax*
        orgs: sourcedId* status dateLastModified name* type* identifier parentSourcedId
        resources: sourcedId* status dateLastModified vendorResourceId* title roles importance vendorId
            applicationId
        results: sourcedId* status dateLastModified lineItemSourcedId* studentSourcedId* scoreStatus* score*
            scoreDate* comment
        users: sourcedId* status dateLastModified enabledUser* orgSourcedIds* role* username* userIds givenName*
            familyName* middleName identifier email sms phone agentSourcedIds grades password
    """,
    "1.2": """
        academicSessions: sourcedId* status dateLastModified title* type* startDate* endDate* parentSourcedId
            schoolYear*
        categories: sourcedId* status dateLastModified title* weight
        classes: sourcedId* status dateLastModified title* grades courseSourcedId* classCode classType* location
            schoolSourcedId* termSourcedIds* subjects subjectCodes periods
        classResources: sourcedId* status dateLastModified title classSourcedId* resourceSourcedId*
        courseResources: sourcedId* status dateLastModified title courseSourcedId* resourceSourcedId*
        courses: sourcedId* status dateLastModified schoolYearSourcedId title* courseCode grades orgSourcedId*
            subjects subjectCodes
        demographics: sourcedId* status dateLastModified birthDate sex americanIndianOrAlaskaNative asian
            blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces
            hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth
            publicSchoolResidenceStatus
        enrollments: sourcedId* status dateLastModified classSourcedId* schoolSourcedId* userSourcedId* role*
            primary beginDate endDate
        lineItemLearningObjectiveIds: sourcedId* status dateLastModified lineItemSourcedId* source*
            learningObjectiveId*
        lineItems: sourcedId* status dateLastModified title* description assignDate* dueDate* classSourcedId*
            categorySourcedId* academicSessionSourcedId* resultValueMin resultValueMax schoolSourcedId*
        lineItemScoreScales: sourcedId* status dateLastModified title lineItemSourcedId* scoreScaleSourcedId*
        orgs: sourcedId* status dateLastModified name* type* identifier parentSourcedId
        resources: sourcedId* status dateLastModified vendorResourceId* title roles importance vendorId
            applicationId
        resultLearningObjectiveIds: sourcedId* status dateLastModified resultSourcedId* source* learningObjectiveId*
            score textScore
        results: sourcedId* status dateLastModified lineItemSourcedId* studentSourcedId* scoreStatus* score
            scoreDate* comment textScore classSourcedId inProgress incomplete late missing
        resultScoreScales: sourcedId* status dateLastModified title resultSourcedId* scoreScaleSourcedId*
        roles: sourcedId* status dateLastModified userSourcedId* roleType* role* beginDate endDate orgSourcedId*
            userProfileSourcedId
        scoreScales: sourcedId* status dateLastModified title* type* orgSourcedId* courseSourcedId* classSourcedId*
            scoreScaleValue*
        userProfiles: sourcedId* status dateLastModified userSourcedId* profileType* vendorId* applicationId
            description credentialType* username* password
        userResources: sourcedId* status dateLastModified userSourcedId* orgSourcedId classSourcedId
            resourceSourcedId*
        users: sourcedId* status dateLastModified enabledUser* username* userIds givenName* familyName* middleName
            identifier email sms phone agentSourcedIds grades password userMasterIdentifier preferredGivenName
            preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns
    """,
}
#: What references point at: by column, wherever it stands, with the kinds that alone may be pointed at.
TARGETS = """
    academicSessionSourcedId: academicSessions gradingPeriod semester term
    agentSourcedIds: users
    categorySourcedId: categories
    classSourcedId: classes
    courseSourcedId: courses
    gradingPeriodSourcedId: academicSessions gradingPeriod
    lineItemSourcedId: lineItems
    orgSourcedId: orgs
    orgSourcedIds: orgs
    primaryOrgSourcedId: orgs
    resourceSourcedId: resources
    resourceSourcedIds: resources
    resultSourcedId: results
    schoolSourcedId: orgs school
    schoolYearSourcedId: academicSessions schoolYear
    scoreScaleSourcedId: scoreScales
    studentSourcedId: users student
    termSourcedIds: academicSessions
    userProfileSourcedId: userProfiles
    userSourcedId: users
"""
ADMINISTRATORS = "districtAdministrator principal siteAdministrator systemAdministrator"
#: Tables whose parentSourcedId points at the table itself, and those whose sourcedId is another table's.
PARENTS = {"orgs", "academicSessions"}
BORROWED_KEYS = {"demographics": "users"}


def parsed(text: str) -> dict[str, list[str]]:
    """From each ``name: word word`` the words by name; a line further in goes on with the one before."""
    found: dict[str, list[str]] = {}
    words: list[str] = []
    for word in text.split():
        if word.endswith(":"):
            found[word.removesuffix(":")] = words = []
        else:
            words.append(word)
    return found


def starred(table: Table) -> list[str]:
    return [f"{column.name}*" if column.required else column.name for column in table.columns if column.layout is None]


def every_column() -> list[tuple[str, Table, Column]]:
    tables = [(version, table) for version in VERSIONS for table in tables_of(version).values()]
    return [(version, table, column) for version, table in tables for column in table.columns]


@pytest.mark.parametrize("version", VERSIONS)
def test_tables_and_columns_are_those_of_the_standard_in_its_order(version: str) -> None:
    assert {name: starred(table) for name, table in tables_of(version).items()} == parsed(COLUMNS[version])


def test_first_layout_of_users_in_1_2_has_one_column_more() -> None:
    users = tables_of("1.2")["users"]
    place = users.names.index("resourceSourcedIds")

    assert users["resourceSourcedIds"].layout == "1.2.0"
    assert users.names[place - 1 : place + 2] == ("userMasterIdentifier", "resourceSourcedIds", "preferredGivenName")
    assert [column.name for _, _, column in every_column() if column.layout is not None] == ["resourceSourcedIds"]


def test_references_point_where_the_standard_says() -> None:
    targets = parsed(TARGETS)
    for _, table, column in every_column():
        if column.name == "sourcedId":
            target = BORROWED_KEYS.get(table.name)
            assert (column.reference.table if column.reference else None) == target
        elif column.name == "parentSourcedId":
            assert column.reference is not None
            assert column.reference.table == table.name
            assert table.name in PARENTS
        elif column.reference is not None:
            assert [column.reference.table, *column.reference.kinds] == targets[column.name]
        else:
            assert "SourcedId" not in column.name


@pytest.mark.parametrize("version", VERSIONS)
def test_every_reference_points_at_a_table_of_the_same_version_that_is_judged_before(version: str) -> None:
    order = list(tables_of(version))

    for table in tables_of(version).values():
        for column in table.references:
            assert column.reference is not None
            assert order.index(column.reference.table) <= order.index(table.name)


def test_vocabularies_of_1_1_are_closed() -> None:
    assert not [column.name for version, _, column in every_column() if version == "1.1" and column.extensible]


def test_vocabularies_of_1_2_that_may_be_extended_are_those_of_the_standard() -> None:
    extensible = {f"{table.name}.{column.name}" for _, table, column in every_column() if column.extensible}

    assert extensible == {
        "academicSessions.type",
        "classes.classType",
        "demographics.sex",
        "enrollments.role",
        "lineItemLearningObjectiveIds.source",
        "orgs.type",
        "resources.roles",
        "results.scoreStatus",
        "resultLearningObjectiveIds.source",
        "roles.role",
    }


@pytest.mark.parametrize(
    ("version", "place", "tokens"),
    [
        ("1.1", "users.role", "administrator aide guardian parent proctor relative student teacher"),
        ("1.1", "enrollments.role", "administrator proctor student teacher"),
        ("1.2", "enrollments.role", "administrator proctor student teacher"),
        (
            "1.2",
            "roles.role",
            f"aide counselor {ADMINISTRATORS} guardian parent proctor relative student teacher",
        ),
        ("1.2", "roles.roleType", "primary secondary"),
        ("1.1", "orgs.type", "department school district local state national"),
        ("1.1", "academicSessions.type", "gradingPeriod semester schoolYear term"),
        ("1.1", "classes.classType", "homeroom scheduled"),
        ("1.1", "demographics.sex", "male female"),
        ("1.2", "demographics.sex", "male female unspecified other"),
        ("1.1", "demographics.asian", "true false"),
        ("1.1", "users.enabledUser", "true false"),
        ("1.1", "enrollments.primary", "true false"),
    ],
)
def test_vocabulary_is_that_of_the_standard(version: str, place: str, tokens: str) -> None:
    table, column = place.split(".")

    assert set(tables_of(version)[table][column].tokens) == set(tokens.split())


@pytest.mark.parametrize(
    ("version", "table", "needs"),
    [
        ("1.1", "orgs", set()),
        ("1.1", "courses", {"orgs"}),
        ("1.1", "users", {"orgs"}),
        ("1.2", "users", {"roles"}),
        ("1.2", "roles", {"orgs", "users"}),
        ("1.1", "classes", {"academicSessions", "courses", "orgs"}),
        ("1.1", "enrollments", {"classes", "orgs", "users"}),
        ("1.1", "demographics", {"users"}),
        ("1.2", "lineItems", {"academicSessions", "categories", "classes", "orgs"}),
        ("1.1", "results", {"lineItems", "users"}),
    ],
)
def test_complete_file_needs_what_the_standard_lists(version: str, table: str, needs: set[str]) -> None:
    assert set(tables_of(version)[table].needs) == needs


@pytest.mark.parametrize("version", VERSIONS)
def test_status_and_date_are_the_same_in_every_table(version: str) -> None:
    for table in tables_of(version).values():
        assert table.names[1:3] == ("status", "dateLastModified")
        assert table["status"].tokens == ("active", "tobedeleted")
        assert table["dateLastModified"].type is Type.DATETIME
        assert table["status"].delta_only
        assert table["dateLastModified"].delta_only


@pytest.mark.parametrize(
    ("version", "place", "rest"),
    [
        ("1.1", "orgs.parentSourcedId", "parent"),
        ("1.1", "users.orgSourcedIds", "orgs"),
        ("1.1", "users.agentSourcedIds", "agents"),
        ("1.1", "classes.termSourcedIds", "terms"),
        ("1.1", "classes.schoolSourcedId", "school"),
        ("1.1", "lineItems.gradingPeriodSourcedId", "gradingPeriod"),
        ("1.2", "users.preferredGivenName", "preferredFirstName"),
        ("1.2", "users.primaryOrgSourcedId", "primaryOrg"),
        ("1.2", "userProfiles.sourcedId", "profileId"),
        ("1.2", "userProfiles.password", "credentials[].password"),
    ],
)
def test_rest_name_is_that_of_the_service(version: str, place: str, rest: str) -> None:
    table, column = place.split(".")

    assert tables_of(version)[table][column].rest_name == rest


def test_no_column_is_called_like_one_of_metadata_and_none_stands_twice() -> None:
    for table in TABLES:
        assert not [name for name in table.names if name.startswith(METADATA_PREFIX)]
        assert len(set(table.names)) == len(table.names)


def test_names_passwords_and_addresses_of_people_are_marked_as_personal() -> None:
    about_people = (
        "username",
        "givenName",
        "familyName",
        "email",
        "password",
        "birthDate",
        "sex",
        "phone",
        "identifier",
    )

    for _, table, column in every_column():
        if table.name in ("users", "userProfiles", "demographics") and column.name in about_people:
            assert column.personal
