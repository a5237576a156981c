"""A preview that can't be: whatever Pulumi says or does not say, there is a result that says why."""

from pathlib import Path

import pytest

from scripts.policy.run_preview import previewed


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in PATH, empty."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def pulumi(folder: Path, version: str, then: str) -> None:
    """Puts a `pulumi` there that says a version, and to anything else something on standard error."""
    command = folder / "pulumi"
    command.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo {version} && exit\n{then}\n')
    command.chmod(0o755)


def test_without_pulumi_the_error_says_what_to_install(path: Path) -> None:
    found = previewed("staging")
    assert not found.passed
    assert found.errors == ("pulumi is not on PATH; https://www.pulumi.com/docs/install/ says how to install it",)


@pytest.mark.process
@pytest.mark.parametrize(
    ("version", "then", "error"),
    [
        (
            "v3.259.0",
            "echo \"error: no stack named 'staging' found\" >&2; exit 255",
            "error: no stack named 'staging' found",
        ),
        ("v3.259.0", "exit 1", "it failed and said nothing"),
        ("v3.259.0", "exit 0", "summary event never found"),
        ("v2.0.0", "exit 0", "Minimum version requirement failed"),
    ],
)
def test_a_pulumi_that_fails_is_quoted_and_never_passes(path: Path, version: str, then: str, error: str) -> None:
    pulumi(path, version, then)
    found = previewed("staging")
    assert not found.passed
    (said,) = found.errors
    assert error in said
