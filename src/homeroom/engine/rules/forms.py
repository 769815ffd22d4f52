"""In which form must a date, a number, an e-mail be written?"""

from __future__ import annotations

import polars as pl

from homeroom.engine.rule import Cell, Consequence, Rule
from homeroom.engine.tables import Type

#: [0-9], never the digit class: that one also takes full-width and other scripts' digits. A year before 1000 is a slip.
DATE = r"^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$"
_DATETIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]{1,6})?(?:Z|\+00:00)$"
YEAR_SPAN = r"^[0-9]{4}-[0-9]{4}$"
EMAIL = r"^[A-Za-z0-9+_.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$"


def _is_day(text: pl.Expr) -> pl.Expr:
    return text.str.contains(DATE) & pl.when(text.is_not_null()).then(
        text.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    )


def is_date(column: str) -> pl.Expr:
    """True where the text is a day that exists, written YYYY-MM-DD; null where there is none."""
    return _is_day(pl.col(column))


def _date_form(cell: Cell) -> pl.Expr | None:
    return ~is_date(cell.name) if cell.column.type is Type.DATE else None


def _datetime_form(cell: Cell) -> pl.Expr | None:
    applies = cell.column.type is Type.DATETIME and (not cell.column.delta_only or cell.setting.mode == "delta")
    day, time = cell.value.str.head(len("2026-08-15")), cell.value.str.slice(len("2026-08-15"))
    return ~(_is_day(day) & time.str.contains("^" + _DATETIME)) if applies else None


def _is_span(cell: Cell) -> pl.Expr:
    first, last = cell.value.str.slice(0, 4), cell.value.str.slice(5, 4)
    follows = last.cast(pl.Int32, strict=False) == first.cast(pl.Int32, strict=False) + 1
    return cell.value.str.contains(YEAR_SPAN) & follows


def _year_span(cell: Cell) -> pl.Expr | None:
    return _is_span(cell) if cell.column.type is Type.YEAR else None


def _year_form(cell: Cell) -> pl.Expr | None:
    if cell.column.type is not Type.YEAR:
        return None
    return ~(cell.value.str.contains(r"^[0-9]{4}$") | _is_span(cell))


def _number_form(cell: Cell) -> pl.Expr | None:
    forms = {Type.NUMBER: r"^[+-]?[0-9]+(?:\.[0-9]+)?$", Type.INTEGER: r"^[+-]?[0-9]+$"}
    return ~cell.value.str.contains(forms[cell.column.type]) if cell.column.type in forms else None


def _list_item_form(cell: Cell) -> pl.Expr | None:
    if cell.column.item_form is None:
        return None
    item = cell.column.item_form.strip("^$")
    return ~cell.value.str.contains(f"^{item}(?:,{item})*$")


def _email_form(cell: Cell) -> pl.Expr | None:
    return ~cell.value.str.contains(EMAIL) if cell.column.type is Type.EMAIL else None


def _date_hint(values: pl.Series, _: Cell) -> pl.Series:
    """Rewrites month/day/year, the commonest other form, unless day and month could be meant the other way round."""
    parts = values.str.extract_groups(r"^(?<m>[0-9]{1,2})/(?<d>[0-9]{1,2})/(?<y>[0-9]{4})$").struct.unnest()
    month, day = (pl.col(name).cast(pl.Int32, strict=False) for name in "md")
    rewritten = pl.format("{}-{}-{}", "y", pl.col("m").str.zfill(2), pl.col("d").str.zfill(2))
    sure = (month <= 12) & (day > 12)
    return parts.select(pl.when(sure).then(pl.format(" Write {}.", rewritten)).otherwise(pl.lit(""))).to_series()


FORMS: tuple[Rule, ...] = (
    Rule(
        id="date-form",
        consequence=Consequence.REFUSES,
        in_optional=Consequence.CLEARS,
        says="A date is a day of the calendar, written YYYY-MM-DD.",
        message="{column} is {value}; write a date as year-month-day, such as 2026-08-15.{detail}",
        remedy="Set the date format of the source system's export to YYYY-MM-DD.",
        source="OneRoster CSV 1.2, Date",
        cell=_date_form,
        hint=_date_hint,
    ),
    Rule(
        id="datetime-form",
        consequence=Consequence.REFUSES,
        says="A date with time is written YYYY-MM-DDThh:mm:ss.sssZ, in UTC.",
        message="{column} is {value}; write date and time in UTC, such as 2026-08-15T06:30:00.000Z.",
        remedy="Set the format of the source system's export to ISO 8601 in UTC.",
        source="OneRoster CSV 1.2, DateTime; 0 to 6 decimals and +00:00 are read as well",
        cell=_datetime_form,
    ),
    Rule(
        id="year-form",
        consequence=Consequence.REFUSES,
        says="A school year is the year in which it ends, written YYYY.",
        message="{column} is {value}; write the year in which the school year ends, such as 2027.",
        remedy="Export the year in which the school year ends, as four digits.",
        source="OneRoster CSV 1.2, Year",
        cell=_year_form,
    ),
    Rule(
        id="year-span",
        consequence=Consequence.NOTES,
        says="A school year is written as one year, not as a span of two.",
        message="{column} is {value} and was read as the year in which it ends; the standard asks for that year alone.",
        remedy="Nothing is lost. Better export the year in which the school year ends, as four digits.",
        source="OneRoster CSV 1.2, Year",
        cell=_year_span,
    ),
    Rule(
        id="number-form",
        consequence=Consequence.REFUSES,
        in_optional=Consequence.CLEARS,
        says="A number is written with digits and at most one decimal point.",
        message="{column} is {value}; write {expected}.",
        remedy="Export numbers without units, spaces or commas.",
        source="OneRoster CSV 1.2, Float and Integer",
        cell=_number_form,
        expected=lambda cell: (
            "a whole number, such as 25" if cell.column.type is Type.INTEGER else "a plain number, such as 87.5 or 100"
        ),
    ),
    Rule(
        id="list-item-form",
        consequence=Consequence.REFUSES,
        in_optional=Consequence.CLEARS,
        says="Each item of a list of pairs is written {type:identifier}.",
        message="{column} is {value}; write each item as {{type:identifier}}, such as {{LDAP:12345}}.",
        remedy="Export the column in this form, or leave it empty.",
        source="OneRoster CSV 1.2, users.userIds and scoreScales.scoreScaleValue",
        cell=_list_item_form,
    ),
    Rule(
        id="email-form",
        consequence=Consequence.CLEARS,
        says="An e-mail has the form name@domain, of letters, digits and - _ + . @",
        message="{column} is {value}; write one e-mail address, such as ana.lopez@district.example.",
        remedy="Correct the address in the source system, or leave it empty.",
        source="product.md 3.4",
        cell=_email_form,
    ),
)
