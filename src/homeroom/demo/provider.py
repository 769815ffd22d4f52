"""How do I get a OneRoster REST provider to try things with, as well-behaved or as odd as I want it?

    python -m homeroom.demo.provider FOLDER/roster --version 1.1 --port 8400

serves a district that homeroom.demo.district has made, on this machine only, and says where. Nobody else can reach it.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import InitVar, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from homeroom.demo.provider_access import TOKEN_PATH, Access
from homeroom.demo.provider_faults import Fault, Faults, Kind
from homeroom.demo.provider_records import Record, records_of

BASES = {"1.1": "/ims/oneroster/v1p1", "1.2": "/ims/oneroster/rostering/v1p2"}
_DEFAULT_LIMIT = 100
_WRONG_BY = 7
_HTML = b"<!DOCTYPE html><html><body>The service is being maintained.</body></html>"


@dataclass
class Manners:
    """How the provider behaves when nothing goes wrong.

    most_records: no page holds more, whatever is asked for. links: "offset", "opaque" (pages can only be reached by
    them) or null. rounds_offsets: pages begin at whole multiples of their size. sorts: null turns requests for an order
    down. refuses_larger, overtaxed_above: pages larger than most_records get status 400, larger than that number 502.
    slow_seconds: how long a slow answer takes.
    """

    most_records: int = 10_000
    totals: bool = True
    links: str | None = "offset"
    rounds_offsets: bool = False
    ignores_offsets: bool = False
    ignores_limits: bool = False
    sorts: bool | None = True
    refuses_larger: bool = False
    overtaxed_above: int | None = None
    revision: str | None = None
    slow_seconds: float = 1.0


@dataclass(frozen=True)
class Reply:
    """An answer on its way out, after a delay. promised_bytes: what Content-Length says where that is not the truth."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    promised_bytes: int | None = None
    delay_seconds: float = 0


@dataclass
class Provider:
    """A district's records behind REST. asked: collection and parameters of each request that was let in."""

    records: InitVar[Mapping[str, Sequence[Record]]]
    version: str = "1.1"
    access: Access = field(default_factory=lambda: Access("bearer"))
    manners: Manners = field(default_factory=Manners)
    faults: Sequence[Fault] = ()
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self, records: Mapping[str, Sequence[Record]]) -> None:
        self._faults = Faults(self.faults)
        self._lock = threading.Lock()
        self._written = {name: self._ordered(own) for name, own in records.items()}

    @property
    def base(self) -> str:
        return BASES[self.version]

    def _ordered(self, records: Sequence[Record]) -> list[tuple[str, bytes]]:
        rows = [(record["sourcedId"], json.dumps(record).encode()) for record in records]
        return sorted(rows, key=lambda row: row[0]) if self.manners.sorts else rows

    def written(self, collection: str) -> list[tuple[str, bytes]]:
        """What there is at this moment: source id and record of each, in the order in which they are given."""
        return list(self._written[collection])

    def rewrite(self, collection: str, written: Sequence[tuple[str, bytes]]) -> None:
        """From now on it has these: source id and record of each, in the order in which they are given."""
        self._written[collection] = list(written)

    def fail(self, *faults: Fault) -> None:
        """From now on these go wrong, and no others."""
        self._faults = Faults(faults)

    def answer(self, path: str, query: Mapping[str, str], url: str) -> Reply:
        """The answer to a GET that was let in."""
        collection = path.removeprefix(self.base).strip("/")
        if not path.startswith(self.base) or collection not in self._written:
            return _error(404, "unknownobject", "there is no such collection")
        with self._lock:
            self.asked.append((collection, dict(query)))
            return self._page(collection, query, url)

    def _page(self, collection: str, query: Mapping[str, str], url: str) -> Reply:
        manners = self.manners
        limit = manners.most_records if manners.ignores_limits else int(query.get("limit", _DEFAULT_LIMIT))
        if manners.sorts is None and "sort" in query:
            return _error(400, "invalid_sort_field", "sorting is not offered")
        if manners.refuses_larger and limit > manners.most_records:
            return _error(400, "invaliddata", "limit is too large")
        if manners.overtaxed_above is not None and limit > manners.overtaxed_above:
            return Reply(502, _HTML, {"Content-Type": "text/html"})
        size, offset = min(limit, manners.most_records), self._offset(query, limit)
        number = -(-offset // size)
        wrong = self._faults.at(collection, number)
        self._change(collection, wrong)
        rows = self._selected(collection, query)
        start = max(0, offset - size) if Kind.REPEATED in wrong else offset
        page = rows[start : start + size]
        if Kind.SHORT in wrong:
            page = page[: max(1, len(page) // 2)]
        if Kind.EMPTY in wrong:
            page = []
        body = b'{"%s":[%s]}' % (collection.encode(), b",".join(text for _, text in page))
        headers = self._headers(len(rows), offset, size, wrong, query, url)
        return self._spoilt(body, headers, wrong)

    def _offset(self, query: Mapping[str, str], limit: int) -> int:
        manners = self.manners
        if manners.ignores_offsets:
            return 0
        if manners.links == "opaque":
            return int(query.get("after", "0"))
        offset = int(query.get("offset", 0))
        return offset - offset % min(limit, manners.most_records) if manners.rounds_offsets else offset

    def _selected(self, collection: str, query: Mapping[str, str]) -> list[tuple[str, bytes]]:
        """The records that the filter lets through; the one that is known is dateLastModified>'…'."""
        rows, since = self._written[collection], query.get("filter", "").removeprefix("dateLastModified>").strip("'")
        return [row for row in rows if json.loads(row[1])["dateLastModified"] > since] if since else rows

    def _change(self, collection: str, wrong: frozenset[Kind]) -> None:
        rows = self._written[collection]
        if Kind.RECORD_GONE in wrong and rows:
            del rows[0]
        if Kind.RECORD_NEW in wrong:
            new = json.loads(rows[0][1]) | {"sourcedId": f"0-new-{len(rows)}"}
            rows.insert(bisect_left(rows, (new["sourcedId"], b"")), (new["sourcedId"], json.dumps(new).encode()))
        if Kind.OTHER_REVISION in wrong:
            self.manners.revision = f"{self.manners.revision}+"
        if Kind.TOKEN_EXPIRED in wrong:
            self.access.expire()

    def _headers(
        self, total: int, offset: int, size: int, wrong: frozenset[Kind], query: Mapping[str, str], url: str
    ) -> dict[str, str]:
        headers = {}
        if self.manners.totals:
            off = _WRONG_BY * ((Kind.TOTAL_TOO_HIGH in wrong) - (Kind.TOTAL_TOO_LOW in wrong))
            headers["X-Total-Count"] = str(max(0, total + off))
        if self.manners.revision is not None:
            headers["x-perm-rev"] = self.manners.revision
        following = offset + size
        if self.manners.links and (following < total or Kind.LOOPING_LINK in wrong):
            name = "after" if self.manners.links == "opaque" else "offset"
            own = {key: value for key, value in query.items() if key != "offset"} | {name: str(following)}
            target = url if Kind.LOOPING_LINK in wrong else f"{url.partition('?')[0]}?{urlencode(own)}"
            if Kind.FOREIGN_LINK in wrong:
                target = f"https://elsewhere.example{urlsplit(target).path}?{urlsplit(target).query}"
            headers["Link"] = f'<{target}>; rel="next"'
        return headers

    def _spoilt(self, body: bytes, headers: dict[str, str], wrong: frozenset[Kind]) -> Reply:
        """The answer as it leaves, after whatever goes wrong on its way."""
        if Kind.SLOW in wrong:
            return Reply(200, body, headers, delay_seconds=self.manners.slow_seconds)
        if Kind.BUSY in wrong:
            return Reply(429, b"Too many requests, please try again later.", {"Retry-After": "0"})
        if Kind.FAILING in wrong:
            return _error(500, "internal_server_error", "something went wrong")
        if Kind.GATEWAY in wrong:
            return Reply(502, _HTML, {"Content-Type": "text/html"})
        if Kind.REDIRECT in wrong:
            return Reply(302, b"", {"Location": "https://elsewhere.example/"})
        if Kind.TOKEN_EXPIRED in wrong:
            return _error(401, "unauthorisedrequest", "the token has expired")
        if Kind.HTML in wrong:
            return Reply(200, _HTML, {"Content-Type": "text/html"})
        if Kind.ERROR_IN_200 in wrong:
            told = {"statusInfoSet": [{"imsx_codeMajor": "failure", "imsx_description": "the store is not reachable"}]}
            return Reply(200, json.dumps(told).encode())
        if Kind.TRUNCATED in wrong:
            return Reply(200, body[: len(body) // 2], headers)
        if Kind.CUT_OFF in wrong:
            return Reply(200, body[: len(body) // 2], headers, promised_bytes=len(body))
        return Reply(200, body, headers)


def _error(status: int, minor: str, description: str) -> Reply:
    told: dict[str, Any] = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description,
        "imsx_CodeMinor": {
            "imsx_codeMinorField": [{"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}]
        },
    }
    return Reply(status, json.dumps(told).encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    provider: Provider

    def do_GET(self) -> None:
        url = f"http://{self.headers['Host']}{self.path}"
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if self.provider.access.lets_in(self.headers.get("Authorization", ""), url):
            self._send(self.provider.answer(parts.path, query, url))
        else:
            self._send(_error(401, "unauthorisedrequest", "the credentials are not accepted"))

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        token = self.provider.access.token(self.headers.get("Authorization", ""), form)
        if self.path != TOKEN_PATH or token is None:
            self._send(Reply(401, b'{"error":"invalid_client"}'))
        else:
            told = {"access_token": token, "token_type": "bearer", "expires_in": 3600}
            self._send(Reply(200, json.dumps(told).encode()))

    def _send(self, reply: Reply) -> None:
        time.sleep(reply.delay_seconds)
        headers = {"Content-Type": "application/json", **reply.headers}
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header(
            "Content-Length", str(len(reply.body) if reply.promised_bytes is None else reply.promised_bytes)
        )
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = reply.promised_bytes is not None

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: addresses hold what was asked for."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: whoever asks may leave while an answer is on its way."""


@contextmanager
def serving(provider: Provider, *, port: int = 0) -> Iterator[str]:
    """Where the provider can be asked, for as long as one is inside: http://127.0.0.1:…, without the base path."""
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"provider": provider}))
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m homeroom.demo.provider", description="Serve a made-up district.")
    parser.add_argument("roster", type=Path, help="a folder with OneRoster CSV files")
    parser.add_argument("--version", choices=tuple(BASES), default="1.1")
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    asked = parser.parse_args(arguments)
    provider = Provider(records_of(asked.roster, version=asked.version), version=asked.version)
    with serving(provider, port=asked.port) as address:
        print(f"{address}{provider.base}", flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
