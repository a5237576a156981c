import datetime as dt
import errno
import ipaddress
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local.bridge import binary as binary_module
from local.errors import ExitCode, LocalError
from local.toolchain.provider import find
from local.toolchain.terraform_provider import (
    MIRROR_VARIABLE,
    FetchError,
    Limits,
    kept,
    obtain,
)
from tests.local.publisher import (
    ARCHIVE,
    EXECUTABLE,
    EXECUTABLE_SHA256,
    RELEASE,
    Answer,
    Handler,
    Publisher,
    machine,
    serving,
)

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary_module, "KNOWN", {EXECUTABLE_SHA256: "5.100.0"})


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Generator[Publisher]:
    with serving() as started:
        monkeypatch.setenv(MIRROR_VARIABLE, started.url)
        yield started


@pytest.fixture
def told() -> list[str]:
    return []


def fetched(cache: Path, told: list[str], silence: float = 60) -> Path:
    return obtain(RELEASE, cache, [], told.append, Limits(silence, between_lines=0))


def left_in(cache: Path) -> list[str]:
    return sorted(
        str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file() and path.suffix != ".lock"
    )


KEPT = [str(kept(Path(), RELEASE))]


@pytest.mark.parametrize("answer", [Handler.whole, Handler.moved])
def test_a_zip_served_whole_is_unpacked_and_nothing_else_is_left(
    publisher: Publisher, tmp_path: Path, told: list[str], answer: Answer
) -> None:
    publisher.answer = answer
    binary = fetched(tmp_path / "cache", told)
    assert binary.read_bytes() == EXECUTABLE
    assert os.access(binary, os.X_OK)
    assert left_in(tmp_path) == [f"cache/{KEPT[0]}"], (
        "no zip, no temporary file, no member of the zip that leads elsewhere"
    )
    assert publisher.asked[0] == "/terraform-provider-aws/5.100.0/terraform-provider-aws_5.100.0_linux_amd64.zip"


def test_progress_is_told_in_megabytes_of_the_whole(publisher: Publisher, tmp_path: Path, told: list[str]) -> None:
    fetched(tmp_path, told)
    total = f"{len(ARCHIVE) / 1e6:.1f}"
    assert told[0] == f"downloading {publisher.url}{publisher.asked[0]}"
    assert f"downloaded {total} of {total} MB" in told
    assert told[-1] == f"unpacking {RELEASE.executable}"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Handler.cut, r"it ended after 0\.3 of 0\.9 MB"),
        (Handler.cut_without_a_length, rf"the 0\.3 MB it sent have SHA-256 .*, expected {RELEASE.sha256}"),
        (Handler.changed, rf"the 0\.9 MB it sent have SHA-256 .*, expected {RELEASE.sha256}"),
        (Handler.not_found, "HTTP 404 Not Found"),
        (Handler.silent, "timed out"),
        (Handler.stalled, "timed out"),
    ],
)
def test_what_is_not_served_whole_is_refused_and_leaves_nothing(
    publisher: Publisher, tmp_path: Path, told: list[str], answer: Answer, why: str
) -> None:
    publisher.answer = answer
    with pytest.raises(FetchError, match=why):
        fetched(tmp_path, told, silence=0.2 if answer in (Handler.silent, Handler.stalled) else 60)
    assert left_in(tmp_path) == []
    publisher.answer = Handler.whole
    assert fetched(tmp_path, told).read_bytes() == EXECUTABLE


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:9", "Connection refused"),
        ("gopher://x", "unknown url type"),
        ("no address", "unknown url type"),
    ],
)
def test_a_server_that_is_not_there_is_told_in_a_few_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: list[str], url: str, why: str
) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, url)
    with pytest.raises(FetchError, match=why):
        fetched(tmp_path, told)


def test_a_proxy_is_asked_for_what_only_it_can_reach(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: list[str]
) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, "http://publisher.invalid/copy/")
    monkeypatch.setenv("HTTP_PROXY", publisher.url)
    assert fetched(tmp_path, told).read_bytes() == EXECUTABLE
    assert publisher.asked == [RELEASE.url("http://publisher.invalid/copy")]


def test_what_is_exempt_from_the_proxy_is_asked_directly(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: list[str]
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(FetchError, match="Connection refused"):
        fetched(tmp_path, told)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert fetched(tmp_path, told).read_bytes() == EXECUTABLE


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that no machine trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of this test's own")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    unencrypted = serialization.NoEncryption()
    path = tmp_path / "authority.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
    )
    return path


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_an_authority_of_the_users_own_is_trusted_once_it_is_named(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: list[str], variable: str
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with serving(tls) as publisher:
        monkeypatch.setenv(MIRROR_VARIABLE, publisher.url)
        with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
            fetched(tmp_path, told)
        monkeypatch.setenv(variable, str(certificate))
        assert fetched(tmp_path, told).read_bytes() == EXECUTABLE


def test_a_download_killed_midway_leaves_no_provider_and_the_next_begins_anew(
    publisher: Publisher, tmp_path: Path, told: list[str]
) -> None:
    publisher.answer = Handler.stalled
    script = (
        "from pathlib import Path; from local.toolchain.terraform_provider import Limits, Release, obtain; "
        f"obtain({RELEASE!r}, Path({str(tmp_path)!r}), [], lambda line: print(line, flush=True), Limits(600, 0))"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert any(line.startswith("downloaded ") for line in process.stdout), "it is in the middle now, and waits there"
    process.kill()
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    assert left_in(tmp_path) == [f"{Path(KEPT[0]).parent}.new-{process.pid}/{RELEASE.archive}"]
    publisher.answer = Handler.whole
    assert fetched(tmp_path, told).read_bytes() == EXECUTABLE
    assert left_in(tmp_path) == KEPT


def test_two_checkouts_at_once_download_once(publisher: Publisher, tmp_path: Path, told: list[str]) -> None:
    waits = threading.Event()

    def whole_when_the_other_waits(handler: Handler) -> None:
        assert waits.wait(60)
        handler.whole()

    def tell(line: str) -> None:
        told.append(line)
        if line == "another checkout is fetching the AWS provider; waiting for it":
            waits.set()

    publisher.answer = whole_when_the_other_waits
    found: list[Path | None] = []

    def look(name: str) -> None:
        found.append(find(None, Path("pulumi"), tmp_path / name, tell, machine(tmp_path)).binary)

    both = [threading.Thread(target=look, args=(name,)) for name in ("one", "two")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert found == [kept(tmp_path / "cache", RELEASE)] * 2
    assert len(publisher.asked) == 1


def test_a_provider_in_the_cache_is_used_without_asking_anyone(
    publisher: Publisher, tmp_path: Path, told: list[str]
) -> None:
    first, found = (find(None, Path("pulumi"), tmp_path / name, told.append, machine(tmp_path)) for name in ("a", "b"))
    assert first == found
    assert found.binary == kept(tmp_path / "cache", RELEASE)
    assert found.description == f"Terraform AWS provider 5.100.0 ({found.binary}), served by local/bridge"
    assert len(publisher.asked) == 1


def test_a_provider_that_went_bad_in_the_cache_is_named_and_fetched_again(
    publisher: Publisher, tmp_path: Path, told: list[str]
) -> None:
    find(None, Path("pulumi"), tmp_path / "hashes", told.append, machine(tmp_path))
    kept(tmp_path / "cache", RELEASE).write_bytes(EXECUTABLE[:-1])
    found = find(None, Path("pulumi"), tmp_path / "hashes", told.append, machine(tmp_path))
    assert found.binary
    assert found.binary.read_bytes() == EXECUTABLE
    assert any(line.startswith(f"{found.binary} has SHA-256 ") and line.endswith("Not using it.") for line in told)


def test_a_zip_put_into_the_cache_by_hand_is_used_and_kept(
    publisher: Publisher, tmp_path: Path, told: list[str]
) -> None:
    by_hand = tmp_path / "cache" / RELEASE.archive
    by_hand.parent.mkdir()
    by_hand.write_bytes(ARCHIVE)
    found = find(None, Path("pulumi"), tmp_path / "hashes", told.append, machine(tmp_path))
    assert found.binary
    assert found.binary.read_bytes() == EXECUTABLE
    assert by_hand.exists()
    assert publisher.asked == []


def test_a_wrong_zip_put_there_by_hand_is_named_and_not_used(
    publisher: Publisher, tmp_path: Path, told: list[str]
) -> None:
    by_hand = tmp_path / "cache" / RELEASE.archive
    by_hand.parent.mkdir()
    by_hand.write_bytes(ARCHIVE[:-1])
    assert find(None, Path("pulumi"), tmp_path / "hashes", told.append, machine(tmp_path)).binary
    assert told[0].startswith(f"{by_hand} has SHA-256 ")
    assert told[0].endswith(f"expected {RELEASE.sha256}; not using it")
    assert len(publisher.asked) == 1


def test_a_packed_mirror_as_terraform_makes_it_is_used(publisher: Publisher, tmp_path: Path, told: list[str]) -> None:
    packed = tmp_path / "mirror" / "registry.terraform.io/hashicorp/aws" / RELEASE.archive
    packed.parent.mkdir(parents=True)
    packed.write_bytes(ARCHIVE)
    here = machine(tmp_path, {}, RELEASE, tmp_path / "mirror")
    assert find(None, Path("pulumi"), tmp_path / "hashes", told.append, here).binary == kept(here.cache, RELEASE)
    assert publisher.asked == []


def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: list[str]
) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(
        LocalError, match=rf"{tmp_path} can't hold .* \(No space left on device\); it takes 1 GB"
    ) as error:
        fetched(tmp_path, told)
    assert error.value.code == ExitCode.TOOL_MISSING
    assert left_in(tmp_path) == []


def test_a_cache_that_cannot_be_written_is_one_sentence(publisher: Publisher, tmp_path: Path, told: list[str]) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be: root may write anywhere")
    with pytest.raises(LocalError, match=f"{tmp_path}/cache can't be written to .* set XDG_CACHE_HOME") as error:
        find(None, Path("pulumi"), tmp_path / "hashes", told.append, machine(tmp_path))
    assert error.value.code == ExitCode.TOOL_MISSING
    assert publisher.asked == []
