"""The e-mail that brings an invitation, and the link in it."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from homeroom.districts.actions import Invited


def is_only_written_down() -> bool:
    """Whether e-mails become files on the server, because no mail server is set up."""
    return bool(settings.EMAIL_BACKEND.startswith("django.core.mail.backends.filebased"))


def link(request: HttpRequest, invited: Invited) -> str:
    """The address that accepts the invitation. The token stands behind the ?, which no log keeps."""
    path = reverse("accept-invitation", args=[invited.invitation.district.slug])
    return request.build_absolute_uri(f"{path}?{urlencode({'token': invited.token})}")


def send(request: HttpRequest, invited: Invited) -> None:
    """Sends the link to the person who is invited. Call it when the invitation is stored for good."""
    invitation = invited.invitation
    said = {
        "invitation": invitation,
        "link": link(request, invited),
        "product": settings.HOMEROOM_PRODUCT,
        "support_text": settings.HOMEROOM_SUPPORT_TEXT,
        "support_link": settings.HOMEROOM_SUPPORT_LINK,
    }
    subject = f"{invitation.invited_by.name} invites you to {settings.HOMEROOM_PRODUCT} for {invitation.district.name}"
    body = render_to_string("districts/invitation_mail.txt", said)
    send_mail(" ".join(subject.split()), body, None, [invitation.email])
