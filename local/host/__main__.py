"""The executable `pulumi-language-python`: serve until the engine that started us stops us or ends.

Arguments: options we ignore, and last the engine's address. The first line printed is the port.
"""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto.language_pb2_grpc import add_LanguageRuntimeServicer_to_server

from local.host.language import PythonRuntime
from local.host.messages import MESSAGE_LIMITS
from local.launch import die_with_parent


def main() -> None:
    """Serve on a free port of 127.0.0.1."""
    # A handler in Python was seen to miss the signal under load; the default action never does.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_parent(os.getppid())
    server = grpc.server(ThreadPoolExecutor(32), options=MESSAGE_LIMITS)
    add_LanguageRuntimeServicer_to_server(PythonRuntime(sys.argv[-1] if len(sys.argv) > 1 else ""), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
