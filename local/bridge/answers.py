"""What the engine is told of a resource: properties, which of them are secret, and Terraform's own state, hidden."""

from collections.abc import Mapping
from typing import NoReturn

import grpc
from google.protobuf import any_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from local.bridge.convert import to_properties
from local.bridge.properties import Archive, Asset, Property, PropertyError, decode, encode, secret_names
from local.bridge.resource import ApplyError, ResourceType, State
from local.bridge.values import Value

STATE = "__terraform"
"""Hidden output of every resource: its state as Terraform has it, so that nothing is lost in translation."""


def outputs(
    resource: ResourceType, inputs: Mapping[str, Property], value: Value, secrets: frozenset[str]
) -> struct_pb2.Struct:
    """Return a state's properties.

    Args:
        resource: the resource's type.
        inputs: what the program declared. Assets stand in the outputs as they were given, since the provider knows only
            the name of a file.
        value: the state, maybe planned.
        secrets: properties that hold a secret of the program.
    """
    given = {name: item for name, item in inputs.items() if isinstance(item, Asset | Archive)}
    properties = {**to_properties(resource.binding, value), **given}
    return encode(properties, secret_properties(resource, secrets))


def recorded(
    resource: ResourceType, inputs: Mapping[str, Property], state: State, secrets: frozenset[str]
) -> struct_pb2.Struct:
    """Return a state's properties and, hidden, the state itself: as a secret, if it holds one."""
    properties = outputs(resource, inputs, state.value, secrets)
    hidden = {STATE} if secrets or secret_names(properties) else frozenset[str]()
    properties.MergeFrom(encode({STATE: state.to_text()}, hidden))
    return properties


def recorded_state(resource: ResourceType, properties: struct_pb2.Struct) -> State:
    """Return the state that `recorded` hid.

    Raises:
        PropertyError: there is none: another plugin made the resource.
    """
    text = decode(properties).get(STATE)
    if not isinstance(text, str):
        raise PropertyError(
            f"This {resource.name} was recorded by another AWS plugin; the local bridge works only on what it made. "
            "`make down`, then `make up`, starts over."
        )
    return resource.upgraded(State.from_text(text))


def secret_properties(resource: ResourceType, secrets: frozenset[str]) -> frozenset[str]:
    """Return which properties are secret: those the program made so, and those the provider calls sensitive."""
    fields = resource.type.fields
    sensitive = {
        name
        for name, terraform in resource.binding.names.items()
        if fields[terraform].sensitive or fields[terraform].type.sensitive
    }
    return frozenset(sensitive) | secrets


def abort_half_done(
    context: grpc.ServicerContext,
    error: ApplyError,
    state: State,
    properties: struct_pb2.Struct,
    inputs: struct_pb2.Struct,
) -> NoReturn:
    """Fail a call so that the engine records what stands, and tries again next time."""
    reason = str(error)
    half_done = provider_pb2.ErrorResourceInitFailed(
        id=state.id, properties=properties, inputs=inputs, reasons=[reason]
    )
    detail = any_pb2.Any()
    detail.Pack(half_done)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)
    raise error
