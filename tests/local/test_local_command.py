import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.errors import ExitCode

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]
Done = subprocess.CompletedProcess[str]


def local(*arguments: str, **variables: str) -> Done:
    command = [sys.executable, "-m", "local", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    return tmp_path


def only_line(done: Done) -> str:
    (line,) = done.stderr.splitlines()
    return line


def test_help_teaches_by_examples_and_lists_the_exit_codes() -> None:
    said = local("--help").stdout
    assert "python -m local pulumi -- stack export" in said
    assert all(f"{code.value} " in said for code in ExitCode)


def test_a_taken_port_is_one_line(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = local("up", "--project", str(project), "--port", str(port))
    assert done.returncode == ExitCode.FAILED
    assert f"Port {port} on 127.0.0.1 is taken" in only_line(done)


def test_a_checkout_that_cannot_be_written_is_one_line(project: Path) -> None:
    (project / ".local").write_text("a file where the folder should be: root may write anywhere")
    done = local("up", "--project", str(project))
    assert done.returncode == ExitCode.CHECKOUT_UNUSABLE
    assert f"{project}/.local can't be written to" in only_line(done)


def test_without_an_account_env_and_status_say_what_starts_one(project: Path) -> None:
    for command in ("env", "status"):
        done = local(command, "--project", str(project))
        assert done.returncode == ExitCode.NOTHING_RUNS
        assert only_line(done) == f"{command}: No account runs; `make up` starts it."
        assert done.stdout == ""


def test_run_without_a_command_is_one_line_and_starts_nothing(project: Path) -> None:
    done = local("run", "--project", str(project))
    assert done.returncode == ExitCode.USAGE
    assert only_line(done) == "run: Nothing to run: name a command after --"
    assert not (project / ".local").exists()


def test_down_of_what_never_ran_is_done_and_says_so(project: Path) -> None:
    done = local("down", "--project", str(project))
    assert done.returncode == ExitCode.DONE
    assert done.stdout == "no account runs, so nothing stands\n"


def test_the_state_folder_can_be_named_by_a_variable(project: Path) -> None:
    local("down", "--project", str(project), AUTHOR_STORAGE_STATE=str(project / "elsewhere"))
    assert (project / "elsewhere" / "passphrase").exists()
    assert not (project / ".local").exists()


@pytest.mark.parametrize("version", ["3.9.1", "3.10.14"])
def test_an_old_python_is_one_line(tmp_path: Path, version: str) -> None:
    """The environment is made first, by a script; it is what meets the old Python."""
    old = tmp_path / "python"
    old.write_text(f'#!/bin/sh\ncase "$2" in *platform*) echo {version};; *) exit 1;; esac\n')
    old.chmod(0o755)
    checkout = tmp_path / "checkout"
    (checkout / "scripts").mkdir(parents=True)
    for name in ("scripts/environment.sh", "requirements.lock", "requirements-uv.lock"):
        (checkout / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        ["bash", str(checkout / "scripts/environment.sh")],
        env=os.environ | {"PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"found Python {version}, need 3.11 or newer" in only_line(done)
