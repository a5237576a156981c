import fcntl
import os
import subprocess
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from typing import NoReturn

import pytest
from pulumi.automation import PulumiCommand

from local.errors import ExitCode, LocalError
from local.toolchain import build, cli, download
from local.toolchain.versions import at_least, cli_version, version_of


def program(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho v{version}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(root: Path, version: str, tell: Callable[[str], None]) -> str:
        return "no such host"

    monkeypatch.setattr(download, "download", refuse)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    made: list[Path] = []

    def make(root: Path, version: str, tell: Callable[[str], None]) -> None:
        made.append(root)
        program(root / "bin" / "pulumi", version)

    monkeypatch.setattr(build, "build", make)
    return made


def cached(cache: Path) -> Path:
    return cache / f"pulumi-{cli_version()}-{build.fingerprint()}" / "bin" / "pulumi"


def test_a_recent_cli_on_path_is_used_as_it_is(tmp_path: Path, told: list[str]) -> None:
    on_path = program(tmp_path / "bin" / "pulumi", "99.0.0")
    found = cli.find(told.append, tmp_path / "cache", str(on_path.parent))
    assert (found.path, found.version, told) == (on_path, "99.0.0", [])
    assert not (tmp_path / "cache").exists()


def test_an_old_cli_on_path_is_named_and_not_used(
    tmp_path: Path, told: list[str], no_network: None, builds: list[Path]
) -> None:
    on_path = program(tmp_path / "bin" / "pulumi", "3.200.0")
    found = cli.find(told.append, tmp_path / "cache", str(on_path.parent))
    assert found.path == cached(tmp_path / "cache")
    assert told[0] == f"pulumi on PATH ({on_path}) is 3.200.0, need {cli_version()} or newer; not using it"


def test_a_built_cli_is_made_once_and_leaves_nothing_beside_it(
    tmp_path: Path, told: list[str], no_network: None, builds: list[Path]
) -> None:
    first = cli.find(told.append, tmp_path, "")
    second = cli.find(told.append, tmp_path, "")
    assert len(builds) == 1
    assert first.path == second.path == cached(tmp_path)
    assert first.origin.startswith("built")
    assert second.origin.startswith("cached")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [cached(tmp_path).parents[1].name, "pulumi.lock"]


def test_a_broken_cache_is_announced_and_made_again(
    tmp_path: Path, told: list[str], no_network: None, builds: list[Path]
) -> None:
    broken = program(cached(tmp_path), "0")
    broken.write_text("not a program")
    found = cli.find(told.append, tmp_path, "")
    assert version_of(found.path) == cli_version()
    assert told[0] == f"the cached Pulumi CLI {broken} does not run as version {cli_version()}; making it again"


def test_an_interrupted_build_leaves_nothing(
    tmp_path: Path, told: list[str], no_network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(root: Path, version: str, tell: Callable[[str], None]) -> None:
        program(root / "bin" / "half", version)
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "build", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cli.find(told.append, tmp_path, "")
    assert [entry.name for entry in tmp_path.iterdir()] == ["pulumi.lock"]


def test_what_a_killed_build_left_is_removed_by_the_next(
    tmp_path: Path, told: list[str], no_network: None, builds: list[Path]
) -> None:
    left = cached(tmp_path).parents[1].with_name(f"{cached(tmp_path).parents[1].name}.new-1")
    program(left / "bin" / "half", "0")
    cli.find(told.append, tmp_path, "")
    assert not left.exists()


def test_a_build_of_another_version_is_refused(
    tmp_path: Path, told: list[str], no_network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(root: Path, version: str, tell: Callable[[str], None]) -> None:
        program(root / "bin" / "pulumi", "1.2.3")

    monkeypatch.setattr(build, "build", other)
    with pytest.raises(LocalError, match=r"says it is version 1\.2\.3") as error:
        cli.find(told.append, tmp_path, "")
    assert error.value.code == ExitCode.TOOL_BROKEN
    assert [entry.name for entry in tmp_path.iterdir()] == ["pulumi.lock"]


def test_two_checkouts_do_not_build_twice(tmp_path: Path, no_network: None, builds: list[Path]) -> None:
    with (tmp_path / "pulumi.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        saying: Queue[str] = Queue()
        waiting = threading.Thread(target=cli.find, args=(saying.put, tmp_path, ""))
        waiting.start()
        assert saying.get(timeout=60) == "another checkout is making the Pulumi CLI; waiting for it"
        program(cached(tmp_path), cli_version())
    waiting.join(60)
    assert not waiting.is_alive()
    assert saying.empty()
    assert builds == []


def test_without_network_and_without_go_one_error_names_both_ways_out(
    tmp_path: Path, told: list[str], no_network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        LocalError, match=r"building it needs Go 1\.26 \(found none\)\. Install Go .* or the CLI"
    ) as error:
        cli.find(told.append, tmp_path / "cache", "")
    assert error.value.code == ExitCode.TOOL_MISSING
    assert "\n" not in str(error.value)


def test_an_old_go_is_named(tmp_path: Path, told: list[str], no_network: None, monkeypatch: pytest.MonkeyPatch) -> None:
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\necho go1.19.8\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(LocalError, match=r"found 1\.19\.8"):
        cli.find(told.append, tmp_path / "cache", "")


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, told: list[str]) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(LocalError, match=f"The cache folder {tmp_path / 'cache'} can't be written to.*XDG_CACHE_HOME"):
        cli.find(told.append, tmp_path / "cache", "")


def test_the_installers_network_error_is_told_in_a_few_words(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "curl", "8")
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setattr(urllib.request, "_opener", None)  # made once a process, with the proxies of that moment
    refused = download.download(tmp_path / "root", cli_version(), told.append)
    assert refused is not None
    assert "refused" in refused
    assert not (tmp_path / "root").exists()


def test_without_curl_the_installer_is_not_started_and_curl_is_named(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert download.download(tmp_path / "root", cli_version(), told.append) == (
        "Pulumi's installer needs curl, which is not installed"
    )


def test_what_the_installer_said_last_is_told(tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def failed(**_: object) -> NoReturn:
        raise subprocess.CalledProcessError(1, ["install.sh"], b"+ Downloading\ncurl: (22) error: 404\n")

    program(tmp_path / "curl", "8")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(PulumiCommand, "install", failed)
    refused = download.download(tmp_path / "root", cli_version(), told.append)
    assert refused == "its installer said: curl: (22) error: 404"


@pytest.mark.parametrize(
    ("version", "minimum", "enough"),
    [
        ("3.259.0", "3.259.0", True),
        ("3.260.0", "3.259.0", True),
        ("3.259.0-alpha.1", "3.259.0", True),
        ("3.99.0", "3.259.0", False),
        ("3.1000.0", "3.259.0", True),
        ("dev", "3.259.0", False),
        ("", "1.26", False),
        ("1.26.8", "1.26", True),
    ],
)
def test_versions_compare_by_number(version: str, minimum: str, enough: bool) -> None:
    assert at_least(version, minimum) is enough


def test_a_program_that_hangs_up_or_says_nothing_has_no_version(tmp_path: Path) -> None:
    silent = program(tmp_path / "pulumi", "1")
    silent.write_text("#!/bin/sh\nexit 3\n")
    assert version_of(silent) is None
    assert version_of(tmp_path / "absent") is None
