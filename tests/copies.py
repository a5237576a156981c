"""Copies of this checkout, which a test may edit."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

UNIT = "not (process or account or e2e or browser or slow)"
"""Marks the unit tests, as in the Makefile."""

FOLDERS = ("audit", "components", "dashboards", "declared", "estate", "functions", "policies", "scripts")
TESTED = tuple(f"tests/{folder}" for folder in FOLDERS)
"""Tests that run in a copy: those that know this estate. `semantics`, `runtime` and `local` know none of ours."""


def checkout(target: Path) -> Path:
    """Copies every file that is in version control or would be added, and what `make package` built.

    Args:
        target: a folder, which is made; the copy runs with this checkout's environment.
    """
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, map(os.fsdecode, names.split(b"\0"))):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    if (ROOT / "build").exists():
        shutil.copytree(ROOT / "build", target / "build", ignore=shutil.ignore_patterns("*.part"))
    target.mkdir(parents=True, exist_ok=True)
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target
