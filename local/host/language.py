"""The language runtime the engine talks to: one method a call of Pulumi's LanguageRuntime service.

https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/languages.html
"""

import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2, plugin_pb2
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeServicer
from typing_extensions import override

from local.host.environments import EnvironmentUnfitError, distributions, provider_plugins, python_of
from local.host.policy_pack import PolicyPacks
from local.host.programs import Programs


class PythonRuntime(LanguageRuntimeServicer):
    """Python programs and policy packs, each in the environment its project names."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._programs = Programs()
        self._packs = PolicyPacks()

    @override
    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Learn where the engine listens."""
        self._engine = request.engine_address or self._engine
        return language_pb2.LanguageHandshakeResponse()

    @override
    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tell the version of this host: the SDK's."""
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    @override
    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        """Tell which interpreter runs the program."""
        return language_pb2.AboutResponse(
            executable=str(_python(request.info, context)), version=platform.python_version()
        )

    @override
    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """List the provider plugins that the program's packages need."""
        return language_pb2.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(name=name, kind="resource", version=version)
                for name, version in provider_plugins(_python(request.info, context))
            ]
        )

    @override
    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """List everything installed in the program's environment."""
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=name, version=version)
                for name, version in distributions(_python(request.info, context))
            ]
        )

    @override
    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        """Run a program to its end."""
        return self._programs.run(request, self._engine)

    @override
    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack until the engine hangs up."""
        if request.kind != "analyzer":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"This host runs policy packs, not {request.kind} plugins.")
        return self._packs.run(request, _python(request.info, context), context)

    @override
    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Say how the environment is filled: this project installs from its lock, never from here."""
        yield language_pb2.InstallDependenciesResponse(stdout=b"The environment is made by `make environment`.\n")

    @override
    def RuntimeOptionsPrompts(
        self, request: language_pb2.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        """Ask nothing of whoever makes a new project."""
        return language_pb2.RuntimeOptionsResponse()

    @override
    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """End what runs; the engine is stopping."""
        self._programs.end()
        self._packs.end()
        return Empty()


def _python(info: language_pb2.ProgramInfo, context: grpc.ServicerContext) -> Path:
    try:
        return python_of(info)
    except EnvironmentUnfitError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
