"""Where the bridge agrees to run, and with what."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.bridge.binary import BinaryError, verify
from local.bridge.settings import ProviderSettingsError, from_environment, is_loopback
from tests.local.bridge.conftest import ROOT

LOCAL = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:5000",
    "AUTHOR_STORAGE_TF_PROVIDER": "terraform-provider-aws",
    "AUTHOR_STORAGE_BRIDGE_STATE": "state",
}


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:5000", "http://localhost:1", "http://[::1]:5000"])
def test_this_machine_is_served(endpoint: str) -> None:
    assert from_environment({**LOCAL, "AWS_ENDPOINT_URL": endpoint}).endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://s3.amazonaws.com",
        "http://10.0.0.1:5000",
        "http://127.0.0.1.example.com",
        "http://localhost@example.com",
        "127.0.0.1:5000",
        "file:///etc",
        "http://",
    ],
)
def test_any_other_place_is_refused(endpoint: str) -> None:
    assert not is_loopback(endpoint)
    with pytest.raises(ProviderSettingsError, match="on this machine only"):
        from_environment({**LOCAL, "AWS_ENDPOINT_URL": endpoint})


@pytest.mark.parametrize("name", sorted(LOCAL))
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(ProviderSettingsError, match=f"{name} is not set"):
        from_environment({**LOCAL, name: ""})


def test_nothing_is_started_for_an_account_elsewhere(tmp_path: Path) -> None:
    started = tmp_path / "started"
    binary = tmp_path / "provider"
    binary.write_text(f"#!/bin/sh\ntouch {started}\n")
    binary.chmod(0o755)
    variables = {**LOCAL, "AWS_ENDPOINT_URL": "https://s3.amazonaws.com", "AUTHOR_STORAGE_TF_PROVIDER": str(binary)}
    command = [sys.executable, "-m", "local.bridge", "127.0.0.1:1"]
    run = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "https://s3.amazonaws.com" in run.stderr
    assert "Traceback" not in run.stderr
    assert not run.stdout
    assert not started.exists()


def test_a_binary_of_another_content_is_refused_and_its_hash_named(tmp_path: Path) -> None:
    binary = tmp_path / "provider"
    binary.write_bytes(b"not it")
    with pytest.raises(BinaryError, match="06121725"):
        verify(binary, tmp_path)
    with pytest.raises(BinaryError, match="No Terraform AWS provider"):
        verify(tmp_path / "nowhere", tmp_path)


def test_a_remembered_hash_does_not_survive_a_change_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "provider"
    binary.write_bytes(b"right")
    with pytest.raises(BinaryError) as first:
        verify(binary, tmp_path)
    digest = str(first.value).split("SHA-256 ")[1][:64]
    monkeypatch.setattr("local.bridge.binary.KNOWN", {digest: "9.9.9"})
    assert verify(binary, tmp_path) == digest
    binary.write_bytes(b"wrong")
    with pytest.raises(BinaryError):
        verify(binary, tmp_path)
