"""The Terraform AWS provider as a child process: start, talk, stop.

It is a gRPC server of its own (HashiCorp's go-plugin): it prints one line with the socket it listens on, describes its
protocol by server reflection, and ends when told to, or when this process does.
"""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from local.bridge.values import Value, pack, unpack

COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
"""go-plugin's proof that a plugin was started on purpose; the same for every Terraform provider."""

MESSAGE_LIMIT = 400 * 1024 * 1024
CHANNEL_OPTIONS = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
STOP_SECONDS = 3.0
PACKAGE = "tfplugin5"

_LAUNCHER = Path(__file__).resolve().parents[1] / "launch.py"  # the provider ends when the thread that started it does
_starter = ThreadPoolExecutor(1, thread_name_prefix="starter")


class TerraformError(Exception):
    """The provider refused a request; the text is its own."""


class StartError(Exception):
    """The provider did not start."""


class Terraform:
    """One running provider process.

    Args:
        binary: the executable, already verified.
        folder: working folder of the process; file names in configurations are relative to it.
        environment: all its variables, but those of the protocol.
    """

    def __init__(self, binary: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self._sockets = tempfile.TemporaryDirectory(prefix="bridge-")
        self._process = _starter.submit(_spawn, binary, folder, environment, self._sockets.name).result()
        address = _handshake(self._process)
        self._channel = grpc.insecure_channel(f"unix:{address}", options=CHANNEL_OPTIONS)
        self._pool = descriptor_pool.DescriptorPool()
        for file in _describe(self._channel):
            self._pool.Add(file)
        self._methods: dict[str, Any] = {}

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def message(self, name: str) -> Any:
        """Return the class of a message of the protocol, such as `Configure.Request`."""
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))

    def get_schema(self) -> Any:
        """Return the schemas of everything the provider serves."""
        return self._call("GetSchema", self.message("GetProviderSchema.Request")())

    def call(self, method: str, **fields: Any) -> Any:
        """Call a method whose messages bear its name; values are packed, errors raised.

        Raises:
            TerraformError: the answer holds a diagnostic of severity error.
        """
        answer = self.ask(method, **fields)
        raise_errors(answer.diagnostics)
        return answer

    def ask(self, method: str, **fields: Any) -> Any:
        """Call a method like `call`, but leave the diagnostics to the caller."""
        request = self.message(f"{method}.Request")()
        for name, value in fields.items():
            if _is_dynamic(request, name):
                getattr(request, name).msgpack = value if isinstance(value, bytes) else pack(value)
            elif name == "raw_state":
                request.raw_state.json = value
            else:
                setattr(request, name, value)
        return self._call(method, request)

    def _call(self, method: str, request: Any) -> Any:
        if method not in self._methods:
            described = cast("Any", self._pool.FindMethodByName(f"{PACKAGE}.Provider.{method}"))
            reply = message_factory.GetMessageClass(described.output_type)
            path = f"/{PACKAGE}.Provider/{method}"
            self._methods[method] = self._channel.unary_unary(path, _serialize, reply.FromString)
        return self._methods[method](request)

    def stop(self) -> None:
        """End the process: politely first."""
        try:
            self._channel.unary_unary("/plugin.GRPCController/Shutdown")(b"", timeout=STOP_SECONDS)
            self._process.wait(STOP_SECONDS)
        except (grpc.RpcError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._channel.close()
        self._sockets.cleanup()


def decode(dynamic: Any) -> Value:
    """Decode a DynamicValue of an answer."""
    return unpack(dynamic.msgpack) if dynamic.msgpack else None


def raise_errors(diagnostics: Any) -> None:
    """Raise the diagnostics of severity error, if there are any."""
    errors = [explain(item) for item in diagnostics if item.severity == 1]
    if errors:
        raise TerraformError("; ".join(errors))


def explain(diagnostic: Any) -> str:
    """Return a diagnostic as one sentence."""
    summary, detail = diagnostic.summary.strip(), diagnostic.detail.strip()
    return f"{summary}: {detail}" if detail and detail != summary else summary


def _serialize(message: Any) -> bytes:
    return message.SerializeToString()


def _is_dynamic(request: Any, name: str) -> bool:
    kind = request.DESCRIPTOR.fields_by_name[name].message_type
    return kind is not None and kind.name == "DynamicValue"


def _spawn(binary: Path, folder: Path, environment: Mapping[str, str], sockets: str) -> subprocess.Popen[str]:
    protocol = {
        "TF_PLUGIN_MAGIC_COOKIE": COOKIE,
        "PLUGIN_PROTOCOL_VERSIONS": "5",
        "PLUGIN_UNIX_SOCKET_DIR": sockets,
    }
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(binary)],
        cwd=folder,
        env={**environment, **protocol},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C is for the engine; it tells us, and we tell the provider
    )


def _handshake(process: subprocess.Popen[str]) -> str:
    """Read `CORE|PROTOCOL|NETWORK|ADDRESS|grpc|…` and keep the pipe from filling up afterwards."""
    stdout = process.stdout
    line = stdout.readline() if stdout else ""
    parts = line.strip().split("|")
    if stdout is None or len(parts) < 5 or parts[1:3] != ["5", "unix"]:
        process.kill()
        process.wait()
        raise StartError(
            f"The Terraform provider answered {line.strip()!r} where its address on a socket was expected."
        )
    threading.Thread(target=lambda: [None for _ in stdout], daemon=True).start()
    return parts[3]


def _describe(channel: grpc.Channel) -> list[descriptor_pb2.FileDescriptorProto]:
    request = reflection_pb2.ServerReflectionRequest(file_containing_symbol=f"{PACKAGE}.Provider")
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
    parse = descriptor_pb2.FileDescriptorProto.FromString
    answers = stub.ServerReflectionInfo(iter([request]))
    files = [parse(file) for answer in answers for file in answer.file_descriptor_response.file_descriptor_proto]
    return files[::-1]  # the pool wants what a file imports before the file
