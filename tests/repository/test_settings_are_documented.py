"""Every setting stands on the page about running a server, with its default and its meaning, and no other does."""

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from homeroom.environment import Environment, variable
from tests.repository.places import DOCS, ROOT

PAGE = DOCS / "how-to" / "deploy.md"


def default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default_factory:
        return "the user's data folder"
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    if value in (None, "", []):
        return "–"
    text = ",".join(value) if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`"


def test_page_lists_the_settings_as_they_are() -> None:
    rows = [
        f"| `{variable(name)}` | {default(field)} | {field.description} |"
        for name, field in Environment.model_fields.items()
    ]
    listed = PAGE.read_text(encoding="utf-8").partition("| setting | default | meaning |\n|---|---|---|\n")[2]

    assert listed.splitlines() == rows


@pytest.mark.parametrize("name", ["DATABASE_URL", "HOMEROOM_SECRET_KEY", "HOMEROOM_FIELD_KEYS"])
def test_compose_file_sets_what_is_required(name: str) -> None:
    assert f"  {name}: " in (ROOT / "compose.yaml").read_text(encoding="utf-8")
