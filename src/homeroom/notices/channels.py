"""The ways out: an e-mail, or a signed request to another system. Each succeeds, or says why not."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage

from homeroom.notices.messages import Letter
from homeroom.notices.models import Webhook
from homeroom.sealing import keys
from homeroom.sources import SourceError
from homeroom.sources.addresses import Allowed
from homeroom.sources.oneroster_rest.wire import Wire

TIMEOUT_SECONDS = 15.0
_SUCCESS = range(200, 300)


class NotSentError(Exception):
    """It did not arrive, or nobody said that it did; the text says why, for a person."""


def send_email(to: str, letter: Letter, *, name: str) -> None:
    """name: tells this e-mail from all others, so that a mail server that gets it twice knows. Raises NotSentError."""
    domain = settings.SERVER_EMAIL.rpartition("@")[2]
    headers = {"Message-ID": f"<{name}@{domain}>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(letter.subject, letter.text, to=[to], headers=headers).send()
    except OSError as error:  # the mail server's refusals are OSErrors, too
        raise NotSentError("The mail server did not take it.") from error


def post(webhook: Webhook, payload: Mapping[str, Any]) -> float:
    """Posts the payload, and says after how many seconds the receiver took it. Raises NotSentError."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "Homeroom-Timestamp": timestamp,
        "Homeroom-Signature": f"v1={signature(_secret(webhook), timestamp, body)}",
    }
    wire = Wire(allowed=addresses_allowed(), timeout_seconds=TIMEOUT_SECONDS, at_once=1)
    try:
        answer = wire.send("POST", webhook.url, headers, body)
    except SourceError as error:
        raise NotSentError(str(error)) from error
    finally:
        wire.close()
    if answer.status not in _SUCCESS:
        raise NotSentError(f"{webhook.host} answered with status {answer.status}.")
    return answer.seconds


def addresses_allowed() -> Allowed:
    """A district's own people enter the address, so it never leads into the publisher's network; sources, which only
    operators enter, may be allowed to.
    """
    return Allowed(loopback=settings.HOMEROOM_LOOPBACK_SOURCES, advice="A webhook leads to a public address.")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over timestamp, dot and body, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _secret(webhook: Webhook) -> str:
    try:
        return keys().decrypt(bytes(webhook.sealed)).decode()
    except InvalidToken:
        raise NotSentError("The stored secret cannot be opened any more. Please make a new one.") from None
