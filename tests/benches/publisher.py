"""A publisher whose one district has all its schools onboarded, in the database of DATABASE_URL: run with the file of
onboarded schools and the district's orgs.csv.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
import polars as pl

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from homeroom.accounts.actions import create_operator  # noqa: E402 — Django must be set up first
from homeroom.districts import scope  # noqa: E402
from homeroom.districts.models import School  # noqa: E402
from tests.people import a_district  # noqa: E402

SLUG = "bench"


def main(onboarded: Path, orgs: Path) -> None:
    operator = create_operator(email="o@publisher.example", name="Olive Operator", password="chalk and cheese")
    district = a_district(operator, "Bench")
    ids = onboarded.read_text(encoding="utf-8").split()
    named = pl.read_csv(orgs, infer_schema=False).filter(pl.col("sourcedId").is_in(ids))
    with scope.within(district.pk):
        School.objects.bulk_create(
            School(district=district, source_id=source_id, name=name or source_id, is_onboarded=True)
            for source_id, name in named.select("sourcedId", "name").unique("sourcedId").iter_rows()
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
