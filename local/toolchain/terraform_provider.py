"""Terraform's AWS provider from its publisher, once for all checkouts of a user; or unpacked from a zip at hand.

What is pinned is the zip's SHA-256, so it does not matter who serves it. Behind a proxy the usual variables count:
HTTPS_PROXY, NO_PROXY, and SSL_CERT_FILE or REQUESTS_CA_BUNDLE for a proxy with a certificate authority of its own.
"""

import hashlib
import http.client
import os
import shutil
import ssl
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from local.errors import ExitCode, LocalError
from local.toolchain.cache import Tell

PUBLISHER = "https://releases.hashicorp.com"
MIRROR_VARIABLE = "AUTHOR_STORAGE_PROVIDER_MIRROR"
"""Names a server (or a folder, as file://…) with the publisher's paths, to be asked instead of the publisher."""

MEGABYTE = 1_000_000
PIECE = 1 << 18


@dataclass(frozen=True)
class Release:
    """What the publisher offers for one kind of machine.

    Attributes:
        version: of the provider.
        platform: as the publisher writes it, such as `linux_amd64`.
        sha256: of the zip.
    """

    version: str
    platform: str
    sha256: str

    @property
    def archive(self) -> str:
        """The zip's name."""
        return f"terraform-provider-aws_{self.version}_{self.platform}.zip"

    @property
    def executable(self) -> str:
        """The executable's name in the zip."""
        return f"terraform-provider-aws_v{self.version}_x5"

    def url(self, base: str) -> str:
        """Where the zip is on the publisher's server, or on one with the same paths."""
        return f"{base.rstrip('/')}/terraform-provider-aws/{self.version}/{self.archive}"


RELEASES = {
    "linux_amd64": Release("5.100.0", "linux_amd64", "1589a2266af699cbd5d80737a0fe02e54ec9cf2ca54e7e00ac51c7359056f274")
}
"""The builds that the bridge accepts, by platform of this machine.

The digest is `zh:` of that platform's zip in the lock files that Terraform writes for hashicorp/aws 5.100.0
(https://developer.hashicorp.com/terraform/language/files/dependency-lock#zh); their `h1:`, a digest of what is in the
zip, is that of the executable that `local.bridge.binary` knows.
"""


class FetchError(Exception):
    """The zip can't be had; the text says why, in a few words."""


@dataclass(frozen=True)
class Limits:
    """How long to wait for the server, and how often to speak.

    Attributes:
        silence: seconds without a byte after which the server is given up.
        between_lines: seconds between two lines of progress.
    """

    silence: float = 30.0
    between_lines: float = 2.0


def kept(cache: Path, release: Release) -> Path:
    """Return where the executable is kept; it comes there by a rename, so it is whole or not there."""
    return cache / f"terraform-provider-aws_{release.version}_{release.platform}" / release.executable


def obtain(release: Release, cache: Path, archives: Iterable[Path], tell: Tell, limits: Limits | None = None) -> Path:
    """Put the executable into the cache, from the first of `archives` with the right content, else by a download.

    Everything is made in a folder beside the final one and renamed at the end. The caller holds the cache's lock.

    Raises:
        FetchError: there is no such archive and the server did not serve the right one.
        LocalError: the cache folder can't hold it.
    """
    final = kept(cache, release).parent
    for stale in final.parent.glob(f"{final.name}.new-*"):
        shutil.rmtree(stale, ignore_errors=True)
    unfinished = final.with_name(f"{final.name}.new-{os.getpid()}")
    try:
        unfinished.mkdir(parents=True)
        archive = _at_hand(release, archives, tell) or _download(release, unfinished, tell, limits or Limits())
        tell(f"unpacking {release.executable}")
        _unpack(archive, release.executable, unfinished / release.executable)
        (unfinished / release.archive).unlink(missing_ok=True)
        shutil.rmtree(final, ignore_errors=True)
        unfinished.rename(final)
    except OSError as error:
        raise LocalError(
            f"The cache folder {cache} can't hold Terraform's AWS provider ({error.strerror}); it takes 1 GB. "
            "Make room, or set XDG_CACHE_HOME to a folder that has it.",
            ExitCode.TOOL_MISSING,
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return kept(cache, release)


def _at_hand(release: Release, archives: Iterable[Path], tell: Tell) -> Path | None:
    for archive in archives:
        with archive.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
        if found == release.sha256:
            return archive
        tell(f"{archive} has SHA-256 {found}, expected {release.sha256}; not using it")
    return None


def _download(release: Release, folder: Path, tell: Tell, limits: Limits) -> Path:
    url = release.url(base())
    tell(f"downloading {url}")
    target = folder / release.archive
    digest, received, told = hashlib.sha256(), 0, time.monotonic()
    with target.open("wb") as file:
        for piece, total in _pieces(url, limits.silence):
            file.write(piece)
            digest.update(piece)
            received += len(piece)
            if time.monotonic() - told >= limits.between_lines:
                told = time.monotonic()
                tell(f"downloaded {_of(received, total)}")
    if digest.hexdigest() != release.sha256:
        raise FetchError(
            f"the {_of(received, None)} it sent have SHA-256 {digest.hexdigest()}, expected {release.sha256}"
        )
    return target


def base() -> str:
    """Return the server that is asked."""
    return os.environ.get(MIRROR_VARIABLE) or PUBLISHER


def _pieces(url: str, silence: float) -> Iterator[tuple[bytes, int | None]]:
    """Yield what the server sends, each piece with the length it announced.

    Raises:
        FetchError: it can't be reached, refuses, falls silent, or ends before the length it announced.
    """
    response = _opened(url, silence)
    with response:
        announced = response.headers.get("Content-Length")
        total = int(announced) if announced else None
        received = 0
        while piece := _read(response):
            received += len(piece)
            yield piece, total
        if total is not None and received < total:
            raise FetchError(f"it ended after {_of(received, total)}")


def _opened(url: str, silence: float) -> http.client.HTTPResponse:
    try:
        trust = ssl.create_default_context(cafile=os.environ.get("REQUESTS_CA_BUNDLE") or None)
        return urllib.request.urlopen(url, timeout=silence, context=trust)  # noqa: S310 - whoever serves it, its digest is pinned
    except urllib.error.HTTPError as error:
        raise FetchError(f"HTTP {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(_why(error)) from error


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read1(PIECE)  # what is there, so that a slow server is seen to be at work
    except (OSError, http.client.HTTPException) as error:
        raise FetchError(_why(error)) from error


def _why(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    said = reason.strerror if isinstance(reason, OSError) and not isinstance(reason, ssl.SSLError) else None
    return said or str(reason) or type(reason).__name__


def _of(received: int, total: int | None) -> str:
    whole = f" of {total / MEGABYTE:.1f}" if total is not None else ""
    return f"{received / MEGABYTE:.1f}{whole} MB"


def _unpack(archive: Path, member: str, target: Path) -> None:
    """Write one member of the zip to `target`, whatever else the zip may hold."""
    with zipfile.ZipFile(archive) as content, content.open(member) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, PIECE)
    target.chmod(0o755)
