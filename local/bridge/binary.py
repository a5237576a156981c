"""Which builds of terraform-provider-aws are accepted, told by their content."""

import hashlib
import json
from pathlib import Path

KNOWN = {
    "8cb98768bcea942df561a918d65a8751f787ab348f7498bdfe6667dffcebd528": "5.100.0",  # linux_amd64
}
"""SHA-256 of the executable → version of the provider."""


class BinaryError(Exception):
    """The provider binary can't be used; the text says what was found and what to do."""


def verify(binary: Path, cache: Path) -> str:
    """Return the binary's SHA-256 once it is known to be one of `KNOWN`.

    Reading its 700 MB takes about 2 s, so the hash is remembered in `cache` for as long as the file's inode, size and
    times stay what they were.

    Raises:
        BinaryError: there is no such file, or its content is not a known build.
    """
    try:
        stat = binary.stat()
    except OSError as error:
        raise BinaryError(f"No Terraform AWS provider at {binary}: {error.strerror}.") from error
    identity = [str(binary.resolve()), stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
    remembered = cache / "provider-hash.json"
    digest = _recall(remembered, identity)
    if digest is None:
        with binary.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        cache.mkdir(parents=True, exist_ok=True)
        remembered.write_text(json.dumps({"identity": identity, "sha256": digest}))
    if digest not in KNOWN:
        wanted = ", ".join(f"{version} ({known})" for known, version in KNOWN.items())
        raise BinaryError(
            f"{binary} has SHA-256 {digest}, which is no build this project was tried with. "
            f"Install terraform-provider-aws {wanted}."
        )
    return digest


def _recall(remembered: Path, identity: list[str | int]) -> str | None:
    try:
        record = json.loads(remembered.read_text())
    except (OSError, ValueError):
        return None
    return record.get("sha256") if record.get("identity") == identity else None
