"""What stands in the engine's place while the program is run for its graph."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlparse
from uuid import NAMESPACE_URL, uuid5

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import config as runtime_config
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2

from declared.stacks import ROOT
from estate.model import UNKNOWN, Resource
from estate.names import PROJECT
from estate.secrets import ENDPOINT_DIGEST, SECRET


class _NoMocks(mocks.Mocks):
    """The recorder answers for itself. Calling a provider function would make the program depend on an account."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise LookupError(f"the program calls {args.token}; it must know everything from configuration")

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise NotImplementedError


class Recorder(mocks.MockMonitor):
    """Records what is registered and answers with the inputs as outputs, as an engine's preview does.

    Attributes:
        registered: every resource and component, in the order of registration.
        finished: type and name of the components that registered their outputs.
        outputs: the stack's outputs.
        dependencies: type and name of a resource → names of what it depends on.
    """

    def __init__(self, *, unknown_outputs: bool) -> None:
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
        """Records a resource; made-up ids stand in for AWS's unless outputs are to stay unknown."""
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
        """Records that a component is finished, or what the stack puts out."""
        outputs = _plain(rpc.deserialize_properties(request.outputs, keep_unknowns=True))
        if "pulumi:pulumi:Stack::" in request.urn:
            self.outputs.update(outputs)
        else:
            path, name = request.urn.split("::")[2:]
            self.finished.add(f"{path.rsplit('$', 1)[-1]} {name}")
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
    """Unwraps the value of a plain parameter: the SDK holds every parameter's for a secret, whatever its type.

    What is made of a secret stays one: the engine alone can decrypt the secret, so the value is not known here.
    """
    digest = type_ == "aws:ssm/parameter:Parameter" and str(inputs["name"]).endswith(f"/{ENDPOINT_DIGEST}")
    if type_ == "aws:ssm/parameter:Parameter" and inputs["type"] == "String" and not digest:
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
