"""A small site on this machine that can do all that a publisher's server can do wrong, and crawls of it.

Each crawl runs in a process of its own, since a Twisted reactor cannot be started twice.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import tsunagari
import tsunagari_crawler
import tsunagari_indexer
import tsunagari_parsers
from tsunagari_crawler import Archive

#: Long enough for a machine that does other things meanwhile; no test waits for it unless something is wrong.
PATIENCE = 180
LIMIT = 100_000

LIST = b"%PDF-1.4\r\n\x00\x80\xff the list, with bytes that are no text\r\n%%EOF"


def pdf(words: str) -> bytes:
    """The least that passes for a whole PDF."""
    return b"%PDF-1.4\n" + words.encode() + b"\n%%EOF\n"


WINDOW = "別ウインドウで開きます"

#: Crawls what the JSON argument describes and answers in JSON. It also records every port that is opened, and logs the
#: address of each document as a warning, as a library might.
SCRIPT = """
import json, logging, pathlib, re, socket, sys
from tsunagari_crawler import Archive, CrawlerError
from tsunagari_crawler.report import CrawlSettings
from tsunagari_crawler.publishers import Source, SourcePage
from tsunagari.crawling import tell, went_well
from tsunagari_crawler.spider import crawl_all

opened = []
listen = socket.socket.listen
def recording_listen(self, *backlog):
    opened.append(self.getsockname())
    return listen(self, *backlog)
socket.socket.listen = recording_listen

class TalkativeArchive(Archive):
    def store(self, content, **values):
        logging.getLogger("scrapy.test").warning("stored <%s>", values["url"])
        return super().store(content, **values)

job = json.loads(sys.argv[1])
sources = [
    Source(
        name=one["name"], publisher="例の県", series="example_list", licence="PDL1.0",
        pages=tuple(SourcePage(url, year) for url, year in one["pages"]), link_text=re.compile("一覧"),
    )
    for one in job["sources"]
]
archive = TalkativeArchive(pathlib.Path(job["archive"]))
try:
    reports = crawl_all(sources, archive, settings=CrawlSettings(**job["settings"]), dry_run=job["dry_run"])
except CrawlerError as error:
    sys.exit(f"{type(error).__name__}: {error}")
said, complained = [], []
tell(reports, dry_run=job["dry_run"], say=said.append, complain=complained.append)
print(json.dumps({
    "opened": opened, "said": said, "complained": complained, "well": went_well(reports),
    "reports": [
        {
            "source": report.source,
            "fetched": [document.to_json() for document in report.fetched],
            "unchanged": [document.to_json() for document in report.unchanged],
            "problems": [[problem.url, problem.code, problem.message] for problem in report.problems],
            "manifest": str(report.manifest) if report.manifest else None,
        }
        for report in reports
    ],
}))
"""


@dataclass
class Reply:
    """What the site answers; ``promised`` is a false ``Content-Length``, 0 leaves the header out; with an ``etag`` it
    answers 304 to who names it; ``first`` is answered before it, one by one."""

    body: bytes = b""
    media_type: str = "application/pdf"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    hangs: bool = False
    etag: str = ""
    first: tuple[Reply, ...] = ()


def page(*anchors: str) -> Reply:
    body = "<!doctype html><meta charset=utf-8><ul>" + "".join(f"<li>{anchor}</li>" for anchor in anchors)
    return Reply(body.encode(), "text/html")


def anchor(href: str, text: str = "一覧[PDF形式:579KB]") -> str:
    return f'<a href="{href}" target="_blank">{text}</a>{WINDOW}'


def moved(to: str) -> Reply:
    return Reply(status=302, headers={"Location": to})


@dataclass
class Site:
    """A server on this machine and what it was asked for: (path, headers, seconds)."""

    server: ThreadingHTTPServer
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str], float]] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    asked_at_all: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server.server_port}"

    def reply(self, path: str) -> Reply:
        """What is answered now; those that come first have their turn once."""
        now = self.replies.get(path, Reply(b"<h1>Not Found</h1>", "text/html", 404))
        times = self.paths.count(path)
        return now.first[times - 1] if times <= len(now.first) else now

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


@contextmanager
def serve(certificate: Path | None = None) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic()))
            site.methods.append(self.command)
            site.asked_at_all.set()
            reply = site.reply(self.path)
            if reply.etag and self.headers.get("If-None-Match") == reply.etag:
                self.send_response(304)
                self.send_header("ETag", reply.etag)
                self.end_headers()
                return
            if reply.hangs:
                site.released.wait(PATIENCE)
            length = len(reply.body) if reply.promised is None else reply.promised
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.media_type)
            if reply.promised != 0:
                self.send_header("Content-Length", str(length))
            if reply.etag:
                self.send_header("ETag", reply.etag)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(reply.body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a crawler that hangs up is part of these tests."""

    server = Server(("127.0.0.1", 0), Handler)
    site = Site(server)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        site.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        site.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def unused_url() -> str:
    """An address on this machine at which nobody answers."""
    with serve() as site:
        return site.url


def command(archive: Path, sources: Mapping[str, Mapping[str, int | None]], settings: Mapping[str, Any]) -> list[str]:
    quick = {
        "delay_seconds": 0.01,
        "timeout_seconds": PATIENCE,
        "max_bytes": LIMIT,
        "retries": 1,
        "backoff_seconds": 0.01,
    }
    chosen = {**quick, **settings}
    job = {
        "archive": str(archive),
        "sources": [{"name": name, "pages": list(pages.items())} for name, pages in sources.items()],
        "dry_run": bool(chosen.pop("dry_run", False)),
        "settings": chosen,
    }
    return [sys.executable, "-W", "error", "-c", SCRIPT, json.dumps(job)]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    stages = (tsunagari_crawler, tsunagari_parsers, tsunagari_indexer, tsunagari)
    folders = {str(Path(path).parent) for stage in stages for path in stage.__path__}
    return {**kept, "PYTHONPATH": os.pathsep.join(sorted(folders))}


@dataclass
class Result:
    """What a crawl answered, by source."""

    reports: Mapping[str, Any]
    opened: list[Any]
    stderr: str
    archive: Archive
    said: list[str] = field(default_factory=list)
    complained: list[str] = field(default_factory=list)
    well: bool = True

    def problems(self, source: str) -> dict[str, str]:
        """The code for each address."""
        return {url: code for url, code, _ in self.reports[source]["problems"]}


def crawl(archive: Path, sources: Mapping[str, Mapping[str, int | None]], **settings: Any) -> Result:
    ended = subprocess.run(
        command(archive, sources, settings),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    reports = {report["source"]: report for report in answer["reports"]}
    return Result(
        reports, answer["opened"], ended.stderr, Archive(archive), answer["said"], answer["complained"], answer["well"]
    )


def certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path
