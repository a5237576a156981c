"""How secrets are compared without being known: by keyed hash. Reports show of them scheme and host."""

import hashlib
import hmac
from urllib.parse import urlsplit

SECRET = "[secret]"  # noqa: S105
"""Stands where the program passes a secret: an estate is published, a secret is not."""

ENDPOINT_DIGEST = "endpoint-digest"
"""Last part of the name of the parameter that holds the digest of a topic's endpoint."""


def endpoint_digest(topic: str, endpoint: str) -> str:
    """HMAC-SHA256 of an endpoint, in hex.

    The key is the topic's ARN, which is no secret: it makes equal endpoints of two topics look different. What keeps
    the endpoint unknown is its own random key; PagerDuty's has 128 bits.

    Args:
        topic: ARN of the topic that it subscribes to.
        endpoint: the whole address.
    """
    return hmac.new(topic.encode(), endpoint.encode(), hashlib.sha256).hexdigest()


def shown(endpoint: str) -> str:
    """What may be shown of an endpoint: scheme and host of an address, anything else (an ARN) as it is."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.hostname}" if parts.scheme and parts.netloc else endpoint
