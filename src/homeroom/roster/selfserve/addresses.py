"""E-mails that are in use: unique on the whole server, and kept so by PostgreSQL.

Of two that reserve the same address at once, in whatever districts, the second waits until the first has finished, and
then finds it taken, or free.
"""

from __future__ import annotations

import polars as pl

from homeroom.districts.models import District
from homeroom.roster.store.columns import signed
from homeroom.roster.store.copying import cursor, statement


def reserve(district: District, wanted: pl.DataFrame) -> pl.Series:
    """Of the wanted addresses those that nobody had; they are this district's from now on.

    wanted: ``key`` of the person, ``address`` in lower case, null for none; of several with the same the first counts.
    In the caller's transaction, in the order of the addresses, so that two who want many do not wait for each other.
    """
    rows = wanted.drop_nulls("address").unique("address", keep="first", maintain_order=True).sort("address")
    keys, addresses = rows.select(signed("key")).to_series().to_list(), rows["address"].to_list()
    with cursor() as sql:
        ours = sql.execute(
            statement(
                "insert into roster_addressinuse (district_id, key, address)"
                " select %s, * from unnest(%s::bigint[], %s::text[]) on conflict (address) do nothing returning address"
            ),
            [district.pk, keys, addresses],
        ).fetchall()
    return pl.Series("address", [address for (address,) in ours], dtype=pl.String)


def release(district: District, addresses: pl.Series, *, of: int | None = None) -> None:
    """The addresses, in lower case, belong to nobody in this district any more. of: the key of a person: only those
    that are theirs.
    """
    with cursor() as sql:
        sql.execute(
            statement(
                "delete from roster_addressinuse where district_id = %(district)s and address = any(%(addresses)s)"
                " and (%(of)s::bigint is null or key = %(of)s)"
            ),
            {"district": district.pk, "addresses": addresses.to_list(), "of": of},
        )
