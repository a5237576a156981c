"""What the bridge is told by its environment."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class ProviderSettingsError(Exception):
    """The environment is not one the bridge may run in; the text says which variable and why."""


@dataclass(frozen=True)
class ProviderSettings:
    """ProviderSettings of one bridge.

    Attributes:
        binary: the terraform-provider-aws executable.
        endpoint: where the emulated AWS account listens; always a loopback address.
        region: region of the account.
        state: folder for the schema cache, zipped code and sockets.
    """

    binary: Path
    endpoint: str
    region: str
    state: Path


def from_environment(environment: Mapping[str, str] | None = None) -> ProviderSettings:
    """Read the settings.

    Raises:
        ProviderSettingsError: a variable is missing, or the endpoint is not on this machine.
    """
    variables = os.environ if environment is None else environment
    endpoint = _required(variables, "AWS_ENDPOINT_URL")
    if not is_loopback(endpoint):
        raise ProviderSettingsError(
            f"AWS_ENDPOINT_URL is {endpoint!r}. The bridge serves an emulated account on this machine only "
            "(http://127.0.0.1:PORT); for an AWS account use the official Pulumi AWS plugin."
        )
    return ProviderSettings(
        binary=Path(_required(variables, "AUTHOR_STORAGE_TF_PROVIDER")),
        endpoint=endpoint,
        region=variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION") or "us-east-1",
        state=Path(_required(variables, "AUTHOR_STORAGE_BRIDGE_STATE")),
    )


def is_loopback(endpoint: str) -> bool:
    """Tell whether a URL names this machine by a loopback address; a host name is never trusted, but localhost."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https"):
            return False
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _required(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name, "")
    if not value:
        raise ProviderSettingsError(
            f"{name} is not set; `make up` sets it (see the docstring of local.bridge.__main__)."
        )
    return value
