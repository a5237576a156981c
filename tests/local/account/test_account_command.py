import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.account.daemon import ROOT


def _account(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "local.account", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False)


def test_help_teaches() -> None:
    said = _account("--help").stdout
    assert "python -m local.account start --port 5005" in said
    assert "exit codes" in said


@pytest.mark.account
def test_start_status_stop(tmp_path: Path) -> None:
    where = ["--state", str(tmp_path)]
    assert (_account("status", *where).returncode, _account("stop", *where).stdout) == (3, "none was running\n")
    try:
        assert "started, empty" in _account("start", *where).stdout
        assert "was running" in _account("start", *where).stdout
        running = _account("status", *where)
        assert running.returncode == 0
        assert "account 123456789012 at http://127.0.0.1:" in running.stdout
    finally:
        assert _account("stop", *where).stdout == "stopped\n"


@pytest.mark.account
def test_a_taken_port_is_one_sentence_without_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("start", "serve"):
            said = _account(command, "--state", str(tmp_path), "--port", port)
            assert said.returncode == 1
            assert said.stderr.strip().endswith(f"Port {port} on 127.0.0.1 is taken; choose another, or leave it out.")
            assert "Traceback" not in said.stderr


@pytest.mark.account
def test_a_proxy_does_not_stand_between_us_and_the_account(tmp_path: Path) -> None:
    where = ["--state", str(tmp_path)]
    proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "example.org", "no_proxy": ""}
    try:
        assert "started, empty" in _account("start", *where, **proxies).stdout
    finally:
        assert _account("stop", *where, **proxies).stdout == "stopped\n"
