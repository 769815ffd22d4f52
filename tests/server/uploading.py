"""Uploads to a real server as a browser sends them, and a look at what became of them."""

from __future__ import annotations

import http.client
import json
import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.server.conftest import Served

HEADER = "studentId,firstName,middleName,lastName,email,grade,username,password\r\n"
BOUNDARY = "boundary-of-this-form"
LOST = (psycopg.OperationalError, psycopg.InterfaceError)
#: What the server's own shell runs: a self-serve district with a school, and a person who is signed in.
PREPARE = """
import json
from django.test import Client
from homeroom.accounts.models import User
from homeroom.accounts.actions import create_operator
from homeroom.districts import actions
from homeroom.districts.models import Method
from tests.people import a_district
by = User.objects.first() or create_operator(email="o@x.example", name="Olive", password="correct horse battery")
district = a_district(by, "Ferndale", method=Method.SELF_SERVE)
school = actions.add_school(by=by, district=district, name="Oak Elementary", source_id="oak")
browser = Client()
browser.force_login(by, backend="allauth.account.auth_backends.AuthenticationBackend")
cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in browser.cookies.items())
print(json.dumps({"district": district.pk, "school": school.pk, "cookies": cookies}))
"""


def pupils(count: int, name: str) -> bytes:
    """name: of each, with a number; no two uploads of the same have one in common."""
    rows = [f"{name}{i},Ana,,Lee,{name}{i}@x.example,05,{name}.{i},secret-word-{i}\r\n" for i in range(count)]
    return (HEADER + "".join(rows)).encode()


@dataclass(frozen=True)
class Office:
    """A person at the school's Students page, and a look into the database beside it."""

    served: Served
    district: int
    school: int
    cookies: str

    @classmethod
    def opened(cls, served: Served) -> Office:
        ran = served.run("manage", "shell", "--no-imports", "-c", PREPARE)
        assert ran.returncode == 0, ran.stderr
        return cls(served, **json.loads(ran.stdout.splitlines()[-1]))

    @property
    def students(self) -> str:
        return f"/d/ferndale/schools/{self.school}/students/"

    @property
    def new_upload(self) -> str:
        return f"/d/ferndale/schools/{self.school}/uploads/students/new/"

    def sees(self, address: str) -> str:
        """The page, without its tags; "" while there is none."""
        status, page, _ = self._asked("GET", address)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)) if status == 200 else ""

    def sends(self, content: bytes) -> int:
        """The answer's status."""
        headers, body = self._form(content)
        return self._asked("POST", self.new_upload, headers, body)[0]

    def begins_to_send(self, content: bytes) -> http.client.HTTPConnection:
        """Half of the request is with the server now."""
        headers, body = self._form(content)
        asking = self.connection()
        asking.putrequest("POST", self.new_upload)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            asking.putheader(name, value)
        asking.endheaders(body[: len(body) // 2])
        return asking

    def sends_on(self, asking: http.client.HTTPConnection, content: bytes) -> None:
        """All of the request is with the server now; its answer is not waited for."""
        headers, body = self._form(content)
        asking.request("POST", self.new_upload, body, headers)

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=30)

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """As the application, in the district's scope."""
        sockets = self.served.data / "postgres" / "sockets"
        own = psycopg.connect(
            host=str(sockets), dbname="homeroom", user="homeroom_app", autocommit=True, connect_timeout=5
        )
        own.execute("select set_config('homeroom.district', %s, false)", [str(self.district)])
        return own

    def count(self, table: str) -> int:
        """How many rows of the district are in a table; -1 while the database cannot be asked."""
        try:
            with self.database() as own:
                (number,) = own.execute(f"select count(*) from {table}").fetchone() or (0,)  # type: ignore[arg-type]
        except LOST:
            return -1
        return int(number)

    def states(self) -> list[str]:
        try:
            with self.database() as own:
                return [state for (state,) in own.execute("select state from syncs_sync order by id").fetchall()]
        except LOST:
            return []

    def kept_files(self) -> list[Path]:
        return [path for path in (self.served.data / "syncs").rglob("*") if path.is_file()]

    def _form(self, content: bytes) -> tuple[dict[str, str], bytes]:
        _, page, cookies = self._asked("GET", self.new_upload)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, page
        fields = {"csrfmiddlewaretoken": token[1], "whole": "yes", 'file"; filename="students.csv': content.decode()}
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
            for name, text in fields.items()
        ]
        body = "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()
        headers = {
            "Cookie": f"{self.cookies}; {cookies}",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Referer": f"http://127.0.0.1:{self.served.port}{self.new_upload}",
        }
        return headers, body

    def _asked(
        self, method: str, address: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, str, str]:
        with closing(self.connection()) as asking:
            try:
                asking.request(method, address, body, {"Cookie": self.cookies} | (headers or {}))
                answer = asking.getresponse()
                cookies = "; ".join(each.partition(";")[0] for each in answer.msg.get_all("Set-Cookie", []))
                return answer.status, answer.read().decode(), cookies
            except (OSError, http.client.HTTPException):
                return 0, "", ""
