"""The Notices page: of what one hears oneself, which other systems are told, and what was sent."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from homeroom.districts import trials
from homeroom.districts.forms import ActionForm, posted
from homeroom.districts.permissions import DistrictRequest, allowed
from homeroom.notices import actions, recipients
from homeroom.notices.forms import ExpectationForm, WebhookForm, WishForm
from homeroom.notices.models import Sending, Webhook

_SHOWN = 20
_STATUS_KINDS = {"sent": "good", "failed": "bad"}


@allowed("notices.read")
def notices(request: DistrictRequest) -> HttpResponse:
    wish = recipients.wish_of(request.user)
    form = WishForm(posted(request), initial=WishForm.of(wish))
    if form.carries_out(lambda said: actions.choose(by=request.user, district=request.district, **said)):
        messages.success(request, "Saved: of what you hear by e-mail.")
        return redirect("notices", request.district.slug)
    context = {
        "form": form,
        "is_told": request.user in recipients.may_be_told(),
        "webhooks": Webhook.objects.all(),
        "sendings": _sendings(request),
        "may_change": request.may("webhooks.change"),
        "may_expect": request.may("deliveries.expect"),
    }
    return render(request, "notices/notices.html", context)


def _sendings(request: DistrictRequest) -> list[tuple[Sending, str]]:
    """What was sent lately to oneself and to other systems, with the kind of its status."""
    mine = Sending.objects.filter(Q(user=request.user) | Q(user=None)).select_related("notice", "webhook")
    return [(sending, _STATUS_KINDS.get(sending.state, "going")) for sending in mine[:_SHOWN]]


@allowed("deliveries.expect")
def expectation(request: DistrictRequest) -> HttpResponse:
    form = ExpectationForm(posted(request), initial={"every_days": request.district.expected_every_days})
    if form.carries_out(lambda said: actions.expect_deliveries(by=request.user, district=request.district, **said)):
        messages.success(request, "Saved: how often a delivery is expected.")
        return redirect("notices", request.district.slug)
    return render(request, "notices/expectation.html", {"form": form})


@never_cache
def _with_secret(request: DistrictRequest, webhook: Webhook, secret: str) -> HttpResponse:
    """The only answer in which the secret ever stands."""
    return render(request, "notices/secret.html", {"webhook": webhook, "secret": secret})


@allowed("webhooks.change")
def add_webhook(request: DistrictRequest) -> HttpResponse:
    form, made = WebhookForm(posted(request)), list[tuple[Webhook, str]]()
    if form.carries_out(
        lambda said: made.append(actions.add_webhook(by=request.user, district=request.district, **said))
    ):
        return _with_secret(request, *made[0])
    return render(request, "notices/webhook_new.html", {"form": form})


@allowed("webhooks.change")
def webhook(request: DistrictRequest, webhook: int) -> HttpResponse:
    found = _webhook(webhook)
    form = WebhookForm(posted(request), initial=WebhookForm.of(found))
    if form.carries_out(lambda said: actions.change_webhook(by=request.user, webhook=found, **said)):
        messages.success(request, f"Saved the webhook to {found.host}.")
        return redirect("notices", request.district.slug)
    return render(request, "notices/webhook.html", {"form": form, "webhook": found})


@allowed("webhooks.change")
@require_POST
def send_test(request: DistrictRequest, webhook: int) -> HttpResponse:
    found, took = _webhook(webhook), list[float]()
    form = ActionForm(request.POST)
    if form.carries_out(lambda _: took.append(_tested(request, found))):
        messages.success(request, f"{found.host} took the test after {took[0]:.1f} seconds.")
    else:
        messages.error(request, form.refusal)
    return redirect("webhook", request.district.slug, found.pk)


def _tested(request: DistrictRequest, found: Webhook) -> float:
    with trials.one_of_few():
        return actions.send_test(by=request.user, webhook=found)


@allowed("webhooks.change")
def renew_secret(request: DistrictRequest, webhook: int) -> HttpResponse:
    found, made = _webhook(webhook), list[str]()
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: made.append(actions.renew_secret(by=request.user, webhook=found))):
        return _with_secret(request, found, made[0])
    return render(request, "notices/webhook_secret.html", {"form": form, "webhook": found})


@allowed("webhooks.change")
def remove_webhook(request: DistrictRequest, webhook: int) -> HttpResponse:
    found = _webhook(webhook)
    form = ActionForm(posted(request))
    if form.carries_out(lambda _: actions.remove_webhook(by=request.user, webhook=found)):
        messages.success(request, f"Removed the webhook to {found.host}.")
        return redirect("notices", request.district.slug)
    return render(request, "notices/webhook_remove.html", {"form": form, "webhook": found})


def _webhook(number: int) -> Webhook:
    return get_object_or_404(Webhook.objects.select_related("district"), pk=number)
