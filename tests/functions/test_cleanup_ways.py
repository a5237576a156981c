"""Lists and batches take botocore's ways: its certificates, its proxies, its redirects and the corrected region."""

import ssl
import threading
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from botocore.exceptions import ConnectionError, SSLError  # noqa: A004  (botocore's name for it)
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from runtime.objects.bucket import Bucket
from tests.stubs.s3.control import ACCOUNT, BUCKET, Stub

pytestmark = pytest.mark.process

KEYS = ["a/1", "a/2", "b/3"]


class Relay(BaseHTTPRequestHandler):
    """Hands each request on to the stub: behind TLS, as a proxy, or by way of another region."""

    protocol_version = "HTTP/1.1"
    stub: Stub
    seen: list[tuple[str, str]]
    region = ""
    """Where requests signed for another region are sent to; empty for none."""

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = "/" + self.path.partition("://")[2].partition("/")[2] if "://" in self.path else self.path
        signed = self.headers.get("authorization", "").partition("Credential=")[2].split("/")
        self.seen.append((f"{self.command} {path}", signed[2] if len(signed) > 2 else ""))
        if self.region and signed[2] != self.region:
            text = f"<Error><Code>AuthorizationHeaderMalformed</Code><Region>{self.region}</Region></Error>".encode()
            self._answer(400, text, [("x-amz-bucket-region", self.region)])
            return
        connection = HTTPConnection("127.0.0.1", self.stub.port, timeout=30)
        connection.request(self.command, path, body, dict(self.headers))
        answer = connection.getresponse()
        self._answer(answer.status, answer.read(), [("Date", answer.headers["Date"])])
        connection.close()

    def _answer(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response_only(status)
        for name, value in [*headers, ("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    do_GET = do_POST = do_DELETE = do_HEAD = _relay  # noqa: N815  (named by its parent)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its parent's name for it)
        """Says nothing."""


@pytest.fixture
def relay(stub: Stub) -> Generator[tuple[ThreadingHTTPServer, type[Relay]]]:
    class Mine(Relay):
        seen: list[tuple[str, str]] = []  # noqa: RUF012  (a class of this test alone)

    Mine.stub = stub
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mine)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server, Mine
    server.shutdown()
    thread.join()
    server.server_close()


Served = tuple[ThreadingHTTPServer, type[Relay]]


def emptied(stub: Stub) -> None:
    """Lists everything and deletes it, by pages, a batch and a single delete."""
    stub.fill(KEYS)
    bucket = Bucket(BUCKET, ACCOUNT)
    bucket.overview()
    entries = bucket.page("", {}).entries
    assert [entry.key for entry in entries] == KEYS
    assert bucket.delete_batch(entries[:2]) == []
    bucket.delete_one(entries[2])
    assert stub.state()["objects"] == 0


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate of our own for 127.0.0.1, and its key."""
    folder = tmp_path_factory.mktemp("authority")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1), [])
    certificate = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    (folder / "certificate").write_bytes(certificate.public_bytes(Encoding.PEM))
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key").write_bytes(text)
    return folder


@pytest.fixture
def behind_tls(relay: Served, authority: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    server, mine = relay
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "certificate", authority / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{server.server_port}")
    return server, mine


def test_an_authority_of_ones_own_holds_for_lists_and_batches(
    stub: Stub, behind_tls: Served, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority / "certificate"))
    emptied(stub)
    asked = [what for what, _ in behind_tls[1].seen]
    assert any("list-type=2" in what for what in asked)
    assert any("?delete" in what for what in asked)


def test_without_it_nothing_is_asked(stub: Stub, behind_tls: Served) -> None:
    with pytest.raises(SSLError):
        Bucket(BUCKET, ACCOUNT).page("", {})
    assert behind_tls[1].seen == []


def test_a_proxy_carries_lists_and_batches(stub: Stub, relay: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    server, mine = relay
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://s3.invalid")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    emptied(stub)
    assert len(mine.seen) == 5


def test_a_proxy_that_is_not_there_is_not_passed_by(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://s3.invalid")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with pytest.raises(ConnectionError, match="proxy"):
        Bucket(BUCKET, ACCOUNT).page("", {})


def test_a_region_that_s3_corrects_holds_for_batches_too(
    stub: Stub, relay: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, mine = relay
    mine.region = "eu-central-1"
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    emptied(stub)
    assert {region for what, region in mine.seen if "?delete" in what} >= {"eu-central-1"}
