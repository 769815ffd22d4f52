"""Who is a teacher, an administrator, a student, and what do they need?

In 1.1 a user has one role, in users.csv; in 1.2 any number, in roles.csv. A publisher may add roles in an extra column
of users.
"""

from __future__ import annotations

import polars as pl

from homeroom.engine.hashes import hashed
from homeroom.engine.ledger import NO_IDS, Ledger, Page, rows_where
from homeroom.engine.rule import Consequence, Rule, Setting
from homeroom.engine.rules.forms import EMAIL
from homeroom.engine.rules.references import kind_codes
from homeroom.engine.tables import Column

ADMINISTRATORS = ("administrator", "districtAdministrator", "principal", "siteAdministrator", "systemAdministrator")
STAFF = ("teacher", *ADMINISTRATORS)
#: Whose enrollment as anything but a student is odd enough to be mentioned.
NEVER_STAFF = ("student", "guardian", "parent", "relative")

STAFF_EMAIL_MISSING = Rule(
    id="staff-email-missing",
    consequence=Consequence.REFUSES,
    says="A teacher or administrator has an e-mail.",
    message="email is required for users with “teacher” or “administrator” roles",
    remedy="Fill in the person's e-mail in the source system. Students need none.",
    source="product.md 4.3",
    table="users",
    column="email",
)
STAFF_EMAIL_FORM = Rule(
    id="staff-email-form",
    consequence=Consequence.REFUSES,
    says="The e-mail of a teacher or administrator has the form name@domain.",
    message="email is {value}; a teacher or administrator needs one e-mail address, such as ana.lopez@district.example.",
    remedy="Correct the address in the source system.",
    source="product.md 3.4 and 4.3",
    table="users",
    column="email",
)
ADDITIONAL_ROLE_UNKNOWN = Rule(
    id="additional-role-unknown",
    consequence=Consequence.REFUSES,
    says="An additional role is one of the publisher's.",
    message="{column} is {value}; each additional role must be one of: {expected}.",
    remedy="Write the additional roles as the publisher names them, separated by commas.",
    source="product.md 4.3, roles",
    table="users",
)
ADDITIONAL_ROLE_ON_STUDENT = Rule(
    id="additional-role-on-student",
    consequence=Consequence.REFUSES,
    says="A student has no additional role.",
    message="{column} is {value}, but this user is a student; a student cannot have another role.",
    remedy="Remove the additional role, or correct the role of the user.",
    source="product.md 4.3, roles",
    table="users",
)
PROFILE_OF_ANOTHER = Rule(
    id="profile-of-another-user",
    consequence=Consequence.REFUSES,
    says="The profile that a role names belongs to the same user.",
    message="userProfileSourcedId is {value}, which is a profile of another user; name one of this user's own.",
    remedy="Correct userProfileSourcedId, or leave it empty.",
    source="OneRoster CSV 1.2, roles.userProfileSourcedId",
    table="roles",
    column="userProfileSourcedId",
)
PRIMARY_ORG = Rule(
    id="primary-org-without-role",
    consequence=Consequence.NOTES,
    says="A user has a role in the organization named as primary.",
    message="primaryOrgSourcedId is {value}, but the user has no role there.",
    remedy="Add a role there in roles.csv, or name another organization as primary.",
    source="OneRoster CSV 1.2.1, users.primaryOrgSourcedId; checked by Longsight",
    table="users",
    column="primaryOrgSourcedId",
)


def facts(setting: Setting) -> dict[str, pl.Expr]:
    """What the first pass keeps of each user beside references: who logs in how, and which e-mail there is."""
    kept = {}
    if setting.has("username"):
        kept["login"] = hashed(pl.col("username").str.to_lowercase())
    if setting.has("userMasterIdentifier"):
        kept["master"] = hashed("userMasterIdentifier")
    email = pl.col("email") if setting.has("email") else pl.lit(None, dtype=pl.String)
    kept["email_missing"] = email.is_null() | ~email.str.contains(r"\S")
    kept["email_malformed"] = ~email.str.contains(EMAIL)
    kept["gradeless"] = pl.col("grades").is_null() if setting.has("grades") else pl.lit(True)
    extra = setting.profile.additional_roles_column
    if setting.has(extra):
        listed = pl.concat_list(pl.lit(word) for word in setting.profile.additional_roles)
        named = pl.col(extra).str.split(",").list.eval(pl.element().str.strip_chars())
        kept["extra"] = pl.col(extra).is_not_null()
        kept["extra_unknown"] = named.list.set_difference(listed).list.len() > 0
        kept["extra_staff"] = kept["extra"] & ~kept["extra_unknown"]
    return kept


def holders(ledger: Ledger, roles: tuple[str, ...] | None, *, others: bool = False) -> pl.Series:
    """The identifiers of the users who hold one of these roles (null: any of the standard's), accepted or not; in 1.2
    by roles.csv. others: of those who hold another one, also one that we do not know.
    """
    name, owner = ("users", "key") if _column(ledger) == "users" else ("roles", "userSourcedId")
    frames = [frame for frame in ledger.said(name) if {"kind", owner} <= set(frame.columns)]
    held = [frame.filter(pl.col("kind").is_in(_codes(ledger, roles)) ^ others)[owner] for frame in frames]
    return pl.concat(held).drop_nulls() if held else NO_IDS


def _codes(ledger: Ledger, roles: tuple[str, ...] | None) -> list[int]:
    codes = kind_codes(_role_column(ledger).tokens)
    return [code for token, code in codes.items() if roles is None or token in roles]


def _column(ledger: Ledger) -> str:
    return "users" if "role" in next(iter(ledger.pages.values())).part.tables["users"] else "roles"


def _role_column(ledger: Ledger) -> Column:
    return next(iter(ledger.pages.values())).part.tables[_column(ledger)]["role"]


def _hold(page: Page, ledger: Ledger, roles: tuple[str, ...]) -> pl.Series:
    """Of each row of users, whether it is about somebody with one of these roles; in 1.1 by the row's own word."""
    if "kind" in page.frame.columns:
        return page.frame["kind"].is_in(_codes(ledger, roles))
    return page.key.is_in(holders(ledger, roles).implode())


def judge_people(page: Page, ledger: Ledger) -> None:
    """Refuse staff without a usable e-mail, and roles that do not go together."""
    profile, frame = page.setting.profile, page.frame
    lives = ~frame["deleted"]
    is_staff, is_student = _hold(page, ledger, STAFF), _hold(page, ledger, ("student",))
    if "extra" in frame.columns:
        column = profile.additional_roles_column
        unknown = frame["extra_unknown"] & lives
        page.blame(rows_where(unknown), ADDITIONAL_ROLE_UNKNOWN, column)
        page.blame(rows_where(frame["extra"] & is_student & lives & ~unknown), ADDITIONAL_ROLE_ON_STUDENT, column)
        is_staff = is_staff | (frame["extra_staff"] & ~is_student)
    if profile.staff_email:
        page.blame(rows_where(is_staff & frame["email_missing"] & lives), STAFF_EMAIL_MISSING, "email")
        page.blame(
            rows_where(is_staff & frame["email_malformed"] & ~frame["email_missing"] & lives), STAFF_EMAIL_FORM, "email"
        )
    complete = "roles" in ledger.pages and ledger.pages["roles"].setting.mode == "bulk"
    if "primaryOrgSourcedId" in frame.columns and complete:
        places = ledger.pages["roles"].frame.select("userSourcedId", "orgSourcedId").drop_nulls().unique()
        named = frame.select("key", org="primaryOrgSourcedId").with_row_index("row").filter(page.accepted).drop_nulls()
        elsewhere = named.join(places, left_on=["key", "org"], right_on=["userSourcedId", "orgSourcedId"], how="anti")
        page.blame(elsewhere, PRIMARY_ORG, "primaryOrgSourcedId")


def judge_roles(page: Page, ledger: Ledger) -> None:
    """Refuse the roles that name a profile of another user (1.2)."""
    if "userProfileSourcedId" not in page.frame.columns or not ledger.resolves("userProfiles"):
        return
    owners = ledger.found("userProfiles", "userSourcedId").unique("key")
    named = page.frame.select("userSourcedId", "userProfileSourcedId").with_row_index("row").drop_nulls()
    pairs = named.join(owners, left_on="userProfileSourcedId", right_on="key", suffix="_owner")
    page.blame(
        pairs.filter(pl.col("userSourcedId") != pl.col("userSourcedId_owner")),
        PROFILE_OF_ANOTHER,
        "userProfileSourcedId",
    )


RULES = (
    STAFF_EMAIL_MISSING,
    STAFF_EMAIL_FORM,
    ADDITIONAL_ROLE_UNKNOWN,
    ADDITIONAL_ROLE_ON_STUDENT,
    PROFILE_OF_ANOTHER,
    PRIMARY_ORG,
)
