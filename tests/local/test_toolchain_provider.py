import hashlib
import platform
from pathlib import Path

import pytest

from local.bridge import binary as binary_module
from local.errors import ExitCode, LocalError
from local.toolchain.provider import binaries, find, plugin_folders
from local.toolchain.versions import provider_version

HERE = f"linux_{'amd64' if platform.machine() == 'x86_64' else 'arm64'}"


def mirrored(folder: Path, version: str = "5.100.0", content: str = "provider") -> Path:
    path = folder / "registry.terraform.io/hashicorp/aws" / version / HERE / f"terraform-provider-aws_v{version}_x5"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    return path


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(b"provider").hexdigest()
    monkeypatch.setattr(binary_module, "KNOWN", {digest: "5.100.0"})
    monkeypatch.setattr("local.toolchain.provider.KNOWN", {digest: "5.100.0"})


def test_terraforms_provider_is_found_and_said_to_be_served_by_the_bridge(tmp_path: Path, known: None) -> None:
    path = mirrored(tmp_path / "mirror")
    found = find(tmp_path / "cache", {"PULUMI_HOME": str(tmp_path)}, [tmp_path / "mirror"])
    assert found.binary == path
    assert found.description == f"Terraform AWS provider 5.100.0 ({path}), served by local/bridge"


def test_a_provider_with_another_checksum_is_refused(tmp_path: Path, known: None) -> None:
    path = mirrored(tmp_path / "mirror", content="tampered")
    with pytest.raises(LocalError, match=f"{path} has SHA-256 .*no build this project was tried with") as error:
        find(tmp_path / "cache", {"PULUMI_HOME": str(tmp_path)}, [tmp_path / "mirror"])
    assert error.value.code == ExitCode.TOOL_BROKEN


def test_a_known_provider_behind_an_unknown_one_is_used(tmp_path: Path, known: None) -> None:
    mirrored(tmp_path / "mirror", "6.0.0", "newer")
    path = mirrored(tmp_path / "mirror")
    assert find(tmp_path / "cache", {"PULUMI_HOME": str(tmp_path)}, [tmp_path / "mirror"]).binary == path


def test_without_any_provider_one_error_names_both_that_would_do(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="No AWS provider found") as error:
        find(tmp_path / "cache", {"PULUMI_HOME": str(tmp_path)}, [tmp_path / "mirror"])
    text = str(error.value)
    assert f"pulumi plugin install resource aws {provider_version()}" in text
    assert (
        f"terraform-provider-aws 5.100.0 to {tmp_path}/mirror/registry.terraform.io/hashicorp/aws/5.100.0/{HERE}/"
        in text
    )
    assert "\n" not in text
    assert error.value.code == ExitCode.TOOL_MISSING


def test_the_official_plugin_comes_first_and_is_said_to_be_untested(tmp_path: Path, known: None) -> None:
    mirrored(tmp_path / "mirror")
    plugin = tmp_path / "plugins" / f"resource-aws-v{provider_version()}" / "pulumi-resource-aws"
    plugin.parent.mkdir(parents=True)
    plugin.touch()
    found = find(tmp_path / "cache", {"PULUMI_HOME": str(tmp_path)}, [tmp_path / "mirror"])
    assert found.binary is None
    assert "official" in found.description
    assert "untested" in found.description


def test_folders_named_by_terraforms_configuration_come_first(tmp_path: Path) -> None:
    configuration = tmp_path / "terraformrc"
    configuration.write_text(
        'plugin_cache_dir = "/cache"\nprovider_installation {\n  filesystem_mirror {\n    path    = "/mirror"\n  }\n}\n'
    )
    folders = plugin_folders({"TF_PLUGIN_CACHE_DIR": "/variable", "TF_CLI_CONFIG_FILE": str(configuration)})
    assert folders[:3] == [Path("/variable"), Path("/cache"), Path("/mirror")]
    assert Path("/usr/share/terraform/plugins") in folders


def test_the_newest_version_comes_first_by_number(tmp_path: Path) -> None:
    for version in ("5.9.0", "5.100.0", "5.10.0"):
        mirrored(tmp_path, version)
    assert [path.parents[1].name for path in binaries([tmp_path])] == ["5.100.0", "5.10.0", "5.9.0"]
