"""A made-up publisher with four districts: what `homeroom demo` shows.

Willow Creek sends its roster every night and has done so for a year; Maple Ridge is new, and its last night failed;
Birch Harbor shares its roster through ClassLink, from where it is collected every few minutes (``sources``);
Cedar Falls rosters by hand. Its people and schools are made before the first page is served, the nights and uploads
afterwards (``nights``, ``uploads``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import transaction

from homeroom.accounts.actions import create_operator
from homeroom.accounts.models import User
from homeroom.demo import district as made_up
from homeroom.districts import actions, scope
from homeroom.districts.models import District, Method, Role, School

PASSWORD = "chalk and cheese"
OPERATOR = "operator@publisher.example"
_TIME_ZONE = "America/Chicago"


@dataclass(frozen=True)
class MadeUp:
    """A district of the demo. seed: of its roster; users: how many are in it."""

    name: str
    slug: str
    method: Method
    seed: int = 0
    users: int = 0


NIGHTLY = MadeUp("Willow Creek Unified", "willow-creek", Method.ONEROSTER_CSV, seed=1, users=600)
FAILING = MadeUp("Maple Ridge County", "maple-ridge", Method.ONEROSTER_CSV, seed=2, users=300)
COLLECTED = MadeUp("Birch Harbor Schools", "birch-harbor", Method.CLASSLINK, seed=3, users=250)
BY_HAND = MadeUp("Cedar Falls Schools", "cedar-falls", Method.SELF_SERVE)
SCHOOLS_BY_HAND = ("Cedar Falls Elementary", "Cedar Falls High")


def prepare() -> str:
    """Makes what is not there yet, and tells who can sign in, for the terminal."""
    with transaction.atomic():
        operator = User.objects.filter(email=OPERATOR).first() or create_operator(
            email=OPERATOR, name="Olive Operator", password=PASSWORD
        )
        for made in (NIGHTLY, FAILING, COLLECTED, BY_HAND):
            if not District.objects.filter(slug=made.slug).exists():
                _make(operator, made)
    return "\n".join(_sign_ins())


def roster_folder(made: MadeUp) -> Path:
    """Where the district's own system keeps its roster: the CSV files as they are on the first night."""
    folder = Path(settings.HOMEROOM_DATA) / "made-up" / made.slug
    if not folder.exists():
        unfinished = folder.with_name(f"{made.slug}.unfinished")  # of one who was killed over it, too
        unfinished.mkdir(parents=True, exist_ok=True)
        made_up.make(unfinished, users=made.users, enrollments_per_user=4, seed=made.seed)
        unfinished.rename(folder)
    return folder / "roster"


def _make(operator: User, made: MadeUp) -> None:
    district = _district(operator, made)
    if made.method == Method.SELF_SERVE:
        schools = [actions.add_school(by=operator, district=district, name=name) for name in SCHOOLS_BY_HAND]
        _join(operator, district, "Sam School", Role.SCHOOL_ADMIN, schools[0])
    else:
        given = _schools(made)
        if made is not COLLECTED:
            given.pop()  # for the operator to onboard
        for source_id, name in given:
            actions.add_school(by=operator, district=district, name=name, source_id=source_id)
    _join(operator, district, "Dana District", Role.DISTRICT_ADMIN)


def _district(operator: User, made: MadeUp) -> District:
    district = actions.create_district(
        by=operator, name=made.name, slug=made.slug, method=made.method, time_zone=_TIME_ZONE
    )
    today = district.today()
    begins = date(today.year if today.month >= 7 else today.year - 1, 7, 1)
    ends = begins.replace(year=begins.year + 1) - timedelta(days=1)
    actions.add_school_year(
        by=operator, district=district, name=f"{begins.year}–{ends.year}", first_day=begins, last_day=ends
    )
    return district


def _schools(made: MadeUp) -> list[tuple[str, str]]:
    """Source id and name of each school in the district's roster."""
    orgs = pl.read_csv(roster_folder(made) / "orgs.csv", infer_schema=False).filter(pl.col("type") == "school")
    return list(orgs.select("sourcedId", "name").iter_rows())


def _join(operator: User, district: District, name: str, role: Role, *schools: School) -> None:
    email = f"{name.split(maxsplit=1)[0].lower()}@{district.slug}.example"
    invited = actions.invite(by=operator, district=district, email=email, role=role, schools=schools)
    with scope.within(district.pk):
        actions.accept_invitation_as_new_person(district=district, token=invited.token, name=name, password=PASSWORD)


def _sign_ins() -> list[str]:
    people = (
        (OPERATOR, "operator: sees every district"),
        (f"dana@{NIGHTLY.slug}.example", f"district administrator of {NIGHTLY.name}: a roster every night"),
        (f"dana@{FAILING.slug}.example", f"district administrator of {FAILING.name}: new, and last night failed"),
        (f"dana@{COLLECTED.slug}.example", f"district administrator of {COLLECTED.name}: collected every few minutes"),
        (f"dana@{BY_HAND.slug}.example", f"district administrator of {BY_HAND.name}: self-serve"),
        (f"sam@{BY_HAND.slug}.example", f"school administrator of {SCHOOLS_BY_HAND[0]}"),
    )
    return [
        "A made-up publisher with four made-up districts. Sign in as",
        *(f"  {email:32} {who}" for email, who in people),
        f"The password of all of them: {PASSWORD}",
        "After the first start it takes a minute until all the nights that lie behind them are made.",
    ]
