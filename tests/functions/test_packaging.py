import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from functions import packaging
from functions.packaging import FUNCTIONS, Function, PackagingError, build

pytestmark = pytest.mark.process

CLEANUP = FUNCTIONS[0]


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(packaging, "OUTPUT", tmp_path)
    return tmp_path


def test_equal_input_gives_an_equal_zip(output: Path) -> None:
    first = build(CLEANUP).read_bytes()
    assert build(CLEANUP).read_bytes() == first


def test_the_unpacked_zip_imports_with_nothing_else_on_the_path(output: Path, tmp_path: Path) -> None:
    target = tmp_path / "unpacked"
    with zipfile.ZipFile(build(CLEANUP)) as archive:
        archive.extractall(target)
    program = (
        "import boto3, functions.temporary_uploads_cleanup.handler as h;"
        "[boto3.client(s, region_name='us-east-1') for s in ('s3', 'ssm', 'lambda')];"
        "print(boto3.__file__, h.__file__)"
    )
    environment = {**os.environ, "PYTHONPATH": str(target)}
    # -S leaves out site-packages: what the zip lacks is missing.
    command = [sys.executable, "-S", "-c", program]
    done = subprocess.run(command, check=False, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(place.startswith(str(target)) for place in done.stdout.split())


def test_descriptions_of_other_services_stay_out(output: Path) -> None:
    with zipfile.ZipFile(build(CLEANUP)) as archive:
        data = [name.split("/") for name in archive.namelist() if name.startswith("botocore/data/")]
    assert {parts[2] for parts in data if len(parts) > 3} == {"lambda", "s3", "ssm"}


def test_a_compiled_package_is_refused(output: Path) -> None:
    with pytest.raises(PackagingError, match=r"grpcio: .*\.so is compiled"):
        build(Function(name=CLEANUP.name, data=(), distributions=("grpcio",), services=()))


def test_a_file_that_changed_after_installation_is_refused(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(_file: packaging.PackagePath) -> bytes:
        return b"changed"

    monkeypatch.setattr(packaging.PackagePath, "read_binary", changed)
    with pytest.raises(PackagingError, match="is not what its wheel recorded"):
        build(Function(name=CLEANUP.name, data=(), distributions=("six",), services=()))
