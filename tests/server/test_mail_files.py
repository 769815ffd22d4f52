"""E-mails where no mail server is set: files that nobody else on the machine reads."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core.mail import get_connection, send_mail
from pytest_django import Settings

from homeroom import settings as of_the_product


@pytest.mark.parametrize("is_there_already", [False, True])
def test_folder_of_e_mails_is_its_owner_s_alone(tmp_path: Path, settings: Settings, is_there_already: bool) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    if is_there_already:
        settings.EMAIL_FILE_PATH.mkdir(mode=0o755)
    files = get_connection(of_the_product.EMAIL_BACKEND)

    send_mail("An invitation", "With a link that lets in who has it.", None, ["a@b.example"], connection=files)

    (file,) = settings.EMAIL_FILE_PATH.iterdir()
    assert "lets in who has it" in file.read_text()
    assert stat.S_IMODE(settings.EMAIL_FILE_PATH.stat().st_mode) == 0o700
