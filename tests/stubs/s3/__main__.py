"""`python -m tests.stubs.s3 [PORT]`: a stub of S3 on 127.0.0.1; it prints its port and serves until it is ended."""

import asyncio
import gc
import sys

from tests.stubs.s3.server import serve
from tests.stubs.s3.services import Services

if __name__ == "__main__":
    gc.disable()  # a million stored keys make each full collection a pause that clients would measure
    try:
        asyncio.run(serve(Services(), int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    except KeyboardInterrupt:
        sys.exit(130)
