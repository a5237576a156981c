"""Policy packs: a small server between the engine and the pack's own.

The engine tells an analyzer about the stack by the call ConfigureStack. A Python pack wants the same as environment
variables at its start. So we answer ConfigureStack, start the pack with those variables, and pass on all other calls as
the bytes they are.
"""

import json
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, cast

import grpc
from pulumi.runtime.proto import analyzer_pb2, language_pb2

from local.host.messages import MESSAGE_LIMITS
from local.processes import bound

Output = queue.Queue[language_pb2.RunPluginResponse | None]


class PolicyPacks:
    """The packs that run now, so that a cancelled operation can end them."""

    def __init__(self) -> None:
        self._running: set[PolicyPack] = set()

    def run(
        self, request: language_pb2.RunPluginRequest, python: Path, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Serve a pack and yield its output, the port first, until it or the engine's call ends."""
        pack = PolicyPack(request, python)
        self._running.add(pack)
        context.add_callback(pack.end)
        try:
            yield from pack.serve()
        finally:
            pack.end()
            self._running.discard(pack)

    def end(self) -> None:
        """End every pack that still runs."""
        for pack in list(self._running):
            pack.end()


class PolicyPack(grpc.GenericRpcHandler):
    """One pack: the calls of the engine, and the process that answers most of them."""

    def __init__(self, request: language_pb2.RunPluginRequest, python: Path) -> None:
        folder = request.info.program_directory
        self._command = [str(python), "-u", "-m", "pulumi.policy", *request.args, folder]
        self._folder = request.pwd or folder
        self._environment = dict(entry.split("=", 1) for entry in request.env) if request.env else dict(os.environ)
        self._output: Output = queue.Queue()
        self._server = grpc.server(ThreadPoolExecutor(8), handlers=[self], options=MESSAGE_LIMITS)
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: grpc.Channel | None = None
        self._starting = threading.Lock()
        self._ended = False

    def serve(self) -> Iterator[language_pb2.RunPluginResponse]:
        """Yield our port, then whatever the pack prints, then its exit code."""
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        yield language_pb2.RunPluginResponse(stdout=f"{port}\n".encode())
        while (response := self._output.get()) is not None:
            yield response

    def end(self) -> None:
        """End the pack and stop serving; a second call does nothing."""
        with self._starting:
            if self._ended:
                return
            self._ended = True
            if self._process:
                self._process.kill()
        self._output.put(None)
        self._server.stop(None)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes] | None":
        """Answer two calls ourselves and hand all others to the pack."""
        method = handler_call_details.method
        if method.endswith("/Handshake"):
            return grpc.unary_unary_rpc_method_handler(_shake_hands)
        if method.endswith("/ConfigureStack"):
            return grpc.unary_unary_rpc_method_handler(self._configure)
        if method.startswith("/pulumirpc.Analyzer/"):
            return grpc.unary_unary_rpc_method_handler(self._forward(method))
        return (
            None  # the engine asks for the empty method to see that we live; "unimplemented" is the answer it expects
        )

    def _configure(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        asked = analyzer_pb2.AnalyzerStackConfigureRequest.FromString(request)
        self._environment |= variables(asked)
        self._started(context)
        return analyzer_pb2.AnalyzerStackConfigureResponse().SerializeToString()

    def _forward(self, method: str) -> Callable[[bytes, grpc.ServicerContext], bytes]:
        def call(request: bytes, context: grpc.ServicerContext) -> bytes:
            try:
                return cast("bytes", self._started(context).unary_unary(method)(request))
            except grpc.RpcError as error:
                failed = cast("grpc.Call", error)
                context.set_trailing_metadata(failed.trailing_metadata() or ())
                context.abort(failed.code(), failed.details() or "")

        return call

    def _started(self, context: grpc.ServicerContext) -> grpc.Channel:
        """Return the channel to the pack, starting it if need be."""
        with self._starting:
            if self._channel is None:
                # Started by a thread of our own pool, which lives as long as this server: see `launch.py`.
                self._process = subprocess.Popen(
                    bound(self._command),
                    cwd=self._folder,
                    env=self._environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                )
                stdout, stderr = cast("IO[bytes]", self._process.stdout), cast("IO[bytes]", self._process.stderr)
                threading.Thread(target=self._relay, args=(stderr, "stderr"), daemon=True).start()
                port = stdout.readline().strip()
                if not port.isdigit():
                    context.abort(grpc.StatusCode.FAILED_PRECONDITION, "The policy pack did not start; see above.")
                threading.Thread(target=self._relay, args=(stdout, "stdout"), daemon=True).start()
                self._channel = grpc.insecure_channel(f"127.0.0.1:{port.decode()}", options=MESSAGE_LIMITS)
            return self._channel

    def _relay(self, lines: Iterable[bytes], stream: str) -> None:
        for line in lines:
            self._output.put(
                language_pb2.RunPluginResponse(stderr=line)
                if stream == "stderr"
                else language_pb2.RunPluginResponse(stdout=line)
            )


def _shake_hands(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    return analyzer_pb2.AnalyzerHandshakeResponse().SerializeToString()


def variables(asked: analyzer_pb2.AnalyzerStackConfigureRequest) -> dict[str, str]:
    """Return what ConfigureStack says as the environment variables a Python pack reads at its start."""
    return {
        "PULUMI_PROJECT": asked.project,
        "PULUMI_STACK": asked.stack,
        "PULUMI_ORGANIZATION": asked.organization or "organization",
        "PULUMI_DRY_RUN": "true" if asked.dry_run else "false",
        "PULUMI_CONFIG": json.dumps(dict(asked.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(asked.config_secret_keys)),
    }
