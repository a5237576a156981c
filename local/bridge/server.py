"""The calls the Pulumi engine makes, each answered with what the Terraform provider says."""

# ruff: noqa: N802, ARG002 - gRPC prescribes the methods' names and arguments

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.bridge import answers, autoname, difference, drift
from local.bridge.bridge import Bridge, UnknownTypeError
from local.bridge.calls import Calls
from local.bridge.check import check
from local.bridge.convert import ConversionError
from local.bridge.properties import PropertyError, decode, encode, secret_names
from local.bridge.resource import ApplyError, present
from local.bridge.terraform import TerraformError
from local.identities import collide

VERSION = "7.51.1"
"""The version of the official plugin in whose place the bridge stands."""

_Answer = TypeVar("_Answer")


def _for_people(method: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """Turn an exception that explains itself into the call's status, without a traceback."""

    @functools.wraps(method)
    def answered(self: "Provider", request: Any, context: grpc.ServicerContext) -> _Answer:
        try:
            with self.calls.counted():
                return method(self, request, context)
        except (TerraformError, ConversionError, PropertyError, UnknownTypeError, ApplyError) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            raise

    return answered


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The ResourceProvider service of package aws."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.calls = Calls()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Say which version this stands in for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Say what the engine may send."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    @_for_people
    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Refuse configuration that would be ignored."""
        failures = self._bridge.check_configuration(decode(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
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

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Refuse data sources: the program builds what it needs from its configuration."""
        reason = (
            f"the local bridge serves no data sources; take what {request.tok} tells from the stack's configuration"
        )
        return provider_pb2.InvokeResponse(failures=[provider_pb2.CheckFailure(reason=reason)])

    @_for_people
    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Validate inputs, and give a name to what has none."""
        token = _token(request)
        resource, news = self._bridge.resource_type(token), decode(request.news)
        name = request.name or request.urn.rsplit("::", 1)[-1]
        maker = autoname.Autoname(token, resource.sdk, name, request.randomSeed)
        added = maker.defaults(decode(request.olds), news)
        failures = check(resource, {**news, **added}, self._bridge.region)
        inputs = struct_pb2.Struct()
        inputs.CopyFrom(request.news)  # as sent, so that each secret stays just where it is
        inputs.MergeFrom(encode(added))
        return provider_pb2.CheckResponse(inputs=inputs, failures=_failures(failures))

    @_for_people
    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Say what a change of inputs would do. In a refresh, `olds` is what is there and `news` what was declared."""
        token, news, old = _token(request), decode(request.news), decode(request.old_inputs)
        resource = self._bridge.resource_type(token)
        prior = answers.recorded_state(resource, request.olds)
        wanted = resource.ignoring(request.ignoreChanges, resource.configuration(news, prior), prior)
        plan = resource.plan(prior, wanted)
        beside = not collide(token, old, news)
        return difference.answer(resource.sdk, plan, old, news, beside=beside)

    @_for_people
    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Create a resource, or say what would be created."""
        resource, inputs = self._bridge.resource_type(_token(request)), decode(request.properties)
        secrets = secret_names(request.properties)
        configuration = resource.configuration(inputs)
        if request.preview:
            planned = resource.plan(None, configuration).planned
            return provider_pb2.CreateResponse(properties=answers.outputs(resource, inputs, planned, secrets))
        try:
            state = present(resource.apply(None, resource.plan(None, configuration), configuration))
        except ApplyError as error:
            if error.state is None or not error.state.value.get("id"):
                raise
            half = answers.recorded(resource, inputs, error.state, secrets)
            answers.abort_half_done(context, error, error.state, half, request.properties)
        return provider_pb2.CreateResponse(id=state.id, properties=answers.recorded(resource, inputs, state, secrets))

    @_for_people
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Read a resource: one that is recorded, or any by its identifier."""
        resource, inputs = self._bridge.resource_type(_token(request)), decode(request.inputs)
        secrets = secret_names(request.inputs) | (secret_names(request.properties) - {answers.STATE})
        if answers.STATE in request.properties.fields:
            before = answers.recorded_state(resource, request.properties)
            after = resource.read(before)
            inputs = drift.inputs_now(resource.sdk, inputs, before.value, after.value) if after else {}
        else:
            after = resource.import_(request.id)
            # What was declared and the account can't tell stays; an import declares nothing.
            inputs = {**inputs, **drift.inputs_of(resource.sdk, after.value)} if after else {}
        if after is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=after.id,
            properties=answers.recorded(resource, inputs, after, secrets),
            inputs=encode(inputs, answers.secret_properties(resource, secrets)),
        )

    @_for_people
    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Change a resource in place, or say what would change."""
        resource, inputs = self._bridge.resource_type(_token(request)), decode(request.news)
        secrets = secret_names(request.news)
        prior = answers.recorded_state(resource, request.olds)
        configuration = resource.ignoring(request.ignoreChanges, resource.configuration(inputs, prior), prior)
        plan = resource.plan(prior, configuration)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=answers.outputs(resource, inputs, plan.planned, secrets))
        try:
            state = present(resource.apply(prior, plan, configuration)) if plan.changed else prior
        except ApplyError as error:
            left = error.state or prior
            half = answers.recorded(resource, inputs, left, secrets)
            answers.abort_half_done(context, error, left, half, request.news)
        return provider_pb2.UpdateResponse(properties=answers.recorded(resource, inputs, state, secrets))

    @_for_people
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete a resource; one that is gone is as good as deleted."""
        resource = self._bridge.resource_type(_token(request))
        resource.delete(answers.recorded_state(resource, request.properties))
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End the provider processes once they have told what they made; the engine ends this one.

        A user who interrupts `up` wants nothing more to begin. What is under way can't be unmade, only forgotten.
        """
        self.calls.ended()
        self._bridge.stop()
        return empty_pb2.Empty()


def _token(request: Any) -> str:
    return request.type or request.urn.split("::")[2].rsplit("$", 1)[-1]


def _failures(errors: list[ConversionError]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=error.path, reason=error.reason) for error in errors]
