"""The program run without engine, provider or account: what a stack declares, as an `Estate`.

`declared_estate("prod")` runs the real __main__.py with the real stack file. Each run has a thread of its own, and so
Pulumi's per-context settings and an event loop of its own: it can be repeated, for any stacks, in one process.
"""

import asyncio
import json
import runpy
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, cast
from urllib.parse import unquote, urlparse
from uuid import NAMESPACE_URL, uuid5

import pulumi
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime import config as runtime_config
from pulumi.runtime import mocks, rpc, settings, stack
from pulumi.runtime.proto import resource_pb2

from components.base import PROJECT
from policies.estate import UNKNOWN, Estate, Resource, estate

ROOT = Path(__file__).resolve().parent.parent

SECRET = "[secret]"  # noqa: S105
"""Stands where the program passes a secret: an estate is published, a secret is not."""

_ONE_RUN = Lock()
"""`runpy` replaces `__main__` in the whole process while the program runs."""

_PLACEHOLDER = "https://secret.invalid/placeholder"
"""Value of a stack file's encrypted settings, which only the engine can decrypt."""


@dataclass(frozen=True)
class Declaration:
    """Everything that one run of the program registered.

    Attributes:
        estate: the AWS resources.
        components: the components, with the same shape.
        finished: logical names of the components that registered their outputs.
        outputs: the stack's outputs, `UNKNOWN` where a preview cannot know them and `SECRET` where they are secret.
        dependencies: resource → logical names of what it depends on, by output or by `depends_on`.
    """

    estate: Estate
    components: tuple[Resource, ...]
    finished: frozenset[str]
    outputs: Mapping[str, Any]
    dependencies: Mapping[str, frozenset[str]]


def declared_estate(name: str, config: Mapping[str, str] | None = None, *, unknown_outputs: bool = False) -> Estate:
    """Returns what a stack declares.

    Args:
        name: the stack, `prod`, `staging` or `local`.
        config: settings that replace the stack file's, by full key, as `author-storage:recordingsWindowDays`.
        unknown_outputs: whether outputs that no input decides (KMS key ids) are `UNKNOWN`, as in a first preview;
            otherwise they are stable made-up values.

    Raises:
        FileNotFoundError: there is no such stack file.
        SettingsError: the configuration is unusable.
    """
    return declare(name, config, unknown_outputs=unknown_outputs).estate


def declare(name: str, config: Mapping[str, str] | None = None, *, unknown_outputs: bool = False) -> Declaration:
    """Like `declared_estate`, with the components and outputs besides."""
    configuration = {**stack_configuration(name), **(config or {})}
    with _ONE_RUN, ThreadPoolExecutor(1) as own_thread:
        monitor = own_thread.submit(_run, name, configuration, unknown_outputs).result()
    resources = [r for r in monitor.registered if r.type.startswith("aws:")]
    environment, account = configuration[f"{PROJECT}:environment"], configuration[f"{PROJECT}:account"]
    return Declaration(
        estate(name, environment, account, configuration["aws:region"], resources),
        tuple(r for r in monitor.registered if not r.type.startswith("aws:")),
        frozenset(monitor.finished),
        monitor.outputs,
        monitor.dependencies,
    )


def stack_configuration(name: str) -> dict[str, str]:
    """Reads a stack file as the engine hands it to the program: full key → text, lists as JSON.

    Raises:
        FileNotFoundError: there is no such stack; the message names those that exist.
    """
    path = ROOT / f"Pulumi.{name}.yaml"
    if not path.exists():
        stacks = sorted(p.name.split(".")[1] for p in ROOT.glob("Pulumi.*.yaml"))
        raise FileNotFoundError(f"no stack {name}: {path.name} does not exist; the stacks are {', '.join(stacks)}")
    values = cast("dict[str, Any]", yaml.safe_load(path.read_text())["config"])
    return {key if ":" in key else f"{PROJECT}:{key}": _as_text(value) for key, value in values.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, Mapping) and "secure" in value:
        return _PLACEHOLDER
    return value if isinstance(value, str) else json.dumps(value)


def _run(name: str, configuration: Mapping[str, str], unknown_outputs: bool) -> "_Monitor":  # noqa: FBT001
    """Runs the program in this thread, whose context is fresh, and awaits everything it started."""
    monitor = _Monitor(unknown_outputs)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        settings.ROOT.set(None)
        settings.configure(
            mocks.MockSettings(
                monitor=monitor,
                engine=mocks.MockEngine(None),
                monitor_features=monitor.features(),
                project=PROJECT,
                stack=name,
                dry_run=unknown_outputs,
                organization="organization",
                callbacks=None,
            )
        )
        runtime_config.set_all_config(dict(configuration), [])
        program = str(ROOT / "__main__.py")
        loop.run_until_complete(stack.run_in_stack(lambda: _ignore(runpy.run_path(program, run_name="__main__"))))
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        asyncio.set_event_loop(None)
    return monitor


def _ignore(_: object) -> None:
    """The program's globals are not what the runner awaits."""


class _NoMocks(mocks.Mocks):
    """The monitor below answers for itself. Calling a provider function would make the program depend on an account."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise LookupError(f"the program calls {args.token}; it must know everything from configuration")

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise NotImplementedError


class _Monitor(mocks.MockMonitor):
    """Records what is registered and answers with the inputs as outputs, as an engine's preview does."""

    def __init__(self, unknown_outputs: bool) -> None:  # noqa: FBT001
        super().__init__(_NoMocks())
        self._unknown_outputs = unknown_outputs
        self.registered: list[Resource] = []
        self.finished: set[str] = set()
        self.outputs: dict[str, Any] = {}
        self.dependencies: dict[str, frozenset[str]] = {}

    def features(self) -> set[int]:
        """What the SDK may ask of this monitor."""
        return {int(feature) for feature in cast("Any", self).GetDeploymentInfo(empty_pb2.Empty()).supportedFeatures}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        parent = None if request.parent.endswith(f"::{PROJECT}-{settings.get_stack()}") else _name(request.parent)
        inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
        properties = _plain(_published(request.type, inputs))
        source = _declared_at(request.stackTrace)
        self.registered.append(Resource(request.type, request.name, properties, parent, bool(request.protect), source))
        self.dependencies[f"{request.type} {request.name}"] = frozenset(map(_name, request.dependencies))
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        answer = resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        if not self._unknown_outputs:
            identity = str(uuid5(NAMESPACE_URL, f"{request.type}/{request.name}"))
            answer.id = identity
            if request.type == "aws:kms/key:Key":
                account, region = (runtime_config.get_config(k) for k in (f"{PROJECT}:account", "aws:region"))
                answer.object.update({"keyId": identity, "arn": f"arn:aws:kms:{region}:{account}:key/{identity}"})
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        outputs = _plain(rpc.deserialize_properties(request.outputs, keep_unknowns=True))
        if "pulumi:pulumi:Stack::" in request.urn:
            self.outputs.update(outputs)
        else:
            self.finished.add(_name(request.urn))
        return empty_pb2.Empty()


def _declared_at(trace: Any) -> str:
    """`file:line` of the topmost frame that is the project's own; the SDK's own position is often inside itself."""
    for frame in trace.frames:
        path = Path(unquote(urlparse(str(frame.pc.uri)).path))
        if path.is_relative_to(ROOT) and ".venv" not in path.parts:
            return f"{path.relative_to(ROOT)}:{frame.pc.line}"
    return ""


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def _published(type_: str, inputs: Any) -> Any:
    """Unwraps the value of a plain parameter: the SDK holds every parameter's for a secret, whatever its type."""
    if type_ == "aws:ssm/parameter:Parameter" and inputs["type"] == "String":
        return {**inputs, "value": rpc.unwrap_rpc_secret(inputs["value"])}
    return inputs


def _plain(value: Any) -> Any:
    """Turns what the SDK deserialises into plain values, unknowns and secrets into their marks."""
    if isinstance(value, pulumi.output.Unknown):
        return UNKNOWN
    if rpc.is_rpc_secret(value):
        return SECRET
    if isinstance(value, pulumi.FileArchive | pulumi.FileAsset):
        return value.path
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(v) for v in cast("list[Any]", value)]
    return value
