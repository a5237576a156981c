"""Which provider an estate is made with: chosen once, kept beside its state until `down` forgets the estate."""

from enum import StrEnum
from pathlib import Path

from local.errors import ExitCode, LocalError


class Choice(StrEnum):
    """Who serves AWS resources."""

    TERRAFORM = "terraform"
    OFFICIAL = "official"


def asked(text: str | None) -> Choice | None:
    """Read what the user asked for; None if nothing.

    Raises:
        LocalError: it is no provider.
    """
    if not text:
        return None
    try:
        return Choice(text)
    except ValueError as error:
        raise LocalError(
            f"PROVIDER is {text!r}, expected `terraform` (Terraform's provider through local/bridge, the default) "
            "or `official` (Pulumi's own plugin).",
            ExitCode.USAGE,
        ) from error


def agreed(record: Path, wanted: Choice | None) -> Choice | None:
    """Return the provider to use: that of the estate if there is one, else the one asked for; None leaves it open.

    Raises:
        LocalError: the estate is made with another one than asked for; neither reads what the other recorded.
    """
    made_with = Choice(record.read_text().strip()) if record.exists() else None
    if made_with and wanted and made_with != wanted:
        raise LocalError(
            f"This estate is made with PROVIDER={made_with}, asked for was {wanted}; "
            "the state of one is not the other's. `make down` first.",
            ExitCode.USAGE,
        )
    return made_with or wanted
