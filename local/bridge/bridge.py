"""The whole provider: its processes, its resource types, its own configuration."""

import json
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from local.account.record import ROOT_ACCESS_KEY, ROOT_SECRET
from local.bridge import names, schema
from local.bridge.assets import Assets
from local.bridge.binary import verify
from local.bridge.convert import ConversionError, to_configuration
from local.bridge.names import ResourceBinding
from local.bridge.pool import Pool
from local.bridge.properties import Property
from local.bridge.resource import ResourceType
from local.bridge.schema import ResourceSchema, Type
from local.bridge.settings import ProviderSettings
from local.bridge.terraform import Terraform
from local.bridge.tokens import TOKENS
from local.bridge.values import Value

_SERVED = frozenset(
    {
        "region",
        "allowedAccountIds",
        "forbiddenAccountIds",
        "defaultTags",
        "ignoreTags",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "s3UsePathStyle",
    }
)
_RETRIES = 3  # the SDK means 25, minutes of them: right for a busy AWS, but here an error stays an error
_ENGINE = frozenset({"version", "pluginDownloadURL"})


class UnknownTypeError(Exception):
    """A resource type that is not in the table."""


class Bridge:
    """Everything the RPCs need.

    The first provider process starts at once, while the engine is still thinking about what to ask.

    Raises:
        BinaryError: the provider binary is not a known build.
    """

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self.assets = Assets(settings.state / "assets")
        self._hash = verify(settings.binary, settings.state)
        self._main = self._start()
        self._lock = threading.Lock()
        self._types: dict[str, ResourceType] = {}
        self._provider_configuration: Value = None
        self._pool: Pool | None = None
        self.region = settings.region

    def _start(self) -> Terraform:
        return Terraform(self.settings.binary, self.assets.folder, _environment(self.settings))

    @cached_property
    def _schemas(self) -> tuple[Type, dict[str, ResourceSchema]]:
        wanted = [token.terraform for token in TOKENS.values()]
        return schema.load(self._main, self.settings.state, self._hash, wanted)

    @cached_property
    def provider(self) -> ResourceBinding:
        """The provider's own configuration, matched."""
        return names.bind_provider(self._schemas[0])

    def check_configuration(self, properties: Mapping[str, Property]) -> list[ConversionError]:
        """Return what can't be served of a provider configuration."""
        wrong = [name for name in properties if name not in _SERVED | _ENGINE and not name.startswith("__")]
        failures = [
            ConversionError(name, f"the local account does not serve aws:{name}; it takes {', '.join(sorted(_SERVED))}")
            for name in wrong
        ]
        if not failures:
            try:
                self._configuration(properties)
            except ConversionError as error:
                failures.append(error)
        return failures

    def _configuration(self, properties: Mapping[str, Property]) -> Value:
        """Build the Terraform provider's configuration: the program's, and what makes it talk to the emulator only."""
        served = {name: _parsed(name, value, self.provider) for name, value in properties.items() if name in _SERVED}
        wanted = {"region": self.settings.region, **served}
        configuration = to_configuration(self.provider.binding, wanted, lambda content: content.digest)
        return {
            **configuration,
            "access_key": ROOT_ACCESS_KEY,
            "secret_key": ROOT_SECRET,
            "s3_use_path_style": True,
            "skip_credentials_validation": True,
            "skip_metadata_api_check": "true",
            "max_retries": _RETRIES,
        }

    def configure(self, properties: Mapping[str, Property]) -> None:
        """Configure the provider.

        Raises:
            TerraformError: the provider refuses, for one because the account is another than the allowed one.
        """
        configuration = self._configuration(properties)
        self.region = str(configuration["region"])
        _configure(self._main, configuration)

        def another() -> Terraform:
            process = self._start()
            _configure(process, configuration)
            return process

        self._pool = Pool(self._main, another)

    def resource_type(self, token: str) -> ResourceType:
        """Return what serves a Pulumi type.

        Raises:
            UnknownTypeError: none does.
        """
        with self._lock:
            if token not in self._types:
                self._types[token] = self._resource_type(token)
            return self._types[token]

    def _resource_type(self, token: str) -> ResourceType:
        entry = TOKENS.get(token)
        if entry is None:
            raise UnknownTypeError(
                f"The local bridge does not serve {token}. Add it to the table in local/bridge/tokens.py, with a test."
            )
        found = self._schemas[1][entry.terraform]
        binding = names.bind(entry, found.type)
        return ResourceType(entry.terraform, found, binding, self._processes(), self.assets)

    def _processes(self) -> Pool:
        if self._pool is None:  # Check is legal before Configure, and needs no credentials
            return Pool(self._main, self._start)
        return self._pool

    def stop(self) -> None:
        """End the provider processes."""
        (self._pool or self._processes()).stop()


def _configure(process: Terraform, configuration: Value) -> None:
    process.call("Configure", terraform_version="1.9.0", config=configuration)


def _parsed(name: str, value: Property, provider: ResourceBinding) -> Property:
    """Undo the engine's habit of sending what is no string as JSON text."""
    terraform = provider.binding.names[name]
    if isinstance(value, str) and provider.binding.fields[terraform].type.kind != "string":
        return json.loads(value)
    return value


def _environment(settings: ProviderSettings) -> dict[str, str]:
    """Return all the variables a provider process gets: none that could lead it to another account."""
    nowhere = str(Path("/dev/null"))
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(settings.state),
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_REGION": settings.region,
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
