"""One kind of error, explained for everybody: a page whose link can be sent to whoever mends the source system. It
shows no record and no value.
"""

from __future__ import annotations

from collections import defaultdict

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from homeroom.engine.rule import Rule
from homeroom.engine.rules import RULES_BY_ID

#: What stands in a message where a real one names column and value.
_IN_A_MESSAGE = {"value": "“…”", "expected": "…", "record": "record", "detail": ""}


@login_not_required
def explained(request: HttpRequest, rule: str) -> HttpResponse:
    found = RULES_BY_ID.get(rule)
    if found is None:
        raise Http404
    context = {"rule": found, "says": _says(found), "optional": found.in_optional}
    return render(request, "syncs/explained.html", context)


def _says(rule: Rule) -> str:
    """The message as reports have it, with places to fill where it names what is in a record."""
    filled = _IN_A_MESSAGE | {"column": rule.column or "[column]", "product": settings.HOMEROOM_PRODUCT}
    return rule.message.format_map(defaultdict(lambda: "…", filled))
