"""The bridge, made to wait at one moment: in the place of `python -m local.bridge ENGINE_ADDRESS`.

A killed update is tested where it was killed for certain: the provider tells the test that the moment has come, and
does not go on. An engine that is interrupted tells the provider so; only then does the call that waited go on.
"""

import os
import socket
import sys
import threading
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from local.bridge import __main__ as process
from local.bridge.bridge import Bridge
from local.bridge.server import Provider

# ruff: noqa: N802 - gRPC prescribes the methods' names

MOMENT = "WAITING_PROVIDER_MOMENT"
"""Variable with the moment: `Configure`, or `before` or `after` and the type of the resource that is created."""
PORT = "WAITING_PROVIDER_PORT"
"""Variable with the port of 127.0.0.1 to connect to when the moment has come."""


class WaitingProvider(Provider):
    """Serves like the bridge, but for one moment."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._interrupted = threading.Event()

    def Configure(self, request: provider_pb2.ConfigureRequest, context: Any) -> provider_pb2.ConfigureResponse:
        self._reach("Configure")
        return super().Configure(request, context)

    def Create(self, request: provider_pb2.CreateRequest, context: Any) -> provider_pb2.CreateResponse:
        self._reach(f"before {request.type}")
        made = super().Create(request, context)
        self._reach(f"after {request.type}")
        return made

    def Cancel(self, request: empty_pb2.Empty, context: Any) -> empty_pb2.Empty:
        self._interrupted.set()
        return super().Cancel(request, context)

    def _reach(self, moment: str) -> None:
        if moment == os.environ[MOMENT]:
            socket.create_connection(("127.0.0.1", int(os.environ[PORT]))).close()
            self._interrupted.wait()


if __name__ == "__main__":
    process.Provider = WaitingProvider
    sys.exit(process.main())
