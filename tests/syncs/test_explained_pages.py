"""Each kind of error has a page that anybody may read, and that shows nothing of any record."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from homeroom.engine.rule import Rule
from homeroom.engine.rules import RULES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_explained_to_whoever_has_the_link(rule: Rule) -> None:
    page = Client().get(f"/help/errors/{rule.id}/")

    assert page.status_code == 200
    shown = unescape(page.text)
    assert [text for text in (rule.says, rule.remedy, rule.source, rule.id) if text not in shown] == []
    assert not {"{column}", "{value}", "{expected}", "{detail}"} & set(page.context["says"].split())


def test_an_error_that_does_not_exist_is_not_explained() -> None:
    assert Client().get("/help/errors/no-such-rule/").status_code == 404
