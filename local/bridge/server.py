"""The calls the Pulumi engine makes, each answered with what the Terraform provider says."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from local.bridge import adopt, autoname, difference, drift
from local.bridge.bridge import Bridge, UnknownTypeError
from local.bridge.convert import ConversionError, to_properties
from local.bridge.properties import Archive, Asset, Property, PropertyError, decode, encode, secret_names
from local.bridge.resource import STATE, ApplyError, Plan, ResourceType, State
from local.bridge.terraform import TerraformError
from local.bridge.values import UNKNOWN, Value

VERSION = "7.51.1"
"""The version of the official plugin in whose place the bridge stands."""

_Answer = TypeVar("_Answer")


def _for_people(method: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """Turn an exception that explains itself into the call's status, without a traceback."""

    @functools.wraps(method)
    def answered(self: "Provider", request: Any, context: grpc.ServicerContext) -> _Answer:
        try:
            return method(self, request, context)
        except (TerraformError, ConversionError, PropertyError, UnknownTypeError, ApplyError) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            raise

    return answered


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The ResourceProvider service of package aws."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:  # noqa: N802
        """Say which version this stands in for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> provider_pb2.ProviderHandshakeResponse:  # noqa: N802
        """Say what the engine may send."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    @_for_people
    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Refuse configuration that would be ignored."""
        failures = self._bridge.check_configuration(decode(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:  # noqa: N802
        """A changed configuration changes the provider resource, and no other."""
        olds, news = decode(request.old_inputs), decode(request.news)
        differing = sorted(name for name in {*olds, *news} if olds.get(name) != news.get(name))
        changes = provider_pb2.DiffResponse.DIFF_SOME if differing else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=changes, diffs=differing)

    @_for_people
    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Configure the provider."""
        self._bridge.configure(decode(request.args))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:  # noqa: N802
        """Refuse data sources: the program builds what it needs from its configuration."""
        reason = f"The local bridge serves no data sources, and {request.tok} is one; take the value from the stack's configuration."
        return provider_pb2.InvokeResponse(failures=[provider_pb2.CheckFailure(reason=reason)])

    @_for_people
    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:  # noqa: N802
        """Validate inputs, and give a name to what has none."""
        token = _token(request)
        resource = self._bridge.resource_type(token)
        news = decode(request.news)
        name = request.name or request.urn.rsplit("::", 1)[-1]
        added = autoname.with_name(token, resource.sdk, decode(request.olds), news, name, request.randomSeed)
        failures = self._check(resource, {**news, **added})
        inputs = struct_pb2.Struct()
        inputs.CopyFrom(request.news)  # as sent, so that each secret stays just where it is
        inputs.MergeFrom(encode(added))
        return provider_pb2.CheckResponse(inputs=inputs, failures=_failures(failures))

    def _check(self, resource: ResourceType, inputs: Mapping[str, Property]) -> list[ConversionError]:
        failures = [
            ConversionError(name, "this property is required") for name in sorted(resource.sdk.required - set(inputs))
        ]
        for name, value in inputs.items():
            if name == "region" and name not in resource.binding.names:
                if value not in (self._bridge.region, None, UNKNOWN):
                    failures.append(
                        ConversionError(name, f"the local account is in {self._bridge.region} only, found {value}")
                    )
            elif name in resource.sdk.absent:
                reason = (
                    "pulumi-aws 7 has this property, but the Terraform provider 5.100 behind the local account does not"
                )
                failures.append(ConversionError(name, f"{reason}; leave it out of stack local"))
            elif name not in resource.sdk.inputs and not name.startswith("__"):
                failures.append(ConversionError(name, f"{resource.name} takes no such property"))
        if failures:
            return failures
        try:
            return resource.validate(resource.configuration(inputs))
        except ConversionError as error:
            return [error]

    @_for_people
    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:  # noqa: N802
        """Say what a change of inputs would do. In a refresh, `olds` is what is there and `news` what was declared."""
        resource, prior = self._bridge.resource_type(_token(request)), self._state(request, request.olds)
        self._bridge.known.add(request.id)
        configuration = resource.configuration(decode(request.news), prior)
        plan = resource.plan(prior, configuration)
        same = self._identity(resource, configuration) is not None and self._identity(
            resource, prior.value
        ) == self._identity(resource, configuration)
        return difference.answer(resource.sdk, plan, decode(request.old_inputs), decode(request.news), beside=not same)

    @_for_people
    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:  # noqa: N802
        """Create a resource, or say what would be created."""
        resource, inputs = self._bridge.resource_type(_token(request)), decode(request.properties)
        secrets = secret_names(request.properties)
        configuration = resource.configuration(inputs)
        if request.preview:
            plan = resource.plan(None, configuration)
            return provider_pb2.CreateResponse(properties=_outputs(resource, inputs, plan.planned, secrets))
        try:
            state = self._create(resource, configuration)
        except ApplyError as error:
            if error.state is None or not error.state.value.get("id"):
                raise
            return _abort_half_done(
                context, error, error.state, _recorded(resource, inputs, error.state, secrets), request.properties
            )
        self._bridge.known.add(state.id)
        return provider_pb2.CreateResponse(id=state.id, properties=_recorded(resource, inputs, state, secrets))

    def _create(self, resource: ResourceType, configuration: Value) -> State:
        found = self._left_behind(resource, configuration)
        if found is not None:
            return found
        try:
            return _present(resource.apply(None, resource.plan(None, configuration), configuration))
        except ApplyError as error:
            identity = self._identity(resource, configuration)
            if identity is None or not adopt.means_existing(str(error)):
                raise
            adopted = resource.import_(identity)
            if adopted is None:
                raise
            return _brought_to(resource, adopted, configuration)

    def _left_behind(self, resource: ResourceType, configuration: Value) -> State | None:
        """Find a resource without a name of its own that an interrupted run made."""
        for candidate in adopt.nameless(resource.name, configuration, self._bridge.settings, self._bridge.started):
            if candidate in self._bridge.known:
                continue
            state = resource.import_(candidate)
            if state is not None and state.id not in self._bridge.known:
                plan = resource.plan(state, configuration)
                if not plan.replaced:
                    return _brought_to(resource, state, configuration)
        return None

    def _identity(self, resource: ResourceType, configuration: Value) -> str | None:
        return adopt.identity(resource.name, configuration, self._bridge.settings, self._bridge.account)

    @_for_people
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:  # noqa: N802
        """Read a resource: one that is recorded, or any by its identifier."""
        resource = self._bridge.resource_type(_token(request))
        self._bridge.known.add(request.id)
        inputs = decode(request.inputs)
        secrets = secret_names(request.inputs) | secret_names(request.properties)
        if STATE in request.properties.fields:
            before = self._state(request, request.properties)
            after = resource.read(before)
            if after is not None:
                inputs = drift.inputs_now(resource.sdk, inputs, before.value, after.value)
        else:
            after = resource.import_(request.id)
            if after is not None:
                inputs = drift.inputs_of(resource.sdk, after.value)
        if after is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=after.id,
            properties=_recorded(resource, inputs, after, secrets),
            inputs=encode(inputs, _secrets(resource, inputs, secrets)),
        )

    @_for_people
    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:  # noqa: N802
        """Change a resource in place, or say what would change."""
        resource, inputs = self._bridge.resource_type(_token(request)), decode(request.news)
        secrets = secret_names(request.news)
        prior = self._state(request, request.olds)
        configuration = resource.configuration(inputs, prior)
        plan = resource.plan(prior, configuration)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=_outputs(resource, inputs, plan.planned, secrets))
        try:
            state = _applied(resource, prior, plan, configuration)
        except ApplyError as error:
            left = error.state or prior
            return _abort_half_done(context, error, left, _recorded(resource, inputs, left, secrets), request.news)
        return provider_pb2.UpdateResponse(properties=_recorded(resource, inputs, state, secrets))

    @_for_people
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        """Delete a resource; one that is gone is as good as deleted."""
        resource = self._bridge.resource_type(_token(request))
        resource.delete(self._state(request, request.properties))
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        """End the provider processes; the engine ends this one."""
        self._bridge.stop()
        return empty_pb2.Empty()

    def _state(self, request: Any, outputs: struct_pb2.Struct) -> State:
        text = decode(outputs).get(STATE)
        if not isinstance(text, str):
            raise PropertyError(
                f"{request.urn} was recorded by another AWS plugin; the local bridge works only on what it made itself. "
                "`make down` and `make up` start over."
            )
        return self._bridge.resource_type(_token(request)).upgraded(State.from_text(text))


def _token(request: Any) -> str:
    return request.type or request.urn.split("::")[2].rsplit("$", 1)[-1]


def _failures(errors: list[ConversionError]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=error.path, reason=error.reason) for error in errors]


def _present(state: State | None) -> State:
    if state is None:
        raise ApplyError("the provider made the resource and answered that there is none", None)
    return state


def _applied(resource: ResourceType, prior: State, plan: Plan, configuration: Value) -> State:
    return _present(resource.apply(prior, plan, configuration)) if plan.changed else prior


def _brought_to(resource: ResourceType, found: State, configuration: Value) -> State:
    """Bring what was found to what is wanted."""
    plan = resource.plan(found, configuration)
    if plan.replaced:
        raise ApplyError(
            f"{found.id} exists, and only a replacement could change its {', '.join(sorted(plan.replaced))}", None
        )
    return _applied(resource, found, plan, configuration)


def _outputs(
    resource: ResourceType, inputs: Mapping[str, Property], value: Value, secrets: frozenset[str]
) -> struct_pb2.Struct:
    """Return a state's properties; assets stand there as they were given, since the provider knows only a file name."""
    given = {name: item for name, item in inputs.items() if isinstance(item, Asset | Archive)}
    properties = {**to_properties(resource.binding, value), **given}
    return encode(properties, _secrets(resource, properties, secrets))


def _recorded(
    resource: ResourceType, inputs: Mapping[str, Property], state: State, secrets: frozenset[str]
) -> struct_pb2.Struct:
    """Return a state's properties and, hidden, the state itself: a secret if it holds one."""
    outputs = _outputs(resource, inputs, state.value, secrets)
    hidden = bool(secret_names(outputs) or secrets)
    outputs.MergeFrom(encode({STATE: state.to_text()}, {STATE} if hidden else ()))
    return outputs


def _secrets(resource: ResourceType, properties: Mapping[str, Property], secrets: frozenset[str]) -> frozenset[str]:
    """Return which properties are secret: those the program made so, and those the provider calls sensitive."""
    fields = resource.type.fields
    sensitive = {
        name
        for name, terraform in resource.binding.names.items()
        if fields[terraform].sensitive or fields[terraform].type.sensitive
    }
    return frozenset(name for name in properties if name in sensitive | secrets)


def _abort_half_done(
    context: grpc.ServicerContext,
    error: ApplyError,
    state: State,
    properties: struct_pb2.Struct,
    inputs: struct_pb2.Struct,
) -> Any:
    """Fail so that the engine records what stands and tries again next time."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(id=state.id, properties=properties, inputs=inputs, reasons=[str(error)])
    )
    code, message = grpc.StatusCode.UNKNOWN, str(error)
    status = status_pb2.Status(code=code.value[0], message=message, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, message)
