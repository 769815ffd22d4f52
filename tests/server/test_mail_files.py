"""E-mails where no mail server is set: files that nobody else on the machine reads."""

from __future__ import annotations

import os
import stat
import time
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


def test_files_of_a_month_ago_go_when_a_new_one_is_written(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    day = 24 * 60 * 60
    for name, age_seconds in (("older.log", 31 * day), ("newer.log", 29 * day), ("of-somebody-else.txt", 31 * day)):
        (tmp_path / name).write_text("An e-mail")
        at = time.time() - age_seconds
        os.utime(tmp_path / name, (at, at))

    send_mail("An invitation", "Text", None, ["a@b.example"], connection=get_connection(of_the_product.EMAIL_BACKEND))

    left = {path.name for path in tmp_path.iterdir()}
    assert (len(left), left & {"older.log", "newer.log"}) == (3, {"newer.log"})
