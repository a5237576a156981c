from pathlib import Path

import pytest

from local.errors import ExitCode, LocalError
from local.toolchain import official

pytestmark = pytest.mark.process


def pulumi(folder: Path, *lines: str) -> Path:
    path = folder / "pulumi"
    path.write_text("\n".join(["#!/bin/sh", *lines]))
    path.chmod(0o755)
    return path


def test_the_cli_installs_the_plugin_where_the_users_pulumi_looks_for_it(tmp_path: Path) -> None:
    cli = pulumi(
        tmp_path,
        'test "$1 $2 $3 $4 $5" = "plugin install resource aws 7.0.0" || exit 1',
        "mkdir -p $PULUMI_HOME/plugins/resource-aws-v7.0.0",
        "touch $PULUMI_HOME/plugins/resource-aws-v7.0.0/pulumi-resource-aws",
    )
    told: list[str] = []
    environment = {"PULUMI_HOME": str(tmp_path / "theirs"), "PATH": "/usr/bin:/bin"}
    official.install(cli, "7.0.0", environment, told.append)
    assert official.installed("7.0.0", environment)
    assert told == [f"downloading Pulumi's AWS plugin 7.0.0 into {tmp_path}/theirs/plugins"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("echo downloading", "echo 'error: no such host'", "exit 1"), r"\(no such host\)"),
        (("echo killed", "exit 137"), r"\(killed\)"),
        (("exit 0",), r"\(it said nothing\)"),
    ],
)
def test_a_plugin_that_cannot_be_had_is_one_sentence(tmp_path: Path, lines: tuple[str, ...], why: str) -> None:
    environment = {"PULUMI_HOME": str(tmp_path / "theirs"), "PATH": "/usr/bin:/bin"}
    with pytest.raises(
        LocalError, match=rf"Pulumi's AWS plugin 7\.0\.0 can't be had {why}\. Put a downloaded one"
    ) as error:
        official.install(pulumi(tmp_path, *lines), "7.0.0", environment, lambda _: None)
    assert error.value.code == ExitCode.TOOL_MISSING
    assert "\n" not in str(error.value)
