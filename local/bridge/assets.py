"""Assets and archives as files in one folder, where the provider finds them.

A file's name is the engine's hash of its content. So the same content has the same name everywhere, and of an archive
read back from a state file, which holds only the hash, the name is known all the same.
"""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from local.bridge.properties import Archive, Asset, PropertyError

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold: equal content gives equal bytes
_REGULAR_FILE = 0o100644 << 16


class Assets:
    """The folder of contents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, content: Asset | Archive) -> str:
        """Make sure the content stands in the folder, and return the file's name there."""
        if isinstance(content, Asset):
            data = _asset_data(content)
            return self._keep(content.digest or _digest(data), "", data) if data is not None else content.digest
        members = None if content.path is None and content.members is None else dict(_members(content, ""))
        if members is None:
            return f"{content.digest}.zip"
        digest = content.digest or _digest(
            b"".join(name.encode() + b"\0" + _digest(data).encode() for name, data in sorted(members.items()))
        )
        return self._keep(digest, ".zip", None if (self.folder / f"{digest}.zip").exists() else _zip(members))

    def sha256(self, name: str) -> bytes | None:
        """Return the SHA-256 of a file's bytes, None if it is not in the folder."""
        path = self.folder / name
        return hashlib.sha256(path.read_bytes()).digest() if path.exists() else None

    def _keep(self, digest: str, suffix: str, data: bytes | None) -> str:
        path = self.folder / f"{digest}{suffix}"
        if data is not None and not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, partial = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(partial).replace(path)
        return path.name


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _asset_data(asset: Asset) -> bytes | None:
    if asset.path is not None:
        return asset.path.read_bytes()
    return None if asset.text is None or (not asset.text and asset.digest) else asset.text.encode()


def _members(archive: Archive, prefix: str) -> Iterator[tuple[str, bytes]]:
    if archive.path is not None:
        yield from _files(archive.path, prefix)
    for name, member in (archive.members or {}).items():
        if isinstance(member, Archive):
            yield from _members(member, f"{prefix}{name}/")
        else:
            data = _asset_data(member)
            if data is None:
                raise PropertyError(f"the content of {prefix}{name} is not known any more")
            yield prefix + name, data


def _files(path: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    if path.is_file():
        with zipfile.ZipFile(path) as packed:
            yield from ((prefix + name, packed.read(name)) for name in packed.namelist() if not name.endswith("/"))
        return
    if not path.is_dir():
        raise PropertyError(f"there is no archive at {path}")
    for file in sorted(path.rglob("*")):
        if file.is_file():
            yield prefix + file.relative_to(path).as_posix(), file.read_bytes()


def _zip(members: dict[str, bytes]) -> bytes:
    buffer: IO[bytes]
    with tempfile.TemporaryFile() as buffer:
        with zipfile.ZipFile(buffer, "w") as packed:
            for name, data in sorted(members.items()):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.external_attr = _REGULAR_FILE
                packed.writestr(entry, data, zipfile.ZIP_DEFLATED)
        buffer.seek(0)
        return buffer.read()
