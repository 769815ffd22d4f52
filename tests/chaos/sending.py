"""Districts that send their rosters again and again, and people who decide about what is held, in a thread of its own.

Some deliveries are handed over by the action that pages use, some through the web as a browser sends them, while
anything may be killed under their feet.
"""

from __future__ import annotations

import http.client
import re
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

from django.db import DatabaseError, connection
from django.test import Client

from homeroom.accounts.actions import create_operator
from homeroom.accounts.models import User
from homeroom.districts import Refused, scope
from homeroom.districts.models import District
from homeroom.syncs import actions, storage
from homeroom.syncs.models import UNDER_WAY, State, Sync
from tests.chaos.nights import Made, Night, packed
from tests.chaos.server import LOST, Server
from tests.people import a_district
from tests.syncs.sending import Given, onboard

DISTRICTS = 20
AWAKE_AT_FIRST = 8
UNDER_WAY_AT_MOST = 2
PAUSE_SECONDS = 0.15
BY_WEB = 0.4
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
BOUNDARY = "chaos-boundary-of-this-form"
BROKEN = (DatabaseError, *LOST, OSError, http.client.HTTPException)


class Sender(threading.Thread):
    """sent: every delivery that may have arrived, by its digest; acknowledged: those that were said to have."""

    def __init__(self, server: Server, made: list[Made], seed: int) -> None:
        super().__init__(name="sender", daemon=True)
        self.server, self.chance = server, Random(seed)
        self.sent: dict[str, Night] = {}
        self.acknowledged: set[str] = set()
        self.counted: Counter[str] = Counter()
        self.awake = AWAKE_AT_FIRST
        self.faults: list[str] = []
        self.stop_sending, self.stop_all = threading.Event(), threading.Event()
        self.operator = create_operator(
            email="olive@publisher.example", name="Olive Operator", password="correct horse battery"
        )
        self.cookie = _signed_in(self.operator)
        self.districts = [(a_district(self.operator, f"District {n}"), made[n % len(made)]) for n in range(DISTRICTS)]
        for district, of in self.districts:
            onboard(district, of)

    def run(self) -> None:
        while not self.stop_all.wait(PAUSE_SECONDS):
            district, made = self.chance.choice(self.districts[: self.awake])
            try:
                with scope.within(district.pk):
                    self._decide(district)
                    under_way = Sync.objects.filter(state__in=UNDER_WAY).count()
                if under_way < UNDER_WAY_AT_MOST and not self.stop_sending.is_set():
                    self._send(district, made)
            except BROKEN as broken:
                self.counted[f"cut off: {type(broken).__name__}"] += 1
                with suppress(*BROKEN):
                    connection.close()
            except Exception as error:  # told at the end
                self.faults.append(f"sending: {type(error).__name__}: {error}")
                connection.close()

    def _send(self, district: District, made: Made) -> None:
        night = self.chance.choices(made.nights, [*[4] * (len(made.nights) - 2), 2, 1])[0]
        content, digest = packed(night, nonce=f"{self.chance.random()}")
        self.sent[digest] = night
        way: Callable[[District, bytes], bool] = self._upload if self.chance.random() < BY_WEB else self._start
        if way(district, content):
            self.acknowledged.add(digest)
            self.counted[f"sent by {'the web' if way == self._upload else 'the action'}"] += 1

    def _start(self, district: District, content: bytes) -> bool:
        received = storage.receive(district, [Given("roster.zip", content)])
        actions.start(by=self.operator, district=district, received=received)
        return True

    def _upload(self, district: District, content: bytes) -> bool:
        """As a browser: opens the page, fills the form, sends it."""
        address = f"/d/{district.slug}/sync-reports/upload/"
        status, page, cookies = self._ask("GET", address, {"Cookie": self.cookie})
        if status >= 500:
            return False
        token = TOKEN.search(page)
        if status != 200 or token is None:
            raise RuntimeError(f"the upload page answered {status}")
        body = _form({"csrfmiddlewaretoken": token[1].decode(), "whole": "yes"}, content)
        headers = {
            "Cookie": f"{self.cookie}; {cookies}",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Referer": f"http://127.0.0.1:{self.server.port}{address}",
        }
        status, page, _ = self._ask("POST", address, headers, body)
        if status not in (302, 500, 502, 503):
            raise RuntimeError(f"the upload was answered {status}")
        return status == 302

    def _ask(self, method: str, address: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, bytes, str]:
        asking = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            asking.request(method, address, body or None, headers)
            answer = asking.getresponse()
            cookies = "; ".join(each.partition(";")[0] for each in answer.msg.get_all("Set-Cookie", []))
            return answer.status, answer.read(), cookies
        finally:
            asking.close()

    def _decide(self, district: District) -> None:
        """What people do: half of what is held is approved; what the server gave up is tried once more."""
        for sync in Sync.objects.filter(state=State.HELD):
            with suppress(Refused):
                if self.chance.random() < 0.5:
                    actions.approve(by=self.operator, sync=sync, digest=sync.changes_digest)
                    self.counted["approved"] += 1
                else:
                    actions.discard(by=self.operator, sync=sync)
                    self.counted["discarded"] += 1
        for sync in Sync.objects.filter(state=State.FAILED, reason__contains="three times"):
            with suppress(Refused):
                actions.retry(by=self.operator, sync=sync)
                self.counted["given up after three deaths, and tried again"] += 1


def _signed_in(user: User) -> str:
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return "; ".join(f"{name}={cookie.value}" for name, cookie in browser.cookies.items())


def _form(fields: dict[str, str], content: bytes) -> bytes:
    lines = b""
    for name, text in fields.items():
        lines += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
    head = 'Content-Disposition: form-data; name="roster"; filename="roster.zip"\r\nContent-Type: application/zip'
    return lines + f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
