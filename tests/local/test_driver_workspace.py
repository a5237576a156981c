import os
import stat
from pathlib import Path

import pytest

from local.account.daemon import Account
from local.driver.commands import with_stack
from local.driver.ownership import owned
from local.driver.workspace import Workspace, engine_environment
from local.errors import ExitCode, LocalError
from local.toolchain.cli import Cli
from local.toolchain.install import Toolchain
from local.toolchain.provider import Provider

ACCOUNT = Account("http://127.0.0.1:5000", "us-east-1", "123456789012", 1, fresh=False)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, tmp_path / ".local")


def toolchain(binary: Path | None) -> Toolchain:
    return Toolchain(Cli(Path("/pulumi"), "3", ""), Provider(binary, ""), Path("/pulumi"), "")


def test_the_passphrase_is_random_readable_by_its_owner_only_and_kept(workspace: Workspace, tmp_path: Path) -> None:
    workspace.prepare()
    first = workspace.passphrase.read_text()
    workspace.prepare()
    other = Workspace(tmp_path, tmp_path / "other")
    other.prepare()
    assert workspace.passphrase.read_text() == first
    assert other.passphrase.read_text() != first
    assert len(first) >= 32
    assert stat.S_IMODE(workspace.passphrase.stat().st_mode) == 0o600


def test_a_state_folder_that_cannot_be_made_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match=f"{tmp_path}/file/.local can't be written to") as error:
        Workspace(tmp_path, tmp_path / "file" / ".local").prepare()
    assert error.value.code == ExitCode.CHECKOUT_UNUSABLE


def test_settings_of_a_real_account_do_not_reach_the_engine(workspace: Workspace) -> None:
    ambient = {
        "PATH": "/bin",
        "AWS_PROFILE": "prod",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ACCESS_KEY_ID": "real",
        "AWS_ENDPOINT_URL_S3": "https://elsewhere",
        "PULUMI_BACKEND_URL": "https://elsewhere",
    }
    environment = engine_environment(workspace, toolchain(Path("/provider")), ACCOUNT, ambient)
    assert environment["AWS_ACCESS_KEY_ID"] == "AKIAROOTOFTHEACCOUNT"
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:5000"
    assert environment["PULUMI_BACKEND_URL"] == f"file://{workspace.backend}"
    assert environment["PULUMI_HOME"] == str(workspace.home)
    assert environment["PATH"] == "/bin"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"} & set(environment)


def test_the_official_plugin_is_found_where_the_user_has_it(workspace: Workspace) -> None:
    environment = engine_environment(workspace, toolchain(None), ACCOUNT, {"PULUMI_HOME": "/theirs"})
    assert environment["PULUMI_HOME"] == "/theirs"
    assert "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION" not in environment


def test_a_second_command_on_the_same_estate_is_refused_and_the_first_named(tmp_path: Path) -> None:
    with owned(tmp_path), pytest.raises(LocalError, match="is working on this estate") as error, owned(tmp_path):
        raise AssertionError("both held it")
    assert f"Process {os.getpid()} " in str(error.value)
    assert error.value.code == ExitCode.BUSY
    with owned(tmp_path):
        pass


@pytest.mark.parametrize(
    ("given", "run"),
    [
        (["up"], ["up", "--config-file", "C", "--stack", "local"]),
        (["preview", "--stack", "prod"], ["preview", "--config-file", "C", "--stack", "prod"]),
        (["stack", "export"], ["stack", "export", "--stack", "local"]),
        (["stack", "ls"], ["stack", "ls"]),
        (["state", "delete", "-s", "x", "urn"], ["state", "delete", "-s", "x", "urn"]),
        (["version"], ["version"]),
        ([], []),
    ],
)
def test_a_command_of_pulumi_is_pointed_at_the_local_stack(given: list[str], run: list[str]) -> None:
    assert sorted(with_stack(given, Path("C"))) == sorted(run)
