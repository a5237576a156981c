import base64
import hashlib
from pathlib import Path
from typing import NoReturn

import pytest

from local.bridge import binary as binary_module
from local.bridge.binary import KNOWN
from local.errors import ExitCode, LocalError
from local.toolchain import official
from local.toolchain import terraform_provider as terraform
from local.toolchain.choice import Choice, agreed, asked
from local.toolchain.provider import Machine, Provider, find, plugin_folders
from local.toolchain.terraform_provider import RELEASES, FetchError
from local.toolchain.versions import provider_version
from tests.local.publisher import RELEASE, machine

PULUMI = Path("/pulumi")


def mirrored(folder: Path, version: str = "5.100.0", content: str = "provider") -> Path:
    path = (
        folder
        / "registry.terraform.io/hashicorp/aws"
        / version
        / "linux_amd64"
        / f"terraform-provider-aws_v{version}_x5"
    )
    path.parent.mkdir(parents=True)
    path.write_text(content)
    return path


def plugin(folder: Path) -> Path:
    """Where Pulumi keeps the official plugin on a machine of these tests."""
    return folder / "pulumi" / "plugins" / f"resource-aws-v{provider_version()}" / "pulumi-resource-aws"


def installed(folder: Path) -> None:
    plugin(folder).parent.mkdir(parents=True)
    plugin(folder).touch()


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary_module, "KNOWN", {hashlib.sha256(b"provider").hexdigest(): "5.100.0"})


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise FetchError("no such host")

    monkeypatch.setattr(terraform, "obtain", refuse)


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Path, str]]:
    """What `pulumi plugin install` was asked for; it works."""
    done: list[tuple[Path, str]] = []

    def install(pulumi: Path, version: str, *_: object) -> None:
        done.append((pulumi, version))
        installed(tmp_path)

    monkeypatch.setattr(official, "install", install)
    return done


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def here(tmp_path: Path) -> Machine:
    return machine(tmp_path, {}, RELEASE, tmp_path / "mirror")


def test_terraforms_provider_is_found_and_said_to_be_served_by_the_bridge(
    tmp_path: Path, told: list[str], here: Machine
) -> None:
    path = mirrored(tmp_path / "mirror")
    found = find(None, PULUMI, tmp_path, told.append, here)
    assert found == Provider(path, f"Terraform AWS provider 5.100.0 ({path}), served by local/bridge")
    assert told == []


def test_an_installed_official_plugin_does_not_come_before_the_tested_provider(
    tmp_path: Path, told: list[str], here: Machine
) -> None:
    path = mirrored(tmp_path / "mirror")
    installed(tmp_path)
    assert find(None, PULUMI, tmp_path, told.append, here).binary == path


def test_the_official_plugin_is_used_if_asked_for_and_said_to_be_untested(
    tmp_path: Path, told: list[str], here: Machine, installs: list[tuple[Path, str]]
) -> None:
    mirrored(tmp_path / "mirror")
    installed(tmp_path)
    found = find(Choice.OFFICIAL, PULUMI, tmp_path, told.append, here)
    assert (found.binary, found.choice) == (None, Choice.OFFICIAL)
    assert "official" in found.description
    assert "untested" in found.description
    assert installs == []


def test_the_official_plugin_is_installed_if_asked_for_and_not_there(
    tmp_path: Path, told: list[str], here: Machine, installs: list[tuple[Path, str]]
) -> None:
    assert find(Choice.OFFICIAL, PULUMI, tmp_path, told.append, here).binary is None
    assert installs == [(PULUMI, provider_version())]


def test_a_provider_with_another_checksum_is_named_and_passed_over(
    tmp_path: Path, told: list[str], here: Machine
) -> None:
    wrong = mirrored(tmp_path / "mirror", content="tampered")
    right = mirrored(tmp_path / "second")
    found = find(
        None, PULUMI, tmp_path, told.append, machine(tmp_path, {}, RELEASE, *here.folders, tmp_path / "second")
    )
    assert found.binary == right
    assert told[0].startswith(f"{wrong} has SHA-256 ")
    assert told[0].endswith("Not using it.")


def test_another_version_is_not_even_read(tmp_path: Path, told: list[str], here: Machine) -> None:
    mirrored(tmp_path / "mirror", "6.0.0", "newer")
    path = mirrored(tmp_path / "mirror")
    assert find(None, PULUMI, tmp_path, told.append, here).binary == path
    assert told == []


@pytest.mark.parametrize("choice", [None, Choice.TERRAFORM])
def test_with_neither_network_nor_file_one_error_names_both_ways_out(
    tmp_path: Path, told: list[str], here: Machine, choice: Choice | None
) -> None:
    with pytest.raises(LocalError, match="No AWS provider") as error:
        find(choice, PULUMI, tmp_path, told.append, here)
    text = str(error.value)
    assert "can't be had from https://releases.hashicorp.com (no such host)" in text
    assert f"{RELEASE.url('https://releases.hashicorp.com')} elsewhere and put it into {tmp_path}/cache." in text
    assert "HTTPS_PROXY" in text
    assert "AUTHOR_STORAGE_PROVIDER_MIRROR" in text
    assert "\n" not in text
    assert error.value.code == ExitCode.TOOL_MISSING


def test_without_network_an_official_plugin_that_is_here_will_do(
    tmp_path: Path, told: list[str], here: Machine
) -> None:
    installed(tmp_path)
    assert find(None, PULUMI, tmp_path, told.append, here).choice == Choice.OFFICIAL
    assert told == ["Terraform's AWS provider can't be fetched (no such host); the official plugin is here"]


def test_an_estate_made_with_terraforms_provider_never_falls_back(
    tmp_path: Path, told: list[str], here: Machine
) -> None:
    installed(tmp_path)
    with pytest.raises(LocalError, match="No AWS provider"):
        find(Choice.TERRAFORM, PULUMI, tmp_path, told.append, here)


def test_a_kind_of_machine_without_a_pinned_build_takes_the_official_plugin_and_says_so(
    tmp_path: Path, told: list[str], installs: list[tuple[Path, str]]
) -> None:
    other = machine(tmp_path, {}, None)
    assert find(None, PULUMI, tmp_path, told.append, other).choice == Choice.OFFICIAL
    assert "tested and pinned for linux_amd64 only" in told[0]
    with pytest.raises(LocalError, match="pinned for linux_amd64 only"):
        find(Choice.TERRAFORM, PULUMI, tmp_path, told.append, other)


def test_what_is_fetched_is_what_the_bridge_accepts() -> None:
    assert [release.version for release in RELEASES.values()] == list(KNOWN.values())
    assert all(platform == release.platform for platform, release in RELEASES.items())


def test_the_executable_we_know_is_the_one_in_the_publishers_zip() -> None:
    """Terraform's lock files name the content of the zip for linux_amd64 by a hash of its files' digests and names."""
    (executable,) = KNOWN
    licence = "4e2bb185ebd706f76329206869ccb348b92b6236100cfb07775fe31530dab0d5"
    listed = f"{licence}  LICENSE.txt\n{executable}  {RELEASES['linux_amd64'].executable}\n"
    content = base64.b64encode(hashlib.sha256(listed.encode()).digest()).decode()
    assert content == "edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0="


def test_folders_named_by_terraforms_configuration_come_first(tmp_path: Path) -> None:
    configuration = tmp_path / "terraformrc"
    configuration.write_text(
        'plugin_cache_dir = "/cache"\nprovider_installation {\n  filesystem_mirror {\n    path    = "/mirror"\n  }\n}\n'
    )
    folders = plugin_folders({"TF_PLUGIN_CACHE_DIR": "/variable", "TF_CLI_CONFIG_FILE": str(configuration)})
    assert folders[:3] == [Path("/variable"), Path("/cache"), Path("/mirror")]
    assert Path("/usr/share/terraform/plugins") in folders


@pytest.mark.parametrize(
    ("text", "choice"),
    [(None, None), ("", None), ("official", Choice.OFFICIAL), ("terraform", Choice.TERRAFORM)],
)
def test_what_is_asked_for_is_one_of_two_or_nothing(text: str | None, choice: Choice | None) -> None:
    assert asked(text) is choice


def test_an_unknown_provider_is_one_sentence() -> None:
    with pytest.raises(LocalError, match=r"PROVIDER is 'offical', expected `terraform` .* or `official`") as error:
        asked("offical")
    assert error.value.code == ExitCode.USAGE


@pytest.mark.parametrize("wanted", [None, Choice.OFFICIAL])
def test_an_estate_keeps_the_provider_it_is_made_with(tmp_path: Path, wanted: Choice | None) -> None:
    record = tmp_path / "provider"
    assert agreed(record, wanted) is wanted
    record.write_text("official")
    assert agreed(record, wanted) is Choice.OFFICIAL


def test_an_estate_is_not_given_another_provider(tmp_path: Path) -> None:
    record = tmp_path / "provider"
    record.write_text("terraform")
    with pytest.raises(LocalError, match=r"made with PROVIDER=terraform, asked for was official; .* `make down` first"):
        agreed(record, Choice.OFFICIAL)
