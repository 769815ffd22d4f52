"""Every address of the site, as the URL configuration has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Page:
    """One address. name: its route, if it has none. route: with its variable parts in angle brackets."""

    name: str
    route: str
    variables: frozenset[str]
    view: Callable[..., Any]


def pages() -> list[Page]:
    """All of them, those of other people's apps included."""
    return list(_below(get_resolver(), ""))


def _below(resolver: URLResolver, prefix: str) -> Iterator[Page]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, route)
        elif isinstance(pattern, URLPattern):
            variables = frozenset(pattern.pattern.converters) | frozenset(pattern.pattern.regex.groupindex)
            yield Page(pattern.name or route, route, variables, pattern.callback)
