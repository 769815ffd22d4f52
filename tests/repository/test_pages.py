"""The files that browsers get: all there, all ours to serve, and nothing in them that the security policy refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from homeroom.pages import server_error
from tests.repository.places import PACKAGE

TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
INLINE = re.compile(r"\sstyle=|<style|\son[a-z]+=|href=\"javascript:|<script(?![^>]*\bsrc=)")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_template_has_no_style_and_no_script_inside(template: Path) -> None:
    assert INLINE.findall(template.read_text()) == []


def test_every_static_file_that_another_one_names_is_there(settings: Settings, tmp_path: Path) -> None:
    """Collecting them for production follows every reference and fails on one that leads nowhere."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").exists()


def test_pages_come_with_a_strict_policy(client: Client, db: None) -> None:
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'self'" in policy


def test_page_after_a_fault_has_a_number_the_support_contact_and_no_trace(settings: Settings) -> None:
    settings.HOMEROOM_SUPPORT_TEXT = "Ask Fern"
    settings.HOMEROOM_SUPPORT_LINK = "mailto:fern@publisher.example"

    page = server_error(None).content.decode()  # type: ignore[arg-type]

    assert re.search(r"<strong>[0-9a-f-]{36}</strong>", page)
    assert 'href="mailto:fern@publisher.example">Ask Fern</a>' in page
    assert "Traceback" not in page


def test_page_that_is_not_there_offers_the_way_back(client: Client, db: None) -> None:
    page = client.get("/nowhere/")

    assert page.status_code == 404
    assert 'href="/">Go to your start page' in page.text


def test_form_without_its_token_is_answered_with_what_to_do(db: None) -> None:
    page = Client(enforce_csrf_checks=True).post("/accounts/login/", {})

    assert page.status_code == 403
    assert "Nothing was changed" in page.text
    assert "Homeroom</title>" in page.text


def test_request_that_cannot_be_read_is_answered_in_our_look(client: Client, db: None) -> None:
    page = client.get("/", headers={"host": "elsewhere.example"})

    assert page.status_code == 400
    assert "Nothing was changed" in page.text
