"""The Pulumi CLI from source: the wrapper module in `local/cli`, whose go.sum holds a checksum of all it is made of."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from local.errors import ExitCode, LocalError
from local.processes import bound
from local.toolchain.versions import GO_MODULE, at_least

PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
TAGS = "osusergo,grpcnotrace"
SECONDS_BETWEEN_LINES = 5.0


def fingerprint() -> str:
    """Return what tells this build from others: a short hash of go.mod and go.sum."""
    content = (GO_MODULE / "go.mod").read_bytes() + (GO_MODULE / "go.sum").read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


def build(root: Path, version: str, tell: Callable[[str], None]) -> None:
    """Build the CLI as `root/bin/pulumi`: about five minutes on two cores the first time.

    Raises:
        LocalError: Go is missing or too old, or the build failed.
    """
    go = _go(version)
    environment = os.environ | {"GOFLAGS": "-mod=readonly", "GOWORK": "off"}
    tell(f"building the Pulumi CLI {version} from source, once for this machine (about 5 minutes on 2 cores)")
    total = sum(1 for _ in _lines([go, "list", "-deps", "-tags", TAGS, PACKAGE], environment, tell))
    command = [go, "build", "-v", "-trimpath", "-buildvcs=false", "-tags", TAGS]
    command += ["-ldflags", f"-s -w -X {VERSION_VARIABLE}=v{version}", "-o", str(root / "bin" / "pulumi"), PACKAGE]
    shown = time.monotonic()
    for compiled, name in enumerate(_lines(command, environment, tell), start=1):
        if time.monotonic() - shown > SECONDS_BETWEEN_LINES:
            shown = time.monotonic()
            tell(f"compiled {compiled} of at most {total} packages, now {name}")


def _go(version: str) -> str:
    needed = re.search(r"^go (\S+)", (GO_MODULE / "go.mod").read_text(), re.MULTILINE)
    minimum = needed[1] if needed else ""
    go = shutil.which("go")
    found = "none"
    if go:
        said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False).stdout.strip()
        found = said.removeprefix("go") or "one that does not run"
    if go is None or not at_least(found, minimum):
        raise LocalError(
            f"The Pulumi CLI {version} can't be downloaded, and building it needs Go {minimum} (found {found}). "
            f"Install Go (https://go.dev/doc/install) or the CLI (https://www.pulumi.com/docs/install/).",
            ExitCode.TOOL_MISSING,
        )
    return go


def _lines(command: list[str], environment: dict[str, str], tell: Callable[[str], None]) -> Iterator[str]:
    """Run a go command and yield the packages it names; downloads are told, and anything else is kept for the error."""
    # A group of its own, so that its compilers can be ended with it.
    process = subprocess.Popen(
        bound(command),
        cwd=GO_MODULE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    last, told = "", 0.0
    try:
        for line in cast("IO[str]", process.stdout):
            last = line.strip()
            if last.startswith("go: downloading"):
                if time.monotonic() - told > SECONDS_BETWEEN_LINES:
                    told = time.monotonic()
                    tell(last.removeprefix("go: "))
            elif re.fullmatch(r"[\w./~-]+", last):
                yield last
        if process.wait():
            raise LocalError(f"Building the Pulumi CLI failed: {last}", ExitCode.TOOL_MISSING)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
