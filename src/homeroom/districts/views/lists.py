"""What the pages with a list share: the page that the address asks for, and the order."""

from __future__ import annotations

from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)
PAGE_SIZE = 50


def page(request: HttpRequest, rows: QuerySet[Row], *, size: int = PAGE_SIZE) -> Page[Row]:
    """The page of the rows that the address asks for (?page=): the nearest there is."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def order(request: HttpRequest, *columns: str) -> str:
    """The order that the address asks for (?sort=), one of the columns, downwards with a hyphen; else the first."""
    asked = request.GET.get("sort", "")
    return asked if asked.removeprefix("-") in columns else columns[0]
