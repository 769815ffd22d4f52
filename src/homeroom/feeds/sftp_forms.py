"""What an operator fills in about a district's SFTP server: where it is, and who asks."""

from __future__ import annotations

from typing import Any

from django import forms

from homeroom.districts.forms import ActionForm
from homeroom.districts.models import District
from homeroom.feeds.actions import MOST_MINUTES
from homeroom.feeds.connections import SFTP_PORT, place_of, sftp_address
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.models import SETTLED_AFTER_MINUTES, SFTP, Authentication, Feed

#: By authentication, the field that stays empty.
_FOREIGN = {Authentication.SFTP_PASSWORD.value: "private_key", Authentication.SFTP_KEY.value: "password"}
_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class _Unshown(forms.Textarea):
    """As ``PasswordInput``, with room for several lines."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # noqa: ARG002
        return super().get_context(name, None, attrs)


class SftpCredentialsForm(ActionForm):
    """A user, with a password or a private key. Neither is written back into the page."""

    key = forms.CharField(label="User", required=False, max_length=250, widget=forms.TextInput(attrs=_PLAIN))
    password = forms.CharField(
        label="Password",
        required=False,
        max_length=1_000,
        strip=False,
        help_text="It is stored encrypted, and not shown again.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    private_key = forms.CharField(
        label="Private key",
        required=False,
        max_length=10_000,
        help_text="Instead of a password: all of the file, from “-----BEGIN” to the last line. Without a passphrase.",
        widget=_Unshown(attrs={"rows": 4, **_PLAIN}),
    )

    #: The authentication that the credentials are for; empty where none was chosen.
    way: str

    def clean(self) -> dict[str, Any]:
        """What does not go with the authentication would be shown to the server as what it is not."""
        said = super().clean() or {}
        foreign = _FOREIGN.get(self.way, "")
        if said.get(foreign):
            name = str(self.fields[foreign].label).lower()
            self.add_error(
                foreign,
                f"The authentication is “{Authentication(self.way).label}”, and a {name} does not go with that. "
                "Leave this empty, or change the authentication of the connection.",
            )
        return said

    @property
    def credentials(self) -> Credentials | None:
        """What was filled in; null if nothing was."""
        user, password, private_key = (self.cleaned_data[name] for name in ("key", "password", "private_key"))
        secret = password or (f"{private_key}\n" if private_key else "")
        return Credentials(user, secret) if user or secret else None


class SftpReplaceForm(SftpCredentialsForm):
    """Credentials in place of those that are stored, which are for the same authentication."""

    untested = forms.BooleanField(
        label="Do not try them first",
        required=False,
        help_text="For when the server is down, and the stored ones are revoked already.",
    )

    def __init__(self, *arguments: Any, way: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.way = way


class SftpForm(SftpCredentialsForm):
    """The connection to a district's SFTP server, with credentials, which may be left empty where some are stored."""

    host = forms.CharField(
        label="Host",
        max_length=250,
        help_text="Its name alone, as in sftp.example.org",
        error_messages={"required": "Enter the host."},
        widget=forms.TextInput(attrs=_PLAIN),
    )
    port = forms.IntegerField(label="Port", min_value=1, max_value=65_535, initial=SFTP_PORT)
    folder = forms.CharField(
        label="Folder",
        required=False,
        max_length=200,
        help_text="Where the rosters are, as in /outgoing/roster. Empty: where the user begins.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    authentication = forms.ChoiceField(
        label="Authentication",
        choices=[(way, way.label) for way in SFTP],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how Homeroom shows who asks."},
    )
    settled_after_minutes = forms.IntegerField(
        label="Leave a file alone for so many minutes",
        min_value=1,
        max_value=MOST_MINUTES,
        help_text="After it was last changed, since it may still be arriving.",
    )
    field_order = (
        "host", "port", "folder", "authentication", "key", "password", "private_key", "settled_after_minutes",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        self.way = self.cleaned_data.get("authentication", "")
        return super().clean()

    @property
    def connection(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "base_url": sftp_address(said["host"].strip(), said["port"], said["folder"].strip()),
            "authentication": said["authentication"],
            "settled_after_minutes": said["settled_after_minutes"],
        }

    @staticmethod
    def of(feed: Feed | None, district: District) -> dict[str, Any]:  # noqa: ARG004 — as of the other kind
        if feed is None:
            return {
                "port": SFTP_PORT,
                "authentication": Authentication.SFTP_PASSWORD,
                "settled_after_minutes": SETTLED_AFTER_MINUTES,
            }
        host, port, folder = place_of(feed)
        return {
            "host": host,
            "port": port,
            "folder": folder,
            "authentication": feed.authentication,
            "settled_after_minutes": feed.settled_after_minutes,
        }
