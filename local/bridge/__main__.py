r"""The Pulumi plugin for package aws, for the account on this machine: `python -m local.bridge ENGINE_ADDRESS`.

    Pulumi engine ── gRPC ──▶ this bridge ── gRPC ──▶ terraform-provider-aws ── HTTP ──▶ emulated account (moto)

The engine starts it and reads the port it listens on from the first line of its output. It in turn starts the Terraform
AWS provider found on this machine and lets it decide everything: what is valid, what a change would do, what needs a
replacement, what has drifted.

What it can't be:
  * The SDK (pulumi-aws 7.51.1) is made for version 6 of the Terraform provider; this is 5.100.0. A property that it
    lacks is refused by name. Defaults and validation are those of version 5.
  * What "AWS" does is what moto does. That a change works here does not prove that AWS accepts it.
  * It is not for an AWS account, and refuses any endpoint that is not on this machine. Waits are cut short, which is
    not right elsewhere.

Environment:
  AWS_ENDPOINT_URL              where the emulated account listens; has to be a loopback address
  AUTHOR_STORAGE_TF_PROVIDER    the executable terraform-provider-aws_v5.100.0_x5; its SHA-256 has to be a known one
  AUTHOR_STORAGE_BRIDGE_STATE   folder for the schema cache and zipped code; made if absent
  AWS_REGION                    the account's region (default us-east-1)

Exit codes: 0 ended by the engine, 1 the environment is not usable (one sentence says why).
"""

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from local.bridge.binary import BinaryError
from local.bridge.bridge import Bridge
from local.bridge.server import Provider
from local.bridge.settings import ProviderSettingsError, from_environment
from local.bridge.terraform import CHANNEL_OPTIONS, StartError

_PARALLEL = 64  # the engine sends as many calls at once as there are resources ready; they wait, they don't compute
_PARENT_CHECK_SECONDS = 0.5


def main() -> int:
    """Serve until the engine ends us, or is gone itself."""
    if len(sys.argv) > 1 and sys.argv[1] in ("-h", "--help"):
        sys.stdout.write(f"{__doc__}\n")
        return 0
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # Python's own handler runs late under load, and the engine then waits 5 s
    _end_with(os.getppid())
    try:
        bridge = Bridge(from_environment())
    except (ProviderSettingsError, BinaryError, StartError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    server = grpc.server(ThreadPoolExecutor(_PARALLEL), options=CHANNEL_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(bridge), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
    return 0


def _end_with(parent: int) -> None:
    """End this process when its parent is gone; the provider processes end with it."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_CHECK_SECONDS)
        os._exit(1)  # the calls in progress have nobody left to answer

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
