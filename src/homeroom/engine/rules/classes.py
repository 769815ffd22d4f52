"""Does every class have a teacher, and do dates and roles in classes and sessions make sense?"""

from __future__ import annotations

import polars as pl

from homeroom.engine.ledger import NO_IDS, Ledger, Page, rows_where
from homeroom.engine.rule import Consequence, Rule, Setting
from homeroom.engine.rules.forms import is_date
from homeroom.engine.rules.people import NEVER_STAFF, holders
from homeroom.engine.rules.references import kind_codes
from homeroom.engine.tables import EXTENSION_TOKEN


def _both(setting: Setting, one: str, other: str, test: pl.Expr) -> pl.Expr | None:
    return test if setting.has(one, other) else None


def _objective(setting: Setting) -> pl.Expr | None:
    urn = r"(?i)^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
    wrong = (pl.col("source") == "case") & ~pl.col("learningObjectiveId").str.contains(urn)
    return _both(setting, "source", "learningObjectiveId", wrong)


WITHOUT_TEACHER = Rule(
    id="class-without-teacher",
    consequence=Consequence.REFUSES,
    says="A class has a primary teacher.",
    message="primary teacher is required",
    remedy="Enroll a teacher in the class and mark the enrollment as primary. If the teacher was refused, mend that one first.",
    source="product.md 4.3",
    table="classes",
    column="subject",
)
TEACHER_UNMARKED = Rule(
    id="class-teacher-unmarked",
    consequence=Consequence.NOTES,
    says="Of several teachers of a class, one is marked as primary.",
    message="This class has {detail} teachers and none is marked as primary; the first by source id counts.",
    remedy="Mark one teacher's enrollment in the class as primary.",
    source="product.md 4.3",
    table="classes",
    column="subject",
)
TEACHERS_MARKED = Rule(
    id="class-teachers-marked",
    consequence=Consequence.NOTES,
    says="A class has at most one primary teacher.",
    message="This class has {detail} teachers marked as primary; the first by source id counts.",
    remedy="Mark only one teacher's enrollment in the class as primary; the others are co-teachers.",
    source="OneRoster CSV 1.2, enrollments.primary",
    table="classes",
    column="subject",
)
PRIMARY_NOT_TEACHER = Rule(
    id="primary-not-teacher",
    consequence=Consequence.NOTES,
    says="Only a teacher's enrollment is marked as primary.",
    message="primary is {value}, but the role is not teacher; the mark counts for nothing.",
    remedy="Nothing is lost. Better leave primary empty for anybody but teachers.",
    source="OneRoster CSV 1.2, enrollments.primary",
    table="enrollments",
    column="primary",
    row=lambda setting: _both(setting, "primary", "role", (pl.col("primary") == "true") & _another_role(setting)),
)
SESSION_ENDS = Rule(
    id="session-ends-before-begin",
    consequence=Consequence.REFUSES,
    says="An academic session does not end before it begins.",
    message="endDate is {value}, before startDate {detail}; correct one of the two.",
    remedy="Correct the dates of the session in the source system.",
    source="OneRoster CSV 1.2, academicSessions",
    table="academicSessions",
    column="endDate",
    row=lambda setting: _ends_before(setting, "startDate"),
    beside="startDate",
)
ENROLLMENT_ENDS = Rule(
    id="enrollment-ends-before-begin",
    consequence=Consequence.NOTES,
    says="An enrollment does not end before it begins.",
    message="endDate is {value}, before beginDate {detail}; correct one of the two.",
    remedy="Correct the dates of the enrollment in the source system.",
    source="OneRoster CSV 1.2, enrollments",
    table="enrollments",
    column="endDate",
    row=lambda setting: _ends_before(setting, "beginDate"),
    screen=lambda cell: pl.col("endDate") < pl.col("beginDate") if cell.setting.has("beginDate") else None,
    beside="beginDate",
)
ROLE_ENDS = Rule(
    id="role-ends-before-begin",
    consequence=Consequence.NOTES,
    says="A role does not end before it begins.",
    message="endDate is {value}, before beginDate {detail}; correct one of the two.",
    remedy="Correct the dates of the role in the source system.",
    source="OneRoster CSV 1.2, roles",
    table="roles",
    column="endDate",
    row=lambda setting: _ends_before(setting, "beginDate"),
    screen=lambda cell: pl.col("endDate") < pl.col("beginDate") if cell.setting.has("beginDate") else None,
    beside="beginDate",
)
OBJECTIVE_FORM = Rule(
    id="learning-objective-form",
    consequence=Consequence.REFUSES,
    says="A learning objective from a CASE server is named by a UUID URN.",
    message="learningObjectiveId is {value}; with source case it must be written urn:uuid: and then the UUID.",
    remedy="Export the identifier of the learning objective as a URN, or give the source as unknown.",
    source="OneRoster CSV 1.2, learningObjectiveId",
    column="learningObjectiveId",
    row=_objective,
)
OUTSIDE_SESSIONS = Rule(
    id="enrollment-outside-sessions",
    consequence=Consequence.NOTES,
    says="An enrollment lies within the sessions of its class.",
    message="{column} is {value}, outside the sessions of the class, which run from {detail}.",
    remedy="Correct the dates of the enrollment, or the terms of the class.",
    source="OneRoster CSV 1.2, enrollments.beginDate and endDate",
    table="enrollments",
)
ROLE_DIFFERS = Rule(
    id="enrollment-role-differs",
    consequence=Consequence.NOTES,
    says="Who is enrolled as a student is a student, and who is enrolled as anything else is not a student or family member.",
    message="role is {value}, but the user {detail}.",
    remedy="Correct the role of the enrollment or the role of the user.",
    source="OneRoster CSV 1.2, enrollments.role; official valid files differ here, so it is only noted",
    table="enrollments",
    column="role",
)


def _another_role(setting: Setting) -> pl.Expr:
    """True where somebody is enrolled as something other than a teacher; a word that is no role may have been meant so."""
    role = setting.table["role"]
    known = pl.col("role").is_in([token for token in role.tokens if token != "teacher"])
    return known | pl.col("role").str.contains(EXTENSION_TOKEN) if role.extensible else known


def _ends_before(setting: Setting, begin: str) -> pl.Expr | None:
    return _both(setting, begin, "endDate", (pl.col("endDate") < pl.col(begin)) & is_date("endDate") & is_date(begin))


def judge_teachers(page: Page, ledger: Ledger) -> None:
    """Refuse the classes that no accepted teacher teaches.

    A teacher counts if the enrollment is in order and the user was accepted. Where enrollments are not delivered, or
    come as a delta, those accepted before count too; with none to look at the question stays open, and open is not
    broken.
    """
    if not page.setting.profile.primary_teacher:
        return
    teachers, complete = _teachers(ledger)
    if teachers is None:
        return
    per_class = teachers.group_by("class").agg(
        teachers=pl.col("user").n_unique(), marked=pl.col("user").filter("primary").n_unique()
    )
    judged = page.frame.select("key", "deleted").with_row_index("row").filter(page.accepted & page.key.is_not_null())
    judged = judged.filter(~pl.col("deleted")).join(
        per_class, left_on="key", right_on="class", how="left", maintain_order="left"
    )
    if complete:
        page.blame(
            _with_reason(judged.filter(pl.col("teachers").is_null()), ledger),
            WITHOUT_TEACHER,
            "subject",
            target_table="users",
        )
    several = judged.filter(pl.col("teachers") > 1)
    page.blame(
        several.filter(pl.col("marked") == 0).with_columns(detail=pl.col("teachers").cast(pl.String)),
        TEACHER_UNMARKED,
        "subject",
    )
    page.blame(
        several.filter(pl.col("marked") > 1).with_columns(detail=pl.col("marked").cast(pl.String)),
        TEACHERS_MARKED,
        "subject",
    )


def _teachers(ledger: Ledger) -> tuple[pl.DataFrame | None, bool]:
    """The enrollments of accepted teachers (``class``, ``user``, ``primary``), and whether these are all there are."""
    page, before = ledger.pages.get("enrollments"), ledger.before("enrollments")
    code = kind_codes(("administrator", "proctor", "student", "teacher"))["teacher"]
    frames = []
    if page is not None and {"classSourcedId", "userSourcedId", "kind", "primary"} <= set(page.frame.columns):
        frames.append(page.frame.filter((page.frame["kind"] == code) & page.accepted & ~page.frame["deleted"]))
    if before is not None and {"classSourcedId", "userSourcedId", "kind", "primary"} <= set(before.columns):
        frames.append(before.filter(before["kind"] == code))
    if not frames:
        return None, False
    columns = {"class": "classSourcedId", "user": "userSourcedId", "primary": "primary"}
    teachers = pl.concat(frame.select(**{new: pl.col(old) for new, old in columns.items()}) for frame in frames)
    if ledger.resolves("users"):
        teachers = teachers.filter(pl.col("user").is_in(ledger.found("users")["key"].implode()))
    return teachers, ledger.roster_given or (page is not None and page.setting.mode == "bulk")


def _with_reason(classes: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Beside each class without a teacher, as ``target``, the user who would teach it but was refused, if there is
    one.
    """
    page = ledger.pages.get("enrollments")
    if page is None or "classSourcedId" not in page.frame.columns:
        return classes.select("row")
    named = page.frame.filter(
        page.frame["kind"] == kind_codes(("administrator", "proctor", "student", "teacher"))["teacher"]
    )
    named = (
        named.select("classSourcedId", target="userSourcedId")
        .drop_nulls()
        .unique("classSourcedId", keep="first", maintain_order=True)
    )
    return classes.join(named, left_on="key", right_on="classSourcedId", how="left").select("row", "target")


def rows_that_left_a_class_without_teacher(ledger: Ledger) -> pl.Series:
    """The enrollments that were refused and may have been the teacher's, in classes that were refused for having none:
    they have said why already.
    """
    page, classes = ledger.pages["enrollments"], ledger.pages["classes"]
    blamed = [faults.filter(pl.col("rule") == WITHOUT_TEACHER.id)["row"] for faults in classes.faults]
    refused = classes.key.gather(pl.concat(blamed)) if blamed else NO_IDS
    teaches = page.frame["kind"].is_in([0, kind_codes(page.setting.table["role"].tokens)["teacher"]])
    return rows_where(teaches & page.refused & page.frame["classSourcedId"].is_in(refused.drop_nulls().implode()))[
        "row"
    ]


def judge_stays(page: Page, ledger: Ledger) -> None:
    """Note the enrollments that lie outside the sessions of their class, and those whose role is not the user's."""
    frame, counts = page.frame, page.accepted & ~page.frame["deleted"]
    codes = kind_codes(page.setting.table["role"].tokens)
    student = frame["kind"] == codes["student"]
    others = frame["kind"].is_in([code for role, code in codes.items() if role != "student"])
    # What leaves fewest rows comes first, and only they are copied: most enrollments are as they should be.
    odd_students = _users(
        page, counts & student & ~frame["userSourcedId"].is_in(holders(ledger, ("student",)).implode())
    )
    odd_students = odd_students.filter(pl.col("user").is_in(holders(ledger, None).implode()))
    odd_staff = _users(page, counts & others).filter(pl.col("user").is_in(holders(ledger, NEVER_STAFF).implode()))
    # A parent may well teach here, and what an extension of the standard's roles means is not known.
    odd_staff = odd_staff.filter(~pl.col("user").is_in(holders(ledger, NEVER_STAFF, others=True).implode()))
    for odd, detail in ((odd_students, "is not a student"), (odd_staff, "is a student or a family member")):
        page.blame(odd.select("row", detail=pl.lit(detail)), ROLE_DIFFERS, "role")
    windows = _windows(ledger)
    if windows is not None and len(windows) and "classSourcedId" in frame.columns:
        _judge_dates(page, counts, windows)


def _users(page: Page, mask: pl.Series) -> pl.DataFrame:
    """The enrollments at which the mask is true: ``row``, ``user``."""
    rows = rows_where(mask)
    return rows.with_columns(user=page.frame["userSourcedId"].gather(rows["row"]))


def _judge_dates(page: Page, counts: pl.Series, windows: pl.DataFrame) -> None:
    begin, end, opens, closes = (pl.col(name) for name in ("begin", "end", "opens", "closes"))
    # Beyond the narrowest window first: where all classes run all year, that leaves next to nothing to be joined.
    last_opens, first_closes = windows["opens"].max(), windows["closes"].min()
    beyond = (begin < last_opens) | (begin >= first_closes) | (end > first_closes)
    suspects = page.frame.select("begin", "end", key="classSourcedId", suspect=beyond & counts).with_row_index("row")
    tests = {
        "beginDate": (begin < opens) | (begin >= closes),
        "endDate": (end > closes) & (begin < end).fill_null(True),
    }
    # Where they do not, it may leave half of them: not all of those are in memory with their windows.
    joined = suspects.lazy().filter("suspect").join(windows.lazy(), on="key")
    stays = joined.filter(pl.any_horizontal(tests.values())).collect(engine="streaming")
    for column, outside in tests.items():
        found = stays.filter(outside).select("row", detail=pl.format("{} to {}", opens, closes)).sort("row")
        page.blame(found, OUTSIDE_SESSIONS, column)


def _windows(ledger: Ledger) -> pl.DataFrame | None:
    """For each class all of whose sessions are here the first and last day of them: ``key``, ``opens``, ``closes``."""
    classes, sessions = ledger.pages.get("classes"), ledger.pages.get("academicSessions")
    if classes is None or sessions is None or "termSourcedIds" not in classes.edges:
        return None
    days = sessions.frame.filter(sessions.accepted).select("key", "begin", "end").drop_nulls()
    terms = classes.edges["termSourcedIds"].join(days, left_on="target", right_on="key", how="left")
    spans = terms.group_by("row").agg(
        opens=pl.col("begin").min(), closes=pl.col("end").max(), whole=pl.col("begin").is_not_null().all()
    )
    accepted = classes.frame.select("key").with_row_index("row").filter(classes.accepted)
    return spans.filter("whole").join(accepted, on="row").select("key", "opens", "closes").drop_nulls()


RULES = (
    WITHOUT_TEACHER,
    TEACHER_UNMARKED,
    TEACHERS_MARKED,
    PRIMARY_NOT_TEACHER,
    SESSION_ENDS,
    ENROLLMENT_ENDS,
    ROLE_ENDS,
    OBJECTIVE_FORM,
    OUTSIDE_SESSIONS,
    ROLE_DIFFERS,
)
