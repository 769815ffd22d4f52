"""A school of a self-serve district, in which people change records by hand."""

from __future__ import annotations

import pytest

from homeroom.districts.models import Method
from tests.people import Cast, set_method
from tests.roster.records import Records


@pytest.fixture
def oak(cast: Cast) -> Records:
    set_method(by=cast.operator, district=cast.ferndale, method=Method.SELF_SERVE)
    cast.ferndale.refresh_from_db()
    cast.oak.district.refresh_from_db()
    return Records(cast.ferndale, cast.oak)


@pytest.fixture
def elm(oak: Records, cast: Cast) -> Records:
    return Records(cast.ferndale, cast.elm)
