"""The made-up publisher: what is left of a first start does not stand in the way of the second."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import polars as pl
import pytest
from pytest_django import Settings

from homeroom.demo import files
from homeroom.demo.publisher import FAILING, roster_folder


class KilledError(BaseException):
    """The process was killed here."""


def test_roster_that_was_half_written_is_written_anew(tmp_path: Path, settings: Settings) -> None:
    settings.HOMEROOM_DATA = str(tmp_path)
    with pytest.MonkeyPatch.context() as killing:
        killing.setattr(files, "write", Mock(side_effect=KilledError))
        with pytest.raises(KilledError):
            roster_folder(FAILING)

    assert pl.read_csv(roster_folder(FAILING) / "orgs.csv", infer_schema=False).height > 1
