"""A stub of S3's reading operations that takes 60 ms for each answer: `python -m benchmarks.audit_stub`.

Every bucket has the same settings. It prints its port, listens on 127.0.0.1 and serves until its input ends.
"""

import asyncio
import gc
import sys
from typing import cast

LATENCY_SECONDS = 0.06
BODIES = {
    "lifecycle": "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>"
    "<Transition><Days>7</Days><StorageClass>STANDARD_IA</StorageClass></Transition><Expiration><Days>45</Days>"
    "</Expiration></Rule></LifecycleConfiguration>",
    "versioning": "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    "encryption": "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
    "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
    "publicAccessBlock": "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
    "<BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>",
    "ownershipControls": "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"
    "</OwnershipControls>",
    "policy": '{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Deny","Principal":"*","Action":"s3:*",'
    '"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}',
    "logging": "<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix>a/</TargetPrefix>"
    "</LoggingEnabled></BucketLoggingStatus>",
    "notification": "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>",
    "tagging": "<Tagging><TagSet><Tag><Key>owner</Key><Value>a</Value></Tag></TagSet></Tagging>",
    "acl": "<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList></AccessControlList>"
    "</AccessControlPolicy>",
    "metrics": "<ListMetricsConfigurationsResult></ListMetricsConfigurationsResult>",
    "inventory": "<ListInventoryConfigurationsResult></ListInventoryConfigurationsResult>",
}
NO_BUCKETS = "<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>"
ABSENT = {
    "object-lock": "ObjectLockConfigurationNotFoundError",
    "replication": "ReplicationConfigurationNotFoundError",
    "website": "NoSuchWebsiteConfiguration",
}


def answer(target: str) -> bytes:
    """The whole HTTP response to a request target like `/bucket?lifecycle`."""
    asked = target.partition("?")[2].partition("&")[0].partition("=")[0]
    if asked in ABSENT:
        status, body = "404 Not Found", f"<Error><Code>{ABSENT[asked]}</Code></Error>"
    else:
        nothing = "" if target.strip("/").partition("?")[0] else NO_BUCKETS
        status, body = "200 OK", BODIES.get(asked, nothing)
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()


class Connection(asyncio.Protocol):
    """One client: requests without a body, answered after the latency."""

    transport: asyncio.Transport
    pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answers each request that has come in whole."""
        self.pending += data
        while b"\r\n\r\n" in self.pending:
            head, _, self.pending = self.pending.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1].decode()
            asyncio.get_running_loop().call_later(LATENCY_SECONDS, self.transport.write, answer(target))


async def serve() -> None:
    """Serves until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    gc.disable()
    asyncio.run(serve())
