import subprocess
from pathlib import Path

import pytest

from local.toolchain import install as installing
from local.toolchain.cli import Cli
from local.toolchain.install import install
from local.toolchain.provider import Provider
from local.toolchain.versions import provider_version


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    path = tmp_path / "cache" / "pulumi"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\necho v3.259.0\n")
    path.chmod(0o755)
    return Cli(path, "3.259.0", "cached")


def plugin(home: Path) -> Path:
    return home / "plugins" / f"resource-aws-v{provider_version()}" / "pulumi-resource-aws"


def test_a_cli_without_host_is_linked_beside_ours(tmp_path: Path, cli: Cli) -> None:
    done = install(tmp_path / "home", cli, Provider(Path("/some/provider"), "Terraform's"))
    assert done.pulumi == tmp_path / "home" / "bin" / "pulumi"
    assert done.pulumi.samefile(cli.path)
    assert not done.pulumi.is_symlink()
    assert done.pulumi.with_name("pulumi-language-python").stat().st_mode & 0o111
    assert "export AUTHOR_STORAGE_TF_PROVIDER=/some/provider\n" in plugin(tmp_path / "home").read_text()


def test_a_cli_with_its_own_host_is_used_where_it_is(tmp_path: Path, cli: Cli) -> None:
    cli.path.with_name("pulumi-language-python").touch()
    done = install(tmp_path / "home", cli, Provider(None, "official"))
    assert (done.pulumi, done.host) == (cli.path, "Pulumi's own")
    assert not (tmp_path / "home").exists()


def test_installing_again_rewrites_nothing(tmp_path: Path, cli: Cli) -> None:
    provider = Provider(Path("/some/provider"), "Terraform's")
    install(tmp_path / "home", cli, provider)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "home").rglob("*") if path.is_file()}
    install(tmp_path / "home", cli, provider)
    assert len(before) == 3
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_new_cli_replaces_the_linked_one(tmp_path: Path, cli: Cli) -> None:
    provider = Provider(Path("/some/provider"), "Terraform's")
    install(tmp_path / "home", cli, provider)
    newer = tmp_path / "newer"
    newer.write_text("#!/bin/sh\necho v3.999.0\n")
    done = install(tmp_path / "home", Cli(newer, "3.999.0", "cached"), provider)
    assert done.pulumi.read_text() == newer.read_text()


def test_across_filesystems_the_cli_is_copied(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_source: Path, _target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(installing.os, "link", refuse)
    done = install(tmp_path / "home", cli, Provider(Path("/some/provider"), "Terraform's"))
    assert not done.pulumi.samefile(cli.path)
    assert subprocess.run([done.pulumi], capture_output=True, text=True, check=True).stdout == "v3.259.0\n"


def test_the_host_runs_from_any_folder_and_leaves_pythonpath_alone(tmp_path: Path, cli: Cli) -> None:
    done = install(tmp_path / "home", cli, Provider(Path("/some/provider"), "Terraform's"))
    script = done.pulumi.with_name("pulumi-language-python")
    host = subprocess.Popen([script, "127.0.0.1:1"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert host.stdout is not None
        assert host.stdout.readline().strip().isdigit()
    finally:
        host.kill()
        host.wait()
    assert "PYTHONPATH" not in script.read_text()
