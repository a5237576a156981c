"""The Pulumi CLI by the SDK's own installer."""

import shutil
import subprocess
import urllib.error
from collections.abc import Callable
from pathlib import Path

from semver import VersionInfo


def download(root: Path, version: str, tell: Callable[[str], None]) -> str | None:
    """Install the CLI below `root` (as `root/bin/pulumi`, its language hosts beside it).

    Returns:
        None if it worked, else why not, in a few words.
    """
    if shutil.which("curl") is None:
        return "Pulumi's installer needs curl, which is not installed"
    # Imported here: it costs half a second and is needed once a machine.
    from pulumi.automation import PulumiCommand  # noqa: PLC0415

    tell(f"downloading the Pulumi CLI {version}")
    try:
        PulumiCommand.install(root=str(root), version=VersionInfo.parse(version))
    except urllib.error.URLError as error:
        return str(error.reason)
    except subprocess.CalledProcessError as error:
        said = error.output.decode(errors="replace").strip()
        return f"its installer said: {said.splitlines()[-1]}" if said else str(error)
    except (OSError, RuntimeError) as error:
        return str(error)
    return None
