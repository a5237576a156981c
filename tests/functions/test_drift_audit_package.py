import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from functions import packaging
from functions.packaging import FUNCTIONS, build

pytestmark = pytest.mark.process

AUDIT = next(f for f in FUNCTIONS if f.name == "drift_audit")


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(packaging, "OUTPUT", tmp_path)
    with zipfile.ZipFile(build(AUDIT)) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


def test_the_zip_reads_the_runbook_the_grants_and_the_waivers_with_nothing_else_on_the_path(unpacked: Path) -> None:
    program = (
        "import boto3; import functions.drift_audit.handler as h; from policies.runbook.reader import read_runbook;"
        "from audit.waivers import load; from policies.grants import TABLE; "
        "from semantics.lifecycle.costs import load_prices;"
        "from audit.readers.all import KINDS; from audit.reports import as_html;"
        "assert read_runbook(h.ROOT / 'docs' / 'runbook.md').claims; assert TABLE.exists(); load_prices();"
        "assert (h.ROOT / 'audit' / 'waivers.yaml').exists(); load(h.ROOT / 'audit' / 'waivers.yaml');"
        "[boto3.client(a.call.service, region_name='us-east-1') for k in KINDS for a in k.attributes];"
        "print(h.__file__, boto3.__file__)"
    )
    # -S leaves out site-packages: what the zip lacks is missing.
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        check=False,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        cwd=unpacked.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert all(place.startswith(str(unpacked)) for place in done.stdout.split())


def test_nothing_compiled_and_no_program_is_in_the_zip(unpacked: Path) -> None:
    names = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    assert not [n for n in names if n.endswith((".so", ".pyd", ".dylib", ".pyc"))]
    assert not [n for n in names if n.startswith(("pulumi", "local/", "tests/", "policies/pack"))]
    assert not [n for n in names if n.startswith(("components/", "declared/", "scripts/"))]
